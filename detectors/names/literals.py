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
from detectors.names.roles import BESIDE_SHORT, CORE, SHORT_CORE, is_weak
from detectors.names.slips import ALPHABET, cut_of, slips, swapped_at_cut

_ENOUGH = 7  # so many letters of a word are rare enough to be looked for alone


@dataclass(frozen=True, slots=True)
class Literals:
    """Literals for one folding of names."""

    strong: frozenset[bytes]
    """Whoever holds one must be read."""
    weak: frozenset[bytes]
    """Whoever holds one must be read where `Sieve.stands` says so."""

    def ordered(self) -> tuple[bytes, ...]:
        """All literals, in an order that is always the same."""
        return tuple(sorted(self.strong | self.weak))


def core_forms(lexicon: Lexicon) -> Iterator[tuple[str, Entry]]:
    """The forms of core words."""
    for form, entry in lexicon.forms.items():
        if entry.word.role in CORE:
            yield form, entry


def seen_literals(lexicon: Lexicon, official: Iterable[str]) -> Literals:
    """The literals of words as they are written; `official` hosts may lead a name."""
    strong = {fold_seen(f"{host}.".replace("-", "")) for host in official}
    weak: set[str] = set()
    slipping: set[str] = set()
    for form, entry in core_forms(lexicon):
        if not form.isascii():
            (weak if is_weak(entry.word) else strong).add(form)
        elif len(form) <= SHORT_CORE:
            strong.update(map(fold_seen, _short_core(form, lexicon)))
        else:
            (weak if is_weak(entry.word) else strong).update(map(fold_seen, written_pairs(form)))
            if entry.slips:
                slipping.add(fold_seen(form))
    return _literals(strong, weak, slipping, fold_seen(ALPHABET))


def heard_literals(lexicon: Lexicon) -> Literals:
    """The literals of words as they sound."""
    strong: set[str] = set()
    weak: set[str] = set()
    slipping: set[str] = set()
    for form, entry in core_forms(lexicon):
        if len(form) >= HEARD_CORE:
            (weak if is_weak(entry.word) else strong).add(fold_heard(form))
            if entry.slips:
                slipping.add(fold_heard(form))
    return _literals(strong, weak, slipping, fold_heard(ALPHABET))


def _short_core(form: str, lexicon: Lexicon) -> Iterator[str]:
    for near, entry in lexicon.forms.items():
        if entry.word.role in BESIDE_SHORT and near.isascii():
            yield from written_pairs(form + near)
            yield from written_pairs(near + form)


def _literals(strong: set[str], weak: set[str], slipping: set[str], alphabet: str) -> Literals:
    """The literals for words as they are, and for those that may have a slip.

    A folding may hide a slip, so that a word that may have one is strong as it is.
    """
    whole = _without_longer(strong | slipping)
    lengths = sorted({len(literal) for literal in whole})
    found = set(whole)
    # A longer word with a slip holds the shorter one, whole or with the same slip.
    for form in _without_longer(slipping):
        found.update(_slip_literals(form, whole, lengths, alphabet))
    return Literals(
        frozenset(each.encode() for each in found),
        frozenset(each.encode() for each in weak if each not in found),
    )


def _slip_literals(form: str, whole: set[str], lengths: list[int], alphabet: str) -> Iterator[str]:
    """What a word with one slip holds, where it holds no literal that the slip left whole."""
    low, high = 0, len(form)
    for length in lengths:
        for start in range(len(form) - length + 1):
            if length < len(form) and form[start : start + length] in whole:
                low, high = max(low, start), min(high, start + length)
    if low >= high:
        return
    size = len(form)
    edge = max(1, size - _ENOUGH)
    if 2 * edge >= size:
        yield from (form[: cut_of(form)], form[cut_of(form) :], swapped_at_cut(form))
        return
    # A slip in the first letters leaves the last whole, and one in the last the first; only those
    # in the middle must be listed.
    if low < edge:
        yield form[edge:]
    if high > size - edge:
        yield form[: size - edge]
    yield from slips(form, alphabet, max(low, edge), min(high, size - edge))


def _without_longer(literals: Iterable[str]) -> set[str]:
    """The literals without those that hold another one, which are found by it."""
    kept: set[str] = set()
    lengths: list[int] = []
    for literal in sorted(literals, key=len):
        size = len(literal)
        if not any(
            literal[start : start + length] in kept
            for length in lengths
            for start in range(size - length + 1)
        ):
            kept.add(literal)
            if not lengths or lengths[-1] != size:
                lengths.append(size)
    return kept
