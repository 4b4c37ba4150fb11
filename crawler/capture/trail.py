"""The way from a lead to its page, hop by hop, and the Capture and Visit made of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from html import unescape
from importlib.metadata import version

from crawler.addresses import AddressError, normalise
from crawler.capture.tls import TlsFacts
from crawler.clock import now
from crawler.documents import parse
from crawler.model import (
    BlobRef,
    Capture,
    DnsAnswer,
    Exchange,
    Failure,
    Lead,
    Vantage,
    Visit,
)

MADE_BY = f"certhound {version('certhound')}"
"""The program and its version, as Visits and manifests name it."""
REDIRECTS = frozenset({301, 302, 303, 307, 308})

# Founders' judgement: a person waits five seconds for a page to move on, not longer.
_REFRESH_SECONDS = 5
# Founders' judgement: a line or two that names no way to reach anybody is no offer, but the
# «please wait» of a page that sends its reader on.
_SAYS_NOTHING = 60
_REACHABLE = re.compile(r"[A-Za-z0-9_\uff10-\uff5a]{5,}")
# Founders' judgement: a frame's wrapping is short, and the parser takes minutes over a megabyte of
# nested elements, in which nothing else could be opened.
_LONGEST_WRAPPING = 100_000
_HAS_FRAME = re.compile(r"<i?frame\b", re.IGNORECASE)
_SHOWS_PAGE = re.compile(r"(?i)(?!about:|javascript:|data:|blank\b|/blank\b|#)\S")
_META = re.compile(r"<meta\b[^>]{0,400}>", re.IGNORECASE)
_IS_REFRESH = re.compile(r"http-equiv\s*=\s*[\"']?\s*refresh", re.IGNORECASE)
_CONTENT = re.compile(
    r"content\s*=\s*(?:\"([^\"]{0,2000})\"|'([^']{0,2000})'|([^\s>]{1,2000}))", re.IGNORECASE
)
_REFRESH = re.compile(
    r"^\s*(\d{1,4})(?:\.\d+)?\s*[;,]\s*(?:url\s*=\s*)?['\"]?(.+?)['\"]?\s*$", re.IGNORECASE
)


@dataclass(slots=True)
class Trail:
    """What has been seen of one lead so far."""

    lead: Lead
    started_at: datetime
    exchanges: list[Exchange] = field(default_factory=list)
    answers: dict[str, DnsAnswer] = field(default_factory=dict)
    wrapping: Page | None = None
    """The page whose frame was followed last: what is left in view where that frame is refused."""
    probes: list[Exchange] = field(default_factory=list)
    """What was asked beside the way, to compare."""
    retried: bool = False
    """Whether we have waited and asked once more, as a server wanted."""

    def note(self, answer: DnsAnswer | None) -> None:
        """Keep what DNS said."""
        if answer is not None:
            self.answers[answer.name] = answer

    def hops(self) -> int:
        """How many addresses were asked after the first."""
        return max(0, len(self.exchanges) - 1)


@dataclass(frozen=True, slots=True)
class Page:
    """The last answer of a trail, read."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: BlobRef
    html: str
    encoding: str
    truncated: bool
    readable: bool
    tls: TlsFacts | None = None


@dataclass(frozen=True, slots=True)
class End:
    """Where a trail ends: at a page, or at a failure with one sentence about it."""

    page: Page | None
    failure: tuple[Failure, str] | None


def next_hop(status: int, location: str, html: str, url: str) -> tuple[str, str] | None:
    """The address an answer sends its reader on to, and how; or `None` where it does not.

    `how` is `redirect`, `refresh`, or `frame` for a frame that fills the page.
    Raises `AddressError` for a target that is no http address.
    """
    if status in REDIRECTS and location:
        return normalise(_read_location(location), base=url), "redirect"
    # A page that says something is looked at itself: one line of HTML must not hide an offer.
    if status == 200 and _may_lead_on(html) and _says_nothing(html):
        for tag in _META.findall(html[:20_000]):
            if not _IS_REFRESH.search(tag):
                continue
            target = _refresh_target(tag)
            if target:
                there = normalise(target, base=url)
                return None if there == url else (there, "refresh")
        if frame := _page_frame(html):
            with suppress(AddressError):  # a frame that leads nowhere leaves the page in view
                return normalise(frame, base=url), "frame"
    return None


def _read_location(value: str) -> str:
    """The header as browsers read it: as UTF-8, which it may hold raw, where it is that."""
    try:
        return value.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return value


def _may_lead_on(html: str) -> bool:
    """Whether there is a refresh or a frame at all: most pages have none, and need no parsing."""
    return bool(_IS_REFRESH.search(html[:20_000]) or _HAS_FRAME.search(html[:_LONGEST_WRAPPING]))


