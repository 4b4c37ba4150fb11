"""Words with one slip: a letter left out, put in, changed, or two swapped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from detectors.names.automaton import WordFinder

ALPHABET = "abcdefghijklmnopqrstuvwxyz"


def slips(word: str, alphabet: str = ALPHABET, low: int = 0, high: int = -1) -> set[str]:
    """All words one slip away: a letter left out, put in, changed, or two swapped.

    With `low` and `high`, those whose slip touches the letters between these places.
    """
    high = len(word) if high < 0 else high
    found = set()
    for place in range(low, high):
        left, right = word[:place], word[place:]
        found.add(left + right[1:])
        found.update(left + letter + right[1:] for letter in alphabet)
    for place in range(max(0, low - 1), min(high, len(word) - 1)):
        found.add(word[:place] + word[place + 1] + word[place] + word[place + 2 :])
    for place in range(low, high + 1):
        found.update(word[:place] + letter + word[place:] for letter in alphabet)
    found.discard(word)
    return found


def one_slip(letters: str, word: str) -> bool:
    """Whether letters are one slip away from a word: the same test as `letters in slips(word)`.

    >>> one_slip("mme", "mem"), one_slip("mem", "mem"), one_slip("me1", "mem")
    (True, False, False)
    """
    size, length = len(letters), len(word)
    if abs(size - length) > 1 or letters == word:
        return False
    same = 0
    while same < min(size, length) and letters[same] == word[same]:
        same += 1
    left, right = letters[same:], word[same:]
    if size < length:
        return left == right[1:]
    if size > length:
        return left[1:] == right and left[0] in ALPHABET
    if left[1:] == right[1:]:
        return left[0] in ALPHABET
    return len(left) > 1 and left[:2] == right[1::-1] and left[2:] == right[2:]


def doubled_or_swapped(word: str) -> set[str]:
    """The slips that keep all letters of a word: one doubled, or two neighbours swapped."""
    found = {word[:place] + word[place] + word[place:] for place in range(len(word))}
    found.update(
        word[:place] + word[place + 1] + word[place] + word[place + 2 :]
        for place in range(len(word) - 1)
    )
    found.discard(word)
    return found


def cut_of(word: str) -> int:
    """Where a word is cut into halves, of which one slip leaves one whole.

    Only two letters swapped across the cut break both; see `swapped_at_cut`.
    """
    return len(word) // 2


def swapped_at_cut(word: str) -> str:
    """The word with the two letters beside its cut swapped."""
    cut = cut_of(word)
    return word[: cut - 1] + word[cut] + word[cut - 1] + word[cut + 1 :]


_NEAR = 3
"""So many letters beside a half tell whether the other one is there."""
_KEPT = 16_384


Place = tuple[int, int, int]
"""Where a word stands: begin, end, and its number."""
SlippedPlace = tuple[int, int, str]
"""The same for one with a slip, and the word."""


class WordIndex:
    """Words that may stand in a text, whole, and some of them with one slip.

    The latter are looked up by the half that the slip left.
    """

    def __init__(self, words: Iterable[str], slipping: Iterable[str]) -> None:
        words = tuple(dict.fromkeys(words))
        halves: dict[str, list[_Half]] = {}
        swapped: dict[str, str] = {}
        for word in slipping:
            cut = cut_of(word)
            halves.setdefault(word[:cut], []).append(_Half(word, word[cut:], first=True))
            halves.setdefault(word[cut:], []).append(_Half(word, word[:cut], first=False))
            swapped.setdefault(swapped_at_cut(word), word)
        self.words = words
        self._count = len(words)
        self._finder = WordFinder((*words, *halves, *swapped))
        self._halves = [tuple(halves.get(part, ())) for part in self._finder.words]
        self._swapped = [
            "" if swapped.get(part) == part else swapped.get(part, "")
            for part in self._finder.words
        ]
        self._fitting = lru_cache(_KEPT)(self._that_may_fit)

    def found(self, text: str) -> tuple[list[Place], list[SlippedPlace]]:
        """Where words stand whole, in order, and where they stand with one slip."""
        whole: list[Place] = []
        slipped: list[SlippedPlace] = []
        for place in self._finder.found(text):
            start, end, number = place
            if number < self._count:
                whole.append(place)
            if self._halves[number]:
                before = text[max(0, start - _NEAR) : start]
                for half in self._fitting(number, before, text[end : end + _NEAR]):
                    slipped += half.around(text, start, end)
            if self._swapped[number]:
                slipped.append((start, end, self._swapped[number]))
        return whole, slipped

    def _that_may_fit(self, number: int, before: str, behind: str) -> tuple[_Half, ...]:
        return tuple(half for half in self._halves[number] if half.may_fit(before, behind))


@dataclass(frozen=True, slots=True)
class _Half:
    """One half of a word that stands in a text."""

    word: str
    other: str
    """The other half, which may have a slip."""
    first: bool

    def may_fit(self, before: str, behind: str) -> bool:
        """Whether the letters beside it may begin the other half, whole or with one slip."""
        near, other = (behind, self.other) if self.first else (before[::-1], self.other[::-1])
        if len(near) < _NEAR or len(other) < _NEAR:
            return True
        one, two, three = other[0], other[1], other[2]
        return (
            near[:2] == one + two  # whole, or changed behind them
            or near[1:] in (two + three, one + two)  # the first changed, or one put in
            or near[:2] in (two + three, two + one)  # the first left out, or swapped
            or (near[0] == one and (near[1] == three or near[2] in (two, three)))
        )

    def around(self, text: str, start: int, end: int) -> Iterator[SlippedPlace]:
        """Where the whole word stands around it, its other half with one slip."""
        if self.first:
            for size in sizes_one_slip_away(text[end : end + len(self.other) + 1], self.other):
                yield start, end + size, self.word
        else:
            letters = text[max(0, start - len(self.other) - 1) : start]
            for size in sizes_one_slip_away(letters[::-1], self.other[::-1]):
                yield start - size, end, self.word


def sizes_one_slip_away(letters: str, word: str) -> list[int]:
    """How many letters from the first on are one slip away from a word; see `one_slip`."""
    size, length = len(letters), len(word)
    same, shorter = 0, min(size, length)
    while same < shorter and letters[same] == word[same]:
        same += 1
    rest = word[same + 1 :]
    found = []
    if size >= length - 1 and letters[same : length - 1] == rest:
        found.append(length - 1)
    if same < size:
        other = letters[same] in ALPHABET
        if size >= length > same and (
            (other and letters[same + 1 : length] == rest)
            or (rest and letters[same:length] == rest[0] + word[same] + rest[1:])
        ):
            found.append(length)
        if other and size > length and letters[same + 1 : length + 1] == word[same:]:
            found.append(length + 1)
    return found
