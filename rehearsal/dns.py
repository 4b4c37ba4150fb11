"""A DNS server over UDP and TCP that knows the invented names and nothing of the real world."""

import asyncio
import struct
from collections import Counter
from collections.abc import Sequence
from typing import cast

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from rehearsal.journal import Journal
from rehearsal.registry import Registry, Site

# Names below these resolve too, to an address of their own: a program that wrongly asks an
# official host for a page then gets through to our HTTP server, and the log shows it.
OFFICIAL_SUFFIXES = (
    "gov.cn",
    "osta.org.cn",
    "cpta.com.cn",
    "chsi.com.cn",
    "e-cqs.cn",
    "saws.org.cn",
    "12377.cn",
    "12321.cn",
)
OFFICIAL_ADDRESS = "198.51.100.10"
TTL = 60
FAILURES = {"servfail": dns.rcode.SERVFAIL, "nxdomain": dns.rcode.NXDOMAIN}


def is_official(name: str) -> bool:
    """Whether a name belongs to a protected official suffix."""
    return any(name == suffix or name.endswith("." + suffix) for suffix in OFFICIAL_SUFFIXES)


def _records(addresses: Sequence[str], kind: dns.rdatatype.RdataType) -> list[str]:
    if kind == dns.rdatatype.A:
        return [address for address in addresses if ":" not in address]
    if kind == dns.rdatatype.AAAA:
        return [address for address in addresses if ":" in address]
    return []


class Resolver:
    """A resolver turns a query's bytes into an answer's bytes."""

    def __init__(self, registry: Registry, journal: Journal) -> None:
        self._registry = registry
        self._journal = journal
        self._turns: Counter[tuple[str, str]] = Counter()

    def answer(self, wire: bytes, *, tcp: bool = False) -> bytes | None:
        """Answer one query; None for bytes that are no query, and where a server stays silent."""
        try:
            query = dns.message.from_wire(wire)
        except dns.exception.DNSException:
            return None
        if not query.question or query.flags & dns.flags.QR:
            return None
        question = query.question[0]
        name = question.name.to_text(omit_final_dot=True).lower()
        kind = question.rdtype
        reply = dns.message.make_response(query, recursion_available=True)
        site = self._registry.site(name)
        fault = site.dns if site else "ok"
        code, values = self._look_up(name, kind)
        reply.set_rcode(code)
        self._journal.note(
            "dns", name=name, type=dns.rdatatype.to_text(kind), rcode=dns.rcode.to_text(code)
        )
        if fault == "timeout":
            return None
        if fault == "truncated" and not tcp:
            reply.flags |= dns.flags.TC
            return reply.to_wire()
        if fault == "loop":
            kind, values = dns.rdatatype.CNAME, [f"{name}."]
        if values:
            reply.answer.append(
                dns.rrset.from_text_list(question.name, TTL, dns.rdataclass.IN, kind, values)
            )
        sent = reply.to_wire(max_size=65535)
        if not tcp and len(sent) > max(512, query.payload):
            reply.answer.clear()
            reply.flags |= dns.flags.TC
            return reply.to_wire()
        # Counts that promise more records than follow, and a name that points at itself.
        return sent[:6] + b"\xff\xff" + sent[8:12] + b"\xc0\x0c" if fault == "malformed" else sent

    def _look_up(
        self, name: str, kind: dns.rdatatype.RdataType
    ) -> tuple[dns.rcode.Rcode, list[str]]:
        """The response code and record values for one name and type."""
        site = self._registry.site(name)
        if site and site.dns in FAILURES:
            return FAILURES[site.dns], []
        registration = self._registry.registration(name)
        if kind == dns.rdatatype.NS and registration and not registration.absent:
            return dns.rcode.NOERROR, [f"{each}." for each in registration.name_servers]
        if site:
            return dns.rcode.NOERROR, self._addresses(site, kind)
        if is_official(name):
            official = [OFFICIAL_ADDRESS] if kind == dns.rdatatype.A else []
            return dns.rcode.NOERROR, official
        if any(host.endswith("." + name) for host in self._registry.by_host):
            return dns.rcode.NOERROR, []  # an empty name above one that exists
        return dns.rcode.NXDOMAIN, []

    def _addresses(self, site: Site, kind: dns.rdatatype.RdataType) -> list[str]:
        """A site's addresses of one type: always the same, or by turns where they rotate."""
        if not site.rotating:
            return _records(site.addresses, kind)
        key = (site.host, dns.rdatatype.to_text(kind))
        self._turns[key] += 1
        return _records(site.rotating[(self._turns[key] - 1) % len(site.rotating)], kind)


class UdpServer(asyncio.DatagramProtocol):
    """A UDP server gives each datagram to the resolver and sends back what it answers."""

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport to answer on."""
        # Python 3.11's own datagram transport is not a subclass of DatagramTransport.
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Answer one datagram."""
        reply = self._resolver.answer(data)
        if reply and self._transport:
            self._transport.sendto(reply, addr)


async def serve_tcp(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, resolver: Resolver
) -> None:
    """Answer length-prefixed queries until the client closes."""
    try:
        while True:
            (length,) = struct.unpack("!H", await reader.readexactly(2))
            reply = resolver.answer(await reader.readexactly(length), tcp=True)
            if reply is None:
                break
            writer.write(struct.pack("!H", len(reply)) + reply)
            await writer.drain()
    except (asyncio.IncompleteReadError, OSError, asyncio.CancelledError):
        # the usual end of a conversation;
        # what it did not read is thrown away, or the socket would stay open for it.
        writer.transport.abort()
    finally:
        writer.close()