def _says_nothing(html: str) -> bool:
    """Whether a page has no words of its own before it sends its reader on."""
    if len(html) > _LONGEST_WRAPPING:
        return False
    tree = parse(html)
    for unseen in tree.css("head, script, style, noscript, noframes, template"):
        unseen.decompose()
    text = tree.body.text(strip=True) if tree.body is not None else ""
    return len(text) < _SAYS_NOTHING and not _REACHABLE.search(text)


def _page_frame(html: str) -> str:
    """The address of the frame that is all a page shows, or the empty string."""
    if len(html) > _LONGEST_WRAPPING or not _HAS_FRAME.search(html):
        return ""
    tree = parse(html)
    frames = tree.css("frameset frame[src]")
    if not frames:
        frames = [frame for frame in tree.css("iframe[src]") if not _is_hidden(frame.attributes)]
    sources = [frame.attributes["src"] or "" for frame in frames]
    named = [source for source in sources if _SHOWS_PAGE.match(source.strip())]
    return named[0] if named else ""


def _is_hidden(attributes: Mapping[str, str | None]) -> bool:
    sizes = {attributes.get("width"), attributes.get("height")}
    style = (attributes.get("style") or "").replace(" ", "").lower()
    return bool(sizes & {"0", "1", "0px", "1px"}) or "display:none" in style


def _refresh_target(tag: str) -> str:
    content = _CONTENT.search(tag)
    if content is None:
        return ""
    value = unescape(next(group for group in content.groups() if group is not None))
    found = _REFRESH.match(value)
    if found is None or int(found.group(1)) > _REFRESH_SECONDS:
        return ""
    return found.group(2)


def make_visit(run: str, trail: Trail, end: End, agent: str) -> Visit:
    """The Visit of a trail that has come to its end; `agent` is the user agent that was sent."""
    lead, page, failure = trail.lead, end.page, end.failure
    shown = [each for each in trail.exchanges if page is None or each.status is not None]
    last = shown[-1] if shown else None
    at = last.at if last else trail.started_at
    capture = Capture(
        id=f"{run}.{lead.id}.{Vantage.DESKTOP.value}",
        run=run,
        lead=lead.id,
        vantage=Vantage.DESKTOP,
        url=lead.url,
        final_url=last.url if last else lead.url,
        at=at,
        exchanges=tuple(trail.exchanges),
        agent=agent,
        started_at=trail.started_at,
        ended_at=now(),
    )
    if page is not None:
        capture = replace(
            capture,
            status=page.status,
            headers=page.headers,
            body=page.body,
            html=page.html,
            encoding=page.encoding,
            truncated=page.truncated,
            protocol=last.protocol if last else "",
            certificate=page.tls.facts if page.tls else (),
            chain=last.chain if last else None,
        )
        if not page.readable:
            failure = (Failure.BROKEN_ANSWER, "the content encoding cannot be undone")
    if failure is not None:
        capture = replace(capture, failure=failure[0], detail=failure[1])
    return Visit(
        id=f"{run}.{lead.id}",
        run=run,
        lead=lead.id,
        url=lead.url,
        at=at,
        captures=(capture,),
        made_by=MADE_BY,
        told_by=_tellers(lead),
    )


def _tellers(lead: Lead) -> tuple[str, ...]:
    """The sources of a lead; of a suspect's pointing also how it was done, never whose it was."""
    said = {
        f"{each.source} {each.detail.partition(':')[0]}"
        if each.source == "snowball"
        else each.source
        for each in lead.reasons
    }
    return tuple(sorted(said))


def whole_visit(visit: Visit, trail: Trail) -> Visit:
    """The Visit with what was asked beside its way and what DNS said on it."""
    answers = trail.answers | {answer.name: answer for answer in visit.dns}
    dns = tuple(answers[name] for name in sorted(answers))
    return replace(visit, dns=dns, probes=tuple(trail.probes))


def https_twin(trail: Trail) -> str:
    """The https form of a lead's front page whose port 80 is closed, or the empty string.

    Bare names are opened as http first; many sites of today listen on 443 only.
    """
    first = trail.exchanges[0]
    tried_once = len(trail.exchanges) == 1 and first.failure is Failure.NO_CONNECTION
    if not tried_once or not first.url.startswith("http://"):
        return ""
    rest = first.url.removeprefix("http://")
    host, _, path = rest.partition("/")
    if path or ":" in host:
        return ""
    try:
        return normalise("https://" + rest)
    except AddressError:
        return ""
