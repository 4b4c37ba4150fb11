"""The names that a technique makes of one label; the letters are those by which names are read."""

from __future__ import annotations

from collections.abc import Iterator

from detectors.names.letters import digits_of, keys_beside, lookalikes, sounds_of


def omitted(label: str) -> Iterator[str]:
    """A letter left out."""
    yield from dict.fromkeys(label[:place] + label[place + 1 :] for place in range(len(label)))


def doubled(label: str) -> Iterator[str]:
    """A letter typed twice."""
    yield from dict.fromkeys(
        label[: place + 1] + label[place:] for place in range(len(label)) if label[place].isalnum()
    )


def swapped(label: str) -> Iterator[str]:
    """Two neighbours in the wrong order."""
    for place in range(len(label) - 1):
        left, right = label[place], label[place + 1]
        if left != right:
            yield label[:place] + right + left + label[place + 2 :]


def mistyped(label: str) -> Iterator[str]:
    """A neighbouring key hit instead."""
    for place, letter in enumerate(label):
        for key in keys_beside(letter):
            yield label[:place] + key + label[place + 1 :]


def inserted(label: str) -> Iterator[str]:
    """A neighbouring key hit as well, before or behind."""
    found: dict[str, None] = {}
    for place in range(len(label)):
        for key in keys_beside(label[place]):
            found[label[:place] + key + label[place:]] = None
            found[label[: place + 1] + key + label[place + 1 :]] = None
    yield from (each for each in found if each[1:] != label and each[:-1] != label)


def with_digits(label: str) -> Iterator[str]:
    """One letter, or every such letter, written as the digit that looks like it."""
    for place, letter in enumerate(label):
        for digit in digits_of(letter):
            yield label[:place] + digit + label[place + 1 :]
            everywhere = label.replace(letter, digit)
            if label.count(letter) > 1:
                yield everywhere


def misheard(label: str) -> Iterator[str]:
    """One sound, or every such sound, spelt as the one it is mixed up with."""
    for spelt, other in sounds_of():
        place = label.find(spelt)
        while place >= 0:
            yield label[:place] + other + label[place + len(spelt) :]
            place = label.find(spelt, place + 1)
        if label.count(spelt) > 1:
            yield label.replace(spelt, other)


def homoglyphs(label: str, script: str) -> Iterator[str]:
    """Letters written as others that look like them, the whole label in one script.

    In Latin script one letter with an accent; in Cyrillic all letters, for registries mix none.
    """
    if script == "cyrillic":
        shown = ["".join(lookalikes(letter, script)[:1]) for letter in label]
        if label.isalpha() and all(shown):
            yield "".join(shown)
        return
    for place, letter in enumerate(label):
        for glyph in lookalikes(letter, script):
            yield label[:place] + glyph + label[place + 1 :]
