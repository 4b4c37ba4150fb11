"""What every source shares: naming leads, counting, and saying when it was blind."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar, Self

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from twisted.python.failure import Failure

from crawler.addresses import AddressError, host_of, lead_id, normalise
from crawler.clock import beijing_date
from crawler.config import Endpoint, Network, SourceOptions
from crawler.errors import CerthoundError
from crawler.guard import Guard
from crawler.language import _
from crawler.masking import mask_identity
from crawler.model import ContactQuery, Lead, LeadReason, SourceState, SourceStatus, Watchlist
from crawler.tables import Table
from seeds import asks_for, queries_for

logger = logging.getLogger(__name__)
_DETAIL = 200
"""Characters kept of what a source saw."""


NO_REQUESTS: tuple[Request, ...] = ()
"""What Scrapy has to fetch for a source that reads files."""


@dataclass(frozen=True, slots=True)
class Errand:
    """What one source is sent out with."""

    options: SourceOptions
    watchlist: Watchlist
    at: datetime
    """Start of the run, UTC; queries rotate by its Beijing day."""
    take: Callable[[Lead], None]
    """Receives each lead."""
    dns: Endpoint | None = None
    """The DNS server that the profile names, or `None` for the system's."""
    network: Network = field(default_factory=Network)
    """How the profile reaches the outside."""
    keep: Callable[[], None] = lambda: None
    """Stores at once what was found and is remembered: a budget holds though a run is killed."""
    words: tuple[str, ...] = ()
    """Query words that people accepted and that are not resting."""
    marks: Mapping[str, str] = field(default_factory=dict)
    """What this source remembered when it was sent out last, by name."""
    contacts: tuple[ContactQuery, ...] = ()
    """What cases give a search source to ask beside its own queries."""


class SourceSpider(Spider):
    """A source of leads; a subclass has its own file, `name` and `options`."""

    options: ClassVar[type[SourceOptions]] = SourceOptions
    asks_contacts: ClassVar[bool] = False
    """Whether it searches, so that the contacts of cases can be asked for."""

    def __init__(self, errand: Errand) -> None:
        super().__init__()
        self._errand = errand
        self._guard = Guard(errand.watchlist)
        self._leads = 0
        self._requests = 0
        self._failures = 0
        self._skipped = 0
        self._detail = ""
        self._newest: datetime | None = None
        self._covered = ""
        self.words: Counter[str] = Counter()
        """How often each accepted query word was asked for, since the last count was taken."""
        self.marks: dict[str, str] = {}
        """What to remember for the next run; kept once all leads found so far are."""
        self.fatal: CerthoundError | None = None
        """What must stop the run, such as a broken file of our own knowledge; or `None`."""

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """The spider, told of every error in its callbacks, which Scrapy would only log."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.broke, signal=signals.spider_error)
        return spider

    def broke(self, failure: Failure) -> None:
        """Count an answer that the spider itself failed on."""
        self.asked(f"{type(failure.value).__name__}: {failure.value}"[:_DETAIL])

    async def start(self) -> AsyncIterator[Request]:
        """What `requests` asks for; an error in it makes the source blind, never empty."""
        try:
            async for request in self.requests():
                yield request
        except CerthoundError as problem:
            self.fatal = problem
        except Exception as problem:
            logger.exception("%s broke", self.name)
            self.asked(f"{type(problem).__name__}: {problem}"[:_DETAIL])

    def requests(self) -> AsyncIterator[Request]:
        """What to ask; a source that reads files reads them here and yields nothing."""
        raise NotImplementedError(f"{type(self).__name__} asks for nothing")

    @classmethod
    def read_options(cls, table: Table, folder: Path) -> SourceOptions:
        """The options in the source's table of a profile; unknown keys are errors."""
        raise NotImplementedError(f"{cls.__name__} reads no options from {table} in {folder}")

    @classmethod
    def pace(cls, options: SourceOptions) -> float | None:  # noqa: ARG003
        """Seconds between two requests to one host, or `None` for the profile's own."""
        return None

    def found(self, text: str, detail: str, at: datetime | None = None) -> bool:
        """Name an address as a lead; false for one that is none, or is an official host's."""
        try:
            url = normalise(text)
        except AddressError as problem:
            self._skipped += 1
            logger.info("%s: %s", self.name, problem)
            return False
        if self._guard.protects(host_of(url), self._errand.at):
            return False
        reason = LeadReason(self.name, mask_identity(detail)[:_DETAIL], at or self._errand.at)
        self._leads += 1
        self._errand.take(Lead(lead_id(url), url, (reason,)))
        return True

    def remembered(self, name: str) -> str:
        """What this source remembers under a name, or the empty string."""
        return self.marks.get(name, self._errand.marks.get(name, ""))

    def queries(self, budget: int) -> tuple[str, ...]:
        """The day's queries to ask search engines, accepted words among them."""
        return queries_for(beijing_date(self._errand.at), budget, words=self._errand.words)

    def will_ask(self, query: str) -> None:
        """Note that a query is asked: accepted words are judged by what they cost and bring."""
        self.words.update(word for word in self._errand.words if asks_for(query, word))

    def saw(self, made_at: datetime) -> None:
        """Note when a thing that was read was made: the newest tells how fresh a source is."""
        if made_at <= self._errand.at:  # a clock that is ahead must not hide that a source is stale
            self._newest = max(self._newest or made_at, made_at)

    def asked(self, problem: str = "") -> None:
        """Count one request or file; `problem` says why it gave nothing usable, if so."""
        self._requests += 1
        if problem:
            self._failures += 1
            self._detail = problem
            logger.warning("%s: %s", self.name, problem)

    def outcome(self) -> SourceState:
        """What the source saw; all failures, or not one request, is blindness."""
        status = SourceStatus.DONE
        detail = self._detail
        if self._failures:
            whole = self._failures >= self._requests
            status = SourceStatus.BLIND if whole else SourceStatus.PARTIAL
        elif not self._requests:
            status, detail = SourceStatus.BLIND, detail or _("没有发出任何请求")
        if self._skipped:
            said = _("{count} 个地址无法识别，已跳过").format(count=self._skipped)
            detail = f"{detail}；{said}".removeprefix("；")
        return SourceState(
            self.name,
            status,
            self._leads,
            self._requests,
            self._failures,
            detail,
            self._newest,
            self._covered,
        )
