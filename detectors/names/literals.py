"""The literals of which every lookalike holds one, for the automata.

Whatever `looks.best_look` finds telling holds a core word, whole or with one slip. Its letters are
listed here as they would stand in a name: folded, so that letters that resemble each other are one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from detectors.names.foldings import fold_heard, fold_seen, written_pairs
from detectors.names.lexicon import Entry, Lexicon
from detectors.names.looks import HEARD_CORE, SISTERS
from detectors.names.roles import BESIDE_SHORT, CORE, SHORT_CORE, is_weak
from detectors.names.slips import ALPHABET, cut_of, one_slip, slips, swapped_at_cut

_ENOUGH = 7  # so many letters of a word are rare enough to be looked for alone


@dataclass(frozen=True, slots=True)
class Literals:
    """Literals for one folding of names."""

    strong: frozenset[bytes]
    """Whoever holds one must be read."""
    weak: frozenset[bytes]
    """Whoever holds one must be read where `Sieve.stands` says so."""

    parts: dict[bytes, tuple[tuple[str, int], ...]]
    """Strong literals that are only a part of words that may have a slip elsewhere: the words, and
    where the literal stands in them."""

    def holds(self, literal: bytes, text: str) -> bool:
        """Whether a strong literal in a text, folded, is a word or a part of one with one slip."""
        words = self.parts.get(literal)
        if words is None:
            return True
        letters = literal.decode()
        place = text.find(letters)
        while place >= 0:
            end = place + len(letters)
            if any(_completes(text, place, end, word, offset) for word, offset in words):
                return True
            place = text.find(letters, place + 1)
        return False

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
        elif len(form) <= SHORT_CORE or entry.short:
            strong.update(map(fold_seen, _short_core(form, lexicon)))
            strong.update(fold_seen(f"{form}.{suffix}") for suffix in SISTERS if entry.short)
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
        if entry.short:
            strong.update(map(fold_heard, _short_core(form, lexicon)))
        elif len(form) >= HEARD_CORE:
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
    parts: dict[str, list[tuple[str, int]]] = {}
    for form in sorted(_without_longer(slipping)):
        low, high = _free_of(form, whole, lengths)
        if low < high:
            found.update(_middle_slips(form, alphabet, low, high))
            for literal, offset in _ends(form, low, high):
                parts.setdefault(literal, []).append((form, offset))
    return Literals(
        strong=frozenset(each.encode() for each in found | parts.keys()),
        weak=frozenset(each.encode() for each in weak if each not in found),
        parts={each.encode(): tuple(parts[each]) for each in parts if each not in found},
    )


def _completes(text: str, place: int, end: int, word: str, offset: int) -> bool:
    """Whether letters of a text around a part of a word are the word with one slip at most."""
    behind = offset + end - place
    if offset == 0:
        other = word[behind:]
        sides = (text[end : end + len(other) + more] for more in (-1, 0, 1))
    else:
        other = word[:offset]
        sides = (text[max(0, place - len(other) - more) : place] for more in (-1, 0, 1))
    return any(side == other or one_slip(side, other) for side in sides)


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
