"""The words of the watchlist as a lexicon, and the reading of a label as a row of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from crawler.model import NameWord
from detectors.names.letters import HAN
from detectors.names.roles import is_weak
from detectors.names.slips import WordIndex

SURE_LENGTH = 4
"""Shorter words count only in a part that words explain wholly."""

_LOST = 10  # cost of a letter that no word explains; a word costs 1, so that long words win
_SLIPPED = 4
_NUMBER = 3
_LONGEST_NUMBER = 4


@dataclass(frozen=True, slots=True)
class Entry:
    """A form under which a word is known."""

    word: NameWord
    slip: bool = False
    """Whether the form is one slip away from the word."""
    official: bool = False
    """Whether the word is an official host written without dots."""
    slips: bool = False
    """Whether forms one slip away from this one count as well."""
    short: bool = False
    """Whether it is a slip of so short a word that it tells something beside a service only."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word found in a label."""

    entry: Entry
    letters: str
    """The letters of the name, as read."""
    form: str
    """The form of the word that they are, or are one slip away from."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A label, or a part of one, as a row of words."""

    tokens: tuple[Token, ...]
    lost: int
    """How many Latin letters and digits no word explains."""
    lost_han: int


# What a step in a text is over: a word, a letter that no word explains, or `None` for a number.
_LOST_LETTER: Literal["lost"] = "lost"
_What = Token | Literal["lost"] | None


class Lexicon:
    """All forms of all words, for reading labels."""

    def __init__(self, entries: Iterable[tuple[str, Entry]]) -> None:
        self.forms: dict[str, Entry] = {}
        for form, entry in entries:
            # Whoever comes first stays.
            self.forms.setdefault(form, entry)
        self._tokens = [
            (_SLIPPED if entry.slip else 1, Token(entry, form, form))
            for form, entry in self.forms.items()
        ]
        slipping = (form for form, entry in self.forms.items() if entry.slips)
        self._index = WordIndex(self.forms, slipping)

    def read(self, text: str) -> Reading:
        """The cheapest row of words for a text without hyphens."""
        size = len(text)
        cost = [0] + [_LOST * size + 1] * size
        back: list[tuple[int, _What]] = [(0, None)] * (size + 1)
        words, slipped = self._words(text)
        for start in range(size):
            here = cost[start]
            if here + _LOST < cost[start + 1]:
                cost[start + 1], back[start + 1] = here + _LOST, (start, _LOST_LETTER)
            for end, price, token in words.get(start, ()):
                if here + price < cost[end]:
                    cost[end], back[end] = here + price, (start, token)
            for end, token in slipped.get(start, ()):
                if here + _SLIPPED < cost[end]:
                    cost[end], back[end] = here + _SLIPPED, (start, token)
            end = _end_of_number(text, start) if text[start].isdigit() else 0
            if end and (start == 0 or end == size) and here + _NUMBER < cost[end]:
                cost[end], back[end] = here + _NUMBER, (start, None)
        return _collect(text, back)

    def _words(
        self, text: str
    ) -> tuple[dict[int, list[tuple[int, int, Token]]], dict[int, list[tuple[int, Token]]]]:
        """The words in a text by the place where they begin.

        Whole ones with their end and price, and those with one slip with their end.
        """
        whole: dict[int, list[tuple[int, int, Token]]] = {}
        slipped: dict[int, list[tuple[int, Token]]] = {}
        places, slips = self._index.found(text)
        for begin, end, number in places:
            if not _within_number(text, begin, end):
                whole.setdefault(begin, []).append((end, *self._tokens[number]))
        for begin, end, form in slips:
            token = Token(self.forms[form], text[begin:end], form)
            slipped.setdefault(begin, []).append((end, token))
        return whole, slipped


def _within_number(text: str, start: int, end: int) -> bool:
    """Whether a word of digits is only a part of a longer number."""
    before = start > 0 and text[start].isdigit() and text[start - 1].isdigit()
    return before or (end < len(text) and text[end - 1].isdigit() and text[end].isdigit())


def _end_of_number(text: str, start: int) -> int:
    """Where a short number ends that begins at a place, or 0."""
    if start and text[start - 1].isdigit():
        return 0
    end = start
    while end < len(text) and text[end].isdigit():
        end += 1
    return end if end - start <= _LONGEST_NUMBER else 0


def _collect(text: str, back: list[tuple[int, _What]]) -> Reading:
    row: list[_What] = []
    lost = lost_han = 0
    end = len(text)
    while end:
        end, what = back[end]
        row.append(what)
        if what == _LOST_LETTER:
            lost_han += bool(HAN.match(text[end]))
            lost += not HAN.match(text[end])
    row.reverse()
    tokens = [
        what
        for place, what in enumerate(row)
        if isinstance(what, Token) and (not lost or _is_sure(what, row, place))
    ]
    return Reading(tuple(tokens), lost, lost_han)


def _is_sure(token: Token, row: list[_What], place: int) -> bool:
    """Whether a word beside letters that mean nothing is no chance: not `ha` in handsaws."""
    if len(token.letters) < SURE_LENGTH or is_slip(token):
        return False
    beside = (*row[max(0, place - 1) : place], *row[place + 1 : place + 2])
    return _LOST_LETTER not in beside or not is_weak(token.entry.word)


def is_slip(token: Token) -> bool:
    """Whether a word is not written as it should be."""
    return token.entry.slip or token.letters != token.form
