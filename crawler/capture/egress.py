"""The loopback proxy that is the browser's only way out: it resolves once, asks the guard, pins."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from crawler.capture.http import Route, Router, RouteRefusedError
from crawler.capture.passages import Budget, Draft, Passage
from crawler.clock import now
from crawler.model import DnsAnswer, Failure

_CHUNK = 65_536
_AUTHORITY = re.compile(r"[^/?#@\s\\]+:\d{1,5}")
# Headers that speak of one connection only (RFC 9110, 7.6.1) and so end at a proxy.
_HOP = frozenset(
    b"connection keep-alive proxy-connection proxy-authenticate proxy-authorization te "
    b"trailer upgrade".split()
)
_TUNNELS = 3
"""Tunnels for each request of the budget (founders' judgement): Chromium dials twice where a
certificate is bad; what passes inside is counted in the browser."""
_INTERIM_ANSWERS = 5
"""Founders' judgement: honest servers send one «100 Continue» or «103 Early Hints», not six."""


@dataclass(slots=True)
class Egress:
    """The way out of one visit: a port of its own, its budget, and the log of what passed."""

    router: Router
    budget: Budget = field(default_factory=Budget)
    port: int = 0
    """The loopback port on which it listens."""
    passages: list[Passage] = field(default_factory=list)
    answers: dict[str, DnsAnswer] = field(default_factory=dict)
    """What DNS said about each name asked for."""
    _requests: int = 0
    _tunnels: int = 0
    _received: int = 0
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def server(self) -> str:
        """The address a browser is given as its proxy."""
        return f"http://127.0.0.1:{self.port}"

    async def admit(self, url: str) -> Route:
        """The route of a URL; raises `RouteRefusedError` where it may or can not be opened."""
        try:
            route = await self.router.route(url)
        except RouteRefusedError as refusal:
            if refusal.answer is not None:
                self.answers[refusal.answer.name] = refusal.answer
            raise
        self.answers[route.answer.name] = route.answer
        return route

    def failed(self, url: str) -> Passage | None:
        """The last failed passage of a URL (of its host and port where it is encrypted)."""
        split = urlsplit(url)
        target = url.partition("#")[0]
        if split.scheme in ("https", "wss", "ws"):
            target = f"{split.hostname}:{split.port or (80 if split.scheme == 'ws' else 443)}"
        for passage in reversed(self.passages):
            if passage.failure is not None and passage.target == target:
                return passage
        return None

    def spent(self) -> bool:
        """Whether the budget of requests or of bytes is used up."""
        asked, most = self._requests, self.budget.requests
        dialled = self._tunnels > most * _TUNNELS
        return asked > most or dialled or self._received > self.budget.total_bytes

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection of the browser."""
        task = asyncio.ensure_future(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def cut(self) -> None:
        """Break off everything that is still under way."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        draft = Draft(now())
        try:
            await self._exchange(reader, writer, draft)
        except RouteRefusedError as refusal:
            draft.failure, draft.detail = refusal.failure, str(refusal)
            with suppress(OSError):
                writer.write(_refusal(draft.detail))
                await asyncio.wait_for(writer.drain(), 1)
        except TimeoutError:
            draft.failure, draft.detail = Failure.TIMEOUT, f"not done in {self.budget.seconds:g} s"
        except ConnectionError as problem:
            draft.failure = draft.failure or Failure.NO_CONNECTION
            draft.detail = type(problem).__name__
        except OSError as problem:
            draft.failure, draft.detail = Failure.NO_CONNECTION, str(problem)[:200]
        except asyncio.IncompleteReadError as problem:
            said = Failure.BROKEN_ANSWER if problem.partial else Failure.NO_CONNECTION
            draft.failure, draft.detail = said, "the answer ended in its headers"
        except (asyncio.LimitOverrunError, ValueError) as problem:
            draft.failure, draft.detail = Failure.BROKEN_ANSWER, str(problem)[:200]
        finally:
            if draft.method:
                self.passages.append(draft.freeze())
            writer.transport.abort() if draft.failure is Failure.TIMEOUT else writer.close()

    async def _exchange(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, draft: Draft
    ) -> None:
        try:
            async with asyncio.timeout(self.budget.seconds):
                head = await reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, TimeoutError):
            return  # a connection opened in advance and never used
        line, _, rest = head.partition(b"\r\n")
        words = line.decode("latin-1").split(" ")
        if len(words) != 3:
            raise ValueError("not a request line")
        draft.method, draft.target = words[0], words[1]
        tunnel = draft.method == "CONNECT"
        self._tunnels += tunnel
        self._requests += not tunnel
        if self.spent():
            raise RouteRefusedError(Failure.BUDGET_SPENT, "the visit's budget is spent")
        if draft.method == "CONNECT":
            await self._tunnel(reader, writer, draft)
            return
        if draft.method not in ("GET", "HEAD"):
            raise RouteRefusedError(Failure.NOT_SENT, f"{draft.method[:20]} is never sent")
        if not draft.target.startswith("http://"):
            raise RouteRefusedError(Failure.UNSUPPORTED, "only http:// passes unencrypted")
        async with asyncio.timeout(self.budget.seconds):
            await self._pass_on(reader, writer, draft, rest)

    async def _pass_on(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        draft: Draft,
        headers: bytes,
    ) -> None:
        """One plain exchange on a connection of its own, so that no answer can hide a second."""
        route = await self.admit(draft.target)
        draft.address = route.address
        async with self._connection(route) as (upstream, out):
            split = urlsplit(draft.target)
            path = (split.path or "/") + (f"?{split.query}" if split.query else "")
            host = split.netloc.rpartition("@")[2]
            out.write(
                f"{draft.method} {path} HTTP/1.1\r\nHost: {host}\r\n".encode("latin-1")
                + _without(headers, _HOP | {b"host", b"content-length", b"transfer-encoding"})
                + b"Connection: close\r\n\r\n"
            )
            await out.drain()
            head = await self._answer_head(upstream, draft)
            line, _, rest = head.partition(b"\r\n")
            writer.write(line + b"\r\n" + _without(rest, _HOP) + b"Connection: close\r\n\r\n")
            await writer.drain()
            body = asyncio.ensure_future(self._pump(upstream, writer, draft, limited=True))
            gone = asyncio.ensure_future(reader.read(1))
            # The browser hangs up when it has all that was announced, whatever the server does.
            await _first(body, gone)

    async def _answer_head(self, upstream: asyncio.StreamReader, draft: Draft) -> bytes:
        for _ in range(_INTERIM_ANSWERS):
            head = await upstream.readuntil(b"\r\n\r\n")
            self._count(len(head), draft)
            match = re.match(rb"HTTP/1\.[01] (\d{3})[ \r]", head)
            if match is None:
                raise ValueError("the answer is not HTTP")
            draft.status = int(match[1])
            if draft.status >= 200:
                return head
            if draft.status == 101:
                break
        draft.status = None
        raise ValueError("no final answer")

    async def _tunnel(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, draft: Draft
    ) -> None:
        """Carry TLS to the pinned address without looking inside."""
        if not _AUTHORITY.fullmatch(draft.target):
            raise RouteRefusedError(Failure.UNSUPPORTED, "not HOST:PORT")
        async with asyncio.timeout(self.budget.seconds):
            route = await self.admit(f"https://{draft.target}/")
            draft.address = route.address
            connection = self._connection(route)
            upstream, out = await connection.__aenter__()
        try:
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            await writer.drain()
            async with asyncio.timeout(self.budget.seconds):
                first = await reader.read(_CHUNK)
            if not first:
                return
            if first[:1] != b"\x16":  # a TLS handshake record (RFC 8446, 5.1); ws:// begins «G»
                draft.failure, draft.detail = Failure.NOT_SENT, "the tunnel does not carry TLS"
                return
            out.write(first)
            there = asyncio.ensure_future(self._pump(reader, out, draft, limited=False))
            back = asyncio.ensure_future(self._pump(upstream, writer, draft, limited=True))
            await _first(there, back)
        finally:
            await connection.__aexit__(None, None, None)

    async def _pump(
        self,
        source: asyncio.StreamReader,
        sink: asyncio.StreamWriter,
        draft: Draft,
        *,
        limited: bool,
    ) -> None:
        """Carry bytes until the source ends, is silent too long, or the budget is spent."""
        tunnel = draft.method == "CONNECT"
        while True:
            async with asyncio.timeout(self.budget.seconds):
                data = await source.read(_CHUNK)
                if not data:
                    return
                if limited:
                    self._count(len(data), draft)
                sink.write(data)
                await sink.drain()
            over = draft.received > self.budget.answer_bytes and not tunnel
            if limited and (over or self._received > self.budget.total_bytes):
                draft.failure, draft.detail = Failure.BUDGET_SPENT, "the answer was cut"
                return

    def _count(self, size: int, draft: Draft) -> None:
        draft.received += size
        self._received += size

    @asynccontextmanager
    async def _connection(
        self, route: Route
    ) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        to = route.connect
        reader, writer = await asyncio.open_connection(
            to.host, to.port, limit=self.budget.head_bytes
        )
        try:
            yield reader, writer
        finally:
            writer.transport.abort()


