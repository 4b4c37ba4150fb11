"""Sieves whole blocks of lines at once, so that few names are read one by one."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from detectors.names.automaton import Automaton, Keep, automaton
from detectors.names.foldings import byte_tables
from detectors.names.letters import HAN, latin, simplified
from detectors.names.lines import Lines, double_hyphens
from detectors.names.literals import Literals, Sides
from detectors.names.looks import HEARD_CORE
from detectors.names.sieve import Sieve

_SEEN, _HEARD, _STRONG, _LEADS = 1, 2, 4, 8


class _Holding:
    """What the lines of a block hold."""

    def __init__(self) -> None:
        self.flags: dict[int, int] = {}
        """Lines by their index, with what their literals mean: the flags above."""
        self.weak: dict[int, list[tuple[str, int]]] = {}
        """The weak literals of lines, with their flags."""


class BlockSieve:
    """The sieve of a watchlist over blocks of lines."""

    def __init__(self, sieve: Sieve, keep: Keep | None) -> None:
        self._sieve = sieve
        self._scans = tuple(
            _Scan(literals, table, gone, flag, keep)
            for literals, (table, gone), flag in zip(
                (sieve.seen, sieve.heard), byte_tables(), (_SEEN, _HEARD), strict=True
            )
        )

    def survivors(self, names: bytes, lines: Lines) -> list[int]:
        """Indices of the lines that must be read, in order; each line ends with a newline.

        The lines hold host names in ASCII, in either case; others may pass or not.
        """
        holding = _Holding()
        for scan in self._scans:
            scan.note(names, holding)
        found = self._idn(names, lines)
        for line, flags in holding.flags.items():
            if line in found:
                continue
            if not flags & _LEADS:
                name = lines.line(line).lower().decode("ascii", "replace")
                weak = () if flags & _STRONG else holding.weak[line]
                if not self._may_tell(name, flags, weak):
                    continue
            found.add(line)
        return sorted(found)

    def _may_tell(self, name: str, flags: int, weak: Iterable[tuple[str, int]]) -> bool:
        """Whether a name is worth reading; it holds a strong literal or these weak ones."""
        sieve = self._sieve
        if not flags & _STRONG and not any(
            (means & _SEEN and sieve.stands_seen(letters, name))
            or (means & _HEARD and sieve.stands_heard(letters, name))
            for letters, means in weak
        ):
            return False
        return sieve.may_reach(name, seen=bool(flags & _SEEN), heard=bool(flags & _HEARD))

    def _idn(self, names: bytes, lines: Lines) -> set[int]:
        """Indices of the lines whose `xn--` labels show something that is worth reading."""
        places: list[int] = []
        shown: list[str] = []
        end = 0
        for place in double_hyphens(names):
            if place < end or names[max(0, place - 2) : place].lower() != b"xn":
                continue
            begin = names.rfind(b"\n", 0, place) + 1
            end = names.index(b"\n", place)
            text = _decoded(names[begin:end].lower())
            if text:
                places.append(place)
                shown.append(text)
        # Nonsense decodes to halves of characters, which no valid name holds.
        joined = ("\n".join(shown) + "\n").encode("utf-8", "ignore").decode()
        texts = [latin(joined)]
        if HAN.search(joined):
            texts.append(simplified(joined))
        found: set[int] = set()
        for text in texts if places else ():
            holding = _Holding()
            self._scans[0].note(text.encode(), holding)
            rows = text.split("\n")
            for row, flags in holding.flags.items():
                if flags & _LEADS or self._sieve.may_reach_shown(rows[row]):
                    found.add(lines.at(places[row]))
        return found


def _decoded(name: bytes) -> str:
    """All labels of a name, those that are encoded as they show."""
    text = ".".join(map(_shown, name.split(b".")))
    return "" if text.isascii() else text


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
        self, literals: Literals, table: bytes, gone: bytes, flag: int, keep: Keep | None
    ) -> None:
        self._literals = literals
        self._ordered = literals.ordered()
        self._lengths = list(map(len, self._ordered))
        # Short core words are read by sound only where they stand as they are written.
        self._flags = [
            flag
            | (_HEARD if len(each) < HEARD_CORE else 0)
            | (_LEADS if each in literals.leads else 0)
            | (0 if each in literals.weak else _STRONG)
            for each in self._ordered
        ]
        self._sides: dict[int, Sides | None] = {
            number: None for number, each in enumerate(self._ordered) if each in literals.halves
        }
        """What must stand beside halves, made when one is found first, for most never are."""
        self._table, self._gone = table, gone
        self._automaton: Automaton = automaton(self._ordered, keep)

    def note(self, names: bytes, holding: _Holding) -> None:
        """Note which lines hold which literals."""
        folded = names.translate(self._table, self._gone)
        found = self._automaton.ends(folded)
        if not found:
            return
        lines = Lines(folded)
        sides, flags, lengths = self._sides, self._flags, self._lengths
        for literal, end in found:
            if literal in sides:
                beside = sides[literal] or self._sides_of(literal)
                if not beside.fit(folded, end - lengths[literal], end):
                    continue
            line, means = lines.at(end - 1), flags[literal]
            holding.flags[line] = holding.flags.get(line, 0) | means
            if not means & _STRONG:
                weak = self._ordered[literal].decode(), means
                holding.weak.setdefault(line, []).append(weak)

    def _sides_of(self, half: int) -> Sides:
        """What must stand beside a half; made when it is found first, for most never are."""
        sides = self._literals.sides_of_half(self._ordered[half])
        self._sides[half] = sides
        return sides
