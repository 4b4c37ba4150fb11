"""Takes picture, documents and archive of a page that may do its best to prevent it."""

from __future__ import annotations

import asyncio
import base64
from dataclasses import dataclass
from typing import Any

from playwright.async_api import CDPSession, Error

from crawler.capture.browser.look import FrameLook
from crawler.capture.tls import chain_from_der

# Founders' judgement: eight screens of a desktop; sellers say what they sell above that.
MAX_PIXELS = 8_000
_DESKTOP = 1_366
_MAX_AREA = _DESKTOP * MAX_PIXELS
_MOST_WIDTH = 2 * _DESKTOP
"""Founders' judgement: what lies further to the right than two desktops is not meant to be seen."""
_MAX_HTML = 5_000_000
"""Characters of one document, as DESIGN's budget for a body."""
_MAX_FRAMES = 30
_MAX_ELEMENTS = 200_000
"""Above it a page is a bomb: archive and further measuring would only feed it."""
_MAX_ARCHIVE = 60_000_000
_ANSWER_SECONDS = 3.0
"""Founders' judgement: a renderer that is at work answers within three seconds."""
_STOP_SECONDS = 8.0
"""Founders' judgement: parsing and layout, which cannot be interrupted, may take as long."""
_PICTURE_SECONDS = 8.0

# The page's own names (<form name=documentElement>) shadow those of `document` even here, in a
# world of our own, so getters are taken from the prototypes, which the page cannot reach.
_GRIP = """
const get = (kind, name, of) => Object.getOwnPropertyDescriptor(kind.prototype, name).get.call(of);
const root = get(Document, 'documentElement', document);
const count = Document.prototype.getElementsByTagName.call(document, '*').length;
"""
_MEASURE = (
    "(() => {" + _GRIP + "const small = count < 20000;"
    "const lively = small ? Document.prototype.querySelectorAll.call(document,"
    " 'script,iframe,frame,object,embed,video').length : 1;"
    "const body = get(Document, 'body', document);"
    "const text = !small ? -1 : body ? get(HTMLElement, 'innerText', body).trim().length : 0;"
    "return [count, text, lively, root ? get(Element, 'scrollHeight', root) : 0]; })()"
)
_LAID_OUT = "(() => {" + _GRIP + "return root ? get(Element, 'clientWidth', root) : 0; })()"
_DOCUMENT = (
    "(() => {" + _GRIP + "const html = root ? get(Element, 'outerHTML', root) : '';"
    f"return [html.length, html.slice(0, {_MAX_HTML}).toWellFormed(), location.href]; }})()"
)


class StuckError(Exception):
    """The page's renderer does not answer: its scripts do not end."""


@dataclass(frozen=True, slots=True)
class Measure:
    """How far a page has grown."""

    elements: int
    text: int
    """Characters, or -1 where there are too many elements to count them often."""
    lively: int
    """Scripts, frames and films: what can still change the page; 0 where nothing can."""
    height: int


@dataclass(frozen=True, slots=True)
class Picture:
    """A screenshot, and whether it shows less than the whole page."""

    png: bytes
    cut: bool


