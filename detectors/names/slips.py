"""Words with one slip: a letter left out, put in, changed, or two swapped."""

from __future__ import annotations

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
