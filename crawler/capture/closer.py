"""Looks closer where the first look asks for it: by browser, and from other vantages."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from crawler.addresses import host_of
from crawler.capture.browser.look import BrowserLook
from crawler.capture.browser.pool import BrowserPool
from crawler.capture.pace import Pace, PutOffError, retry_after
from crawler.capture.pictures import ReadPictures, Shown, gather, with_pictures
from crawler.capture.plan import OTHERS, differs, needs_browser, needs_other_vantages, way_of
from crawler.capture.tls import PEM
from crawler.charsets import decode
from crawler.clock import now
from crawler.documents import joined
from crawler.evidence import Blobs
from crawler.model import (
    Assessment,
    BlobRef,
    Capture,
    DnsAnswer,
    Exchange,
    Failure,
    Lead,
    Vantage,
    Visit,
)

logger = logging.getLogger(__name__)

_WAYS = frozenset({"document", "redirect"})

Judge = Callable[[Visit], Awaitable[Assessment]]
Probe = Callable[[str, Vantage], Awaitable[tuple[Exchange, str]]]
"""What an address answers over HTTP from a vantage, redirects not followed: its record and its
text."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a first look calls for."""

    browser: bool
    others: bool
    """Whether other vantages are to be asked."""


class Closer:
    """Adds to a Visit what its first look calls for; without a browser, nothing."""

    def __init__(
        self,
        pool: BrowserPool | None,
        judge: Judge,
        blobs: Blobs,
        read: ReadPictures,
        pace: Pace | None = None,
    ) -> None:
        self._pool = pool
        self._judge = judge
        self._blobs = blobs
        self._read = read
        self._pace = pace or Pace(0)
        self.held = 0
        """Characters of the pages that are waiting to be judged."""

    async def wishes(self, visit: Visit, lead: Lead) -> Wishes:
        """What the first look calls for; without a browser, nothing."""
        if self._pool is None:
            return Wishes(browser=False, others=False)
        first = visit.captures[0]
        self.held += len(first.html)
        try:
            opinion = await self._judge(visit)
            browser = needs_browser(first, opinion)
            # A page that the browser shows otherwise is judged again before others are asked.
            return Wishes(browser, not browser and needs_other_vantages(visit, opinion, lead))
        finally:
            self.held -= len(first.html)

    async def look(self, visit: Visit, lead: Lead, wishes: Wishes, probe: Probe) -> Visit:
        """The Visit with the captures wished for, and what DNS said during them."""
        first = await self._read_whole(visit.captures[0])
        captures, answers = [first], list(visit.dns)
        others = wishes.others
        if wishes.browser:
            rendered, heard = await self._rendered(first)
            answers += heard
            visit = replace(visit, captures=(rendered,))
            others = needs_other_vantages(visit, await self._judge(visit), lead)
            captures = [replace(rendered, html="")]
            visit = replace(visit, captures=())
            del rendered
        if others:
            found = await asyncio.gather(
                *(self._other(first, vantage, probe) for vantage in OTHERS)
            )
            for capture, heard in found:
                answers += heard
                if capture is not None:
                    identity = f"{visit.run}.{lead.id}.{capture.vantage.value}"
                    captures.append(replace(capture, id=identity, run=visit.run, lead=lead.id))
        return replace(visit, captures=tuple(captures), dns=tuple(answers))

    async def _seen(self, first: Capture, vantage: Vantage) -> BrowserLook:
        """The browser's look, in turn with everything else that is asked of the same hosts."""
        assert self._pool is not None  # noqa: S101 - asked by look
        hosts = {host_of(first.url), host_of(first.final_url)}
        try:
            async with self._pace.turn(hosts):
                look = await self._pool.capture(first.url, vantage)
        except PutOffError as put_off:
            return BrowserLook(
                first.url,
                vantage,
                now(),
                first.url,
                None,
                (),
                failure=Failure.PUT_OFF,
                detail=str(put_off),
            )
        for exchange in look.exchanges:
            said = {name.lower(): value for name, value in exchange.headers}
            wait = retry_after(exchange.status, said.get("retry-after", ""), exchange.at)
            if wait and exchange.via in _WAYS:
                self._pace.hold(host_of(exchange.url), wait)
        return look

    async def _rendered(self, first: Capture) -> tuple[Capture, tuple[DnsAnswer, ...]]:
        """The desktop's capture with what the browser made of it; its own bytes stay."""
        look = await self._seen(first, Vantage.DESKTOP)
        if look.failure is not None:
            logger.info("%s: no browser look: %s", first.url, look.detail)
            # What the first look read is what there is to judge.
            text = await asyncio.to_thread(self._text, first)
            attempt = f"browser: {look.detail}"[:200]
            return replace(first, html=text, attempts=(attempt,)), look.dns
        seen = await self._frozen(look)
        capture = replace(
            seen,
            id=first.id,
            run=first.run,
            lead=first.lead,
            at=first.at,
            started_at=first.started_at,
            exchanges=(*first.exchanges, *seen.exchanges),
            body=first.body,
            encoding=first.encoding,
            truncated=first.truncated or seen.truncated,
            headers=first.headers,
            chain=seen.chain or first.chain,
            pictures=first.pictures or seen.pictures,
        )
        return capture, look.dns

    async def _other(
        self, first: Capture, vantage: Vantage, probe: Probe
    ) -> tuple[Capture | None, tuple[DnsAnswer, ...]]:
        # Where the desktop got nothing, there is nothing to compare with: only the browser tells.
        if first.exchanges[0].status is not None:
            exchange, text = await probe(first.url, vantage)
            if exchange.failure is Failure.PUT_OFF:
                return None, ()
            answered = exchange.status is not None
            if answered and not await asyncio.to_thread(self._is_other, first, exchange, text):
                return None, ()
            del text
        look = await self._seen(first, vantage)
        if look.failure is Failure.PUT_OFF:
            return None, ()
        return replace(await self._frozen(look), html=""), look.dns

    def _text(self, capture: Capture) -> str:
        if capture.body is None:
            return ""
        return self._blobs.get(capture.body).decode(capture.encoding or "utf-8", "replace")

    def _is_other(self, first: Capture, answer: Exchange, text: str) -> bool:
        """Whether an answer is another than the one the desktop got first."""
        start = first.exchanges[0]
        blob = start.body or first.body
        if start.status != answer.status or way_of(start) != way_of(answer):
            return True
        if answer.status != 200 or blob is None:
            return False
        return differs(decode(self._blobs.get(blob), "")[0], text)

    async def _frozen(self, look: BrowserLook) -> Capture:
        """The look's Capture with what its pictures say."""
        capture = await asyncio.to_thread(freeze, look, self._blobs)
        shown, left = await asyncio.to_thread(gather, capture.html, look.mhtml, look.screenshot)
        return await with_pictures(capture, shown, left, self._read)

    async def _read_whole(self, first: Capture) -> Capture:
        """The capture of an address that answers with a picture, and what it says."""
        if first.failure is not None or not first.is_picture or first.body is None:
            return first
        data = await asyncio.to_thread(self._blobs.get, first.body)
        shown = Shown(first.final_url, data)
        return await with_pictures(replace(first, html=""), (shown,), 0, self._read)


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
        chain=kept(look.chain, PEM),
        agent=look.agent,
        browser=look.browser,
        started_at=look.at,
        ended_at=look.at + timedelta(milliseconds=round(look.seconds * 1000)),
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
    if look.left_out.value and look.failure is None:
        said.append(f"shown without {look.left_out.value}, which broke the page")
    return tuple(said[:20])
