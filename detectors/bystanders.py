"""Finds what speaks for a page that looks like an imitation: it explains, disclaims, or demos."""

from __future__ import annotations

from crawler.model import Family, Signal
from detectors.identities import load_words
from detectors.pages import Page
from detectors.shown import shown

# Founders' judgement: one such word («谨防假冒网站») stands on official and forged sites alike.
_ENOUGH_WORDS = 2


def find_bystander(page: Page) -> tuple[Signal, ...]:
    """Signals of innocence of a page that claims or looks up something."""
    words = load_words()
    text = f"{page.title}\n{page.text}"
    found: list[tuple[str, str]] = []
    explained = list(dict.fromkeys(match[0] for match in words.explains.finditer(text)))
    if len(explained) >= _ENOUGH_WORDS:
        found.append(("page_explains", "、".join(explained[:6])))
    for rule, pattern in (
        ("page_disclaims", words.disclaims),
        ("page_demo", words.demo),
        ("sends_elsewhere", words.elsewhere),
    ):
        said = pattern.search(text)
        if said:
            found.append((rule, said[0]))
    return tuple(Signal(rule, Family.INNOCENCE, 1.0, shown(said), "text") for rule, said in found)
