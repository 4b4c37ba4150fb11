"""The literals of which every lookalike holds one, for the automata.

Whatever `looks.best_look` finds telling holds a core word, whole or with one slip. Its letters are
listed here as they would stand in a name: folded, so that letters that resemble each other are one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from detectors.names.foldings import fold_heard, fold_seen, written_pairs
from detectors.names.lexicon import Entry, Lexicon
from detectors.names.looks import HEARD_CORE
from detectors.names.roles import BESIDE_SHORT, CORE, SHORT_CORE
from detectors.names.slips import ALPHABET, cut_of, slips, swapped_at_cut

_ENOUGH = 7  # so many letters of a word are rare enough to be looked for alone
_NEAR = 3  # so many letters beside them tell whether the rest of the word is there


@dataclass(frozen=True, slots=True)
class Sides:
    """What stands beside a literal that is only one half of words that may have a slip elsewhere.

    The other half follows or goes before, whole or with one slip; its letters next to the literal
    tell nearly as much as all of it.
    """

    near: int
    """How many letters beside it are looked at."""
    before: frozenset[bytes]
    """What may stand before it."""
    after: frozenset[bytes]

    def fit(self, text: bytes, start: int, end: int) -> bool:
        """Whether the literal that stands in a text, folded, between two places may be a half."""
        near = self.near
        return text[max(0, start - near) : start] in self.before or (
            text[end : end + near] in self.after
        )


@dataclass(frozen=True, slots=True)
class Literals:
    """Literals for one folding of names."""

    leads: frozenset[bytes]
    """Official hosts with the dot behind them: whoever holds one must be read."""
    words: frozenset[bytes]
    """Whoever holds one is worth a closer look."""
    halves: dict[bytes, tuple[tuple[str, int], ...]]
    """The same for one half of words, where its `Sides` fit: the words, and where it stands."""

    def ordered(self) -> tuple[bytes, ...]:
        """All literals, in an order that is always the same."""
        return tuple(sorted(self.leads | self.words | self.halves.keys()))

    def sides(self, half: bytes) -> Sides:
        """What must stand beside a half."""
        words = self.halves[half]
        before = [word[:offset] for word, offset in words if offset]
        after = [word[len(half) :] for word, offset in words if not offset]
        near = min(_NEAR, *(len(other) - 1 for other in (*before, *after)))
        return Sides(
            near,
            frozenset(end for other in before for end in _ends_of(other, near)),
            frozenset(start[::-1] for other in after for start in _ends_of(other[::-1], near)),
        )


def _ends_of(other: str, near: int) -> Iterator[bytes]:
    """The last letters of a half that is whole or has one slip."""
    edge = other[-near - 1 :]
    for each in (edge, *slips(edge)):
        yield each[len(each) - near :].encode()


def core_forms(lexicon: Lexicon) -> Iterator[tuple[str, Entry]]:
    """The forms of core words."""
    for form, entry in lexicon.forms.items():
        if entry.word.role in CORE:
            yield form, entry


def seen_literals(lexicon: Lexicon, official: Iterable[str]) -> Literals:
    """The literals of words as they are written; `official` hosts may lead a name."""
    words: set[str] = set()
    slipping: set[str] = set()
    for form, entry in core_forms(lexicon):
        if not form.isascii():
            words.add(form)
            continue
        spelt = _beside_services(form, lexicon) if len(form) <= SHORT_CORE else (form,)
        words.update(fold_seen(paired) for each in spelt for paired in written_pairs(each))
        if entry.slips:
            slipping.add(fold_seen(form))
    leads = {fold_seen(f"{host}.".replace("-", "")) for host in official}
    return _literals(leads, words, slipping, fold_seen(ALPHABET))


def heard_literals(lexicon: Lexicon) -> Literals:
    """The literals of words as they sound; a short word stands in a name as it is written."""
    words: set[str] = set()
    slipping: set[str] = set()
    for form, entry in core_forms(lexicon):
        if len(form) <= SHORT_CORE:
            words.update(map(fold_heard, _beside_services(form, lexicon)))
        elif len(form) >= HEARD_CORE:
            words.add(fold_heard(form))
            if entry.slips:
                slipping.add(fold_heard(form))
    return _literals(set(), words, slipping, fold_heard(ALPHABET))


def _beside_services(form: str, lexicon: Lexicon) -> Iterator[str]:
    for near, entry in lexicon.forms.items():
        if entry.word.role in BESIDE_SHORT and near.isascii():
            yield form + near
            yield near + form


def _literals(leads: set[str], words: set[str], slipping: set[str], alphabet: str) -> Literals:
    """The literals for words as they are, and for those that may have a slip."""
    whole = _without_longer(words | slipping)
    lengths = sorted({len(literal) for literal in whole})
    halves: dict[str, list[tuple[str, int]]] = {}
    slipped: set[str] = set()
    # A longer word with a slip holds the shorter one, whole or with the same slip.
    for form in sorted(_without_longer(slipping)):
        low, high = _free_of(form, whole, lengths)
        if low <= high:
            slipped.update(_middle_slips(form, alphabet, low, high))
            for literal, offset in _ends(form, low, high):
                halves.setdefault(literal, []).append((form, offset))
    found = _without_longer(whole | slipped)
    lengths = sorted({len(literal) for literal in found})
    return Literals(
        leads=frozenset(each.encode() for each in leads),
        words=frozenset(each.encode() for each in found),
        halves={
            each.encode(): tuple(rows)
            for each, rows in halves.items()
            if not _holds(each, found, lengths)
        },
    )


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
