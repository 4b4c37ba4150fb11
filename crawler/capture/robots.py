"""Asks each host for its robots.txt once a run, for the record: capture opens the page anyway."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from urllib.parse import urlsplit

from protego import Protego

from crawler.addresses import AddressError, normalise
from crawler.capture.bodies import decode_content
from crawler.capture.trail import REDIRECTS
from crawler.clock import now
from crawler.evidence import Blobs
from crawler.model import Exchange, Knowledge, Robots

logger = logging.getLogger(__name__)

NAME = "certhound"
"""How rules may name us."""
_LARGEST = 512_000
"""Bytes that are read: RFC 9309 (2.5) asks for at least 500 KiB."""
_HOPS = 5
"""Redirects followed, as RFC 9309 (2.3.1.2) asks."""

# Founders' judgement: honest files have some hundred lines; each star multiplies the parser's work.
_MOST_LINES = 5_000
_MOST_STARS = 10

Fetch = Callable[[str, str], Awaitable[tuple[Exchange, bytes]]]
"""Asks once for an address, `via` which; never raises. Gives the exchange and the raw body."""


class RobotsBook:
    """What the hosts of one run say; each is asked once."""

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs
        self._asked: dict[str, asyncio.Future[tuple[Robots, Protego | None]]] = {}

    async def ask(self, url: str, fetch: Fetch) -> Robots:
        """What the host of an address says of it."""
        split = urlsplit(url)
        origin = f"{split.scheme}://{split.netloc}"
        if origin not in self._asked:
            self._asked[origin] = asyncio.ensure_future(self._learn(origin, fetch))
        said, rules = await asyncio.shield(self._asked[origin])
        return said if rules is None else replace(said, allows=rules.can_fetch(url, NAME))

    async def _learn(self, origin: str, fetch: Fetch) -> tuple[Robots, Protego | None]:
        at, url, via = now(), f"{origin}/robots.txt", "robots"
        exchanges: list[Exchange] = []
        body = b""
        while len(exchanges) <= _HOPS:
            exchange, body = await fetch(url, via)
            exchanges.append(exchange)
            location = _header(exchange, "location")
            if exchange.status not in REDIRECTS or not location:
                break
            try:
                url, via = normalise(location, base=url), "redirect"
            except AddressError:
                break
        said = Robots(origin, Knowledge.UNKNOWN, at, exchanges=tuple(exchanges))
        return self._read(said, exchanges[-1], body)

    def _read(self, said: Robots, last: Exchange, raw: bytes) -> tuple[Robots, Protego | None]:
        status = last.status
        if status is None:
            reason = last.failure.value if last.failure else "no answer"
            return replace(said, detail=reason), None
        if 400 <= status < 500 and status != 429:  # RFC 9309, 2.3.1.3: there are no rules
            return replace(said, state=Knowledge.ABSENT, detail=f"status {status}"), None
        if status != 200:
            return replace(said, detail=f"status {status}"), None
        body = decode_content(raw, _header(last, "content-encoding"), _LARGEST)
        if not body.readable:
            return replace(said, detail="the content encoding cannot be undone"), None
        text = body.content.decode("utf-8-sig", "replace")
        if text.lstrip().startswith("<"):
            # Sites that answer every path with a page have no rules, whatever the status says.
            return replace(said, state=Knowledge.ABSENT, detail="a page in its place"), None
        blob = self._blobs.put(body.content, "text/plain")
        lines = text.splitlines()
        if len(lines) > _MOST_LINES or any(line.count("*") > _MOST_STARS for line in lines):
            return replace(said, body=blob, detail="too many rules to be read"), None
        try:
            rules = Protego.parse(text)
        except Exception as problem:
            # A hostile file may break the parser; its bytes are kept, and it said nothing to us.
            logger.info("%s: %s", said.origin, problem)
            return replace(said, body=blob, detail="the rules cannot be read"), None
        return replace(said, state=Knowledge.KNOWN, body=blob), rules


def _header(exchange: Exchange, name: str) -> str:
    return next((value for key, value in exchange.headers if key.lower() == name), "")
