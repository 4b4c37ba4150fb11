"""Tells query forms for certificates and result pages that call a certificate valid."""

from __future__ import annotations

import re
from collections.abc import Callable

from crawler.addresses import host_of
from crawler.model import Family, Signal
from detectors.identities import Words, load_words
from detectors.pages import Page
from detectors.shown import shown
from detectors.structure import Structure

_SHORT_PAGE = 900
_ENOUGH_LABELS = 4
_SCRIPTED = re.compile(r"请输入(?:证件号码|身份证号码?|证书编号|证号)")
_ONLY_STATUS = 0.6


def find_queries(
    page: Page, structure: Structure, owner: bool, trusted: Callable[[str], bool]
) -> tuple[Signal, ...]:
    """Signals of a page on which certificates are looked up; `owner` whether it names its owner.

    A form that is sent to a trusted host is a doorway to the real platform, not an imitation.
    """
    words = load_words()
    signals: list[Signal] = []
    form = _form(page, words, trusted)
    if form:
        signals.append(form)
        heading = f"{page.title} {' '.join(structure.header[:6])}"
        named = words.ours.search(heading) and words.action.search(heading)
        if form.strength == 1.0 and named and not owner and len(page.text) < _SHORT_PAGE:
            signals.append(
                Signal("query_ownerless", Family.QUERY, 1.0, shown(page.title or heading), "title")
            )
    return (*signals, *_result(page, words))


def _form(page: Page, words: Words, trusted: Callable[[str], bool]) -> Signal | None:
    if page.form_actions and all(trusted(host_of(action)) for action in page.form_actions):
        return None
    if any(field.kind == "password" for field in page.fields):
        return None
    asked = [
        field.words
        for field in page.fields
        if field.kind in ("text", "search", "number", "tel") and words.number.search(field.words)
    ]
    seen = f"{page.title}\n{page.text}"
    if not asked and any(
        field.kind in ("text", "search", "number", "tel") for field in page.fields
    ):
        asked = [
            match[0]
            for match in [re.search(r"(?:证件号码|身份证号码?|证书编号)[:：*\s]", seen)]
            if match
        ]
    strength = 1.0
    if not asked:
        scripted = _SCRIPTED.search(page.html)
        if not scripted or not page.shell:
            return None
        asked, strength = [scripted[0]], 0.8
    if not words.action.search(seen + page.html[:0]) and not page.shell:
        return None
    if not words.ours.search(seen):
        if not words.general.search(seen):
            return None
        strength *= 0.6
    return Signal(
        "query_form", Family.QUERY, round(strength, 2), shown("、".join(asked[:4])), "form"
    )


def _result(page: Page, words: Words) -> list[Signal]:
    text = page.text
    filled = _filled_labels(text, words)
    joined = "、".join(filled)
    whole = (
        len(filled) >= _ENOUGH_LABELS
        and words.holder.search(joined)
        and words.category.search(joined)
        and words.validity.search(joined)
    )
    if not whole or words.staff.search(text) or len(text) > _SHORT_PAGE * 3:
        return []
    if len(re.findall(words.holder.pattern, text)) > 2:
        return []
    verdict = words.verdict.search(f"{page.title}\n{text}")
    strength = 1.0 if verdict else _ONLY_STATUS
    said = f"{joined}；{verdict[0]}" if verdict else joined
    signals = [Signal("query_result", Family.QUERY, strength, shown(said), "text")]
    issuer = words.issuer.search(text)
    if issuer:
        signals.append(Signal("claim_issuer", Family.CLAIM, 1.0, shown(issuer[0]), "text"))
    return signals


def _filled_labels(text: str, words: Words) -> list[str]:
    """Labels that are followed by a value which is no label itself."""
    labels = "|".join(sorted(words.labels, key=len, reverse=True))
    pattern = re.compile(
        rf"(?:^|\n|[\s|])({labels})(?:[(（][^)）\n]{{0,8}}[)）])?\s*[:：]?[ \t\n]*"
        rf"(?!(?:{labels})[:：\n])([^\s:：][^\n]{{0,40}})"
    )
    found: list[str] = []
    for match in pattern.finditer(text):
        if match[1] not in found and not re.match(r"请|查询|输入|等", match[2]):
            found.append(match[1])
    return found
