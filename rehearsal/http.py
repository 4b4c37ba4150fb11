"""A small HTTP/1.1 server, the base of the sites and of every service that speaks HTTP."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from email.utils import formatdate
from http import HTTPStatus
from urllib.parse import urlsplit

from rehearsal.site import Visitor

IDLE_SECONDS = 30.0
LARGEST_QUESTION = 64 * 1024  # bytes of a body that a client sends


@dataclass(frozen=True, slots=True)
class Request:
    """A request is what the client asked, with header names in lower case."""

    method: str
    target: str
    headers: dict[str, str]
    scheme: str = "http"
    body: bytes = b""

    @property
    def visitor(self) -> Visitor:
        """Who asks, as far as the request tells."""
        agent, referer = self.headers.get("user-agent", ""), self.headers.get("referer", "")
        return Visitor(agent, referer, self.scheme)

    @property
    def host(self) -> str:
        """The virtual host without its port, in lower case."""
        return self.headers.get("host", "").rsplit(":", 1)[0].lower().rstrip(".")


# Writes an answer on the wire in its own way; the connection ends with it.
Raw = Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer is a status, a body, and headers exactly as they are to be sent.

    `raw`, when there is one, writes the whole answer in place of them.
    """

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    raw: Raw | None = None


Handler = Callable[[Request], Answer]


def plain(status: int, text: str) -> Answer:
    """A short plain-text answer."""
    return Answer(status, text.encode(), (("Content-Type", "text/plain; charset=utf-8"),))


async def read_request(
    reader: asyncio.StreamReader, scheme: str = "http", *, bodies: bool = False
) -> Request | None:
    """Read one request, or None when the client is done or sends what is not HTTP."""
    try:
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), IDLE_SECONDS)
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError, OSError):
        return None
    first, *lines = head.decode("latin-1").split("\r\n")
    words = first.split(" ")
    if len(words) != 3 or not words[2].startswith("HTTP/"):
        return None
    pairs = (line.partition(":") for line in lines if ":" in line)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    method, target, _ = words
    if target.startswith("http://"):  # a proxy's form: the address says the host
        parts = urlsplit(target)
        headers["host"] = parts.netloc
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    length = headers.get("content-length", "0")
    body = b""
    if bodies and length.isdigit() and int(length) <= LARGEST_QUESTION:
        try:
            body = await asyncio.wait_for(reader.readexactly(int(length)), IDLE_SECONDS)
        except (asyncio.IncompleteReadError, TimeoutError, OSError):
            return None
    return Request(method, target, headers, scheme, body)


def serialise(answer: Answer, *, head_only: bool, close: bool) -> bytes:
    """The bytes of an answer on the wire."""
    try:
        phrase = HTTPStatus(answer.status).phrase
    except ValueError:
        phrase = "Unknown"
    lines = [
        f"HTTP/1.1 {answer.status} {phrase}",
        f"Date: {formatdate(usegmt=True)}",
        "Server: nginx",
        *(f"{name}: {value}" for name, value in answer.headers),
        f"Content-Length: {len(answer.body)}",
        f"Connection: {'close' if close else 'keep-alive'}",
    ]
    wire = ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8")
    return wire if head_only else wire + answer.body


async def serve_client(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    handle: Handler,
    *,
    scheme: str = "http",
    methods: tuple[str, ...] = ("GET", "HEAD"),
) -> None:
    """Answer one client until it closes the connection."""
    try:
        while request := await read_request(reader, scheme, bodies="POST" in methods):
            allowed = request.method in methods
            answer = handle(request) if allowed else plain(405, f"only {' and '.join(methods)}")
            if answer.raw:
                await answer.raw(writer)
                break
            # A body of a refused method is never read, so the connection cannot go on.
            close = not allowed or request.headers.get("connection", "").lower() == "close"
            writer.write(serialise(answer, head_only=request.method == "HEAD", close=close))
            await writer.drain()
            if close:
                break
    except (OSError, asyncio.CancelledError):
        # a client that leaves, or servers that stop, are no error of the practice web;
        # what it did not read is thrown away, or the socket would stay open for it.
        writer.transport.abort()
    finally:
        writer.close()
