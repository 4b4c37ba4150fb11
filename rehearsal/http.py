"""A small HTTP/1.1 server: virtual hosts for the sites, and the base of the search engine."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import formatdate
from http import HTTPStatus
from urllib.parse import urlsplit

from rehearsal.journal import Journal
from rehearsal.registry import Registry

IDLE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Request:
    """A request is what the client asked, with header names in lower case."""

    method: str
    target: str
    headers: dict[str, str]

    @property
    def host(self) -> str:
        """The virtual host without its port, in lower case."""
        return self.headers.get("host", "").rsplit(":", 1)[0].lower().rstrip(".")


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer is a status, a body, and headers exactly as they are to be sent."""

    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()


Handler = Callable[[Request], Answer]


def plain(status: int, text: str) -> Answer:
    """A short plain-text answer."""
    return Answer(status, text.encode(), (("Content-Type", "text/plain; charset=utf-8"),))


async def read_request(reader: asyncio.StreamReader) -> Request | None:
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
    return Request(method, target, headers)


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
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, handle: Handler
) -> None:
    """Answer one client until it closes the connection."""
    try:
        while request := await read_request(reader):
            allowed = request.method in ("GET", "HEAD")
            answer = handle(request) if allowed else plain(405, "only GET and HEAD")
            # A body of a refused method is never read, so the connection cannot go on.
            close = not allowed or request.headers.get("connection", "").lower() == "close"
            writer.write(serialise(answer, head_only=request.method == "HEAD", close=close))
            await writer.drain()
            if close:
                break
    except (ConnectionError, asyncio.CancelledError):
        pass  # a client that leaves, or servers that stop, are no error of the practice web
    finally:
        writer.close()


def site_handler(registry: Registry, journal: Journal) -> Handler:
    """A handler that answers for every site by its Host header."""

    def handle(request: Request) -> Answer:
        answer = _site_answer(registry, request)
        journal.note(
            "http",
            method=request.method,
            host=request.host,
            target=request.target,
            status=answer.status,
            agent=request.headers.get("user-agent", ""),
            referer=request.headers.get("referer", ""),
        )
        return answer

    return handle


def _site_answer(registry: Registry, request: Request) -> Answer:
    site = registry.site(request.host)
    if site is None:
        return plain(404, "no such host")
    page = site.page(request.target)
    if page is None:
        return Answer(
            404,
            b"<html><head><title>404 Not Found</title></head><body><center><h1>404 Not Found</h1>"
            b"</center><hr><center>nginx</center></body></html>",
            (("Content-Type", "text/html"),),
        )
    kind = (("Content-Type", page.content_type),) if page.content_type else ()
    return Answer(page.status, page.body, kind + page.headers)
