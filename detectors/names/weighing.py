"""Weighs the words found in a name; the arithmetic is a plain sum, so that a person can redo it."""

from __future__ import annotations

from collections.abc import Iterable

from crawler.model import WordRole
from detectors.names.lexicon import Token

# Founders' judgement, all of them, tuned on invented names.
LIKELY = 60.0
"""Score from which a name is a hit."""
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

BODIES = frozenset((WordRole.AUTHORITY, WordRole.OFFICE, WordRole.PRODUCT))
"""Roles of which every word counts; without one of them subdomains tell nothing."""
CORE = BODIES | {WordRole.TOPIC, WordRole.PAPER}
"""Roles without which a name is nobody's lookalike."""
_PLACED = frozenset((WordRole.OFFICE, WordRole.PRODUCT))


def weigh(tokens: Iterable[Token], lost: float) -> float:
    """Points of a name, 0 to 99: words of bodies and certificates in full, of others the best.

    A name without a core word has none. A place counts beside a regional office or a certificate
    only.
    """
    by_role: dict[WordRole, dict[str, int]] = {}
    slipped = False
    for token in tokens:
        word = token.entry.word
        by_role.setdefault(word.role, {})[word.text] = word.points
        slipped = slipped or (token.entry.slip and word.fuzzy)
    if CORE.isdisjoint(by_role):
        return 0.0
    total = float(SLIP * slipped)
    for role, words in by_role.items():
        if role in BODIES or role is WordRole.INNOCENT:
            total += sum(words.values())
        elif role is not WordRole.PLACE or not _PLACED.isdisjoint(by_role):
            total += max(words.values())
    return max(0.0, min(_HIGHEST, total - lost))
