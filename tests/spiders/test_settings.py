"""Scrapy's settings open no door into a run."""

from types import SimpleNamespace
from typing import Any

import pytest
from scrapy.exceptions import NotConfigured
from scrapy.extensions.remote_control import RemoteControl
from scrapy.extensions.telnet import TelnetConsole
from scrapy.settings import Settings

from crawler.config import RunOptions
from spiders.settings import settings_for


@pytest.mark.parametrize("kind", [RemoteControl, TelnetConsole])
def test_nothing_listens_that_would_run_what_it_is_sent(kind: Any) -> None:
    crawler = SimpleNamespace(settings=Settings(settings_for(RunOptions())))
    with pytest.raises(NotConfigured):
        kind.from_crawler(crawler)
