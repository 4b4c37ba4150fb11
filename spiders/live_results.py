"""Result pages asked of Baidu, Sogou, so.com and Bing themselves, where the profile says so."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.addresses import host_of
from crawler.capture.http import RouteRefusedError
from crawler.capture.pace import PATIENCE, retry_after
from crawler.clock import beijing_date, next_beijing_day, now, parse, shown, stamp
from crawler.config import SourceOptions, read_amount, read_positive
from crawler.language import _
from crawler.model import SourceState
from crawler.tables import Table
from spiders.base import Errand
from spiders.guarded import GuardedSpider, is_forbidden, unanswered
from spiders.result_answers import WireAnswer, read_link_answer, read_query_answer
from spiders.result_engines import Engine, load_engines
from spiders.result_lines import Line, Link

_GIVE_UP = 3
"""Founders' judgement: an engine that failed so often running is asked no more in this run."""
_HOPS = 2
"""Times a question moves on to another host of the engine's; www.bing.com sends China to cn."""
_ROBOTS = ("obey", "ignore")


@dataclass(frozen=True, slots=True)
class LiveResultsOptions(SourceOptions):
    """`[sources.live_results]` in a profile."""

    engines: tuple[Engine, ...] = ()
    max_queries: int = 12
    """Queries an engine and Beijing day, however many runs. Founders' judgement."""
    max_links: int = 60
    """Redirect links resolved an engine and Beijing day. Founders' judgement."""
    delay: float = 10.0
    """Seconds between two requests to one engine, 2 at least. Founders' judgement."""
    obeys_robots: bool = True


