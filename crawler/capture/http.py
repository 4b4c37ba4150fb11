"""A Scrapy download handler that resolves once, asks the guard, and connects to that address."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _BindAddressAgent,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
    _ScrapyAgent,
)
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.utils._download_handlers import wrap_twisted_exceptions
from scrapy.utils.defer import maybe_deferred_to_future
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import (
    HostnameEndpoint,
    TCP4ClientEndpoint,
    TCP6ClientEndpoint,
    wrapClientTLS,
)
from twisted.python.failure import Failure as TwistedFailure
from twisted.web._newclient import BODY, DONE
from twisted.web.client import URI
from twisted.web.iweb import IResponse

from crawler.addresses import AddressError, ascii_host, is_ip
from crawler.capture.pace import Pace, PutOffError, retry_after
from crawler.capture.resolve import Resolver
from crawler.capture.tls import TlsFacts, read_tls
from crawler.clock import now
from crawler.config import Endpoint, Network
from crawler.guard import Guard
from crawler.model import DnsAnswer, Failure, Knowledge

# The private names above are Scrapy 2.19's; pyproject.toml holds Scrapy below 2.20 for them.

_MAX_HEAD = 262_144
"""Bytes of an answer before its body; Chromium's limit, so that we read what people can."""

_IDLE_SECONDS = 2
"""How long a connection is kept for its host's robots.txt and probes (founders' judgement): a run
meets thousands of hosts, and systems allow a thousand open files."""


class RouteRefusedError(Exception):
    """The way to an address is closed, for a reason that the capture records."""

    def __init__(self, failure: Failure, detail: str, answer: DnsAnswer | None = None) -> None:
        super().__init__(detail)
        self.failure = failure
        self.answer = answer


@dataclass(frozen=True, slots=True)
class Route:
    """Where one request really connects."""

    answer: DnsAnswer
    address: str
    """The address DNS gave, which the guard has allowed."""
    connect: Endpoint


@dataclass(frozen=True, slots=True)
class Router:
    """Decides where a URL connects, by DNS, guard and the profile's network."""

    resolver: Resolver
    guard: Guard
    network: Network
    pace: Pace = field(default_factory=lambda: Pace(0))
    """Whose turn it is at a host; the browser's visits keep it too."""

    async def route(self, url: str) -> Route:
        """The route of a URL; raises `RouteRefusedError` where it may or can not be opened."""
        split = urlsplit(url)
        try:
            host, port = ascii_host(split.hostname or ""), split.port
        except (AddressError, ValueError) as problem:
            raise RouteRefusedError(Failure.UNSUPPORTED, str(problem)) from problem
        if split.scheme not in ("http", "https") or not host:
            raise RouteRefusedError(Failure.UNSUPPORTED, f"not an http address: {url[:80]}")
        if self.guard.protects(host, now()):
            raise RouteRefusedError(Failure.PROTECTED_HOST, f"{host} is protected")
        answer = await self.resolver.resolve(host)
        if answer.state is Knowledge.ABSENT:
            raise RouteRefusedError(Failure.NAME_ABSENT, f"{host}: {answer.detail}", answer)
        if answer.state is Knowledge.UNKNOWN:
            raise RouteRefusedError(Failure.NAME_UNKNOWN, f"{host}: {answer.detail}", answer)
        # One private address among public ones is how a name is rebound: all must be allowed.
        for address in answer.addresses:
            if reason := self.guard.refuses(address):
                detail = f"{host} is at {address}: {reason}"
                raise RouteRefusedError(Failure.REFUSED_ADDRESS, detail, answer)
        address = answer.addresses[0]
        usual = port or (443 if split.scheme == "https" else 80)
        return Route(answer, address, self._connect(split.scheme, Endpoint(address, usual)))

    def _connect(self, scheme: str, direct: Endpoint) -> Endpoint:
        network = self.network
        if network.hosts_to is None and network.tls_to is None:
            return direct
        override = network.tls_to if scheme == "https" else network.hosts_to
        if override is None:
            raise RouteRefusedError(Failure.UNSUPPORTED, f"the profile sends no {scheme} anywhere")
        return override


