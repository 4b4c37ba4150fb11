"""Looks closer where the first look asks for it: by browser, and from other vantages."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace

from crawler.capture.browser.look import BrowserLook
from crawler.capture.browser.pool import BrowserPool
from crawler.capture.plan import OTHERS, differs, needs_browser, needs_other_vantages
from crawler.charsets import decode
from crawler.clock import now
from crawler.documents import joined
from crawler.evidence import Blobs
from crawler.model import Assessment, BlobRef, Capture, Exchange, Failure, Lead, Vantage, Visit

logger = logging.getLogger(__name__)

Judge = Callable[[Visit], Awaitable[Assessment]]
Probe = Callable[[str, Lead, Vantage], Awaitable[tuple[int, str] | None]]
"""What an address answers over HTTP from a vantage, redirects not followed: status and text, or
`None` where no answer came."""


class Closer:
    """Adds to a Visit what its first look calls for; without a browser, nothing."""

    def __init__(self, pool: BrowserPool | None, judge: Judge, blobs: Blobs) -> None:
        self._pool = pool
        self._judge = judge
        self._blobs = blobs

    async def look(self, visit: Visit, lead: Lead, probe: Probe) -> Visit:
        """The Visit with the captures that its plan asks for."""
        if self._pool is None:
            return visit
        first = visit.captures[0]
        opinion = await self._judge(visit)
        captures = [first]
        if needs_browser(first, opinion):
            captures[0] = await self._rendered(first)
            visit = replace(visit, captures=(captures[0],))
            opinion = await self._judge(visit)
        if needs_other_vantages(visit, opinion, lead):
            others = await asyncio.gather(
                *(self._other(visit, first, lead, vantage, probe) for vantage in OTHERS)
            )
            captures += [capture for capture in others if capture is not None]
        return replace(visit, captures=tuple(captures))

    async def _rendered(self, first: Capture) -> Capture:
        """The desktop's capture with what the browser made of it; its own bytes stay."""
        assert self._pool is not None  # noqa: S101 - asked by look
        look = await self._pool.capture(first.url, Vantage.DESKTOP)
        if look.failure is not None:
            logger.info("%s: no browser look: %s", first.url, look.detail)
            return replace(first, attempts=(f"browser: {look.detail}"[:200],))
        seen = await self._frozen(look)
        return replace(
            seen,
            id=first.id,
            run=first.run,
            lead=first.lead,
            at=first.at,
            exchanges=(*first.exchanges, *seen.exchanges),
            body=first.body,
            encoding=first.encoding,
            truncated=first.truncated or seen.truncated,
            headers=first.headers,
        )

    async def _other(
        self, visit: Visit, first: Capture, lead: Lead, vantage: Vantage, probe: Probe
    ) -> Capture | None:
        # Where the desktop got nothing, there is nothing to compare with: only the browser tells.
        if first.exchanges[0].status is not None:
            answer = await probe(first.url, lead, vantage)
            if answer is not None and not await asyncio.to_thread(self._is_other, first, *answer):
                return None
        assert self._pool is not None  # noqa: S101 - asked by look
        look = await self._pool.capture(first.url, vantage)
        seen = await self._frozen(look)
        return replace(
            seen, id=f"{visit.run}.{lead.id}.{vantage.value}", run=visit.run, lead=lead.id
        )

    def _is_other(self, first: Capture, status: int, text: str) -> bool:
        """Whether an answer is another than the one the desktop got first."""
        start = first.exchanges[0]
        blob = start.body or first.body
        if start.status != status:
            return True
        if status != 200 or blob is None:
            return False
        return differs(decode(self._blobs.get(blob), "")[0], text)

    async def _frozen(self, look: BrowserLook) -> Capture:
        return await asyncio.to_thread(freeze, look, self._blobs)


def freeze(look: BrowserLook, blobs: Blobs) -> Capture:
    """The Capture of a browser's look, its bytes stored; ids are the caller's to set."""

    def kept(data: bytes, media_type: str) -> BlobRef | None:
        return blobs.put(data, media_type) if data else None

    documents = [frame.html for frame in look.frames]
    frames = [kept(html.encode("utf-8", "replace"), "text/html") for html in documents]
    return Capture(
        id="",
        run="",
        lead="",
        vantage=look.vantage,
        url=look.url,
        final_url=look.final_url or look.url,
        at=look.at,
        exchanges=look.exchanges or (_no_exchange(look),),
        status=look.status,
        encoding="utf-8",
        truncated=look.truncated,
        failure=look.failure,
        detail=look.detail,
        html=joined(look.html, documents),
        rendered=kept(look.html.encode("utf-8", "replace"), "text/html"),
        frames=tuple(frame for frame in frames if frame is not None),
        screenshot=kept(look.screenshot, "image/png"),
        archive=kept(look.mhtml, "multipart/related"),
        protocol=look.protocol,
        certificate=look.certificate,
        attempts=_attempts(look),
    )


def _no_exchange(look: BrowserLook) -> Exchange:
    return Exchange(look.url, None, (), now(), "document", failure=look.failure or Failure.TIMEOUT)


def _attempts(look: BrowserLook) -> tuple[str, ...]:
    said = [f"popup {url}"[:200] for url in look.popups]
    said += [f"download {url}"[:200] for url in look.downloads]
    if look.dialogs:
        said.append(f"dialogs {look.dialogs}")
    if look.script_stopped:
        said.append("scripts were ended by us")
    return tuple(said[:20])
