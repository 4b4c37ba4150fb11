"""Tells parasite mirrors: official text under gambling or porn boilerplate."""

from __future__ import annotations

import re

from crawler.model import Family, Signal
from detectors.identities import load_words
from detectors.normal import HAN
from detectors.pages import Page
from detectors.plainly import plainly
from detectors.rules import RuleBook
from detectors.shown import shown

# 網(wǎng): a converted character with its sound behind it, left by mirroring software.
_NOISE = re.compile(rf"[{HAN}]\([a-zāáǎàōóǒòēéěèīíǐìūúǔùǖǘǚǜ]{{1,6}}\)")
_ENOUGH_OFFICIAL = 3
_ENOUGH_NOISE = 5


def find_mirror(page: Page, book: RuleBook) -> tuple[Signal, ...]:
    """Both halves of a mirror, or nothing: foreign boilerplate, and official text beneath it."""
    words = load_words()
    rule = next(each for each in book.rules if each.name == "mirror_boilerplate")
    keywords = " ".join(
        content for name, content in page.metas if name in ("keywords", "description")
    )
    written = f"{page.title}\n{keywords}\n{page.text}\n{page.hidden}"
    plain = plainly(_NOISE.sub(lambda found: found[0][0], written))
    boilerplate = {match[0] for match in rule.pattern.finditer(plain)} if rule.pattern else set()
    if len(boilerplate) < rule.at_least:
        return ()
    official = {match[0] for match in words.official.finditer(plain)}
    if len(official) < _ENOUGH_OFFICIAL or not words.ours_copied.search(plain):
        return ()
    noise = len(_NOISE.findall(page.text))
    said = "、".join(sorted(official)) + (
        f"；注音夹字 {noise} 处" if noise >= _ENOUGH_NOISE else ""
    )
    return (
        Signal(rule.name, Family.MIRROR, 1.0, shown("、".join(sorted(boilerplate)[:6])), "text"),
        Signal("mirror_official", Family.MIRROR, 1.0, shown(said), "text"),
    )
