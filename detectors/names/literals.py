"""The literals of which every lookalike holds one, for the automata.

Whatever `looks.best_look` finds telling holds a core word, whole or with one slip. Its letters are
listed here as they would stand in a name: folded, so that letters that resemble each other are one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from detectors.names.beside import edges
from detectors.names.foldings import fold_heard, fold_seen, written_pairs
from detectors.names.lexicon import Entry, Lexicon
from detectors.names.looks import HEARD_CORE, SISTERS
from detectors.names.roles import BESIDE_SHORT, CORE, SHORT_CORE, is_weak
from detectors.names.slips import ALPHABET, cut_of, sizes_one_slip_away, slips, swapped_at_cut

_ENOUGH = 6  # letters of a word that are rare enough to be looked for where their sides fit
_LONG = 64  # no label is longer
_NEAR = 3  # so many letters beside them tell whether the rest of the word is there


@dataclass(frozen=True, slots=True)
class Sides:
    """What stands beside one half of words that tells something only there."""

    near: int
    """How many letters beside it are looked at."""
    before: dict[bytes, list[str]]
    """What may stand before it, with the other halves that may end so, read backwards."""
    after: dict[bytes, list[str]]
    """The same behind it, read forwards."""

    def fit(self, text: bytes, start: int, end: int) -> bool:
        """Whether the literal stands in a text between two places beside another half of a word.

        The other half is whole or has one slip.
        """
        before = self.before.get(text[max(0, start - self.near) : start])
        after = self.after.get(text[end : end + self.near])
        return (
            before is not None and _one_begins(text[max(0, start - _LONG) : start][::-1], before)
        ) or (after is not None and _one_begins(text[end : end + _LONG], after))


def _one_begins(letters: bytes, words: list[str]) -> bool:
    """Whether one of the words stands at the beginning of letters, whole or with one slip."""
    text = letters.decode("latin-1")
    return any(
        text.startswith(word) or sizes_one_slip_away(text[: len(word) + 1], word) for word in words
    )


@dataclass(frozen=True, slots=True)
class Literals:
    """Literals for one folding of names."""

    leads: frozenset[bytes]
    """Official hosts with the dot behind them: whoever holds one must be read."""
    strong: frozenset[bytes]
    """Whoever holds one is worth a closer look."""
    weak: frozenset[bytes]
    """The same for one that stands between words; see `beside.Beside`."""
    halves: dict[bytes, tuple[tuple[str, int], ...]]
    """The same for one half of words, where its sides fit: the words, and where it stands."""

    def ordered(self) -> tuple[bytes, ...]:
        """All literals, in an order that is always the same."""
        found = (*self.leads, *self.strong, *self.weak, *self.halves)
        return tuple(sorted(set(found)))

    def sides_of_half(self, half: bytes) -> Sides:
        """What must stand beside a half: the other one, which is whole or has one slip.

        Its letters next to the half tell nearly as much as all of it.
        """
        words = self.halves[half]
        before = [word[:offset] for word, offset in words if offset]
        after = [word[len(half) :] for word, offset in words if not offset]
        near = min(_NEAR, *(len(other) - 1 for other in (*before, *after)))
        sides = Sides(near, {}, {})
        for other in before:
            for edge in edges(other, near):
                sides.before.setdefault(edge.encode(), []).append(other[::-1])
        for other in after:
            for edge in edges(other[::-1], near):
                sides.after.setdefault(edge[::-1].encode(), []).append(other)
        return sides


def core_forms(lexicon: Lexicon) -> Iterator[tuple[str, Entry]]:
    """The forms of core words."""
    for form, entry in lexicon.forms.items():
        if entry.word.role in CORE:
            yield form, entry


def seen_literals(lexicon: Lexicon, official: Iterable[str]) -> Literals:
    """The literals of words as they are written; `official` hosts may lead a name."""
    found = _Found(lexicon, fold_seen)
    for form, entry in core_forms(lexicon):
        if not form.isascii():
            found.strong.add(form)
        else:
            found.add(form, entry, written_pairs)
    found.leads.update(fold_seen(f"{host}.".replace("-", "")) for host in official)
    return found.literals()


def heard_literals(lexicon: Lexicon) -> Literals:
    """The literals of words as they sound; a short word stands in a name as it is written."""
    found = _Found(lexicon, fold_heard)
    for form, entry in core_forms(lexicon):
        if len(form) <= SHORT_CORE or len(form) >= HEARD_CORE:
            found.add(form, entry, lambda form: {form})
    return found.literals()


class _Found:
    """The words of which literals are made."""

    def __init__(self, lexicon: Lexicon, fold: Callable[[str], str]) -> None:
        self._fold = fold
        self._near = [
            each
            for form, entry in lexicon.forms.items()
            if entry.word.role in BESIDE_SHORT and form.isascii()
            for each in written_pairs(form)
        ]
        self.leads: set[str] = set()
        self.strong: set[str] = set()
        self._weak: set[str] = set()
        self._short: set[str] = set()
        self._slipping: set[str] = set()

    def add(self, form: str, entry: Entry, spelt: Callable[[str], set[str]]) -> None:
        """Add a form of a core word as it may be spelt."""
        folded = {self._fold(each) for each in spelt(form)}
        if len(form) <= SHORT_CORE:
            for near in map(self._fold, self._near):
                self.strong.update(each + near for each in folded)
                self.strong.update(near + each for each in folded)
        elif entry.short:
            self._short.update(folded)
        else:
            (self._weak if is_weak(entry.word) else self.strong).update(folded)
            if entry.slips:
                self._slipping.add(self._fold(form))

    def literals(self) -> Literals:
        """The literals; of those that hold strong ones only these."""
        strong = _without_longer(self.strong)
        # A weak word that holds another may stand where the other one does not.
        weak = self._weak
        slipped, halves = _slipped(self._slipping, strong | weak, weak, self._fold(ALPHABET))
        strong = _without_longer(strong | slipped)
        lengths = sorted({len(each) for each in strong})
        weak = {each for each in weak if not _holds(each, strong, lengths)}
        short = {each for each in self._short if not _holds(each, strong, lengths)}
        told = strong | weak
        lengths = sorted({len(each) for each in told})
        return Literals(
            leads=frozenset(each.encode() for each in self.leads),
            strong=frozenset(each.encode() for each in (*strong, *self._beside_service(short))),
            weak=frozenset(each.encode() for each in weak),
            halves={
                each.encode(): tuple(rows)
                for each, rows in halves.items()
                if not _holds(each, told, lengths)
            },
        )

    def _beside_service(self, short: set[str]) -> set[str]:
        """Slips of short words with the letters of a service or a sister suffix beside them."""
        folded = set(map(self._fold, self._near))
        near = min(2, *map(len, folded))
        before = {each[-near:] for each in folded}
        behind = {each[:near] for each in (*folded, *(f".{suffix}" for suffix in SISTERS))}
        return {side + each for each in short for side in before} | {
            each + side for each in short for side in behind
        }


def _slipped(
    slipping: set[str], whole: set[str], weak: set[str], alphabet: str
) -> tuple[set[str], dict[str, list[tuple[str, int]]]]:
    """Words with a slip, and halves of words that have one elsewhere.

    A longer word with a slip holds the shorter one, whole or with the same slip. A slip that makes
    a weak word by chance counts all the same: what is beside the weak word is no row of words.
    """
    slipping = _without_longer(slipping)
    whole = _without_longer(whole | slipping)
    lengths = sorted({len(literal) for literal in whole})
    halves: dict[str, list[tuple[str, int]]] = {}
    slipped: set[str] = set()
    for form in sorted(slipping):
        low, high = _free_of(form, whole, lengths)
        if low <= high:
            own = [each for each in weak if each in form]
            slipped.update(
                each
                for each in _middle_slips(form, alphabet, low, high)
                if not any(word in each for word in own)
            )
            for literal, offset in _ends(form, low, high):
                halves.setdefault(literal, []).append((form, offset))
    return slipped, halves


def _free_of(form: str, whole: set[str], lengths: list[int]) -> tuple[int, int]:
    """Between which letters a slip must be to leave no shorter literal in a word whole."""
    low, high = 0, len(form)
    for length in lengths:
        for start in range(len(form) - length + 1):
            if length < len(form) and form[start : start + length] in whole:
                low, high = max(low, start), min(high, start + length)
    return low, high


def _edge(form: str) -> int:
    return max(1, len(form) - _ENOUGH)


def _ends(form: str, low: int, high: int) -> Iterator[tuple[str, int]]:
    """The parts of a word of which a slip near its ends leaves one whole, with their places."""
    size, edge = len(form), _edge(form)
    if 2 * edge >= size:
        cut = cut_of(form)
        yield form[:cut], 0
        yield form[cut:], cut
        return
    if low < edge:
        yield form[edge:], edge
    if high > size - edge:
        yield form[: size - edge], 0


def _middle_slips(form: str, alphabet: str, low: int, high: int) -> Iterator[str]:
    """The word with all slips that leave no end of it whole."""
    size, edge = len(form), _edge(form)
    if 2 * edge >= size:
        yield swapped_at_cut(form)
    else:
        yield from slips(form, alphabet, max(low, edge), min(high, size - edge))


def _without_longer(literals: Iterable[str]) -> set[str]:
    """The literals without those that hold another one, which are found by it."""
    kept: set[str] = set()
    lengths: list[int] = []
    for literal in sorted(literals, key=len):
        if not _holds(literal, kept, lengths):
            kept.add(literal)
            if not lengths or lengths[-1] != len(literal):
                lengths.append(len(literal))
    return kept


def _holds(literal: str, kept: set[str], lengths: list[int]) -> bool:
    """Whether a literal holds one of others, which have these lengths."""
    size = len(literal)
    for length in lengths:
        if length > size:
            return False
        for start in range(size - length + 1):
            if literal[start : start + length] in kept:
                return True
    return False
