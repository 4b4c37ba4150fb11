"""Asks for each registrable domain once a run, and keeps answers of the last days."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from crawler.addresses import parts, registrable
from crawler.capture.registration import read_whois
from crawler.capture.whois import WhoisError, WhoisTransport
from crawler.clock import now
from crawler.evidence import Blobs
from crawler.model import Knowledge, Registration
from crawler.store import Store

# Founders' judgement: registrations change seldom, and registries count our questions. A domain
# whose registration matters (a new case) has none stored yet and is asked at once.
_KEEP = timedelta(days=7)


class Registrar:
    """Registration facts of domains, from the store where fresh, else from WHOIS."""

    def __init__(self, transport: WhoisTransport, store: Store, blobs: Blobs) -> None:
        self._transport = transport
        self._store = store
        self._blobs = blobs
        self._asked: dict[str, asyncio.Future[Registration]] = {}

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
        at = now()
        stored = self._store.registration(domain, at - _KEEP)
        if stored is not None:
            return stored
        try:
            source, reply = await self._transport.query(domain)
        except WhoisError as problem:
            return Registration(domain, Knowledge.UNKNOWN, at, detail=str(problem))
        raw = await asyncio.to_thread(self._blobs.put, reply, "text/plain")
        return read_whois(reply.decode("utf-8", "replace"), domain, at, source, raw)
