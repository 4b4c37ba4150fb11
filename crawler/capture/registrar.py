"""Asks for each registrable domain once a run, and keeps answers of the last days."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

from crawler.addresses import parts, registrable, unicode_host
from crawler.capture.dial import Dialler
from crawler.capture.rdap import RdapError, RdapTransport
from crawler.capture.registration import (
    decode_reply,
    merge,
    read_rdap,
    read_whois,
    referral_of,
)
from crawler.capture.registration.bootstrap import rdap_services
from crawler.capture.registry_pace import RegistryPace
from crawler.capture.whois import WhoisError, WhoisTransport
from crawler.clock import now
from crawler.config import Network, RunOptions
from crawler.evidence import Blobs
from crawler.model import BlobRef, Knowledge, Registration
from crawler.store import Store

# Founders' judgement: registrations change seldom, and registries count our questions. A domain
# whose registration matters (a new case) has none stored yet and is asked at once.
_KEEP = timedelta(days=7)


class Registrar:
    """Registration facts of domains: from the store where fresh, else from RDAP, else from WHOIS.

    `services` gives the address of the RDAP service for a domain, or the empty string; `pace` is
    the one that both transports keep.
    """

    def __init__(
        self,
        services: Callable[[str], str],
        rdap: RdapTransport,
        whois: WhoisTransport,
        pace: RegistryPace,
        store: Store,
        blobs: Blobs,
    ) -> None:
        self._services = services
        self._rdap = rdap
        self._whois = whois
        self._pace = pace
        self._store = store
        self._blobs = blobs
        self._asked: dict[str, asyncio.Future[Registration]] = {}

    @classmethod
    def of(
        cls,
        network: Network,
        options: RunOptions,
        dialler: Dialler,
        store: Store,
        blobs: Blobs,
    ) -> Registrar:
        """The registrar of a run on the network that a profile describes."""
        pace = RegistryPace(options.per_host_delay)
        rdap = RdapTransport(options.timeout, dialler, pace, network.rdap or "")
        whois = WhoisTransport(network.whois, options.timeout, dialler, pace)
        return cls(partial(_service, network), rdap, whois, pace, store, blobs)

    async def ask(self, host: str) -> Registration | None:
        """The registration behind a host, or `None` for an IP address or a free-hosting name.

        A failure of ours is a Registration whose state is unknown.
        """
        domain = registrable(host)
        if not domain or parts(host).private:
            return None
        if domain not in self._asked:
            self._asked[domain] = asyncio.ensure_future(self._learn(domain))
        return await asyncio.shield(self._asked[domain])

    async def _learn(self, domain: str) -> Registration:
        stored = self._store.registration(domain, now() - _KEEP)
        if stored is not None:
            return stored
        base = self._services(domain)
        if not base:
            return await self._ask_whois(domain)
        first = await self._ask_rdap(base, domain)
        if first.state is not Knowledge.UNKNOWN:
            return first
        second = await self._ask_whois(domain)
        kept = (*second.further, *_raws(first))
        detail = second.detail
        if second.state is Knowledge.UNKNOWN:
            detail = f"RDAP: {first.detail}; WHOIS: {second.detail}"
        return replace(second, further=kept, detail=detail)

    async def _ask_rdap(self, base: str, domain: str) -> Registration:
        nothing = Registration(domain, Knowledge.UNKNOWN, now())
        try:
            answer = await self._rdap.get(base, domain)
        except RdapError as problem:
            return replace(nothing, detail=str(problem))
        raw = self._blobs.put(answer.body, "application/rdap+json")
        nothing = replace(nothing, source=answer.url, raw=raw)
        return read_rdap(answer.status, answer.media_type, answer.body, nothing)

    async def _ask_whois(self, domain: str) -> Registration:
        nothing = Registration(domain, Knowledge.UNKNOWN, now())
        try:
            server = await self._whois.server_of(domain)
            read, text = await self._read(server, domain, domain)
            shown = unicode_host(domain)
            if shown != domain and read.state is not Knowledge.KNOWN and not _is_refusal(read):
                # CNNIC's servers have known Chinese names in one form, in the other, and in both:
                # only who knows neither says that a name is not registered.
                first = read
                read, text = await self._read(server, domain, shown)
                read = replace(read, further=(*read.further, *_raws(first)))
        except WhoisError as problem:
            return replace(nothing, detail=str(problem))
        if read.state is Knowledge.KNOWN:
            return await self._refer(read, text, server)
        return read

    async def _read(self, server: str, domain: str, name: str) -> tuple[Registration, str]:
        """What a server says about a name; a server that has had enough is asked once more."""
        read, text = await self._read_once(server, domain, name)
        if _is_refusal(read) and self._pace.bears(server):
            again, text = await self._read_once(server, domain, name)
            return replace(again, further=_raws(read)), text
        return read, text

    async def _read_once(
        self, server: str, domain: str, name: str, *, named_by_reply: bool = False
    ) -> tuple[Registration, str]:
        reply = await self._whois.query(server, name, named_by_reply=named_by_reply)
        raw = self._blobs.put(reply, "text/plain")
        text = decode_reply(_whole_lines(reply), domain)
        source = f"{server}:{self._whois.port()}"
        read = read_whois(text, domain, now(), source, raw)
        if _is_refusal(read):
            self._pace.refused(server)
        else:
            self._pace.answered(server)
        return read, text

    async def _refer(self, read: Registration, text: str, server: str) -> Registration:
        """The registry's facts and the registrar's, whom the registry's reply names; once."""
        registrar = referral_of(text, read.domain)
        if not registrar or registrar == server:
            return read
        try:
            told, _ = await self._read_once(
                registrar, read.domain, read.domain, named_by_reply=True
            )
        except WhoisError as problem:
            return replace(read, detail=f"the registrar was not asked: {problem}")
        return replace(merge(read, told), further=(*read.further, *_raws(told)))


def _service(network: Network, domain: str) -> str:
    """The address of the RDAP service that knows a domain, or the empty string."""
    if network.rdap is not None:
        return network.rdap
    # A practice registry without RDAP must not send us to the real ones.
    return rdap_services().get(domain.rpartition(".")[2], "") if network.whois is None else ""


def _whole_lines(reply: bytes) -> bytes:
    """The reply without a last line that does not end: half a date is a wrong one."""
    whole, newline, _ = reply.rpartition(b"\n")
    return whole + newline if newline else reply


def _raws(read: Registration) -> tuple[BlobRef, ...]:
    return tuple(read.blobs())


def _is_refusal(read: Registration) -> bool:
    return read.state is Knowledge.UNKNOWN and read.detail == "throttled"
