"""Asks RDAP servers over HTTP, within limits, at addresses that the guard allows (RFC 7480)."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import httpcore

from crawler.addresses import AddressError, normalise
from crawler.capture.dial import DialError, Dialler
from crawler.capture.registry_pace import RegistryPace, RestingError

_MAX_BYTES = 1_000_000
"""Honest answers have some ten kilobytes, with all contacts and notices below a hundred."""
_MAX_REDIRECTS = 3
"""RFC 7480, 5.2, wants loops detected; registries redirect once, from an old host to a new one."""
_MAX_WAIT = 3600.0
_HEADERS = [
    (b"Accept", b"application/rdap+json"),
    (b"Accept-Encoding", b"identity"),  # nothing to unpack, so no bomb
    (b"User-Agent", b"certhound"),
]
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_REFUSALS = frozenset({429, 503})


class RdapError(Exception):
    """The server gave no usable answer: refused, no connection, too long, too slow, a loop."""


@dataclass(frozen=True, slots=True)
class RdapAnswer:
    """What an RDAP server answered, unread."""

    url: str
    """Where the answer came from, after redirects."""
    status: int
    media_type: str
    body: bytes


class _PinnedBackend(httpcore.AsyncNetworkBackend):
    """Connects to the address that the guard has allowed, whatever a URL's host resolves to.

    TLS is verified against the URL's host, for httpcore names it itself.
    """

    def __init__(self, dialler: Dialler, own: str) -> None:
        self._dialler = dialler
        self._own = own
        self._plain = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        if f"{host}:{port}" != self._own:
            host = await self._dialler.address(host, named_by_reply=True)
        return await self._plain.connect_tcp(host, port, timeout, local_address, socket_options)


class RdapTransport:
    """Fetches what RDAP servers say; `own` is the operator's server, `http://HOST:PORT` or ''."""

    def __init__(self, timeout: float, dialler: Dialler, pace: RegistryPace, own: str = "") -> None:
        self._timeout = timeout
        self._pace = pace
        context = httpcore.default_ssl_context()
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=context,
            max_connections=100,
            max_keepalive_connections=0,  # nothing is left open when the run's loop ends
            network_backend=_PinnedBackend(dialler, _server_of(own) if own else ""),
        )

    async def get(self, base: str, domain: str) -> RdapAnswer:
        """What a server answers about a domain; raises `RdapError` where it is of no use.

        `base` is the address of the service with or without its last slash (RFC 9224).
        """
        url = f"{base.rstrip('/')}/domain/{quote(domain)}"
        try:
            return await self._follow(url)
        except TimeoutError as problem:
            raise RdapError(f"{_server_of(url)} did not answer in time") from problem
        except (DialError, RestingError) as problem:
            raise RdapError(str(problem)) from problem
        except (
            httpcore.NetworkError,
            httpcore.ProtocolError,
            httpcore.TimeoutException,
            httpcore.UnsupportedProtocol,
            OSError,
        ) as problem:
            said = f"{_server_of(url)}: {type(problem).__name__} {problem}".strip()
            raise RdapError(said[:200]) from problem

    async def _follow(self, url: str) -> RdapAnswer:
        left, refused = self._timeout, False
        for _ in range(_MAX_REDIRECTS + 1):
            server = _server_of(url)
            async with self._pace.turn(server):
                began = time.monotonic()
                async with asyncio.timeout(max(left, 0)):
                    answer, headers = await self._fetch(url)
                left -= time.monotonic() - began
            if answer.status in _REFUSALS:
                self._pace.refused(server, _seconds(headers.get("retry-after", "")))
                if refused or not self._pace.bears(server):
                    raise RdapError(f"{server} has had enough of questions (HTTP {answer.status})")
                refused = True
                continue
            self._pace.answered(server)
            if answer.status not in _REDIRECTS:
                return answer
            url = _next(url, headers.get("location", ""))
        raise RdapError(f"more than {_MAX_REDIRECTS} redirects")

    async def _fetch(self, url: str) -> tuple[RdapAnswer, dict[str, str]]:
        async with self._pool.stream("GET", url, headers=_HEADERS) as response:
            headers = {
                name.decode("latin-1").lower(): value.decode("latin-1")
                for name, value in response.headers
            }
            if headers.get("content-encoding", "identity").strip().lower() != "identity":
                raise RdapError(f"{_server_of(url)} packed its answer unasked")
            body = b""
            async for chunk in response.aiter_stream():
                body += chunk
                if len(body) > _MAX_BYTES:
                    raise RdapError(f"{_server_of(url)} answered more than {_MAX_BYTES} bytes")
        media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
        return RdapAnswer(url, response.status, media_type, body), headers


def _server_of(url: str) -> str:
    """`HOST:PORT` of a URL that `normalise` has passed, or that the operator gave."""
    split = urlsplit(url)
    return f"{split.hostname}:{split.port or (443 if split.scheme == 'https' else 80)}"


def _next(url: str, location: str) -> str:
    """Where a redirect leads; raises `RdapError` for nowhere, or out of HTTPS."""
    if not location:
        raise RdapError(f"{_server_of(url)} redirects to nowhere")
    try:
        target = normalise(urljoin(url, location))
    except (AddressError, ValueError) as problem:
        raise RdapError(f"{_server_of(url)} redirects to what is no address") from problem
    if url.startswith("https:") and not target.startswith("https:"):
        raise RdapError(f"{_server_of(url)} redirects out of HTTPS")
    return target


def _seconds(text: str) -> float:
    """The seconds of a Retry-After; a date or nonsense is zero, for we rest long enough anyway."""
    return min(float(text), _MAX_WAIT) if text.isascii() and text.isdigit() else 0.0
