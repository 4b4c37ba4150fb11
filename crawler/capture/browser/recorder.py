"""Keeps what the browser's DevTools protocol tells of one page: requests, windows, navigation."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from crawler.capture.egress import Egress
from crawler.clock import now
from crawler.model import Exchange, Failure

# Founders' judgement: ten times what the budget lets out; a flood beyond it says nothing new.
_KEPT_EXCHANGES = 2_000
_KEPT_POPUPS = 20
# Requests that stay open by design: to wait for their end is to wait for ever.
_ENDLESS = frozenset({"EventSource", "WebSocket", "Media", "Ping"})
_REFRESH_SECONDS = 5.0
"""As in `trail`: a person waits five seconds for a page to move on, not longer."""


@dataclass(slots=True)
class _Request:
    url: str
    kind: str
    at: datetime
    frame: str
    loader: str
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    error: str = ""
    mime: str = ""
    protocol: str = ""
    certificate: tuple[tuple[str, str], ...] = ()
    refused: Failure | None = None
    why: str = ""


@dataclass  # without slots: Playwright marks the objects whose methods listen to it
class Recorder:
    """The record of one page while it lives."""

    egress: Egress
    main_frame: str = ""
    requests: list[_Request] = field(default_factory=list)
    popups: list[str] = field(default_factory=list)
    asked: int = 0
    """Requests seen, kept or not."""
    answered: int = 0
    """Answers begun."""
    changed_at: float = 0.0
    """When the network last did anything, on the loop's clock."""
    moving_until: float = 0.0
    """Until when the page has announced to move on."""
    shown: _Request | None = None
    """The request whose answer the main frame shows."""
    loaded: asyncio.Event = field(default_factory=asyncio.Event)
    """Set while the main frame has stopped loading."""
    _open: dict[str, _Request] = field(default_factory=dict)
    _refused: dict[str, tuple[Failure, str]] = field(default_factory=dict)

    def listen(self, session: Any) -> None:
        """Subscribe to a Playwright CDP session (whose events are untyped dictionaries)."""
        session.on("Network.requestWillBeSent", self._sent)
        session.on("Network.responseReceived", self._answered)
        session.on("Network.loadingFinished", self._finished)
        session.on("Network.loadingFailed", self._failed)
        session.on("Network.webSocketCreated", self._socket)
        session.on("Page.windowOpen", self._window)
        session.on("Page.frameNavigated", self._navigated)
        session.on("Page.frameScheduledNavigation", self._scheduled)
        session.on("Page.frameStartedLoading", self._started)
        session.on("Page.frameStoppedLoading", self._stopped)

    def busy(self) -> bool:
        """Whether requests are under way that a person would wait for."""
        return any(request.kind not in _ENDLESS for request in self._open.values())

    def unfinished(self) -> bool:
        """Whether the document shown is still on its way."""
        return any(request is self.shown for request in self._open.values())

    def refuse(self, network_id: str, failure: Failure, why: str) -> None:
        """Remember why we stopped a request inside the browser."""
        self._refused[network_id] = failure, why

    def window(self, url: str) -> None:
        """Remember a window that the page wanted to open."""
        if url not in self.popups and len(self.popups) < _KEPT_POPUPS:
            self.popups.append(url[:2_000])

    def exchanges(self) -> tuple[Exchange, ...]:
        """The requests as Exchanges, each with the proxy's word on why it failed."""
        return tuple(self._exchange(request) for request in self.requests)

    def failure_of(self, url: str) -> tuple[Failure | None, str]:
        """Why the last request of a URL failed, by our refusals first, then by the proxy."""
        for request in reversed(self.requests):
            if request.url == url and request.refused is not None:
                return request.refused, request.why
        passage = self.egress.failed(url)
        return (passage.failure, passage.detail) if passage else (None, "")

    def _exchange(self, request: _Request) -> Exchange:
        passage = self.egress.failed(request.url)
        failure, status = request.refused, request.status
        if failure is None and passage is not None and (request.error or status == 403):
            failure = passage.failure
            if passage.status is None:
                status = None  # the 403 is the proxy's own
        if failure is None and request.error and status is None:
            failure = _reason(request.error)
        headers = request.headers if status is not None else ()
        address = self._address(request.url)
        return Exchange(request.url, status, headers, request.at, request.kind, address, failure)

    def _address(self, url: str) -> str:
        for passage in self.egress.passages:
            if passage.target == url.partition("#")[0]:
                return passage.address
        from_host = [a for a in self.egress.answers.values() if f"//{a.name}" in url]
        return from_host[0].addresses[0] if from_host and from_host[0].addresses else ""

    def _sent(self, event: dict[str, Any]) -> None:
        self.asked += 1
        self._touch()
        url = event["request"]["url"]
        if not url.startswith(("http:", "https:", "ws:", "wss:")):
            return
        redirect = event.get("redirectResponse")
        before = self._open.get(event["requestId"])
        if redirect and before:
            _read(before, redirect)
        kind = _kind(event, self.main_frame, redirected=bool(redirect))
        request = _Request(url, kind, now(), event.get("frameId", ""), event.get("loaderId", ""))
        self._open[event["requestId"]] = request
        if len(self.requests) < _KEPT_EXCHANGES:
            self.requests.append(request)

    def _answered(self, event: dict[str, Any]) -> None:
        self._touch()
        self.answered += 1
        request = self._open.get(event["requestId"])
        if request is not None:
            _read(request, event["response"])

    def _finished(self, event: dict[str, Any]) -> None:
        self._touch()
        self._open.pop(event["requestId"], None)

    def _failed(self, event: dict[str, Any]) -> None:
        self._touch()
        request = self._open.pop(event["requestId"], None)
        if request is not None:
            request.error = event.get("blockedReason") or event.get("errorText", "failed")
            request.refused, request.why = self._refused.pop(event["requestId"], (None, ""))

    def _socket(self, event: dict[str, Any]) -> None:
        self.asked += 1
        if len(self.requests) < _KEPT_EXCHANGES:
            self.requests.append(_Request(event["url"], "websocket", now(), "", ""))

    def _window(self, event: dict[str, Any]) -> None:
        self.window(event.get("url", ""))

    def _navigated(self, event: dict[str, Any]) -> None:
        self._touch()
        frame = event["frame"]
        if frame["id"] == self.main_frame:
            self.moving_until = 0.0
            same = [r for r in self.requests if r.loader == frame["loaderId"]]
            last = next((r for r in reversed(same) if r.frame == self.main_frame), None)
            # Where Chromium shows an error page of its own, it says what it could not reach.
            self.shown = None if "unreachableUrl" in frame else last

    def _scheduled(self, event: dict[str, Any]) -> None:
        delay = float(event.get("delay", 0))
        if event["frameId"] == self.main_frame and delay <= _REFRESH_SECONDS:
            self.moving_until = asyncio.get_running_loop().time() + delay + 0.3

    def _started(self, event: dict[str, Any]) -> None:
        if event["frameId"] == self.main_frame:
            self.loaded.clear()

    def _stopped(self, event: dict[str, Any]) -> None:
        if event["frameId"] == self.main_frame:
            self.loaded.set()

    def _touch(self) -> None:
        self.changed_at = asyncio.get_running_loop().time()


