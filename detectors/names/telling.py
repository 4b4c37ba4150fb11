"""Tells people what a reading found: the technique, and letters beside the words they mean."""

from __future__ import annotations

from difflib import SequenceMatcher

from crawler.model import NameWord, WordRole
from detectors.names.lexicon import Token, is_slip
from detectors.names.looks import Look
from detectors.names.technique import Technique

_GOV = frozenset(("gov", "govcn", "cngov"))
_VOWELS = frozenset("aeiouv")


def technique_of(look: Look) -> Technique:
    """The technique that a reading shows; where it shows several, the most particular."""
    words = [token.entry.word for token in look.tokens]
    roles = {word.role for word in words}
    official = any(token.entry.official for token in look.tokens)
    if look.way:
        return look.way
    if any(is_slip(token) for token in look.tokens):
        return Technique.TYPO
    if official and look.below:
        return Technique.OFFICIAL_LEADING_LABELS
    if official:
        return Technique.DOT_TO_HYPHEN if look.hyphens else Technique.GLUED
    if any(word.text in _GOV for word in words):
        return Technique.GOV_LABEL
    if WordRole.PLACE in roles and WordRole.OFFICE in roles:
        return Technique.PROVINCE_CITY
    if look.below:
        return Technique.SUBDOMAIN_WORDS
    if roles & {WordRole.SERVICE, WordRole.AFFIX, WordRole.TRAINING}:
        return Technique.SERVICE_WORD
    core = [word for word in words if word.role is not WordRole.FILLER]
    own = len(core) == 1 and core[0].role is WordRole.AUTHORITY
    if own and core[0].text in core[0].host.replace("-", ""):
        return Technique.TLD_SWAP
    initials = all(_VOWELS.isdisjoint(word.text) for word in core)
    return Technique.PINYIN_INITIALS if initials else Technique.PINYIN_FULL


def shown_letters(look: Look) -> str:
    """The words of a reading, each with the letters that stand for it and what it means."""
    return " + ".join(map(_shown, look.tokens))


def _shown(token: Token) -> str:
    word: NameWord = token.entry.word
    written = token.letters
    if token.letters != word.text:
        written = f"{aligned(token.letters, word.text)}≈{word.text}"
    return written if word.means == word.text else f"{written}({word.means})"


def aligned(letters: str, word: str) -> str:
    """The letters with those that differ from a word in brackets: `x>y` for x where y should be.

    >>> aligned("chinasaftey", "chinasafety")
    'chinasaf[te>et]y'
    >>> aligned("cxmemm", "cxmem")
    'cxmem[m>]'
    """
    shown = []
    start = 0
    end = min(len(letters), len(word))
    while start < end and letters[start] == word[start]:
        start += 1
    tail = 0
    while tail < end - start and letters[-1 - tail] == word[-1 - tail]:
        tail += 1
    inner, meant = letters[start : len(letters) - tail], word[start : len(word) - tail]
    if len(inner) <= 2 and len(meant) <= 2:
        return f"{letters[:start]}[{inner}>{meant}]{letters[len(letters) - tail :]}"
    matcher = SequenceMatcher(None, letters, word, autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        shown.append(letters[a:b] if kind == "equal" else f"[{letters[a:b]}>{word[c:d]}]")
    return "".join(shown)
