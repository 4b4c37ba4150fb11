"""What the paid search services have in common: a key, a daily budget, POST and JSON."""

from __future__ import annotations

import json
import os
from collections import deque
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.clock import beijing_date, now, parse, shown
from crawler.config import SourceOptions, read_amount, read_http_url, read_positive
from crawler.language import _
from crawler.tables import Table
from spiders.base import Errand, SourceSpider
from spiders.contact_turns import ContactTurns
from spiders.retry_after import LONGEST_ANSWER, UNTIL, left_alone, peace_until, seconds_to_wait

# Founders' judgement: a service that failed three times running costs money and brings nothing.
_GIVE_UP = 3
_NO_KEY, _LIMITED = (401, 403), 429
_DAY, _SPENT = "day", "spent"


@dataclass(frozen=True, slots=True)
class Found:
    """One result as a service has it."""

    url: str
    title: str = ""
    made_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ServiceOptions(SourceOptions):
    """The table of a search service in a profile."""

    url: str = ""
    key_env: str = ""
    """The environment variable that holds the key."""
    max_queries: int = 50
    """Queries a Beijing day, however many runs there are. Founders' judgement."""
    delay: float = 1.0


class ServiceSpider(SourceSpider):
    """Asks a search service; a subclass says what to send and how its answer reads."""

    options = ServiceOptions
    asks_contacts = True
    service_url: ClassVar[str] = ""
    service_key: ClassVar[str] = ""
    custom_settings: dict[str, Any] | None = {
        "ROBOTSTXT_OBEY": False,  # a service that one pays for
        "RETRY_ENABLED": False,  # each try costs, and a limit is a limit
        "REDIRECT_ENABLED": False,  # the key is for this host alone
        "DOWNLOAD_MAXSIZE": LONGEST_ANSWER,
    }

    def __init__(self, errand: Errand) -> None:
        super().__init__(errand)
        assert isinstance(errand.options, ServiceOptions)  # noqa: S101 - read_options made it
        self._own = errand.options
        self._turns = ContactTurns(errand, self._own.max_queries)
        self._day = beijing_date(errand.at).isoformat()
        self._running_failures = 0
        self._key = ""
        self._left: deque[str] = deque()

    @classmethod
    def read_options(cls, table: Table, folder: Path) -> ServiceOptions:  # noqa: ARG003
        """The options in the service's table."""
        default = ServiceOptions()
        options = ServiceOptions(
            enabled=table.take("enabled", bool, False),
            url=read_http_url(table, "url") or cls.service_url,
            key_env=table.take("key_env", str, cls.service_key),
            max_queries=read_positive(table, "max_queries", default.max_queries),
            delay=read_amount(table, "delay", default.delay),
        )
        table.finish()
        return options

    @classmethod
    def pace(cls, options: SourceOptions) -> float | None:
        """The delay that the profile sets between two queries."""
        return options.delay if isinstance(options, ServiceOptions) else None

    def body(self, query: str) -> dict[str, object]:
        """What to send for a query."""
        raise NotImplementedError(f"{type(self).__name__} cannot ask for {query}")

    def read(self, answer: dict[str, Any]) -> tuple[list[Found], str]:
        """The results in an answer, and why it is none, or the empty string."""
        raise NotImplementedError(f"{type(self).__name__} cannot read {len(answer)} keys")

    async def requests(self) -> AsyncIterator[Request]:
        """The first of the day's queries that are left; each answer brings the next one.

        Scrapy would queue them all at once, and ask on where a service wants to be left alone.
        """
        self._key = os.environ.get(self._own.key_env, "").strip()
        if not self._key:
            said = _("环境变量 {name} 中没有密钥，请设置后再运行")
            self.asked(said.format(name=self._own.key_env))
            return
        until = left_alone(self.remembered(UNTIL), self._errand.at)
        if until is not None:
            self.asked(_("服务要求 {until} 之后再问").format(until=shown(until)))
            return
        self.marks |= self._turns.outdated() | {UNTIL: ""}
        spent = self._spent()
        queries = self._turns.queries(
            self.queries, spent - self._turns.spent, self._own.max_queries - spent
        )
        self._left = deque(queries)
        if not self._left:
            self.asked()
            self._covered = _("今日的 {count} 次查询已用完").format(count=spent)
        for request in self._next():
            yield request

    def _next(self) -> Iterator[Request]:
        """The next query, unless the service wants to be left alone."""
        if not self._left or self._running_failures >= _GIVE_UP:
            return
        query = self._left.popleft()
        self.will_ask(query)
        self.marks |= {_DAY: self._day, _SPENT: str(self._spent() + 1)} | self._turns.sent(query)
        self._errand.keep()
        yield Request(
            self._own.url,
            method="POST",
            headers={"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"},
            body=json.dumps(self.body(query), ensure_ascii=False).encode(),
            callback=self.parse,
            errback=self.failed,
            cb_kwargs={"query": query},
            meta={"handle_httpstatus_all": True},
            dont_filter=True,
        )

    def _spent(self) -> int:
        """Queries asked today already, in this run or in one before it."""
        if self.remembered(_DAY) != self._day:
            return 0
        spent = self.remembered(_SPENT)
        return int(spent) if spent.isdecimal() else 0

    def parse(self, response: Response, query: str) -> Iterator[Request]:
        """Name every result of one answer, and ask on."""
        results, problem = self._read_whole(response)
        self._note(problem)
        if not problem:
            self.marks |= self._turns.answered(query)
        told = self._turns.reason(query)
        for result in results:
            if result.made_at is not None:
                self.saw(result.made_at)
            self.found(result.url, f"{told}: {result.title}".removesuffix(": "))
        yield from self._next()

    def _read_whole(self, response: Response) -> tuple[list[Found], str]:
        if response.status in _NO_KEY:
            said = _("服务拒绝了密钥（HTTP {status}），可能已过期，请更新环境变量 {name}")
            self._running_failures = _GIVE_UP
            return [], said.format(status=response.status, name=self._own.key_env)
        if response.status == _LIMITED:
            self._running_failures = _GIVE_UP  # asked again sooner, it would count against us
            seconds = seconds_to_wait(response.headers.get("Retry-After"), now())
            if seconds:
                self.marks[UNTIL] = peace_until(seconds, now())
            said = _("服务限流（HTTP 429），{wait}后再问")
            return [], said.format(wait=_wait(seconds))
        if response.status != 200:
            return [], _("服务返回 HTTP 状态 {status}").format(status=response.status)
        try:
            answer = json.loads(response.body)
        except ValueError:
            return [], _("服务的回答不是 JSON")
        if not isinstance(answer, dict):
            return [], _("服务的回答中没有结果列表")
        return self.read(answer)

    def failed(self, failure: Failure) -> Iterator[Request]:
        """Count a query that nobody answered, and ask on."""
        reason = type(failure.value).__name__
        self._note(_("服务 {url} 无法连接（{reason}）").format(url=self._own.url, reason=reason))
        yield from self._next()

    def _note(self, problem: str) -> None:
        self.asked(problem)
        self._running_failures = self._running_failures + 1 if problem else 0


def results_in(items: object, title: str, date: str) -> tuple[list[Found], str]:
    """The results in a list of objects with `url`, and titles and dates under these keys."""
    if not isinstance(items, list):
        return [], _("服务的回答中没有结果列表")
    found = [
        Found(item["url"], str(item.get(title) or ""), _moment(item.get(date)))
        for item in items
        if isinstance(item, dict) and isinstance(item.get("url"), str)
    ]
    lost = len(items) - len(found)
    return found, _("{count} 条结果没有网址").format(count=lost) if lost else ""


def _moment(text: object) -> datetime | None:
    try:
        return parse(text) if isinstance(text, str) and text.strip() else None
    except ValueError:
        return None


def _wait(seconds: int) -> str:
    """How long the server asks to be left alone, in words."""
    return _("{seconds} 秒").format(seconds=seconds) if seconds else _("稍")