class _PinnedAgent(_BindAddressAgent):
    """An agent that connects to the route's address whatever the URL's host resolves to."""

    route: Route

    # zope's interfaces are no types to mypy, hence Any.
    def _getEndpoint(self, uri: URI) -> Any:  # noqa: N802 - Twisted's name
        connect = self.route.connect
        kind: Any = HostnameEndpoint  # only a profile's own server may be given by its name
        if is_ip(connect.host):
            kind = TCP6ClientEndpoint if ":" in connect.host else TCP4ClientEndpoint
        plain = kind(
            self._reactor,
            connect.host.encode() if kind is HostnameEndpoint else connect.host,
            connect.port,
            timeout=self._endpointFactory._connectTimeout,  # noqa: SLF001 - set by Scrapy
        )
        if uri.scheme != b"https":
            return plain
        # The name in TLS is the site's own, not the address we connect to.
        policy = self._endpointFactory._policyForHTTPS  # noqa: SLF001
        return wrapClientTLS(policy.creatorForNetloc(uri.host, uri.port), plain)


class _PinnedScrapyAgent(_ScrapyAgent):
    """Scrapy's agent with the route put in."""

    route: Route

    def _get_agent(self, request: Request, timeout: float) -> _PinnedAgent:  # noqa: ARG002
        from twisted.internet import reactor  # noqa: PLC0415 - must follow its installation

        agent = _PinnedAgent(
            reactor=reactor,
            contextFactory=self._contextFactory,
            connectTimeout=timeout,
            pool=self._pool,
        )
        agent.route = self.route
        return agent

    def _cb_bodyready(self, txresponse: Any, request: Request) -> Any:
        request.meta["tls"] = getattr(txresponse, "tls", None)
        return super()._cb_bodyready(txresponse, request)


class _ShortHeads(_LenientHTTP11ClientProtocol):
    """Gives up on an answer whose head does not end; Twisted would gather it for ever."""

    _head = 0

    def request(self, request: Any) -> Deferred[IResponse]:
        """Leave what TLS says of the server on the answer: later its connection may be gone."""
        answered = super().request(request)
        connection = self.transport

        def attach(response: Any) -> Any:
            with suppress(AttributeError):  # a plain connection has no handle
                response.tls = read_tls(connection.getHandle())  # type: ignore[union-attr]
            return response

        return answered.addCallback(attach)

    def dataReceived(self, bytes: bytes) -> None:  # noqa: A002, N802 - Twisted's names
        super().dataReceived(bytes)  # type: ignore[no-untyped-call]
        parser = self._parser
        if parser is None or parser.state in (BODY, DONE):
            self._head = 0
            return
        self._head += len(bytes)
        if self._head > _MAX_HEAD:
            problem: Any = TwistedFailure(ValueError(f"a head over {_MAX_HEAD} bytes"))  # type: ignore[no-untyped-call]
            self._giveUp(problem)  # type: ignore[no-untyped-call]


class _ShortHeadsFactory(_LenientHTTP11ClientFactory):
    """Builds connections that read short heads only."""

    def buildProtocol(self, addr: Any) -> _ShortHeads:  # noqa: ARG002, N802 - Twisted's names
        return _ShortHeads(self._quiescentCallback)  # type: ignore[no-untyped-call]


class PinnedDownloadHandler(HTTP11DownloadHandler):
    """Downloads through `crawler.router`, which every spider that opens suspects must carry."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool.cachedConnectionTimeout = _IDLE_SECONDS
        self._pool._factory = _ShortHeadsFactory  # noqa: SLF001 - the only way to have one

    async def download_request(self, request: Request) -> Response:
        """Fetch one request when it is the host's turn.

        The route is left in `request.meta["route"]`, TLS in `request.meta["tls"]`. Raises
        `RouteRefusedError` where the host may or can not be opened, or wants to be left alone.
        """
        router: Router = self._crawler.spider.router  # type: ignore[union-attr]
        route = await router.route(request.url)
        request.meta["route"] = route
        host = route.answer.name
        options: dict[str, Any] = {"contextFactory": self._contextFactory, "pool": self._pool}
        agent = _PinnedScrapyAgent(
            **options, maxsize=0, warnsize=0, fail_on_dataloss=False, crawler=self._crawler
        )
        agent.route = route
        try:
            async with router.pace.turn((host,)):
                with wrap_twisted_exceptions():
                    answer = await maybe_deferred_to_future(agent.download_request(request))
        except PutOffError as put_off:
            raise RouteRefusedError(Failure.PUT_OFF, str(put_off), route.answer) from put_off
        wait = (answer.headers.get("Retry-After") or b"").decode("latin-1")
        seconds = retry_after(answer.status, wait, now())
        if seconds is None:
            router.pace.answered(host)
        else:
            router.pace.hold(host, seconds)
        return answer


def tls_of(request: Request) -> TlsFacts | None:
    """What TLS said of the server that answered a request, or `None` without TLS."""
    found: TlsFacts | None = request.meta.get("tls")
    return found
