"""Asks DNS once per name, and tells «no such name» from «no answer»."""

from __future__ import annotations

import asyncio
import re
import socket

import dns.asyncresolver
import dns.exception
import dns.resolver

from crawler.addresses import is_ip
from crawler.config import Endpoint
from crawler.model import DnsAnswer, Knowledge

# Founders' judgement: two tries of three seconds outlast a lost packet and a slow recursion,
# and stay far below the 20 s that one exchange may take.
_TRY_SECONDS = 3.0
_LIFETIME_SECONDS = 7.0


# Octal, decimal, hexadecimal and short forms, which browsers read as addresses (WHATWG URL, 3.5).
_NUMBERS = re.compile(r"(?:0x[0-9a-f]{0,8}|\d{1,12})(?:\.(?:0x[0-9a-f]{0,8}|\d{1,12})){0,3}\.?")


def _literal(host: str) -> str:
    """The IP address that a host spells out, or the empty string where it is a name."""
    if is_ip(host):
        return host
    if not _NUMBERS.fullmatch(host.lower()):
        return ""
    try:
        return socket.inet_ntoa(socket.inet_aton(host.rstrip(".")))
    except OSError:
        return ""


class Resolver:
    """Resolves names for one run and keeps each answer, so that a name has one address in it."""

    def __init__(self, endpoint: Endpoint | None) -> None:
        self._endpoint = endpoint
        self._resolver: dns.asyncresolver.Resolver | None = None
        self._answers: dict[str, asyncio.Future[DnsAnswer]] = {}

    async def resolve(self, host: str) -> DnsAnswer:
        """What DNS says about a host; an IP address is its own answer. Never raises."""
        if address := _literal(host):
            return DnsAnswer(host, Knowledge.KNOWN, (address,))
        if host not in self._answers:
            self._answers[host] = asyncio.ensure_future(self._ask(host))
        return await asyncio.shield(self._answers[host])

    def _open(self) -> dns.asyncresolver.Resolver:
        if self._resolver is None:
            if self._endpoint is None:
                self._resolver = dns.asyncresolver.Resolver()
            else:
                self._resolver = dns.asyncresolver.Resolver(configure=False)
                self._resolver.nameservers = [self._endpoint.host]
                self._resolver.port = self._endpoint.port
            self._resolver.timeout = _TRY_SECONDS
            self._resolver.lifetime = _LIFETIME_SECONDS
        return self._resolver

    async def _ask(self, host: str) -> DnsAnswer:
        try:
            resolver = self._open()
        except dns.resolver.NoResolverConfiguration as problem:
            return DnsAnswer(host, Knowledge.UNKNOWN, (), str(problem))
        addresses: tuple[str, ...] = ()
        for kind in ("A", "AAAA"):
            try:
                answer = await resolver.resolve(host + ".", kind, search=False)
            except dns.resolver.NXDOMAIN:
                return DnsAnswer(host, Knowledge.ABSENT, (), "no such name")
            except dns.resolver.NoAnswer:
                continue
            except (dns.exception.DNSException, OSError, EOFError, ValueError) as problem:
                # Everything else is our not knowing: SERVFAIL, timeout, a malformed reply.
                return DnsAnswer(host, Knowledge.UNKNOWN, (), f"{type(problem).__name__}")
            addresses = tuple(sorted(record.to_text() for record in answer))
            break
        if not addresses:
            return DnsAnswer(host, Knowledge.ABSENT, (), "no address")
        return DnsAnswer(host, Knowledge.KNOWN, addresses)
