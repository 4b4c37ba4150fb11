"""Sieves whole blocks of lines at once, so that few names are read one by one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from detectors.names.automaton import Automaton, Keep, automaton
from detectors.names.foldings import byte_tables
from detectors.names.letters import HAN, latin, simplified
from detectors.names.literals import Literals
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


@dataclass(slots=True)
class _Passing:
    """Lines that passed: at once, or if one of their weak literals stands in the name."""

    strong: set[int] = field(default_factory=set)
    weak: dict[int, list[tuple[bytes, bool]]] = field(default_factory=dict)


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
        passing = _Passing()
        for scan in self._scans:
            scan.note(names, passing)
        low = names.lower()
        if b"xn--" in low:
            self._note_idn(low, ends, passing)
        undecided = passing.weak.keys() - passing.strong
        if undecided:
            for line in undecided:
                start = int(ends[line - 1]) + 1 if line else 0
                name = low[start : int(ends[line])].decode("ascii", "replace")
                if self._may_tell(name, passing.weak[line]):
                    passing.strong.add(line)
        return sorted(passing.strong)

    def _may_tell(self, name: str, literals: Iterable[tuple[bytes, bool]]) -> bool:
        sieve = self._sieve
        return any(
            (sieve.stands_heard if heard else sieve.stands_seen)(literal, name)
            for literal, heard in dict.fromkeys(literals)
        ) and sieve.may_reach(name)

    def _note_idn(self, low: bytes, ends: Lines, passing: _Passing) -> None:
        """Decode all `xn--` labels and look for the literals in what they show."""
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
        if not lines:
            return
        joined = "\n".join(shown) + "\n"
        texts = [latin(joined)]
        if HAN.search(joined):
            texts.append(simplified(joined))
        for text in texts:
            read = _Passing()
            self._scans[0].note(text.encode(), read)
            if read.weak.keys() - read.strong:
                rows = text.split("\n")
                read.strong.update(
                    row for row in read.weak if self._sieve.may_reach_shown(rows[row])
                )
            passing.strong.update(lines[row] for row in read.strong)


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
        self._literals = literals.ordered()
        self._weak = [literal in literals.weak for literal in self._literals]
        self._table, self._gone, self._heard = table, gone, heard
        self._automaton: Automaton = automaton(self._literals, keep)

    def _found(self, data: bytes) -> tuple[list[int], list[int]]:
        """Indices of lines, and of the literals found in them."""
        folded = data.translate(self._table, self._gone)
        found = self._automaton.ends(folded)
        if not found:
            return [], []
        literals = [literal for literal, _end in found]
        places = np.fromiter((end for _literal, end in found), np.int64, len(found))
        return np.searchsorted(_ends_of_lines(folded), places).tolist(), literals

    def note(self, names: bytes, passing: _Passing) -> None:
        """Note which lines hold a literal."""
        for line, literal in zip(*self._found(names), strict=True):
            if self._weak[literal]:
                passing.weak.setdefault(line, []).append((self._literals[literal], self._heard))
            else:
                passing.strong.add(line)


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
