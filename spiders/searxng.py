"""Search through the office's own SearXNG: products, promises and places from `seeds/`."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.clock import now, shown
from crawler.config import SourceOptions, read_amount, read_http_url, read_positive
from crawler.language import _
from crawler.tables import Table
from spiders.base import Errand, SourceSpider
from spiders.contact_turns import ContactTurns
from spiders.retry_after import LONGEST_ANSWER, UNTIL, left_alone, peace_until, seconds_to_wait

# Founders' judgement: a service that failed five times running is down, not unlucky.
_GIVE_UP = 5


@dataclass(frozen=True, slots=True)
class SearxngOptions(SourceOptions):
    """`[sources.searxng]` in a profile."""

    url: str = ""
    max_queries: int = 60
    """Queries a run, rotated by day. Founders' judgement: more gets a small instance blocked
    by the engines behind it."""
    pages: int = 2
    """Result pages a query; the second is asked for only where the first had results."""
    delay: float = 0.2
    """Seconds between two queries; the instance is the office's own."""


class SearxngSpider(SourceSpider):
    """Asks a SearXNG instance for JSON, one request a query."""

    name = "searxng"
    options = SearxngOptions
    asks_contacts = True
    custom_settings: dict[str, Any] | None = {
        "ROBOTSTXT_OBEY": False,  # the office's own service
        "RETRY_TIMES": 1,
        "RETRY_HTTP_CODES": [],  # an answer is an answer, and a limit is a limit
        "REDIRECT_ENABLED": False,  # whoever answers in its place is not the office's
        "DOWNLOAD_MAXSIZE": LONGEST_ANSWER,
    }

    def __init__(self, errand: Errand) -> None:
        super().__init__(errand)
        assert isinstance(errand.options, SearxngOptions)  # noqa: S101 - read_options made it
        self._own = errand.options
        self._turns = ContactTurns(errand, self._own.max_queries)
        self._running_failures = 0
        self._left: deque[str] = deque()

    @classmethod
    def read_options(cls, table: Table, folder: Path) -> SearxngOptions:  # noqa: ARG003
        """The options in `[sources.searxng]`; an enabled source needs `url`."""
        default = SearxngOptions()
        options = SearxngOptions(
            enabled=table.take("enabled", bool, False),
            url=read_http_url(table, "url"),
            max_queries=read_positive(table, "max_queries", default.max_queries),
            pages=read_positive(table, "pages", default.pages),
            delay=read_amount(table, "delay", default.delay),
        )
        if options.enabled and not options.url:
            raise table.fail("url", _("已启用此来源，请写明服务地址"))
        table.finish()
        return options

    @classmethod
    def pace(cls, options: SourceOptions) -> float | None:
        """The delay the profile sets for the office's own instance."""
        return options.delay if isinstance(options, SearxngOptions) else None

    async def requests(self) -> AsyncIterator[Request]:
        """The first of the day's queries; each answer brings the next one.

        Scrapy would queue them all at once, and ask on where the service wants to be left alone.
        """
        until = left_alone(self.remembered(UNTIL), self._errand.at)
        if until is not None:
            self.asked(_("服务要求 {until} 之后再问").format(until=shown(until)))
            return
        self.marks |= self._turns.outdated() | {UNTIL: ""}
        self._left = deque(self._turns.queries(self.queries, 0, self._own.max_queries))
        for request in self._next():
            yield request

    def _next(self) -> Iterator[Request]:
        if self._left and self._running_failures < _GIVE_UP:
            query = self._left.popleft()
            self.will_ask(query)
            self.marks |= self._turns.sent(query)
            self._errand.keep()
            yield self._ask(query, 1)

    def _ask(self, query: str, page: int) -> Request:
        words = {"q": query, "format": "json", "language": "zh-CN", "pageno": page}
        return Request(
            f"{self._own.url}/search?{urlencode(words)}",
            callback=self.parse,
            errback=self.failed,
            cb_kwargs={"query": query, "page": page},
            meta={"handle_httpstatus_all": True},
            dont_filter=True,
        )

    def parse(self, response: Response, query: str, page: int) -> Iterator[Request]:
        """Name every result, and ask on; an answer without engines behind it is a failure."""
        results, problem = read_answer(response.status, response.body)
        if response.status in (429, 503):
            wait = seconds_to_wait(response.headers.get("Retry-After"), now())
            if wait:
                problem = _("{said}，要求 {wait} 秒后再来").format(said=problem, wait=wait)
                self.marks[UNTIL] = peace_until(wait, now())
            if wait or response.status == 429:
                self._running_failures = _GIVE_UP
        self._note(problem)
        if not problem:
            self.marks |= self._turns.answered(query)
        for url in results:
            self.found(url, self._turns.reason(query))
        if results and page < self._own.pages:
            yield self._ask(query, page + 1)
        else:
            yield from self._next()

    def failed(self, failure: Failure) -> Iterator[Request]:
        """Count a query that nobody answered, and ask on."""
        reason = type(failure.value).__name__  # its message may hold the query, a contact
        said = _("搜索服务 {url} 无法连接（{reason}）")
        self._note(said.format(url=self._own.url, reason=reason))
        yield from self._next()

    def _note(self, problem: str) -> None:
        self.asked(problem)
        self._running_failures = self._running_failures + 1 if problem else 0


def read_answer(status: int, body: bytes) -> tuple[list[str], str]:
    """The addresses in SearXNG's answer, and why it is no whole answer, or the empty string.

    Results without the engines that did not respond are part of what there is, and none without
    them is our blindness, not an empty web.
    """
    if status == 403:  # what SearXNG says of a format that its settings do not list
        return [], _("搜索服务拒绝（HTTP 403），请在其 search.formats 中开启 json")
    if status != 200:
        return [], _("搜索服务返回 HTTP 状态 {status}").format(status=status)
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return [], _("搜索服务返回的不是 JSON，请在其 search.formats 中开启 json")
    results = answer.get("results") if isinstance(answer, dict) else None
    if not isinstance(results, list):
        return [], _("搜索服务的回答中没有结果列表")
    urls = [
        item["url"]
        for item in results
        if isinstance(item, dict) and isinstance(item.get("url"), str)
    ]
    silent = answer.get("unresponsive_engines")
    if silent:
        said = _("搜索引擎没有应答：{engines}")
        return urls, said.format(engines=str(silent)[:120])
    return urls, ""
