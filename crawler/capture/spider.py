"""The spider that opens leads over HTTP and hands each one's Visit to the writer."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import Any

from scrapy import Request, Spider, signals
from scrapy.core.engine import ExecutionEngine
from scrapy.crawler import Crawler
from scrapy.exceptions import StopDownload
from scrapy.http import Response
from twisted.python.failure import Failure as TwistedFailure

from crawler.addresses import AddressError, host_of
from crawler.capture.answers import Asides, exchange_of, headers_for, reason_of
from crawler.capture.bodies import decode_content
from crawler.capture.closer import Closer
from crawler.capture.http import Route, Router, RouteRefusedError, tls_of
from crawler.capture.pace import PATIENCE, retry_after
from crawler.capture.registrar import Registrar
from crawler.capture.robots import RobotsBook
from crawler.capture.trail import End, Page, Trail, https_twin, make_visit, next_hop, whole_visit
from crawler.capture.writer import VisitWriter
from crawler.charsets import decode
from crawler.clock import now
from crawler.config import RunOptions
from crawler.errors import CerthoundError
from crawler.model import Exchange, Failure, Lead, Robots, Vantage

logger = logging.getLogger(__name__)


# A browser shows the page around such a frame, and nothing within it.
_NEVER_ASKED = frozenset({Failure.PROTECTED_HOST, Failure.REFUSED_ADDRESS, Failure.UNSUPPORTED})
_MOST_HELD = 50_000_000
"""Characters of pages that wait to be judged, above which no more are opened."""


class CaptureSpider(Spider):
    """Opens every lead once from a desktop's vantage and follows it to its page."""

    name = "capture"
    custom_settings: dict[str, Any] | None = {
        "DOWNLOAD_HANDLERS": {
            "http": "crawler.capture.http.PinnedDownloadHandler",
            "https": "crawler.capture.http.PinnedDownloadHandler",
        },
        "ROBOTSTXT_OBEY": False,  # capture opens the one named page regardless
        "REDIRECT_ENABLED": False,  # each hop is kept as evidence, so we follow them ourselves
        "METAREFRESH_ENABLED": False,
        "COMPRESSION_ENABLED": False,  # undone within a budget in bodies.py
        "HTTPERROR_ALLOW_ALL": True,
        "REFERER_ENABLED": False,
        # What follows does nothing for us, and takes a third of the time of a request.
        "DOWNLOADER_MIDDLEWARES": {
            f"scrapy.downloadermiddlewares.{name}": None
            for name in (
                "offsite.OffsiteMiddleware",
                "httpauth.HttpAuthMiddleware",
                "defaultheaders.DefaultHeadersMiddleware",
                "useragent.UserAgentMiddleware",
                "httpproxy.HttpProxyMiddleware",
                "stats.DownloaderStats",
                "downloadtimeout.DownloadTimeoutMiddleware",  # `_ask` says it
            )
        },
        "SPIDER_MIDDLEWARES": {
            f"scrapy.spidermiddlewares.{name}": None
            for name in (
                "httperror.HttpErrorMiddleware",
                "urllength.UrlLengthMiddleware",
                "depth.DepthMiddleware",
                "metacopy.MetaCopyDetectionMiddleware",
                "start.StartSpiderMiddleware",
            )
        },
        "CONCURRENT_ITEMS": 1,  # tasks that Scrapy makes per answer; ours gives one item at most
        "RETRY_TIMES": 1,
        "RETRY_HTTP_CODES": [],
    }

    def __init__(
        self,
        *,
        run: str,
        leads: Iterable[Lead],
        router: Router,
        registrar: Registrar,
        writer: VisitWriter,
        closer: Closer,
        robots: RobotsBook,
        options: RunOptions,
        done: Callable[[Lead], None],
    ) -> None:
        super().__init__()
        self.router = router
        self._run = run
        self._leads = leads
        self._registrar = registrar
        self._writer = writer
        self._closer = closer
        self._robots = robots
        self._asides = Asides(self._engine, options.user_agent, options.timeout, writer.blobs)
        self._options = options
        self._done = done
        self._limit = int(options.max_body_mb * 1_000_000)
        self.fatal: CerthoundError | None = None
        """Why the crawl had to stop, or `None`."""

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> CaptureSpider:
        """The spider, listening to the bytes of each answer so that it can cut them."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.cut, signal=signals.bytes_received)
        return spider

    def cut(self, data: bytes, request: Request) -> None:
        """Stop a download, keeping what came, once it is longer than the budget."""
        received = request.meta.get("received", 0) + len(data)
        request.meta["received"] = received
        if received > self._limit:
            raise StopDownload(fail=False)

    async def start(self) -> AsyncIterator[Request]:
        """One request for each lead, as long as there is room for what it shows."""
        for lead in self._leads:
            while self._closer.held > _MOST_HELD and self.fatal is None:
                await asyncio.sleep(0.05)
            if self.fatal is not None or not self._writer.has_room():
                return
            yield self._ask(lead.url, Trail(lead, now()), "request")

    def _ask(self, url: str, trail: Trail, via: str) -> Request:
        return Request(
            url,
            callback=self.parse,
            errback=self.failed,
            dont_filter=True,
            headers=headers_for(Vantage.DESKTOP, self._options.user_agent),
            meta={
                "cookiejar": trail.lead.id,
                "via": via,
                "download_timeout": self._options.timeout,
            },
            cb_kwargs={"trail": trail},
        )

    def _engine(self) -> ExecutionEngine:
        engine = self.crawler.engine
        assert engine is not None  # noqa: S101 - the engine runs while callbacks do
        return engine

    async def _probe(self, trail: Trail, url: str, vantage: Vantage) -> tuple[Exchange, str]:
        """What an address answers from another vantage: its record and its text."""
        exchange, raw, answer = await self._asides.fetch(url, vantage.value, vantage)
        trail.probes.append(exchange)
        trail.note(answer)
        said = {name.lower(): value for name, value in reversed(exchange.headers)}
        body = decode_content(raw, said.get("content-encoding", ""), self._limit)
        return exchange, decode(body.content, said.get("content-type", ""))[0]

    async def _rules(self, trail: Trail) -> tuple[Robots, ...]:
        """What the hosts that answered, first and last on the way, say to programs."""

        async def fetch(url: str, via: str) -> tuple[Exchange, bytes]:
            exchange, raw, answer = await self._asides.fetch(url, via, Vantage.DESKTOP)
            trail.note(answer)
            return exchange, raw

        answered = [each.url for each in trail.exchanges if each.status is not None]
        asked = [
            self._robots.ask(url, fetch) for url in dict.fromkeys((*answered[:1], *answered[-1:]))
        ]
        found = await asyncio.gather(*asked)
        return tuple({each.origin: each for each in reversed(found)}.values())

    async def parse(self, response: Response, trail: Trail) -> Request | None:
        """Record an answer, then go on to where it points or end the trail there."""
        try:
            try:
                step = self._answered(response, trail)
            except CerthoundError:
                raise
            except Exception:
                logger.exception("could not read %s", response.url)
                step = End(None, (Failure.BROKEN_ANSWER, "we could not read the answer"))
            if isinstance(step, Request) and step.meta["via"] == "retry":
                await asyncio.sleep(step.meta["wait"])
            return await self._go_on(trail, [step])
        except CerthoundError as problem:
            self._stop(problem)
        return None

    def _answered(self, response: Response, trail: Trail) -> Request | End:
        request = response.request
        assert request is not None  # noqa: S101 - always set by Scrapy
        route: Route = request.meta["route"]
        trail.note(route.answer)
        exchange = exchange_of(request, response, request.meta["via"], self._writer.blobs)
        trail.exchanges.append(exchange)
        headers = exchange.headers
        said = {name.lower(): value for name, value in reversed(headers)}
        wait = retry_after(response.status, said.get("retry-after", ""), exchange.at)
        if wait is not None and wait <= PATIENCE and not trail.retried:
            trail.retried = True
            again = self._ask(response.url, trail, "retry")
            again.meta["wait"] = wait
            return again
        body = decode_content(response.body, said.get("content-encoding", ""), self._limit)
        html, encoding = decode(body.content, said.get("content-type", ""))
        if not 100 <= response.status <= 999:
            return End(None, (Failure.BROKEN_ANSWER, f"{response.status} is no status"))
        try:
            hop = next_hop(response.status, said.get("location", ""), html, response.url)
        except AddressError as problem:
            return End(None, (Failure.UNSUPPORTED, str(problem)))
        if hop is not None and hop[1] == "redirect":
            return self._follow(trail, hop)
        media_type = said.get("content-type", "application/octet-stream").partition(";")[0]
        blob = self._writer.blobs.put(body.content, media_type.strip())
        cut = body.truncated or bool({"download_stopped", "dataloss"} & set(response.flags))
        tls = tls_of(request)
        page = Page(response.status, headers, blob, html, encoding, cut, body.readable, tls)
        if hop is not None:
            trail.exchanges[-1] = replace(exchange, body=blob)
            trail.wrapping = page if hop[1] == "frame" else None
            return self._follow(trail, hop)
        return End(page, None)

    def _follow(self, trail: Trail, hop: tuple[str, str]) -> Request | End:
        if trail.hops() >= self._options.max_redirects:
            detail = f"more than {self._options.max_redirects} hops"
            return End(None, (Failure.TOO_MANY_REDIRECTS, detail))
        return self._ask(hop[0], trail, hop[1])

    async def failed(self, failure: TwistedFailure) -> Request | None:
        """Record that no answer came, try https where http is closed, or end the trail."""
        request: Request = failure.request  # type: ignore[attr-defined]
        trail: Trail = request.cb_kwargs["trail"]
        try:
            assert failure.value is not None  # noqa: S101 - a failure holds its exception
            return await self._go_on(trail, [self._unanswered(request, trail, failure.value)])
        except CerthoundError as problem:
            self._stop(problem)
        return None

    def _unanswered(self, request: Request, trail: Trail, problem: BaseException) -> Request | End:
        kind, detail = reason_of(problem)
        if isinstance(problem, RouteRefusedError):
            trail.note(problem.answer)
        via = request.meta["via"]
        trail.exchanges.append(Exchange(request.url, None, (), now(), via, failure=kind))
        if via == "frame" and trail.wrapping is not None and kind in _NEVER_ASKED:
            return End(trail.wrapping, None)
        twin = https_twin(trail)
        if twin:
            return self._ask(twin, trail, "upgrade")
        if via == "upgrade":
            # The twin is our own idea: that it is closed too says no more than the first did.
            trail.exchanges.pop()
            kind, detail = trail.exchanges[0].failure or kind, "neither port answers"
        return End(None, (kind, detail))

    async def _go_on(self, trail: Trail, steps: list[Request | End]) -> Request | None:
        """Take the one step of a trail: ask on, or make its Visit.

        The step is handed over, not shared: while a Visit waits for a browser nobody may hold on
        to the page's text, which can be of megabytes.
        """
        step = steps.pop()
        if isinstance(step, Request):
            return step
        lead = trail.lead
        visit = make_visit(self._run, trail, step, self._options.user_agent)
        del step
        registration, robots = await asyncio.gather(
            self._registrar.ask(host_of(lead.url)), self._rules(trail)
        )
        visit = replace(visit, registration=registration, robots=robots)
        wishes = await self._closer.wishes(visit, lead)
        visit = replace(visit, captures=tuple(replace(one, html="") for one in visit.captures))
        visit = await self._closer.look(visit, lead, wishes, partial(self._probe, trail))
        await self._writer.put(whole_visit(visit, trail))
        self._done(lead)
        return None

    def _stop(self, problem: CerthoundError) -> None:
        """Stop the crawl: what cannot be stored must not be asked for."""
        if self.fatal is None:
            self.fatal = problem
            closing = self._engine().close_spider_async(reason="fatal")
            self._closing = asyncio.ensure_future(closing)
