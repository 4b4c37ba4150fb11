"""What a request is sent with, and what its answer or failure is recorded as."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from scrapy import Request
from scrapy.core.engine import ExecutionEngine
from scrapy.exceptions import (
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
)
from scrapy.http import Response
from twisted.internet.error import ConnectError, ConnectionClosed, TCPTimedOutError

from crawler.capture.browser.look import SIGHTS
from crawler.capture.http import Route, RouteRefusedError, tls_of
from crawler.capture.tls import PEM
from crawler.clock import now
from crawler.evidence import Blobs
from crawler.model import BlobRef, DnsAnswer, Exchange, Failure, Vantage

logger = logging.getLogger(__name__)


def headers_for(vantage: Vantage, agent: str) -> dict[str, str]:
    """The headers of a vantage; `agent` is the run's own for those without one."""
    sight = SIGHTS[vantage]
    headers = {
        "User-Agent": sight.agent or agent,
        "Accept": "text/html,application/xhtml+xml,*/*;q=0.8",
        "Accept-Language": "zh-CN,zh;q=0.9",
        "Accept-Encoding": "gzip, deflate, br",
    }
    return headers | ({"Referer": sight.referer} if sight.referer else {})


def exchange_of(request: Request, response: Response, via: str, blobs: Blobs) -> Exchange:
    """The record of an answer, its certificates stored."""
    headers = tuple(
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, values in response.headers.items()
        for value in values
    )
    route: Route = request.meta["route"]
    protocol = (response.protocol or "").lower()
    return Exchange(
        response.url,
        response.status,
        headers,
        now(),
        via,
        route.address,
        protocol=protocol,
        chain=_chain(request, blobs),
    )


def _chain(request: Request, blobs: Blobs) -> BlobRef | None:
    tls = tls_of(request)
    return blobs.put(tls.pem, PEM) if tls is not None and tls.pem else None


def reason_of(problem: BaseException) -> tuple[Failure, str]:
    """Why no answer came, in our own terms."""
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


_AT_ONCE = 64
"""Asides under way at once, those that wait for their turn included (founders' judgement)."""


@dataclass(frozen=True, slots=True)
class Asides:
    """Asks beside a trail: a page as another vantage gets it, a host's robots.txt.

    They go to the download handler itself, which keeps the pace and the guard, and not through
    Scrapy's queues: a host that makes us wait then holds up no lead.
    """

    engine: Callable[[], ExecutionEngine]
    agent: str
    timeout: float
    """Seconds."""
    blobs: Blobs
    _slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))

    async def fetch(
        self, url: str, via: str, vantage: Vantage
    ) -> tuple[Exchange, bytes, DnsAnswer | None]:
        """One request without cookies and its raw body, redirects not followed; never raises."""
        request = Request(
            url,
            headers=headers_for(vantage, self.agent),
            meta={"via": via, "download_timeout": self.timeout},
        )
        try:
            async with self._slots:
                download = self.engine().downloader.handlers.download_request_async
                response = await download(request)
            exchange = exchange_of(request, response, via, self.blobs)
        except Exception as problem:
            failure, detail = reason_of(problem)
            logger.info("%s (%s): %s", url, via, detail)
            answer = problem.answer if isinstance(problem, RouteRefusedError) else None
            return Exchange(url, None, (), now(), via, failure=failure), b"", answer
        route: Route = request.meta["route"]
        return exchange, response.body, route.answer
