"""Asks a WHOIS server over TCP, with limits, and finds the server of a TLD at IANA."""

from __future__ import annotations

import asyncio
import re

from crawler.config import Endpoint

_PORT = 43
_IANA = Endpoint("whois.iana.org", _PORT)
_MAX_BYTES = 64 * 1024
"""The longest honest reply seen is 12 KB; what is longer is cut."""
_REFER = re.compile(r"(?im)^\s*(?:whois|refer):\s*([a-z0-9.-]+)\s*$")
# Founders' judgement: registries ban hasty askers; two at a time has been borne by CNNIC and
# Verisign for years of ordinary use.
_AT_ONCE = 2


class WhoisError(Exception):
    """The server gave no usable reply: no connection, no answer in time, or an empty one."""


class WhoisTransport:
    """Sends one query at a time per place, at most two at once to each server."""

    def __init__(self, override: Endpoint | None, timeout: float) -> None:
        self._override = override
        self._timeout = timeout
        self._servers: dict[str, Endpoint] = {}
        self._gates: dict[Endpoint, asyncio.Semaphore] = {}

    async def query(self, domain: str) -> tuple[str, bytes]:
        """The server asked and its raw reply about a registrable domain in ASCII.

        Raises `WhoisError` where there is no reply.
        """
        server = self._override or await self._server_of(domain.rpartition(".")[2])
        return f"{server.host}:{server.port}", await self._exchange(server, domain)

    async def _server_of(self, tld: str) -> Endpoint:
        if tld not in self._servers:
            reply = await self._exchange(_IANA, tld)
            found = _REFER.search(reply.decode("utf-8", "replace"))
            if found is None:
                raise WhoisError(f"IANA names no WHOIS server for .{tld}")
            self._servers[tld] = Endpoint(found.group(1), _PORT)
        return self._servers[tld]

    async def _exchange(self, server: Endpoint, line: str) -> bytes:
        gate = self._gates.setdefault(server, asyncio.Semaphore(_AT_ONCE))
        async with gate:
            try:
                async with asyncio.timeout(self._timeout):
                    reply = await _talk(server, line)
            except TimeoutError as problem:
                raise WhoisError(f"{server.host} did not answer in time") from problem
            except OSError as problem:
                raise WhoisError(f"{server.host}: {problem}") from problem
        if not reply.strip():
            raise WhoisError(f"{server.host} answered nothing")
        return reply


async def _talk(server: Endpoint, line: str) -> bytes:
    reader, writer = await asyncio.open_connection(server.host, server.port)
    try:
        writer.write(line.encode("ascii") + b"\r\n")
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
