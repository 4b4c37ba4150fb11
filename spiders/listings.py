"""Posts and offers on lists of forums, markets and issue trackers, one TOML file a site."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from pathlib import Path
from typing import Any, Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.addresses import host_of
from crawler.capture.pace import PATIENCE, retry_after
from crawler.clock import now, shown
from crawler.config import SourceOptions, read_amount, read_positive
from crawler.language import _
from crawler.model import SourceState
from crawler.tables import Table
from spiders.base import Errand
from spiders.guarded import GuardedSpider, unanswered
from spiders.listing_pages import ListingState, read_listing
from spiders.listing_sites import ListingSite, load_sites
from spiders.retry_after import UNTIL, left_alone, peace_until

_NEXT = "next"
"""The mark of the site to begin with: the first that the last budget did not reach."""
_UNTIL = f"{UNTIL}:"
"""Begins the mark of the moment until which a host, named behind it, wants to be left alone."""


@dataclass(frozen=True, slots=True)
class ListingsOptions(SourceOptions):
    """`[sources.listings]` in a profile."""

    sites: tuple[ListingSite, ...] = ()
    max_requests: int = 300
    """List pages a run, of all sites together. Founders' judgement."""
    max_mb: float = 100.0


class ListingsSpider(GuardedSpider):
    """Reads lists as a passer-by sees them: robots.txt obeyed, no cookie, no log-in."""

    name = "listings"
    options = ListingsOptions

    def __init__(self, errand: Errand) -> None:
        super().__init__(errand)
        assert isinstance(errand.options, ListingsOptions)  # noqa: S101 - read_options made it
        self._own = errand.options
        self._sent = 0
        self._bytes = 0
        self._cut: dict[str, None] = {}
        self._blind: dict[str, str] = {}
        self._read: set[str] = set()
        self._waiting: dict[str, deque[tuple[ListingSite, str, int]]] = {}
        """Pages not asked for yet, by host, first pages first."""
        self._turned: set[str] = set()

    @classmethod
    def read_options(cls, table: Table, folder: Path) -> ListingsOptions:
        """The options in `[sources.listings]`; an enabled source needs a folder with sites."""
        default = ListingsOptions()
        enabled = table.take("enabled", bool, False)
        place = folder / table.take("folder", str, "listings")
        options = ListingsOptions(
            enabled,
            load_sites(place) if enabled else (),
            read_positive(table, "max_requests", default.max_requests, most=100_000),
            read_amount(table, "max_mb", default.max_mb, least=0.1, most=10_000),
        )
        table.finish()
        return options

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """The spider, each host at its site's pace."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        slots = {
            host_of(url): {"delay": site.delay, "concurrency": 1, "randomize_delay": False}
            for site in spider._own.sites  # noqa: SLF001 - our own
            for url in site.entries
        }
        crawler.settings.set("DOWNLOAD_SLOTS", slots, priority="spider")
        crawler.signals.connect(spider.heard, signal=signals.response_downloaded)
        return spider

    def heard(self, response: Response, request: Request) -> None:
        """Remember for how long a host wants to be left alone, where that is longer than we wait.

        Every answer is heard here, those to robots.txt and those that are asked for again too.
        """
        header = (response.headers.get("Retry-After") or b"").decode("latin-1")
        wait = retry_after(response.status, header, now())
        if wait is not None and wait > PATIENCE:
            self.marks[_UNTIL + host_of(request.url)] = peace_until(ceil(wait), now())
            self._errand.keep()

    async def requests(self) -> AsyncIterator[Request]:
        """The first list of each host, beginning where the last budget ended.

        Each answer brings the host's next list: queued all at once they would be asked for though
        the budget of bytes is spent.
        """
        sites = tuple(self._in_turn())
        self.marks[_NEXT] = ""
        resting = self._resting()
        for site in sites:
            for url in site.entries:
                host = host_of(url)
                if host in resting:
                    said = _("曾拒绝访问，{until} 之前不再询问")
                    self._note(site, said.format(until=shown(resting[host])))
                elif self._guard.protects(host, self._errand.at):
                    self._note(site, _("{host} 是受保护的网站，从不访问").format(host=host))
                else:
                    self._waiting.setdefault(host, deque()).append((site, url, 1))
        for host in tuple(self._waiting):
            for request in self._next_page(host):
                yield request

    def _resting(self) -> dict[str, datetime]:
        """The hosts that still want to be left alone; a redirect to one is put off as well."""
        resting = {}
        for name, moment in self._errand.marks.items():
            if name.startswith(_UNTIL):
                host = name.removeprefix(_UNTIL)
                until = left_alone(moment, self._errand.at)
                if until is None:
                    self.marks[name] = ""
                else:
                    resting[host] = until
                    self.router.pace.hold(host, (until - now()).total_seconds())
        return resting

    def _next_page(self, host: str) -> Iterator[Request]:
        """The next page of a host that the budget reaches; those that it does not are told."""
        waiting = self._waiting.get(host, deque())
        while waiting:
            if request := self._ask(*waiting.popleft(), host):
                yield request
                return

    def _in_turn(self) -> Iterator[ListingSite]:
        first = self.remembered(_NEXT)
        sites = self._own.sites
        start = next((number for number, site in enumerate(sites) if site.name == first), 0)
        yield from (*sites[start:], *sites[:start])

    def _ask(self, site: ListingSite, url: str, page: int, host: str) -> Request | None:
        if self._sent >= self._own.max_requests or self._bytes >= self._own.max_mb * 1_000_000:
            self._cut.setdefault(site.name)
            self.marks[_NEXT] = next(iter(self._cut))
            return None
        self._sent += 1
        return Request(
            url,
            callback=self.parse,
            errback=self.failed,
            cb_kwargs={"site": site, "page": page, "host": host},
            dont_filter=True,
        )

    def parse(
        self, response: Response, site: ListingSite, page: int, host: str
    ) -> Iterator[Request]:
        """Name every item as a lead; a page without any is our blindness unless it says so."""
        self._bytes += len(response.body)
        kind = (response.headers.get("Content-Type") or b"").decode("latin-1")
        found = read_listing(
            site, response.url, response.body, kind, self._errand.at, response.status
        )
        is_read = found.state in (ListingState.ITEMS, ListingState.NOTHING)
        self._note(site, "" if is_read else found.detail)
        is_new = False
        for item in found.items:
            is_new |= item.url not in self._read
            self._read.add(item.url)
            if item.made_at is not None:
                self.saw(item.made_at)
            if not item.is_wanted:
                continue
            for url in dict.fromkeys((item.url, item.seller_site)):
                if url:
                    self.found(url, f"{site.name}：{item.told}")
        go_on = found.next_url and is_new and page < site.pages
        if go_on and found.next_url not in self._turned:  # what leads in a circle ends
            self._turned.add(found.next_url)
            self._waiting[host].append((site, found.next_url, page + 1))
        yield from self._next_page(host)

    def failed(self, failure: Failure) -> Iterator[Request]:
        """Count a page that nobody gave us, and say why."""
        request: Request = failure.request  # type: ignore[attr-defined]
        self._note(request.cb_kwargs["site"], unanswered(failure.value))
        yield from self._next_page(request.cb_kwargs["host"])

    def _note(self, site: ListingSite, problem: str) -> None:
        told = _("站点 {site}：{problem}").format(site=site.name, problem=problem)
        self.asked(told if problem else "")
        if problem:
            self._blind[site.name] = told

    def outcome(self) -> SourceState:
        """What was seen, with every site that could not be read and what the budget cut."""
        self._detail = "；".join(self._blind.values())
        if self._cut:
            said = _("预算用完，未读完的站点：{sites}")
            self._covered = said.format(sites="、".join(self._cut))
        return super().outcome()
