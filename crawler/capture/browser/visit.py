"""One visit of one page: open it, wait until it is still, freeze it, within sixty seconds."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from playwright.async_api import BrowserContext, CDPSession, Error, ViewportSize
from playwright.async_api import Page as Tab

from crawler.capture.browser.freezing import Measure, Page, Picture, StuckError
from crawler.capture.browser.gate import Gate
from crawler.capture.browser.look import SIGHTS, BrowserLook, FrameLook, LeftOut, Sight
from crawler.capture.browser.recorder import Recorder
from crawler.capture.egress import Egress
from crawler.model import Failure, Vantage

VISIT_SECONDS = 60.0
# Founders' judgement, all four: what a patient person waits, and no longer.
_COMMIT_SECONDS = 20.0
_LOAD_SECONDS = 8.0
_SETTLE_SECONDS = 5.0
_QUIET_SECONDS = 0.5
_POLL_SECONDS = 0.1
_THIN_TEXT = 40
"""Characters below which a page with scripts is taken for one that is still to come."""


@dataclass  # without slots: Playwright marks the objects whose methods listen to it
class Visit:
    """The state of one visit; `run` fills it and `look` freezes it, however far it came."""

    url: str
    vantage: Vantage
    egress: Egress
    agent: str
    turn: asyncio.Semaphore
    """Held while the page is frozen: pictures are the heavy part."""
    left_out: LeftOut = LeftOut.NOTHING
    """What the page is shown without."""
    recorder: Recorder = field(init=False)
    gate: Gate = field(init=False)
    failure: Failure | None = None
    detail: str = ""
    script_stopped: bool = False
    _unfinished: bool = False
    _final_url: str = ""
    _document: FrameLook | None = None
    _frames: list[FrameLook] = field(default_factory=list)
    _picture: Picture = field(default_factory=lambda: Picture(b"", cut=False))
    _archive: bytes = b""
    _chain: bytes = b""
    browser: str = ""
    """The browser at work and its version."""

    def __post_init__(self) -> None:
        self.recorder = Recorder(self.egress)
        self.gate = Gate(self.egress, self.recorder, self.left_out)

    @property
    def sight(self) -> Sight:
        """How the browser presents itself."""
        return SIGHTS[self.vantage]

    def context_options(self) -> dict[str, Any]:
        """What Playwright's `new_context` is told for this visit."""
        sight = self.sight
        return {
            "proxy": {"server": self.egress.server},
            "user_agent": sight.agent or self.agent,
            "viewport": ViewportSize(width=sight.width, height=sight.height),
            "screen": ViewportSize(width=sight.width, height=sight.height),
            "device_scale_factor": self._scale(),
            "is_mobile": sight.mobile,
            "has_touch": sight.mobile,
            "locale": "zh-CN",
            "timezone_id": "Asia/Shanghai",
            "accept_downloads": False,
            "service_workers": "block",
            "java_script_enabled": self.left_out is not LeftOut.SCRIPTS,
            "ignore_https_errors": True,
        }

    async def run(self, context: BrowserContext) -> None:
        """Look at the page; what goes wrong on its side is recorded, never raised.

        Raises Playwright's `Error` where the browser itself is gone.
        """
        await self.gate.shut(context)
        tab = await context.new_page()
        session = await context.new_cdp_session(tab)
        self.recorder.listen(session)
        self.gate.listen(tab, session)
        page = Page(session)
        looking = asyncio.ensure_future(self._look(tab, session, page))
        crash = asyncio.ensure_future(self.gate.crashed.wait())
        try:
            await asyncio.wait({looking, crash}, return_when=asyncio.FIRST_COMPLETED)
            if self.gate.crashed.is_set() and not looking.done():
                self._fail(Failure.BROKEN_ANSWER, "the page broke its renderer")
            else:
                await looking
        finally:
            for task in (looking, crash):
                task.cancel()
            await asyncio.gather(looking, crash, return_exceptions=True)
            await self.gate.close()

    def look(self, at: datetime, seconds: float) -> BrowserLook:
        """What has been seen, frozen."""
        shown = self.recorder.shown
        document = self._document or FrameLook("", "")
        return BrowserLook(
            url=self.url,
            vantage=self.vantage,
            at=at,
            final_url=self._final_url or self._last_tried(),
            status=shown.status if shown else None,
            exchanges=self.recorder.exchanges(),
            html=document.html,
            frames=tuple(self._frames),
            screenshot=self._picture.png,
            mhtml=self._archive,
            truncated=document.truncated or self._picture.cut or self._unfinished or self._partly,
            page_errors=self.gate.page_errors,
            dialogs=self.gate.dialogs,
            popups=tuple(self.recorder.popups),
            downloads=tuple(self.gate.downloads),
            script_stopped=self.script_stopped or self.gate.flooded,
            left_out=self.left_out,
            protocol=shown.protocol if shown else "",
            certificate=shown.certificate if shown else (),
            chain=self._chain,
            agent=self.sight.agent or self.agent,
            browser=self.browser,
            dns=tuple(self.egress.answers.values()),
            passages=tuple(self.egress.passages),
            seconds=round(seconds, 3),
            failure=self.failure,
            detail=self.detail,
        )

    @property
    def _partly(self) -> bool:
        return self.left_out is not LeftOut.NOTHING

    def _scale(self) -> int:
        return 2 if self.sight.mobile else 1

    def _last_tried(self) -> str:
        ways = [r.url for r in self.recorder.requests if r.kind in ("document", "redirect")]
        return ways[-1] if ways else self.url

    def _fail(self, failure: Failure, detail: str) -> None:
        if self.failure is None:
            self.failure, self.detail = failure, detail

    async def _look(self, tab: Tab, session: CDPSession, page: Page) -> None:
        tree = await session.send("Page.getFrameTree")
        main = self.recorder.main_frame = tree["frameTree"]["frame"]["id"]
        await session.send("Page.enable")
        await session.send("Network.enable")
        await self.gate.open(session)
        if not await self._open(tab):
            return
        measure = Measure(0, 0, 0, 0)
        try:
            measure = await self._settle(page, main)
        except StuckError:
            await self._rescue(page)
        if self.recorder.shown is None and self.failure is None:
            self._explain("")  # it has moved on to where nothing is
        for _again in range(2):
            if self.failure is not None:
                return
            try:
                async with self.turn:
                    await self._freeze(tab, page, main, measure)
            except StuckError as stuck:
                if self.script_stopped:
                    self._fail(Failure.TIMEOUT, str(stuck))
                await self._rescue(page)
            else:
                return

    async def _open(self, tab: Tab) -> bool:
        """Go to the address and wait for «load»; whether there is a document to look at."""
        problem = ""
        try:
            await tab.goto(
                self.url,
                wait_until="commit",
                timeout=_COMMIT_SECONDS * 1000,
                referer=self.sight.referer or None,
            )
        except Error as error:
            if self._lost(error):
                raise
            problem = error.message.partition("\n")[0]
        if problem and self.recorder.shown is None:
            # A page may still be on its way: it replaced the one we asked for.
            await asyncio.sleep(_POLL_SECONDS)
        if self.recorder.shown is None and (problem or not tab.url.startswith("http")):
            self._explain(problem)
            return False
        with suppress(TimeoutError):
            await asyncio.wait_for(self.recorder.loaded.wait(), _LOAD_SECONDS)
        return True

    def _explain(self, problem: str) -> None:
        """Say why no document came, in our own terms where we know them."""
        if self.gate.downloads:
            self._fail(Failure.BROKEN_ANSWER, "the address answers with a file to be saved")
            return
        last = self._last_tried()
        failure, detail = self.recorder.failure_of(last)
        if failure is None:
            ends = [exchange.failure for exchange in self.recorder.exchanges()][-1:]
            failure = ends[0] if ends else None
        if failure is None:
            failure = Failure.TIMEOUT if "Timeout" in problem else Failure.BROKEN_ANSWER
        self._fail(failure, detail or problem[:200] or "no document came")

    async def _settle(self, page: Page, main: str) -> Measure:
        """Wait until neither document nor network has moved for half a second, or five are over."""
        clock = asyncio.get_running_loop().time
        start = grown_at = clock()
        last = Measure(0, 0, 0, 0)
        while clock() - start < _SETTLE_SECONDS:
            try:
                measure = await page.measure(main)
            except Error as error:
                if self._lost(error):
                    raise
                await asyncio.sleep(_POLL_SECONDS)  # between two documents
                continue
            if measure != last:
                grown_at, last = clock(), measure
            waiting = self.recorder.busy() or clock() < self.recorder.moving_until
            thin = 0 <= measure.text < _THIN_TEXT and measure.lively > 0
            still = clock() - max(grown_at, self.recorder.changed_at)
            # Without scripts and frames nothing is left that could change a page at rest.
            if not waiting and not thin and (still >= _QUIET_SECONDS or not measure.lively):
                break
            await asyncio.sleep(_POLL_SECONDS)
        return last

    async def _rescue(self, page: Page) -> None:
        """Take the page's scripts away from it so that what it shows can be kept."""
        if self.script_stopped:
            return
        self.script_stopped = True
        try:
            await page.stop_scripts()
        except StuckError as stuck:
            self._fail(Failure.TIMEOUT, str(stuck))

    async def _freeze(self, tab: Tab, page: Page, main: str, measure: Measure) -> None:
        self._final_url = tab.url
        try:
            self._unfinished = self.recorder.unfinished()
            self._document = await page.document(main)
            if self._document.url.startswith("http"):
                self._final_url = self._document.url  # told with the document, never too late
            if self._unfinished and not self._document.html:
                self._fail(Failure.TIMEOUT, "the document was still on its way")
                return
            self._picture = await page.picture(main, self.sight.width, self._scale())
            self._frames = []
            for frame, _url in await page.frames():
                with suppress(Error):
                    self._frames.append(await page.document(frame))
            if not self._document.truncated:
                self._archive = await page.archive(measure)
            self._chain = await page.certificates(tab.url)
        except Error as error:
            if self._lost(error):
                raise
            # A page that keeps moving on takes its documents from under us.
            raise StuckError(error.message.partition("\n")[0][:200]) from error

    def _lost(self, error: Error) -> bool:
        return "closed" in error.message and not self.gate.crashed.is_set()