class Page:
    """The DevTools session of one page, asked from a world the page's scripts cannot touch."""

    def __init__(self, session: CDPSession) -> None:
        self._session = session
        self._worlds: dict[str, int] = {}

    async def send(self, method: str, seconds: float, **params: Any) -> Any:
        """One command's answer; raises `StuckError` where none comes in time."""
        try:
            return await asyncio.wait_for(self._session.send(method, params), seconds)
        except TimeoutError as silence:
            raise StuckError(f"{method} was not answered in {seconds:g} s") from silence

    async def stop_scripts(self) -> None:
        """End the scripts that run and let none start again."""
        await self.send("Runtime.terminateExecution", _STOP_SECONDS)
        await self.send("Emulation.setScriptExecutionDisabled", _ANSWER_SECONDS, value=True)
        await self.send("Page.stopLoading", _ANSWER_SECONDS)

    async def measure(self, frame: str) -> Measure:
        """How large the document of a frame is now."""
        elements, text, lively, height = await self._evaluate(frame, _MEASURE)
        return Measure(int(elements), int(text), int(lively), int(height))

    async def document(self, frame: str) -> FrameLook:
        """The document of a frame as rendered, cut at 5 million characters."""
        length, html, url = await self._evaluate(frame, _DOCUMENT, _PICTURE_SECONDS)
        return FrameLook(str(url), str(html), length > _MAX_HTML)

    async def frames(self) -> list[tuple[str, str]]:
        """Id and address of the first frames inside the page, in the order of the document."""
        tree = (await self.send("Page.getFrameTree", _ANSWER_SECONDS))["frameTree"]
        found: list[tuple[str, str]] = []
        waiting = list(tree.get("childFrames", ()))
        while waiting and len(found) < _MAX_FRAMES:
            node = waiting.pop(0)
            found.append((node["frame"]["id"], node["frame"]["url"]))
            waiting.extend(node.get("childFrames", ()))
        return found

    async def picture(self, frame: str, width: int, scale: int) -> Picture:
        """A PNG of the whole page, in at most as many pixels as a desktop has in 8,000 lines.

        It is wider than asked where the page is laid out wider, as phones do with pages that were
        not made for them, or where it would have to be scrolled sideways.
        """
        if scale > 1 and (laid_out := await self._evaluate(frame, _LAID_OUT)) > width:
            # For a picture Chromium lays such pages out anew, narrow, as no phone shows them.
            await self.send(
                "Emulation.setDeviceMetricsOverride",
                _ANSWER_SECONDS,
                width=int(laid_out),
                height=0,
                deviceScaleFactor=1,
                mobile=False,
            )
        metrics = await self.send("Page.getLayoutMetrics", _ANSWER_SECONDS)
        size, seen = metrics["cssContentSize"], metrics["cssLayoutViewport"]
        height, whole = max(int(size["height"]), 1), int(size["width"])
        wide = max(width, int(seen["clientWidth"]))
        if whole <= _MOST_WIDTH:
            wide = max(wide, whole)
        if wide * scale > _DESKTOP:
            scale = 1
        shown = min(height, MAX_PIXELS // scale, _MAX_AREA // (wide * scale * scale))
        clip = {"x": 0, "y": 0, "width": wide, "height": shown, "scale": scale}
        answer = await self.send(
            "Page.captureScreenshot",
            _PICTURE_SECONDS,
            format="png",
            clip=clip,
            captureBeyondViewport=True,
            optimizeForSpeed=True,
        )
        is_cut = shown < height or wide < whole
        return Picture(base64.b64decode(answer["data"]), cut=is_cut)

    async def archive(self, measure: Measure) -> bytes:
        """The page as MHTML, or nothing where it is too large to be worth it."""
        if measure.elements > _MAX_ELEMENTS:
            return b""
        try:
            answer = await self.send("Page.captureSnapshot", _PICTURE_SECONDS, format="mhtml")
        except Error:
            return b""  # Chromium makes no archive of some documents (plain images, PDF)
        text = str(answer["data"])
        return text.encode("utf-8", "replace") if len(text) <= _MAX_ARCHIVE else b""

    async def certificates(self, url: str) -> bytes:
        """PEM of the certificates that the host of an https address sent; empty for others."""
        if not url.startswith("https://"):
            return b""
        try:
            answer = await self.send("Network.getCertificate", _ANSWER_SECONDS, origin=url)
            return chain_from_der([base64.b64decode(each) for each in answer["tableNames"]])
        except (Error, ValueError):
            return b""  # an address of which the browser keeps none

    async def _evaluate(self, frame: str, script: str, seconds: float = _ANSWER_SECONDS) -> Any:
        for fresh in (False, True):
            world = None if fresh else self._worlds.get(frame)
            if world is None:
                made = await self.send(
                    "Page.createIsolatedWorld", seconds, frameId=frame, worldName="certhound"
                )
                world = self._worlds[frame] = made["executionContextId"]
            try:
                answer = await self.send(
                    "Runtime.evaluate",
                    seconds,
                    contextId=world,
                    expression=script,
                    returnByValue=True,
                )
            except Error:
                if fresh:
                    raise
                continue  # the frame has navigated and its worlds are gone with it
            if "exceptionDetails" in answer:
                raise Error(str(answer["exceptionDetails"].get("text", "script failed")))
            return answer["result"]["value"]
        raise AssertionError("unreachable")
