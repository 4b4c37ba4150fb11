"""Sends one source of a profile out on Scrapy's loop and prints what it found, as JSON.

A process of its own for each, for Scrapy's reactor starts one time only:
`python -m tests.spiders.sent_out PROFILE SOURCE [MARKS]`.
"""

import json
import sys
from dataclasses import asdict
from pathlib import Path

from scrapy.crawler import AsyncCrawlerProcess

from crawler.clock import now
from crawler.model import Lead
from crawler.reactor import in_reactor
from seeds import load_watchlist
from spiders import open_profile, sources
from spiders.base import Errand, SourceSpider
from spiders.settings import settings_for


def main(path: str, name: str, marks: str = "{}") -> None:
    profile = open_profile(Path(path))
    leads: list[Lead] = []
    errand = Errand(
        profile.sources[name],
        load_watchlist(),
        now(),
        leads.append,
        marks=json.loads(marks),
        network=profile.network,
    )

    async def work(process: AsyncCrawlerProcess) -> SourceSpider:
        kind = sources()[name]
        crawler = process.create_crawler(kind)
        pace = kind.pace(profile.sources[name])
        if pace is not None:  # as in a run
            crawler.settings.set("DOWNLOAD_DELAY", pace, priority="cmdline")
        await process.crawl(crawler, errand)
        assert isinstance(crawler.spider, SourceSpider)
        return crawler.spider

    spider = in_reactor(settings_for(profile.run), work)
    told = {lead.url: lead.reasons[0].detail for lead in leads}
    found = {"leads": told, "marks": spider.marks, "state": asdict(spider.outcome())}
    print(json.dumps(found, default=str))  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
