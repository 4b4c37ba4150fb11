"""Weighs the words found in a name; the arithmetic is a plain sum, so that a person can redo it."""

from __future__ import annotations

from collections.abc import Iterable

from crawler.model import WordRole
from detectors.names.lexicon import Token, is_slip
from detectors.names.roles import BODIES, CORE

# Founders' judgement, all of them, tuned on invented names.
STRONG = 80.0
"""Score from which a name is a strong hit."""
LOST_LETTER = 12
"""Taken off for every letter beside the words that no word explains."""
LOST_HAN = 20
LOST_PIECE = 18
"""The most taken off for a part between hyphens that holds no known word at all."""
_HIGHEST = 99.0

SLIP = 10
"""Added once for a misspelt long pinyin word, and once for letters or digits read as others."""

TRAINING_BAIT = 25
"""What a word of training adds beside an authority's own word: no school bears its name."""
_SHORT_SLIP = 8
"""Two slips in one name, one of them in a shorter word, are chance: smar + tsearch."""
UNDER_HOSTING = 20
"""Added under the suffix of a free host, where labels cost nothing and nobody checks them."""
SWAPPED_SUFFIX = 25
"""Added where an official label stands whole under a sister suffix: osta.com.cn, mem.org.cn."""

_PLACED = frozenset((WordRole.OFFICE, WordRole.PRODUCT))


def weigh(tokens: Iterable[Token], lost: float, *, by_sound: bool = False) -> float:
    """Points of a name, 0 to 99: words of bodies and certificates in full, of others the best.

    A name without a core word has none. A place counts beside a regional office or a certificate
    only; a word of training speaks for a school, but beside an authority's own word it is bait.
    `by_sound`: read so that every word may be spelt otherwise; else two slips are chance.
    """
    by_role: dict[WordRole, dict[str, int]] = {}
    slipped = False
    tokens = tuple(tokens)
    lone = by_sound or sum(map(is_slip, tokens)) == 1
    for token in tokens:
        word = token.entry.word
        if not lone and is_slip(token) and len(token.letters) < _SHORT_SLIP:
            continue
        by_role.setdefault(word.role, {})[word.text] = word.points
        slipped = slipped or (word.fuzzy and is_slip(token))
    if CORE.isdisjoint(by_role):
        return 0.0
    total = float(SLIP * slipped)
    for role, words in by_role.items():
        if role is WordRole.TRAINING:
            baited = WordRole.AUTHORITY in by_role
            total += TRAINING_BAIT if baited else min(words.values())
        elif role in BODIES or role is WordRole.INNOCENT:
            total += sum(words.values())
        elif role is not WordRole.PLACE or not _PLACED.isdisjoint(by_role):
            total += max(words.values())
    return max(0.0, min(_HIGHEST, total - lost))
