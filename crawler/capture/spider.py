"""The spider that opens leads over HTTP and hands each one's Visit to the writer."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import replace
from typing import Any

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    StopDownload,
)
from scrapy.http import Response
from twisted.internet.error import ConnectError, ConnectionClosed, TCPTimedOutError
from twisted.python.failure import Failure as TwistedFailure

from crawler.addresses import AddressError, host_of
from crawler.capture.bodies import decode_content
from crawler.capture.browser.look import SIGHTS
from crawler.capture.closer import Closer
from crawler.capture.http import Route, Router, RouteRefusedError
from crawler.capture.registrar import Registrar
from crawler.capture.trail import Page, Trail, https_twin, make_visit, next_hop
from crawler.capture.writer import VisitWriter
from crawler.charsets import decode
from crawler.clock import now
from crawler.config import RunOptions
from crawler.errors import CerthoundError
from crawler.model import Exchange, Failure, Lead, Vantage

logger = logging.getLogger(__name__)


# A browser shows the page around such a frame, and nothing within it.
_NEVER_ASKED = frozenset({Failure.PROTECTED_HOST, Failure.REFUSED_ADDRESS, Failure.UNSUPPORTED})


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
            if self.fatal is not None or not self._writer.has_room():
                return
            yield self._ask(lead.url, Trail(lead, now()), "request")

    def _ask(self, url: str, trail: Trail, via: str) -> Request:
        return Request(
            url,
            callback=self.parse,
            errback=self.failed,
            dont_filter=True,
            headers=self._headers(Vantage.DESKTOP),
            meta={"cookiejar": trail.lead.id, "via": via},
            cb_kwargs={"trail": trail},
        )

    def _headers(self, vantage: Vantage) -> dict[str, str]:
        sight = SIGHTS[vantage]
        headers = {
            "User-Agent": sight.agent or self._options.user_agent,
            "Accept": "text/html,application/xhtml+xml,*/*;q=0.8",
            "Accept-Language": "zh-CN,zh;q=0.9",
            "Accept-Encoding": "gzip, deflate, br",
        }
        return headers | ({"Referer": sight.referer} if sight.referer else {})

    async def _probe(self, url: str, lead: Lead, vantage: Vantage) -> tuple[int, str] | None:
        """What an address answers from another vantage; `None` where no answer came."""
        request = Request(
            url,
            dont_filter=True,
            headers=self._headers(vantage),
            meta={"cookiejar": f"{lead.id}.{vantage.value}", "via": "probe"},
        )
        engine = self.crawler.engine
        assert engine is not None  # noqa: S101 - the engine runs while callbacks do
        try:
            response = await engine.download_async(request)
        except Exception as problem:
            logger.info("%s as %s: %s", url, vantage.value, problem)
            return None
        coding = (response.headers.get("Content-Encoding") or b"").decode("latin-1")
        media = (response.headers.get("Content-Type") or b"").decode("latin-1")
        body = decode_content(response.body, coding, self._limit)
        return response.status, decode(body.content, media)[0]

    async def parse(self, response: Response, trail: Trail) -> Request | None:
        """Record an answer, then go on to where it points or end the trail there."""
        try:
            return await self._answered(response, trail)
        except CerthoundError as problem:
            self._stop(problem)
        except Exception:
            logger.exception("could not read %s", response.url)
            await self._end(trail, None, (Failure.BROKEN_ANSWER, "we could not read the answer"))
        return None

    async def _answered(self, response: Response, trail: Trail) -> Request | None:
        assert response.request is not None  # noqa: S101 - always set by Scrapy
        meta = response.request.meta
        route: Route = meta["route"]
        headers = tuple(
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, values in response.headers.items()
            for value in values
        )
        trail.answers[route.answer.name] = route.answer
        said = {name.lower(): value for name, value in reversed(headers)}
        body = decode_content(response.body, said.get("content-encoding", ""), self._limit)
        html, encoding = decode(body.content, said.get("content-type", ""))
        exchange = Exchange(
            response.url, response.status, headers, now(), meta["via"], route.address
        )
        trail.exchanges.append(exchange)
        if not 100 <= response.status <= 999:
            detail = f"{response.status} is no status"
            await self._end(trail, None, (Failure.BROKEN_ANSWER, detail))
            return None
        try:
            hop = next_hop(response.status, said.get("location", ""), html, response.url)
        except AddressError as problem:
            await self._end(trail, None, (Failure.UNSUPPORTED, str(problem)))
            return None
        if hop is not None and hop[1] == "redirect":
            return await self._go_on(trail, hop)
        media_type = said.get("content-type", "application/octet-stream").partition(";")[0]
        blob = await asyncio.to_thread(self._writer.blobs.put, body.content, media_type.strip())
        cut = body.truncated or bool({"download_stopped", "dataloss"} & set(response.flags))
        page = Page(response.status, headers, blob, html, encoding, cut, body.readable)
        if hop is not None:
            trail.exchanges[-1] = replace(exchange, body=blob)
            trail.wrapping = page if hop[1] == "frame" else None
            return await self._go_on(trail, hop)
        await self._end(trail, page, None)
        return None

    async def _go_on(self, trail: Trail, hop: tuple[str, str]) -> Request | None:
        if trail.hops() >= self._options.max_redirects:
            detail = f"more than {self._options.max_redirects} hops"
            await self._end(trail, None, (Failure.TOO_MANY_REDIRECTS, detail))
            return None
        return self._ask(hop[0], trail, hop[1])

    async def failed(self, failure: TwistedFailure) -> Request | None:
        """Record that no answer came, try https where http is closed, or end the trail."""
        request: Request = failure.request  # type: ignore[attr-defined]
        trail: Trail = request.cb_kwargs["trail"]
        try:
            assert failure.value is not None  # noqa: S101 - a failure holds its exception
            return await self._unanswered(request, trail, failure.value)
        except CerthoundError as problem:
            self._stop(problem)
        return None

    async def _unanswered(
        self, request: Request, trail: Trail, problem: BaseException
    ) -> Request | None:
        kind, detail = _reason(problem)
        if isinstance(problem, RouteRefusedError) and problem.answer is not None:
            trail.answers[problem.answer.name] = problem.answer
        via = request.meta["via"]
        trail.exchanges.append(Exchange(request.url, None, (), now(), via, failure=kind))
        if via == "frame" and trail.wrapping is not None and kind in _NEVER_ASKED:
            await self._end(trail, trail.wrapping, None)
            return None
        twin = https_twin(trail)
        if twin:
            return self._ask(twin, trail, "upgrade")
        if via == "upgrade":
            # The twin is our own idea: that it is closed too says no more than the first did.
            trail.exchanges.pop()
            kind, detail = trail.exchanges[0].failure or kind, "neither port answers"
        await self._end(trail, None, (kind, detail))
        return None

    async def _end(
        self, trail: Trail, page: Page | None, failure: tuple[Failure, str] | None
    ) -> None:
        registration = await self._registrar.ask(host_of(trail.lead.url))
        visit = make_visit(self._run, trail, page, failure, registration)
        await self._writer.put(await self._closer.look(visit, trail.lead, self._probe))
        self._done(trail.lead)

    def _stop(self, problem: CerthoundError) -> None:
        """Stop the crawl: what cannot be stored must not be asked for."""
        if self.fatal is None:
            self.fatal = problem
            engine = self.crawler.engine
            assert engine is not None  # noqa: S101 - the engine runs while callbacks do
            self._closing = asyncio.ensure_future(engine.close_spider_async(reason="fatal"))


def _reason(problem: BaseException) -> tuple[Failure, str]:
    if isinstance(problem, RouteRefusedError):
        return problem.failure, str(problem)
    detail = f"{type(problem).__name__}: {problem}"[:200]
    if isinstance(problem, (DownloadTimeoutError, TCPTimedOutError, TimeoutError)):
        return Failure.TIMEOUT, detail
    if isinstance(problem, (DownloadConnectionRefusedError, ConnectError, ConnectionClosed)):
        return Failure.NO_CONNECTION, detail
    if isinstance(problem, DownloadFailedError):
        return Failure.BROKEN_ANSWER, detail
    logger.error("unexpected failure: %s", detail)
    return Failure.BROKEN_ANSWER, detail
