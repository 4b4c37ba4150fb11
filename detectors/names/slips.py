"""Words with one slip: a letter left out, put in, changed, or two swapped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

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


class SlipIndex:
    """Words that may stand in a text with one slip, looked up by the half that the slip left."""

    def __init__(self, words: Iterable[str]) -> None:
        halves: dict[str, list[tuple[str, bool]]] = {}
        swapped: dict[str, str] = {}
        for word in words:
            cut = cut_of(word)
            halves.setdefault(word[:cut], []).append((word, True))
            halves.setdefault(word[cut:], []).append((word, False))
            swapped.setdefault(swapped_at_cut(word), word)
        self._finder = WordFinder((*halves, *swapped))
        self._told = [
            (tuple(halves.get(part, ())), swapped.get(part, "")) for part in self._finder.words
        ]

    def found(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Where words stand with one slip: begin, end, and the word."""
        for start, end, number in self._finder.found(text):
            halves, swapped = self._told[number]
            for word, first in halves:
                yield from _around(text, start, end, word, first)
            if swapped and swapped != self._finder.words[number]:
                yield start, end, swapped


def _around(
    text: str, start: int, end: int, word: str, first: bool
) -> Iterator[tuple[int, int, str]]:
    """Where the whole word stands of which one half was found, its other half with one slip."""
    cut = cut_of(word)
    other = word[cut:] if first else word[:cut]
    for size in (len(other) - 1, len(other), len(other) + 1):
        begin, stop = (start, end + size) if first else (start - size, end)
        if begin < 0 or stop > len(text):
            continue
        letters = text[end:stop] if first else text[begin:start]
        if one_slip(letters, other):
            yield begin, stop, word
