"""Finds many literals in bytes at once, with Hyperscan where it is installed, else Aho-Corasick.

Both find the same: every end of every literal. Hyperscan scans about twice as fast and its
databases can be kept; ahocorasick_rs is built in a tenth of a second and runs everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from importlib.metadata import version
from importlib.util import find_spec
from typing import Any, Protocol

from ahocorasick_rs import AhoCorasick as TextAhoCorasick
from ahocorasick_rs import BytesAhoCorasick, Implementation

Ends = list[tuple[int, int]]
Keep = Callable[[str, Callable[[], bytes]], bytes]
"""Gives the bytes kept under a key, or makes and keeps them."""


class Automaton(Protocol):
    """Something that finds literals."""

    def ends(self, data: bytes) -> Ends:
        """The index of each literal found, with the place behind its last byte; in any order."""
        ...


class AhoCorasick:
    """Literals in an automaton of ahocorasick_rs."""

    def __init__(self, literals: Sequence[bytes]) -> None:
        self._automaton = BytesAhoCorasick(literals, implementation=Implementation.DFA)

    def ends(self, data: bytes) -> Ends:
        """See `Automaton`."""
        found = self._automaton.find_matches_as_indexes(data, overlapping=True)
        return [(literal, end) for literal, _start, end in found]


class Hyperscan:
    """Literals in a Hyperscan database; `keep` may give the one that was built before."""

    def __init__(self, literals: Sequence[bytes], keep: Keep) -> None:
        import hyperscan  # noqa: PLC0415 - not installed everywhere

        def build() -> bytes:
            database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
            database.compile(
                expressions=literals, ids=list(range(len(literals))), flags=0, literal=True
            )
            return bytes(hyperscan.dumpb(database))

        key = sha256(b"\n".join((version("hyperscan").encode(), *literals))).hexdigest()
        try:
            self._database = hyperscan.loadb(keep(key, build), hyperscan.HS_MODE_BLOCK)
        except hyperscan.error:
            # What was kept is another processor's.
            self._database = hyperscan.loadb(build(), hyperscan.HS_MODE_BLOCK)
        self._database.scratch = hyperscan.Scratch(self._database)

    def ends(self, data: bytes) -> Ends:
        """See `Automaton`."""
        found: Ends = []
        self._database.scan(data, match_event_handler=_note, context=found)
        return found


def _note(literal: int, _start: int, end: int, _flags: int, found: Any) -> None:
    found.append((literal, end))


class WordFinder:
    """Finds all places of all words in a short text with one call of native code."""

    def __init__(self, words: Iterable[str]) -> None:
        self.words = tuple(dict.fromkeys(words))
        self._automaton = TextAhoCorasick(
            self.words, implementation=Implementation.DFA, store_patterns=False
        )

    def found(self, text: str) -> list[tuple[int, int, int]]:
        """Begin, end and number of each word in a text, in the order of their begins and ends."""
        found = self._automaton.find_matches_as_indexes(text, overlapping=True)
        return sorted([(begin, end, number) for number, begin, end in found])


def keep_nothing(_key: str, build: Callable[[], bytes]) -> bytes:
    """Make what is asked for each time anew."""
    return build()


def has_hyperscan() -> bool:
    """Whether Hyperscan is installed."""
    return find_spec("hyperscan") is not None


def automaton(literals: Sequence[bytes], keep: Keep | None) -> Automaton:
    """The fastest automaton that there is; without `keep` the one that is built fastest."""
    if keep is not None and has_hyperscan():
        return Hyperscan(literals, keep)
    return AhoCorasick(literals)
