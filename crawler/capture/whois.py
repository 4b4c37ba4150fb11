"""Asks WHOIS servers over TCP, within limits, at addresses that the guard allows."""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress

from crawler.capture.dial import DialError, Dialler
from crawler.capture.registry_pace import RegistryPace, RestingError
from crawler.config import Endpoint

_PORT = 43
_IANA = "whois.iana.org"
_MAX_BYTES = 64 * 1024
"""The longest honest reply seen is 12 KB; what is longer is cut."""
_REFER = re.compile(r"(?im)^\s*(?:whois|refer):\s*([a-z0-9.-]+)\s*$")
# How servers want to be asked: DENIC for its whole record in ASCII, JPRS in English, Verisign for
# the domain and not for hosts below it (each server's own help text).
_QUESTIONS = {
    "whois.denic.de": "-T dn,ace {name}",
    "whois.jprs.jp": "{name}/e",
    "whois.verisign-grs.com": "domain {name}",
    "whois.crsnic.net": "domain {name}",
}


class WhoisError(Exception):
    """The server gave no usable reply: refused, unreachable, too slow, or an empty one."""


class WhoisTransport:
    """Sends one question at a time per connection, in the pace that servers bear.

    `override` is the operator's own server, which answers for every registry; the guard is asked
    about every other one. `port` is where WHOIS listens.
    """

    def __init__(
        self,
        override: Endpoint | None,
        timeout: float,
        dialler: Dialler,
        pace: RegistryPace,
        *,
        port: int = _PORT,
    ) -> None:
        self._override = override
        self._timeout = timeout
        self._dialler = dialler
        self._pace = pace
        self._port = port
        self._servers: dict[str, str] = {}

    async def server_of(self, domain: str) -> str:
        """The name of the server that knows a registrable domain; raises `WhoisError`."""
        if self._override is not None:
            return self._override.host
        tld = domain.rpartition(".")[2]
        if tld not in self._servers:
            reply = await self.query(_IANA, tld)
            found = _REFER.search(reply.decode("utf-8", "replace"))
            if found is None:
                raise WhoisError(f"IANA names no WHOIS server for .{tld}")
            self._servers[tld] = found[1].lower()
        return self._servers[tld]

    def port(self) -> int:
        """The port that servers listen on."""
        return self._override.port if self._override is not None else self._port

    async def query(self, server: str, name: str, *, named_by_reply: bool = False) -> bytes:
        """A server's raw reply about a name; raises `WhoisError` where there is none.

        `named_by_reply` says that only another server's reply vouches for this one.
        """
        question = _QUESTIONS.get(server, "{name}").format(name=name)
        try:
            async with self._pace.turn(server), asyncio.timeout(self._timeout):
                endpoint = await self._endpoint(server, named_by_reply=named_by_reply)
                reply = await _talk(endpoint, question)
        except TimeoutError as problem:
            raise WhoisError(f"{server} did not answer in time") from problem
        except (DialError, RestingError) as problem:
            raise WhoisError(str(problem)) from problem
        except OSError as problem:
            raise WhoisError(f"{server}: {problem}") from problem
        if not reply.strip():
            raise WhoisError(f"{server} answered nothing")
        return reply

    async def _endpoint(self, server: str, *, named_by_reply: bool) -> Endpoint:
        if self._override is not None and not named_by_reply:
            return self._override
        address = await self._dialler.address(server, named_by_reply=named_by_reply)
        return self._override or Endpoint(address, self._port)


async def _talk(server: Endpoint, line: str) -> bytes:
    reader, writer = await asyncio.open_connection(server.host, server.port)
    try:
        writer.write(line.encode() + b"\r\n")
        await writer.drain()
        reply = b""
        while len(reply) < _MAX_BYTES:
            chunk = await reader.read(4096)
            if not chunk:
                break
            reply += chunk
        return reply[:_MAX_BYTES]
    finally:
        writer.close()
        with suppress(OSError):
            writer.transport.abort()