def _kind(event: dict[str, Any], main_frame: str, *, redirected: bool) -> str:
    kind = str(event.get("type", "Other"))
    if kind == "Document":
        if event.get("frameId") != main_frame:
            return "frame"
        return "redirect" if redirected else "document"
    return "xhr" if kind in ("XHR", "Fetch") else kind.lower()


def _read(request: _Request, response: dict[str, Any]) -> None:
    request.status = response["status"]
    request.mime = response.get("mimeType", "")
    request.protocol = response.get("protocol", "")
    # Chromium joins the values of one name with line feeds.
    request.headers = tuple(
        (name, value)
        for name, values in response.get("headers", {}).items()
        for value in str(values).split("\n")
    )
    details = response.get("securityDetails")
    if details:
        names = ("protocol", "cipher", "subjectName", "issuer", "validFrom", "validTo")
        request.certificate = tuple((name, str(details.get(name, ""))) for name in names)


def _reason(error: str) -> Failure:
    if error == "inspector":  # blocked by ourselves once the budget was spent
        return Failure.BUDGET_SPENT
    if "TIMED_OUT" in error:
        return Failure.TIMEOUT
    if "TOO_MANY_REDIRECTS" in error:
        return Failure.TOO_MANY_REDIRECTS
    if "UNSAFE_PORT" in error or "UNKNOWN_URL_SCHEME" in error:
        return Failure.UNSUPPORTED
    if "ERR_CONNECTION" in error or "TUNNEL" in error or "EMPTY_RESPONSE" in error:
        return Failure.NO_CONNECTION
    return Failure.BROKEN_ANSWER
