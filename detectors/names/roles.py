"""Which roles of words make a name worth weighing."""

from __future__ import annotations

from crawler.model import NameWord, WordRole

LIKELY = 60.0
"""Score from which a name is a hit. Founders' judgement, tuned on invented names."""

BODIES = frozenset((WordRole.AUTHORITY, WordRole.OFFICE, WordRole.PRODUCT))
"""Roles of which every word counts; without one of them subdomains tell nothing."""
CORE = BODIES | {WordRole.TOPIC, WordRole.PAPER}
"""Roles without which a name is nobody's lookalike."""
SHORT_CORE = 2
"""A core word of so few letters makes a name worth weighing beside one of the next roles only."""
BESIDE_SHORT = frozenset((WordRole.SERVICE, WordRole.STATE))


def is_weak(word: NameWord) -> bool:
    """Whether a core word needs others to make a hit; it then may not touch unexplained letters."""
    return word.role in CORE and word.points < LIKELY
