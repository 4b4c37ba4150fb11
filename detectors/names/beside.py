"""What may stand beside a weak word where it tells something: words, digits, or nothing."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from detectors.names.foldings import written_pairs
from detectors.names.lexicon import Lexicon
from detectors.names.roles import CORE
from detectors.names.slips import slips

_NEAR = 3
"""So many letters beside a word are looked at."""
_NOTHING = frozenset("-.0123456789")


class Beside:
    """What may stand beside the weak words of a lexicon, in one folding.

    A row of words counts a weak one beside no letter that is lost, so that a name where every weak
    word touches letters that begin or end no word is no hit.
    """

    def __init__(self, lexicon: Lexicon, fold: Callable[[str], str]) -> None:
        before: set[str] = set()
        behind: set[str] = set()
        self._slipping = []
        for form, entry in lexicon.forms.items():
            if not form.isascii():
                continue
            starts, ends = [form[: _NEAR + 1]], [form[-_NEAR - 1 :]]
            if entry.slips and entry.word.role in CORE:
                # With a slip it is a literal of its own, or holds the weak word; see `_own`.
                self._slipping.append(fold(form))
            elif entry.slips:
                starts += slips(starts[0])
                ends += slips(ends[0])
            before.update(fold(pair[-_NEAR:]) for end in ends for pair in written_pairs(end))
            behind.update(fold(pair[:_NEAR]) for start in starts for pair in written_pairs(start))
        self._before, self._behind = frozenset(before), frozenset(behind)
        self._own = lru_cache(None)(self._beside_in_slipping)

    def stands(self, letters: str, text: str, name: str) -> bool:
        """Whether letters stand in a text, the folded name, as a word of a row may."""
        if "-" in name:
            return True  # any part of it may be read alone or joined
        own_before, own_behind = self._own(letters)
        place = text.find(letters)
        while place >= 0:
            end = place + len(letters)
            if (
                place == 0
                or name[place - 1] in _NOTHING
                or _is_among(_ends(text, place), self._before, own_before)
            ) and (
                end == len(text)
                or name[end] in _NOTHING
                or _is_among(_beginnings(text, end), self._behind, own_behind)
            ):
                return True
            place = text.find(letters, place + 1)
        return False

    def _beside_in_slipping(self, letters: str) -> tuple[frozenset[str], frozenset[str]]:
        """What stands beside letters in the words that hold them and may have a slip elsewhere."""
        before: set[str] = set()
        behind: set[str] = set()
        for word in self._slipping:
            place = word.find(letters)
            while place >= 0:
                before.update(edges(word[:place]))
                behind.update(edge[::-1] for edge in edges(word[place + len(letters) :][::-1]))
                place = word.find(letters, place + 1)
        return frozenset(before), frozenset(behind)


def edges(text: str, near: int = _NEAR) -> frozenset[str]:
    """The last letters of a text that is whole or has one slip, so many at most."""
    near = min(near, len(text) - 1)
    return _edges(text[-near - 1 :], near) if text else frozenset()


@lru_cache(maxsize=4_096)
def _edges(edge: str, near: int) -> frozenset[str]:
    return frozenset(each[len(each) - near :] for each in (edge, *slips(edge)))


def _is_among(near: tuple[str, ...], words: frozenset[str], own: frozenset[str]) -> bool:
    return not (words.isdisjoint(near) and own.isdisjoint(near))


def _ends(text: str, place: int) -> tuple[str, ...]:
    """What a text ends with at a place, one to three letters, or nothing."""
    near = text[max(0, place - _NEAR) : place]
    return near, near[-2:], near[-1:], ""


def _beginnings(text: str, place: int) -> tuple[str, ...]:
    """What a text goes on with at a place, one to three letters, or nothing."""
    near = text[place : place + _NEAR]
    return near, near[:2], near[:1], ""
