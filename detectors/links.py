"""Reads where a page leads: links to other hosts, frames, refreshes and jumps of scripts."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser

from crawler.addresses import AddressError, host_of, normalise
from crawler.model import Target, TargetKind

_REFRESH = re.compile(r"url\s*=\s*['\"]?\s*([^'\"\s>]+)", re.IGNORECASE)
_SCRIPT_JUMP = re.compile(
    r"""(?:location(?:\.href)?\s*=|location\.(?:replace|assign)\()\s*['"]([^'"\s]{3,500})['"]"""
)
_ELSEWHERE = re.compile(r"^(?:[a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)
# An address that is written as we write it needs no normalising: most links of most pages.
_NORMAL = re.compile(
    r"https?://((?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24})(?:/(?!\.)(?:[\w!$&'()*+,;=:@~?/-]|\.(?!\.))*)",
    re.ASCII,
)
_MOST_TARGETS = 500


def base_of(tree: LexborHTMLParser, url: str) -> str:
    """The address that relative ones are relative to."""
    node = tree.css_first("base[href]")
    return (address(node.attributes.get("href") or "", url) if node else "") or url


def address(written: str, base: str) -> str:
    """The address written on a page, or the empty string where it is none."""
    written = written.strip()
    if not written or written.startswith(("#", "javascript:", "data:", "mailto:", "tel:")):
        return ""
    if _NORMAL.fullmatch(written):
        return written
    try:
        return normalise(written, base)
    except AddressError:
        return ""


def read_targets(tree: LexborHTMLParser, base: str, own: str) -> tuple[tuple[Target, ...], bool]:
    """Frames, refreshes, and links that lead off the host `own`; and whether there is any link."""
    found: dict[Target, None] = {}

    def add(kind: TargetKind, written: str) -> None:
        led = address(written, base)
        if (
            led
            and len(found) < _MOST_TARGETS
            and (kind is not TargetKind.LINK or _host(led) != own)
        ):
            found[Target(kind, led)] = None

    for node in tree.css("iframe[src],frame[src]"):
        add(TargetKind.FRAME, node.attributes.get("src") or "")
    for node in tree.css("meta[http-equiv]"):
        if (node.attributes["http-equiv"] or "").strip().lower() == "refresh":
            jump = _REFRESH.search(node.attributes.get("content") or "")
            add(TargetKind.REFRESH, jump[1] if jump else "")
    for node in tree.css("script"):
        text = node.text()
        if "location" in text:
            for jump in _SCRIPT_JUMP.finditer(text):
                add(TargetKind.REFRESH, jump[1])
    links = tree.css("a[href],area[href]")
    at_home = host_of(base) == own
    for node in links:
        written = (node.attributes["href"] or "").strip()
        if not at_home or _ELSEWHERE.match(written):
            add(TargetKind.LINK, written)
    return tuple(found), any(node.attributes["href"] for node in links)


def _host(led: str) -> str:
    normal = _NORMAL.fullmatch(led)
    return normal[1] if normal else host_of(led)
