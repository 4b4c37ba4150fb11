"""Finds where a page on a foreign host says that it is an authority; a mention is no claim."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from crawler.addresses import host_of
from crawler.model import Claim, Family, Signal
from detectors.identities import Identities, Identity, load_words
from detectors.pages import Page
from detectors.shown import shown
from detectors.structure import Structure

_SUPPORT = re.compile(r"(?:技术支持|技术维护|网站建设|设计制作|开发单位|运维|维护|建设)[^\n]{0,40}")
_ABSOLUTE = re.compile(r"(?:https?:)?//([\w.-]+)[^\s\"'<>]*")
_FOOTER_ONLY = re.compile(r"版权所有|©|copyright|备\s?\d{6,}|网安备|标识码", re.IGNORECASE)
_LONGEST_FOOTER = 120
_HOT_LINK_ONLY = 0.4
# Founders' judgement: a line without the mark of a header is a little less than one with it.
_UNMARKED = 0.8
# Founders' judgement: code that an article prints speaks of the official platform, no more.
_PRINTED = 0.3
_LONGEST_NAME = 60
_LONGEST_FIRST = 40
_ENOUGH_COLUMNS = 3

Found = tuple[str, Identity | None, str, str, float]


@dataclass(frozen=True, slots=True)
class ClaimFindings:
    """What a page claims, and who else it says owns it."""

    claims: tuple[Claim, ...]
    signals: tuple[Signal, ...]
    imitates: str


def find_claims(
    page: Page, structure: Structure, identities: Identities, official: Callable[[str], bool]
) -> ClaimFindings:
    """Claims of a page; `official` tells whether a host is that of a protected authority."""
    found = [
        *_from_words(page, structure, identities),
        *_invented(page, structure),
        *_from_metas(page, identities, official),
        *_from_code(page, structure, official),
    ]
    claims = tuple(
        Claim(identity.authority, identity.host if identity.platform else "", shown(words), place)
        for _rule, identity, words, place, _strength in found
        if identity
    )
    signals = [
        Signal(rule, Family.CLAIM, strength, shown(words), place)
        for rule, _identity, words, place, strength in found
    ]
    for rule, identity, words, place, _strength in found:
        if identity and identity.query and rule in ("claim_title", "claim_header"):
            signals.append(Signal("query_platform_named", Family.QUERY, 1.0, shown(words), place))
            break
    columns = set(load_words().columns.findall(page.text))
    if any(identity for _rule, identity, *_rest in found) and len(columns) >= _ENOUGH_COLUMNS:
        said = "、".join(sorted(columns)[:8])
        signals.append(Signal("claim_columns", Family.CLAIM, 1.0, shown(said), "text"))
    owner = other_owner(page, structure, identities)
    if owner and not load_words().invented.search(owner):
        signals.append(Signal("owner_named", Family.INNOCENCE, 1.0, shown(owner), "footer"))
    hosts = [identity.host for _, identity, *_rest in found if identity and identity.host]
    return ClaimFindings(claims, tuple(dict.fromkeys(signals)), hosts[0] if hosts else "")


def _from_words(page: Page, structure: Structure, identities: Identities) -> list[Found]:
    found: list[Found] = []
    title = page.title
    titled = identities.of_title(title) if title else None
    if not titled and page.drawn.title:
        title = page.drawn.title
        titled = identities.of_title(title)
    if titled:
        found.append(("claim_title", titled, title, "title", 1.0))
    heads = [(line, 1.0) for line in structure.header if len(line) <= _LONGEST_NAME]
    first = (*structure.first, *page.drawn.lines)
    heads += [(line, _UNMARKED) for line in first if len(line) <= _LONGEST_FIRST]
    for line, strength in heads:
        named = identities.of_name(line)
        if named:
            found.append(("claim_header", named, line, "header", strength))
            break
    for line in (*structure.footer, *_owner_lines(page), *page.drawn.lines):
        owned = identities.of_owner_line(line)
        if owned:
            found.append(("claim_footer", owned[0], owned[1], "footer", 1.0))
            break
    return found


def _invented(page: Page, structure: Structure) -> list[Found]:
    """The body that a page says it is and that there is not; in quotation marks it is another."""
    words = load_words()
    if words.explains.search(page.title):
        return []
    for place, lines in (
        ("title", (page.title, page.drawn.title)),
        ("header", structure.header),
        ("footer", structure.footer),
    ):
        for line in lines:
            named = words.invented.search(line)
            if named:
                return [("claim_invented", None, named[0], place, 1.0)]
    return []


def _owner_lines(page: Page) -> list[str]:
    """Lines that only stand in a footer, wherever the page puts it."""
    return [
        line for line in page.lines if len(line) <= _LONGEST_FOOTER and _FOOTER_ONLY.search(line)
    ]


def _from_metas(page: Page, identities: Identities, official: Callable[[str], bool]) -> list[Found]:
    found: list[Found] = []
    for name, content in page.metas:
        if name in ("sitename", "og:site_name", "application-name", "author") and content:
            named = identities.of_name(content)
            if named:
                found.append(("claim_meta", named, content, "meta", 1.0))
        elif name == "siteidcode" and content:
            found.append(("claim_identity_code", None, content, "meta", 1.0))
        elif name == "sitedomain" and official(content):
            found.append(("claim_meta", None, content, "meta", 1.0))
    return found


def _from_code(page: Page, structure: Structure, official: Callable[[str], bool]) -> list[Found]:
    words = load_words()
    found: list[Found] = []
    for line in (*structure.footer, *page.drawn.lines):
        code = words.identity_code.search(line)
        if code:
            found.append(("claim_identity_code", None, code[0], "footer", 1.0))
            break
    route = words.routes.search(page.url)
    if not route and words.routes.search(page.html):
        foreign = _ABSOLUTE.sub(lambda m: "" if official(m[1].lower()) else m[0], page.html)
        route = words.routes.search(foreign)
    if route:
        strength = _PRINTED if route[0] in page.text else 1.0
        found.append(("claim_route", None, route[0], "script", strength))
    for load in page.loads:
        if "//" in load.url[:8] and official(host_of(load.url)):
            mark = load.kind != "img" or bool(words.logos.search(f"{load.url} {load.words}"))
            strength = 1.0 if mark else _HOT_LINK_ONLY
            found.append(("claim_official_image", None, load.url, load.kind, strength))
            break
    return found


def other_owner(page: Page, structure: Structure, identities: Identities) -> str:
    """The company, school or paper that footer, header or title names as its own, or nothing."""
    for line in structure.footer:
        owner = identities.owner_within(_SUPPORT.sub("", line))
        if owner:
            return owner
    owner = identities.owner_within(page.title)
    if owner:
        return owner
    heads = (line for line in structure.header if len(line) <= _LONGEST_FIRST)
    return next((owner for line in heads if (owner := identities.other_owner(line))), "")
