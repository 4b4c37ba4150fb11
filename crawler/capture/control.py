"""Tells our own outage from theirs: asks sites that are always there whether we reach anybody."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterable
from urllib.parse import urlsplit

from crawler.addresses import host_of
from crawler.capture.dial import DialError, Dialler
from crawler.capture.resolve import Resolver
from crawler.clock import now
from crawler.config import Network
from crawler.guard import Guard
from crawler.model import Knowledge

_SECONDS = 10.0
"""Founders' judgement: half of what one exchange of a capture may take."""
_PORTS = {"http": 80, "https": 443}


async def reach(network: Network, guard: Guard) -> Knowledge:
    """Whether our network works: known where a control site answers, absent where none does.

    Unknown where the profile names none that may be asked: a protected host never is. Over https
    the site's certificate is checked, so that a portal which answers for everybody is no answer.
    """
    at = now()
    sites = [url for url in network.control if not guard.protects(host_of(url), at)]
    if not sites:
        return Knowledge.UNKNOWN
    dialler = Dialler(Resolver(network.dns), guard)
    asked = [asyncio.ensure_future(_answers(url, network, dialler)) for url in sites]
    try:
        return await _first_yes(asked)
    finally:
        for left in asked:
            left.cancel()


async def _first_yes(asked: Iterable[asyncio.Future[bool]]) -> Knowledge:
    for each in asyncio.as_completed(asked):
        if await each:
            return Knowledge.KNOWN
    return Knowledge.ABSENT


async def _answers(url: str, network: Network, dialler: Dialler) -> bool:
    try:
        async with asyncio.timeout(_SECONDS):
            return await _asked(url, network, dialler)
    except (DialError, OSError, TimeoutError, asyncio.IncompleteReadError):
        return False


async def _asked(url: str, network: Network, dialler: Dialler) -> bool:
    split = urlsplit(url)
    host = host_of(url)
    address = await dialler.address(host, named_by_reply=True)
    secure = split.scheme == "https"
    fixed = network.tls_to if secure else network.hosts_to
    where = fixed.host if fixed else address
    port = fixed.port if fixed else split.port or _PORTS[split.scheme]
    reader, writer = await asyncio.open_connection(
        where,
        port,
        ssl=ssl.create_default_context() if secure else None,
        server_hostname=host if secure else None,
    )
    try:
        writer.write(f"HEAD / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        return await reader.readexactly(5) == b"HTTP/"
    finally:
        writer.close()
