"""Sieves whole blocks of lines at once, so that few names are read one by one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from detectors.names.automaton import Automaton, Keep, automaton
from detectors.names.foldings import byte_tables
from detectors.names.letters import HAN, latin, simplified
from detectors.names.literals import Literals
from detectors.names.looks import HEARD_CORE
from detectors.names.sieve import Sieve

Lines = NDArray[np.int64]

LONGEST_LINE = 4_096
"""Bytes; a longer line is no host name, whatever it holds."""
_LONGEST_LABEL = 63
_LONGEST_NAME = 253

# Classes of bytes, in the order in which comparisons below use them.
_NAME, _HYPHEN, _ODD, _DOT, _NEWLINE = range(5)
_CLASSES = bytes(
    _NAME
    if (chr(byte).isalnum() and byte < 128) or byte == ord("_")
    else {ord("-"): _HYPHEN, ord("."): _DOT, ord("\n"): _NEWLINE}.get(byte, _ODD)
    for byte in range(256)
)


@dataclass(frozen=True, slots=True)
class _Found:
    """A literal that was found in a line."""

    literal: bytes
    heard: bool
    strong: bool
    weak: bool
    """Whether it is a weak word; a part of a strong one may be one besides."""


_Holding = dict[int, list[_Found]]
"""Lines by their index, with the literals that they hold."""


class BlockSieve:
    """The sieve of a watchlist over blocks of lines."""

    def __init__(self, sieve: Sieve, keep: Keep | None) -> None:
        self._sieve = sieve
        self._scans = tuple(
            _Scan(literals, table, gone, heard, keep)
            for literals, (table, gone), heard in zip(
                (sieve.seen, sieve.heard), byte_tables(), (False, True), strict=True
            )
        )

    def survivors(self, names: bytes, ends: Lines) -> list[int]:
        """Indices of the lines that must be read, in order; each line ends with a newline.

        The lines hold host names in ASCII, in either case; others may pass or not. `ends` are the
        places of the newlines.
        """
        holding: _Holding = {}
        for scan in self._scans:
            scan.note(names, holding)
        low = names.lower()
        found = self._idn(low, ends) if b"xn--" in low else set()
        for line, literals in holding.items():
            if line not in found:
                start = int(ends[line - 1]) + 1 if line else 0
                name = low[start : int(ends[line])].decode("ascii", "replace")
                if self._may_tell(name, literals):
                    found.add(line)
        return sorted(found)

    def _may_tell(self, name: str, found: list[_Found]) -> bool:
        """Whether a name is worth reading that holds these literals."""
        sieve = self._sieve
        literals = dict.fromkeys(found)
        strong = [
            each
            for each in literals
            if each.strong
            and (sieve.holds_heard if each.heard else sieve.holds_seen)(each.literal, name)
        ]
        weak = [each for each in literals if each.weak]
        if not strong and not any(
            (sieve.stands_heard if each.heard else sieve.stands_seen)(each.literal, name)
            for each in weak
        ):
            return False
        telling = (*strong, *weak)
        seen = any(not each.heard for each in telling)
        heard = any(each.heard or len(each.literal) < HEARD_CORE for each in telling)
        # Only official hosts end with a dot: they may lead a name.
        leads = any(each.literal.endswith(b".") for each in strong)
        return leads or sieve.may_reach(name, seen=seen, heard=heard, strong=bool(strong))

    def _idn(self, low: bytes, ends: Lines) -> set[int]:
        """Indices of the lines whose `xn--` labels show something that is worth reading."""
        lines: list[int] = []
        shown: list[str] = []
        place = low.find(b"xn--")
        while place >= 0:
            line = int(np.searchsorted(ends, place))
            end = int(ends[line])
            begin = int(ends[line - 1]) + 1 if line else 0
            text = _decoded(low[begin:end])
            if text:
                lines.append(line)
                shown.append(text)
            place = low.find(b"xn--", end)
        joined = "\n".join(shown) + "\n"
        texts = [latin(joined)]
        if HAN.search(joined):
            texts.append(simplified(joined))
        found: set[int] = set()
        for text in texts if lines else ():
            holding: _Holding = {}
            self._scans[0].note(text.encode(), holding)
            rows = text.split("\n")
            for row, literals in holding.items():
                strong = any(each.strong for each in literals)
                if strong or self._sieve.may_reach_shown(rows[row]):
                    found.add(lines[row])
        return found


def _decoded(name: bytes) -> str:
    """All labels of a name, those that are encoded as they show."""
    # Nonsense decodes to halves of characters, which no valid name holds.
    text = ".".join(map(_shown, name.split(b"."))).encode("utf-8", "ignore").decode()
    return "" if text.isascii() else text.replace("\n", "")


@lru_cache(maxsize=4_096)
def _shown(label: bytes) -> str:
    if label.startswith(b"xn--"):
        try:
            return label[4:].decode("punycode")
        except (UnicodeError, OverflowError, ValueError):
            return ""
    return label.decode("ascii", "ignore")


class _Scan:
    """One folding of names and its automaton."""

    def __init__(
        self, literals: Literals, table: bytes, gone: bytes, heard: bool, keep: Keep | None
    ) -> None:
        ordered = literals.ordered()
        self._literals = [
            _Found(each, heard, each in literals.strong, each in literals.weak) for each in ordered
        ]
        self._table, self._gone = table, gone
        self._automaton: Automaton = automaton(ordered, keep)

    def _found(self, data: bytes) -> tuple[list[int], list[int]]:
        """Indices of lines, and of the literals found in them."""
        folded = data.translate(self._table, self._gone)
        found = self._automaton.ends(folded)
        if not found:
            return [], []
        literals = [literal for literal, _end in found]
        places = np.fromiter((end for _literal, end in found), np.int64, len(found))
        return np.searchsorted(_ends_of_lines(folded), places).tolist(), literals

    def note(self, names: bytes, holding: _Holding) -> None:
        """Note which lines hold which literals."""
        for line, literal in zip(*self._found(names), strict=True):
            holding.setdefault(line, []).append(self._literals[literal])


def _ends_of_lines(data: bytes) -> Lines:
    return np.flatnonzero(np.frombuffer(data, np.uint8) == ord("\n"))


@dataclass(frozen=True, slots=True)
class CutBlock:
    """A block of lines, told apart into plain host names and all others."""

    data: bytes
    starts: Lines
    ends: Lines
    odd: frozenset[int]
    """Indices of the lines that are no plain host name: URLs, blanks, and whatever else."""

    def line(self, index: int) -> bytes:
        """One line, without its newline."""
        return self.data[int(self.starts[index]) : int(self.ends[index])]


def cut_block(data: bytes) -> CutBlock:
    """The lines of a block; it ends with a newline."""
    classes = np.frombuffer(data.translate(_CLASSES), np.uint8)
    ends = np.flatnonzero(classes == _NEWLINE)
    starts = np.concatenate((np.zeros(1, np.int64), ends[:-1] + 1))
    marks = np.flatnonzero(classes >= _DOT)
    kinds = classes[marks] == _NEWLINE
    lengths = np.diff(marks, prepend=-1) - 1
    wrong = np.flatnonzero((lengths == 0) | (lengths > _LONGEST_LABEL))
    no_dot = np.flatnonzero(kinds & np.concatenate((np.ones(1, bool), kinds[:-1])))
    odd = [np.flatnonzero(classes == _ODD), marks[wrong], marks[no_dot]]
    hyphens = np.flatnonzero(classes == _HYPHEN)
    if len(hyphens):
        # A newline stands behind the last byte and counts as standing before the first.
        behind = classes[hyphens + 1] >= _DOT
        before = classes[hyphens - 1] >= _DOT
        odd.append(hyphens[behind | before])
    lines = np.searchsorted(ends, np.concatenate(odd))
    long = np.flatnonzero(ends - starts > _LONGEST_NAME)
    return CutBlock(data, starts, ends, frozenset(np.concatenate((lines, long)).tolist()))
