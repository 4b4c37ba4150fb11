"""Stops inside the browser what the proxy could not see, and answers a page's every request."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import BrowserContext, CDPSession, Dialog, Download, Error
from playwright.async_api import Page as Tab

from crawler.capture.browser.look import LeftOut
from crawler.capture.browser.recorder import Recorder
from crawler.capture.egress import Egress
from crawler.capture.http import RouteRefusedError
from crawler.model import Failure

_KEPT_DOWNLOADS = 20
_FLOOD = 5
"""Founders' judgement: a page that asks for five times the budget will never be quiet."""

# Requests that can carry something out of a page; scripts, styles and images are always GET.
_WATCHED = ("Document", "XHR", "Fetch", "Ping", "CSPViolationReport", "Other")

# Playwright's own block sits on one object, and a page can call the prototype instead.
_NO_SERVICE_WORKERS = """
if (globalThis.ServiceWorkerContainer) ServiceWorkerContainer.prototype.register =
  () => Promise.reject(new DOMException('refused', 'SecurityError'));
"""

# For pictures that come without a request, inside the page; hidden ones are never unfolded.
_NO_PICTURES = """
const sheet = new CSSStyleSheet();
sheet.replaceSync(`img, image, input, object, embed, video, canvas {visibility: hidden !important}
  *, ::before, ::after {background-image: none !important; border-image: none !important;
  list-style-image: none !important; mask: none !important; cursor: auto !important}`);
document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
"""


@dataclass  # without slots: Playwright marks the objects whose methods listen to it
class Gate:
    """What one page may do, and the count of what it tried."""

    egress: Egress
    recorder: Recorder
    left_out: LeftOut = LeftOut.NOTHING
    dialogs: int = 0
    downloads: list[str] = field(default_factory=list)
    page_errors: int = 0
    flooded: bool = False
    """Whether the page asked for so much that its scripts were ended."""
    crashed: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once the page's renderer is gone."""
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _blocked: bool = False

    async def shut(self, context: BrowserContext) -> None:
        """Take away what no page of this context may have."""
        await context.add_init_script(_NO_SERVICE_WORKERS)
        if self.left_out is not LeftOut.NOTHING:
            await context.add_init_script(_NO_PICTURES)

    def listen(self, tab: Tab, session: CDPSession) -> None:
        """Answer what a page asks of the person before it."""
        session.on("Fetch.requestPaused", lambda event: self._soon(self._gate(session, event)))
        for event in ("Network.requestWillBeSent", "Network.responseReceived"):
            session.on(event, lambda _event: self._soon_block(session))
        tab.on("dialog", lambda dialog: self._soon(self._dismiss(dialog)))
        tab.on("download", self._download)
        tab.on("pageerror", self._page_error)
        tab.on("crash", lambda _tab: self.crashed.set())
        tab.context.on("page", lambda other: self._soon(self._popup(other, tab)))

    async def open(self, session: CDPSession) -> None:
        """Have every request that can carry something out pass by here."""
        kinds = _WATCHED if self.left_out is LeftOut.NOTHING else (*_WATCHED, "Image")
        patterns = [{"urlPattern": "*", "resourceType": kind} for kind in kinds]
        await session.send("Fetch.enable", {"patterns": patterns})

    async def close(self) -> None:
        """Leave nothing waiting for an answer."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _soon(self, work: Any) -> None:
        task = asyncio.ensure_future(_quietly(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _soon_block(self, session: CDPSession) -> None:
        # The proxy cannot count what passes inside TLS; the browser can.
        # Answers count, since a page announces all its pictures at once; a flood is stopped sooner.
        limit = self.egress.budget.requests
        flood = self.recorder.asked > _FLOOD * limit
        if (self.recorder.answered > limit or flood) and not self._blocked:
            self._blocked = True
            blocked = {"urls": ["*"]}
            self._soon(session.send("Network.setBlockedURLs", blocked))
        if flood and not self.flooded:
            # Refused requests cost memory too, in three processes; only the script's end ends them.
            self.flooded = True
            self._soon(session.send("Runtime.terminateExecution"))
            stopped = {"value": True}
            self._soon(session.send("Emulation.setScriptExecutionDisabled", stopped))

    async def _gate(self, session: CDPSession, event: dict[str, Any]) -> None:
        """Let a request out of the page, or stop it where the proxy would or could not see it."""
        what = {"requestId": event["requestId"]}
        try:
            await self._permit(event["request"], event["resourceType"])
        except RouteRefusedError as refusal:
            self.recorder.refuse(event.get("networkId", ""), refusal.failure, str(refusal))
            await session.send("Fetch.failRequest", {**what, "errorReason": "Aborted"})
        else:
            await session.send("Fetch.continueRequest", what)

    async def _permit(self, request: dict[str, Any], kind: str) -> None:
        if request["method"] not in ("GET", "HEAD"):
            raise RouteRefusedError(Failure.NOT_SENT, f"{request['method']} is never sent")
        if kind == "Image":
            raise RouteRefusedError(Failure.BUDGET_SPENT, "the page is shown without pictures")
        if self.egress.spent():
            raise RouteRefusedError(Failure.BUDGET_SPENT, "the visit's budget is spent")
        if kind == "Document":
            # Stopped here, the page that led to it stays in view; the proxy would replace it.
            await self.egress.admit(request["url"])

    async def _dismiss(self, dialog: Dialog) -> None:
        self.dialogs += 1
        await dialog.dismiss()

    def _download(self, download: Download) -> None:
        if len(self.downloads) < _KEPT_DOWNLOADS:
            self.downloads.append(download.url[:2_000])

    def _page_error(self, _error: Error) -> None:
        self.page_errors += 1

    async def _popup(self, other: Tab, own: Tab) -> None:
        if other is not own:
            self.recorder.window(other.url)
            await other.close()


async def _quietly(work: Any) -> None:
    """Await what may come too late: the page it is meant for can be gone by then."""
    with suppress(Error):
        await work