class LiveResultsSpider(GuardedSpider):
    """Asks each engine one thing at a time; a captcha ends its day, nobody solves it."""

    name = "live_results"
    options = LiveResultsOptions

    def __init__(self, errand: Errand) -> None:
        own = errand.options
        assert isinstance(own, LiveResultsOptions)  # noqa: S101 - read_options made it
        super().__init__(errand, own.delay)
        self._own = own
        self._lines: list[Line] = []

    @classmethod
    def read_options(cls, table: Table, folder: Path) -> LiveResultsOptions:  # noqa: ARG003
        """The options in `[sources.live_results]`; an enabled source needs `engines`."""
        default = LiveResultsOptions()
        known = {each.id: each for each in load_engines().engines if each.parameter}
        enabled = table.take("enabled", bool, False)
        named = dict.fromkeys(table.take_strings("engines", ()))
        if set(named) - set(known) or (enabled and not named):
            said = _("请从这些搜索引擎中选：{known}").format(known="、".join(known))
            raise table.fail("engines", said)
        options = LiveResultsOptions(
            enabled=enabled,
            engines=tuple(known[name] for name in named),
            max_queries=read_positive(table, "max_queries", default.max_queries, most=1000),
            max_links=read_positive(table, "max_links", default.max_links, most=10_000),
            delay=read_amount(table, "delay", default.delay, least=2, most=600),
            obeys_robots=_robots(table) == "obey",
        )
        table.finish()
        return options

    @classmethod
    def pace(cls, options: SourceOptions) -> float | None:
        """The delay between two requests to one engine, whatever its hosts are called.

        The router keeps it from the end of an answer besides.
        """
        return options.delay if isinstance(options, LiveResultsOptions) else None

    async def requests(self) -> AsyncIterator[Request]:
        """The first question to each engine; each answer brings the next one."""
        for engine in self._own.engines:
            line = self._line(engine)
            self._lines.append(line)
            host, until = host_of(engine.base), self.remembered(f"until:{engine.id}")
            if self._guard.protects(host, self._errand.at):
                self._note(line, _("{host} 是受保护的网站，从不访问").format(host=host))
            elif until and parse(until) > self._errand.at:
                said = _("曾拒绝访问，{until} 之前不再询问").format(until=shown(parse(until)))
                self._note(line, said)
            elif (request := self._next(line)) is not None:
                yield request
            else:
                line.is_spent = True
                self.asked()

    def _line(self, engine: Engine) -> Line:
        return Line.begin(
            engine,
            beijing_date(self._errand.at),
            self.queries(self._own.max_queries),
            self._own.max_links,
            lambda name: self.remembered(f"{name}:{engine.id}"),
        )

    def _next(self, line: Line) -> Request | None:
        """What to ask an engine next: a link that leads to a result, before another query."""
        if line.is_closed:
            return None
        if (link := line.next_link()) is not None:
            return self._request(line, link.url, self.parse_link, link=link)
        if query := line.next_query():
            self.will_ask(query)
            return self._request(line, line.engine.question(query), self.parse, query=query, hops=0)
        return None

    def _request(self, line: Line, url: str, callback: Any, **known: Any) -> Request:
        self._remember(line)
        self._errand.keep()
        return Request(
            url,
            callback=callback,
            errback=self.failed,
            cb_kwargs={"line": line, **known},
            meta={
                "download_slot": line.engine.id,
                "dont_obey_robotstxt": not self._own.obeys_robots,
                "dont_redirect": True,  # where an engine sends us is what we want to know
                "dont_retry": True,  # each try is one of the day's
            },
            dont_filter=True,
        )

    def _remember(self, line: Line) -> None:
        for name, value in line.marks().items():
            self.marks[f"{name}:{line.engine.id}"] = value

    def parse(self, response: Response, line: Line, query: str, hops: int) -> Iterator[Request]:
        """Name every true address on a result page, keep its redirect links, and ask on."""
        answer = read_query_answer(line.engine, query, _wire(response))
        if answer.moved_to and hops < _HOPS:
            yield self._request(line, answer.moved_to, self.parse, query=query, hops=hops + 1)
            return
        problem = answer.problem or (_("一再转向别处，没有结果页") if answer.moved_to else "")
        self._judge(line, response, problem, is_refused=answer.is_refused)
        told = [(each, f"{query}: {each.title} [{line.engine.id}]") for each in answer.results]
        line.put_first([Link(each.url, detail) for each, detail in told if each.redirect])
        for each, detail in told:
            if not each.redirect:
                self.found(each.url, detail)
        yield from self._on(line)

    def parse_link(self, response: Response, line: Line, link: Link) -> Iterator[Request]:
        """Name where a redirect link leads to, and ask on."""
        answer = read_link_answer(line.engine, _wire(response))
        self._judge(line, response, answer.problem, is_refused=answer.is_refused)
        if answer.target:
            self.found(answer.target, link.told)
        if not answer.is_refused:
            line.settled(link, is_lost=not answer.target)
        yield from self._on(line)

    def failed(self, failure: Failure) -> Iterator[Request]:
        """Count what nobody answered, say why, and ask on."""
        request: Request = failure.request  # type: ignore[attr-defined]
        line: Line = request.cb_kwargs["line"]
        if is_forbidden(failure.value) and "link" in request.cb_kwargs:
            line.links_left = 0  # queries may be allowed all the same
        elif is_forbidden(failure.value) or isinstance(failure.value, RouteRefusedError):
            line.is_closed = True
        self._note(line, unanswered(failure.value))
        yield from self._on(line)

    def _on(self, line: Line) -> Iterator[Request]:
        self._remember(line)
        request = self._next(line)
        if request is not None:
            yield request

    def _judge(self, line: Line, response: Response, problem: str, *, is_refused: bool) -> None:
        """Count one answer; an engine that refuses us is left alone as long as it wants."""
        header = (response.headers.get("Retry-After") or b"").decode("latin-1")
        wait = retry_after(response.status, header, now())
        if wait is not None and wait <= PATIENCE:
            is_refused = False  # the router waits, and asks on
        elif wait is not None:
            self._rest(line, now() + timedelta(seconds=wait))
        elif is_refused:
            self._rest(line, next_beijing_day(self._errand.at))
        line.is_closed |= is_refused
        self._note(line, problem)

    def _rest(self, line: Line, until: datetime) -> None:
        line.is_closed = True
        self.marks[f"until:{line.engine.id}"] = stamp(until)

    def _note(self, line: Line, problem: str) -> None:
        told = _("{engine}：{problem}").format(engine=line.engine.id, problem=problem)
        self.asked(told if problem else "")
        line.failures = line.failures + 1 if problem else 0
        line.is_closed |= line.failures >= _GIVE_UP
        if problem:
            line.problem = told

    def outcome(self) -> SourceState:
        """What was seen, with every engine's trouble and what it left unresolved or unasked."""
        self._detail = "；".join(line.problem for line in self._lines if line.problem)
        self._covered = "；".join(filter(None, (line.covered() for line in self._lines)))
        return super().outcome()


def _wire(response: Response) -> WireAnswer:
    def header(name: str) -> str:
        raw = response.headers.get(name) or b""
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError:
            return raw.decode("latin-1")

    return WireAnswer(
        response.url,
        response.status,
        response.body,
        header("Content-Type"),
        header("Location"),
        is_whole="dataloss" not in response.flags,
    )


def _robots(table: Table) -> str:
    text = table.take("robots", str, _ROBOTS[0])
    if text not in _ROBOTS:
        raise table.fail("robots", _("应为 {known} 之一").format(known="、".join(_ROBOTS)))
    return text
