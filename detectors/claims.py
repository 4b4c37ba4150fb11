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

_OWNER = re.compile(
    r"(?<!支持)(?<!维护)(?<!建设)(?<!开发)(?<!运维)(?<!服务商)[::\s©\d年-]{0,6}"
    r"([\u4e00-\u9fff()（）]{2,24}(?:有限公司|有限责任公司|集团|学校|学院|大学|报社|日报社|电视台|出版社|协会|事务所|培训中心|培训基地))"
)
_SUPPORT = re.compile(r"(?:技术支持|技术维护|网站建设|设计制作|开发单位|运维)[^\n]{0,40}")
_HOT_LINK_ONLY = 0.4


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
    found: list[tuple[str, Identity | None, str, str, float]] = []
    _from_words(page, structure, identities, found)
    _from_code(page, structure, official, found)
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
    owner = other_owner(page, structure, identities)
    if owner:
        signals.append(Signal("owner_named", Family.INNOCENCE, 1.0, shown(owner), "footer"))
    hosts = [identity.host for _, identity, *_rest in found if identity and identity.host]
    return ClaimFindings(claims, tuple(dict.fromkeys(signals)), hosts[0] if hosts else "")


def _from_words(
    page: Page,
    structure: Structure,
    identities: Identities,
    found: list[tuple[str, Identity | None, str, str, float]],
) -> None:
    titled = identities.of_title(page.title) if page.title else None
    if titled:
        found.append(("claim_title", titled, page.title, "title", 1.0))
    for line in structure.header:
        named = identities.of_name(line) if len(line) <= 60 else None
        if named:
            found.append(("claim_header", named, line, "header", 1.0))
            break
    for line in structure.footer:
        owned = identities.of_owner_line(line)
        if owned:
            found.append(("claim_footer", owned[0], owned[1], "footer", 1.0))
            break
    for name, content in page.metas:
        if name in ("sitename", "og:site_name", "application-name", "author", "contentsource"):
            named = identities.of_name(content) if content else None
            if named and name != "contentsource":
                found.append(("claim_meta", named, content, "meta", 1.0))
                break


def _from_code(
    page: Page,
    structure: Structure,
    official: Callable[[str], bool],
    found: list[tuple[str, Identity | None, str, str, float]],
) -> None:
    words = load_words()
    for line in structure.footer:
        code = words.identity_code.search(line)
        if code:
            found.append(("claim_identity_code", None, code[0], "footer", 1.0))
            break
    for name, content in page.metas:
        if name == "siteidcode" and content:
            found.append(("claim_identity_code", None, content, "meta", 1.0))
        elif name == "sitedomain" and official(content):
            found.append(("claim_meta", None, content, "meta", 1.0))
    foreign = re.sub(
        r"(?:https?:)?//([\w.-]+)[^\s\"'<>]*",
        lambda match: "" if official(match[1].lower()) else match[0],
        page.html,
    )
    route = words.routes.search(foreign) or words.routes.search(page.url)
    if route:
        found.append(("claim_route", None, route[0], "script", 1.0))
    for load in page.loads:
        if load.url and official(host_of(load.url)):
            mark = load.kind != "img" or bool(words.logos.search(f"{load.url} {load.words}"))
            strength = 1.0 if mark else _HOT_LINK_ONLY
            found.append(("claim_official_image", None, load.url, load.kind, strength))
            break


def other_owner(page: Page, structure: Structure, identities: Identities) -> str:
    """The company, school or paper that the footer or title names as its own, or nothing."""
    for line in (*structure.footer, page.title):
        match = _OWNER.search(_SUPPORT.sub("", line))
        # «应急管理部培训中心» is part of what is claimed, not somebody else.
        if match and not identities.names_one(match[1]):
            return match[1]
    return ""
