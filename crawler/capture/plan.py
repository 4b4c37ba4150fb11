"""Decides what to look at next: by browser, or from other vantages, and when two looks differ."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from crawler.addresses import AddressError, host_of, normalise, parts
from crawler.capture.trail import REDIRECTS
from crawler.documents import parse, visible
from crawler.model import (
    Assessment,
    Capture,
    Exchange,
    Failure,
    Family,
    Lead,
    PageCondition,
    Vantage,
    Verdict,
    Visit,
)

OTHERS = (Vantage.PHONE, Vantage.WECHAT, Vantage.FROM_SEARCH)
"""The vantages beside the desktop's."""

# Founders' judgement: a page with less text than a short notice may draw the rest by script.
_THIN = 300
# Founders' judgement: «under construction» and «open this on your phone» are what cloaks show.
_STUB = 100
_SCRIPTED = re.compile(
    # Every repetition is bounded: a hostile page must not make the search quadratic.
    r"document\.write|innerHTML|location\s{0,9}(?:\.href\s{0,9})?=|location\.(?:replace|assign)|"
    r"\.mount\(|createApp|XMLHttpRequest|\bfetch\(|<script[^>]{1,200}type=[\"']module",
    re.IGNORECASE,
)
_REFRESHES = re.compile(r"http-equiv\s*=\s*[\"']?\s*refresh", re.IGNORECASE)
_NOBODY_THERE = frozenset(
    {Failure.NAME_ABSENT, Failure.NAME_UNKNOWN, Failure.REFUSED_ADDRESS, Failure.PUT_OFF}
)
_ACCUSED = frozenset({Verdict.SUSPECT, Verdict.DOUBTFUL})
# What a person tips us off about, or a card's code leads to, deserves more than one look.
_TOLD_BY = frozenset({"tips", "snowball"})


def needs_browser(capture: Capture, opinion: Assessment) -> bool:
    """Whether the desktop's page must be seen as a browser shows it."""
    if capture.failure is not None or capture.body is None:
        return False
    if opinion.verdict in _ACCUSED:
        return True
    text = _text(capture.html)
    if len(text) < _STUB and _PICTURE.search(capture.html[:_MARKUP]):
        return True  # a poster says in a picture what it has to say
    if "<iframe" in capture.html.lower() and len(text) < 4 * _THIN:
        return True
    return (len(text) < _THIN and "<script" in capture.html.lower()) or bool(
        len(text) < 4 * _THIN and _SCRIPTED.search(capture.html)
    )


def needs_other_vantages(visit: Visit, opinion: Assessment, lead: Lead) -> bool:
    """Whether the address must also be seen as a phone, in WeChat, and from a search result."""
    capture = visit.captures[0]
    if capture.failure in _NOBODY_THERE:
        return False
    if opinion.verdict in _ACCUSED:
        return True
    if any(signal.family is Family.NAME for signal in opinion.findings.signals):
        return True
    if any(reason.source in _TOLD_BY for reason in lead.reasons):
        return True
    if opinion.page_condition is not PageCondition.CONTENT:
        return True
    if len(_text(capture.html)) < _STUB:
        return True
    here, there = host_of(capture.url), host_of(capture.final_url)
    return parts(here).registrable != parts(there).registrable


def way_of(exchange: Exchange) -> str:
    """Where an answer sends its reader: host and path; what follows them changes each time."""
    location = next((value for name, value in exchange.headers if name.lower() == "location"), "")
    if exchange.status not in REDIRECTS or not location:
        return ""
    try:
        split = urlsplit(normalise(location, base=exchange.url))
    except AddressError:
        return location
    return f"{split.netloc}{split.path}"


def differs(first: str, second: str) -> bool:
    """Whether two answers of one address show different pages, or lead to different sites.

    A counter or a date is no difference; another code to scan or another link abroad is one.
    """
    one, other = _text(first)[:_COMPARED], _text(second)[:_COMPARED]
    if one != other:
        here, there = _pieces(one), _pieces(other)
        if len(here & there) < _ALIKE * max(len(here), len(there)):
            return True
    return _sites(first) != _sites(second) or _pictures(first) != _pictures(second)


# Founders' judgement: nine tenths of its passages in common make it the same page.
_ALIKE = 0.9
_COMPARED = 50_000
"""Characters, as many as a long article has: a flood of text must not fill the memory."""


def _pieces(text: str) -> set[str]:
    return {text[start : start + 8] for start in range(max(1, len(text) - 7))}


_MARKUP = 500_000
"""Characters that are looked at: what a page shows first, and no flood."""
_SITE = re.compile(r"(?:https?:)?\\?/\\?/([a-z0-9.-]{4,253})", re.IGNORECASE)
_PICTURE = re.compile(
    r"<img\b[^>]{0,400}?\bsrc\s{0,9}=\s{0,9}[\"']?([^\"'\s>?#]{1,300})", re.IGNORECASE
)


def _text(html: str) -> str:
    return visible(parse(html[:_MARKUP]))


def _sites(html: str) -> set[str]:
    """The registrable domains that a page names anywhere, its scripts included."""
    hosts = {match[1].lower() for match in _SITE.finditer(html[:_MARKUP])}
    return {parts(host).registrable for host in hosts} - {""}


def _pictures(html: str) -> set[str]:
    return {match[1] for match in _PICTURE.finditer(html[:_MARKUP])}