@asynccontextmanager
async def egress(router: Router, budget: Budget) -> AsyncIterator[Egress]:
    """A way out for one visit, open on a loopback port as long as the visit lasts."""
    way = Egress(router, budget)
    server = await asyncio.start_server(way.accept, "127.0.0.1", 0, limit=budget.head_bytes)
    way.port = server.sockets[0].getsockname()[1]
    try:
        yield way
    finally:
        server.close()
        await way.cut()


async def _first(
    one: asyncio.Future[None], two: asyncio.Future[bytes] | asyncio.Future[None]
) -> None:
    """Wait until one of two is done and break off the other."""
    both: set[asyncio.Future[None] | asyncio.Future[bytes]] = {one, two}
    try:
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in both:
            task.cancel()
        results = await asyncio.gather(*both, return_exceptions=True)
    for result in results:
        if isinstance(result, Exception):
            raise result


def _without(headers: bytes, names: frozenset[bytes]) -> bytes:
    lines = [line for line in headers.split(b"\r\n") if line]
    kept = [line for line in lines if line.partition(b":")[0].strip().lower() not in names]
    return b"".join(line + b"\r\n" for line in kept)


def _refusal(reason: str) -> bytes:
    body = reason.encode("utf-8", "replace")
    return (
        b"HTTP/1.1 403 Refused\r\nContent-Type: text/plain; charset=utf-8\r\n"
        b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(body)
    ) + body
