"""Tells our own outage from theirs: asks sites that are always there whether we reach anybody."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterable
from urllib.parse import urlsplit

from crawler.addresses import host_of
from crawler.capture.resolve import Resolver
from crawler.config import Network
from crawler.model import Knowledge

_SECONDS = 10.0
"""Founders' judgement: half of what one exchange of a capture may take."""
_PORTS = {"http": 80, "https": 443}


async def reach(network: Network) -> Knowledge:
    """Whether our network works: known where a control site answers, absent where none does.

    Unknown where the profile names none. Over https the site's certificate is checked, so that a
    portal which answers for everybody is no answer.
    """
    if not network.control:
        return Knowledge.UNKNOWN
    resolver = Resolver(network.dns)
    asked = [asyncio.ensure_future(_answers(url, network, resolver)) for url in network.control]
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


async def _answers(url: str, network: Network, resolver: Resolver) -> bool:
    try:
        async with asyncio.timeout(_SECONDS):
            return await _asked(url, network, resolver)
    except (OSError, TimeoutError, asyncio.IncompleteReadError):
        return False


async def _asked(url: str, network: Network, resolver: Resolver) -> bool:
    split = urlsplit(url)
    host = host_of(url)
    answer = await resolver.resolve(host)
    if answer.state is not Knowledge.KNOWN:
        return False
    secure = split.scheme == "https"
    fixed = network.tls_to if secure else network.hosts_to
    where = fixed.host if fixed else answer.addresses[0]
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
