"""The words of the watchlist as a lexicon, and the reading of a label as a row of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from crawler.model import Authority, NameWord, Watchlist, WordRole
from detectors.names.letters import HAN, slips, sounded

# Founders' judgement, tuned on invented names: shorter words have too many honest neighbours.
_SLIP_LENGTH = 8
_SLIP_LENGTH_OFFICIAL = 6
_SLIP_LENGTH_SOUND = 10
_SURE_LENGTH = 4

_LOST = 10  # cost of a letter that no word explains; a word costs 1, so that long words win
_SLIPPED = 4
_NUMBER = 3

POINTS_OFFICIAL = 90
"""What an official host with its `gov` or `org` written without dots adds."""
POINTS_OWN = 60
"""What a long word of one authority or its Chinese name adds; one of five letters adds 50."""
POINTS_SHORT = 35
_OWN_POINTS = {5: 50}


@dataclass(frozen=True, slots=True)
class Entry:
    """A form under which a word is known."""

    word: NameWord
    slip: bool = False
    """Whether the form is one slip away from the word."""
    official: bool = False
    """Whether the word is an official host written without dots."""
    national: bool = False
    """Whether it belongs to one body that has words of its own, not to a regional office."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word found in a label."""

    entry: Entry
    letters: str
    """The letters of the name, as read."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A label, or a part of one, as a row of words."""

    tokens: tuple[Token, ...]
    lost: int
    """How many Latin letters and digits no word explains."""
    lost_han: int


class Lexicon:
    """All forms of all words, for reading labels."""

    def __init__(self, entries: Iterable[tuple[str, Entry]]) -> None:
        self.forms: dict[str, Entry] = {}
        for form, entry in entries:
            # Whoever comes first stays: exact words are given before slips.
            self.forms.setdefault(form, entry)
        by_start: dict[str, set[int]] = {}
        for form in self.forms:
            by_start.setdefault(form[:2], set()).add(len(form))
        self._lengths = {start: sorted(lengths) for start, lengths in by_start.items()}

    def read(self, text: str) -> Reading:
        """The cheapest row of words for a text without hyphens."""
        size = len(text)
        cost = [0] + [_LOST * size + 1] * size
        back: list[tuple[int, Entry | None, bool]] = [(0, None, False)] * (size + 1)
        for start in range(size):
            for end, entry, price, lost in self._steps(text, start):
                if cost[start] + price < cost[end]:
                    cost[end] = cost[start] + price
                    back[end] = (start, entry, lost)
        return _collect(text, back)

    def _steps(self, text: str, start: int) -> Iterator[tuple[int, Entry | None, int, bool]]:
        forms = self.forms
        yield start + 1, None, _LOST, True
        for key in (text[start : start + 2], text[start : start + 1]):
            for length in self._lengths.get(key, ()) if key else ():
                entry = forms.get(text[start : start + length])
                if entry is not None and start + length <= len(text):
                    yield start + length, entry, _SLIPPED if entry.slip else 1, False
        if text[start].isdigit() and (start == 0 or not text[start - 1].isdigit()):
            end = start
            while end < len(text) and text[end].isdigit():
                end += 1
            if (start == 0 or end == len(text)) and end - start <= 4:
                yield end, None, _NUMBER, False


def _collect(text: str, back: list[tuple[int, Entry | None, bool]]) -> Reading:
    tokens = []
    lost = lost_han = 0
    end = len(text)
    while end:
        start, entry, missing = back[end]
        if entry is not None:
            tokens.append(Token(entry, text[start:end]))
        elif missing:
            lost_han += bool(HAN.match(text[start]))
            lost += not HAN.match(text[start])
        end = start
    if lost:
        # Beside letters that mean nothing, short words and slips are chance: `ha` in handsaws.
        tokens = [
            token for token in tokens if len(token.letters) >= _SURE_LENGTH and not token.entry.slip
        ]
    return Reading(tuple(reversed(tokens)), lost, lost_han)


def written_lexicon(watchlist: Watchlist) -> Lexicon:
    """The words as they are written, and their slips."""
    entries = list(_entries(watchlist))
    return Lexicon([*entries, *_slipped(entries, _slip_length)])


def sounded_lexicon(watchlist: Watchlist) -> Lexicon:
    """The words as a careless speller hears them, without short ones that sound otherwise."""
    entries = []
    for form, entry in _entries(watchlist):
        heard = sounded(form)
        if form.isascii() and (heard == form or len(heard) >= 5):
            entries.append((heard, replace(entry, slip=entry.slip or heard != form)))
    fuzzy = [(form, entry) for form, entry in entries if entry.word.fuzzy]
    return Lexicon([*entries, *_slipped(fuzzy, lambda _entry: _SLIP_LENGTH_SOUND)])


def _slip_length(entry: Entry) -> int:
    if entry.national:
        return _SLIP_LENGTH_OFFICIAL
    if entry.official:
        return _SLIP_LENGTH
    return _SLIP_LENGTH if entry.word.fuzzy else 100


def _slipped(
    entries: Iterable[tuple[str, Entry]], shortest: Callable[[Entry], int]
) -> Iterator[tuple[str, Entry]]:
    for form, entry in entries:
        if form.isascii() and form.isalpha() and len(form) >= shortest(entry):
            for slip in slips(form):
                yield slip, replace(entry, slip=True)


def _entries(watchlist: Watchlist) -> Iterator[tuple[str, Entry]]:
    for word in watchlist.name_words:
        yield word.text, Entry(word)
    for authority in watchlist.authorities:
        yield from _own_words(authority)
        for host in authority.hosts:
            yield from _host_forms(authority, host)
    for kind in watchlist.certificates:
        if kind.ours:
            for name in (kind.name, *kind.aliases):
                points = POINTS_OWN if len(name) > 4 else 40
                yield name, Entry(NameWord(name, WordRole.PRODUCT, points, name))


def _own_words(authority: Authority) -> Iterator[tuple[str, Entry]]:
    for text in authority.words:
        host = next((host for host in authority.hosts if text in host.split(".")), "")
        points = _OWN_POINTS.get(len(text), POINTS_OWN if len(text) > 5 else POINTS_SHORT)
        word = NameWord(
            text,
            WordRole.AUTHORITY,
            points,
            authority.name,
            host or authority.hosts[0],
            fuzzy=len(text) >= _SLIP_LENGTH,
        )
        yield text, Entry(word, national=True)
    for text in (authority.name, *authority.aliases, *authority.platforms):
        word = NameWord(text, WordRole.AUTHORITY, POINTS_OWN, authority.name, authority.hosts[0])
        yield text, Entry(word)


def _host_forms(authority: Authority, host: str) -> Iterator[tuple[str, Entry]]:
    """The host as one word: `cxmemgovcn`, `cxmemgov`, `cxmem`."""
    labels = host.replace("-", "").removeprefix("www.").split(".")
    tail = 2 if labels[-2] in ("gov", "org", "com") else 1
    own = "".join(labels[:-tail])
    if own.isdigit():
        return
    forms = [(own + "".join(labels[-tail:]), POINTS_OFFICIAL)]
    if labels[-2] in ("gov", "org"):
        forms.append((own + labels[-2], POINTS_OFFICIAL))
    if len(labels) - tail > 1:
        forms.append((own, POINTS_OWN))
    else:
        forms.append(("www" + own, POINTS_OWN))
    for form, points in forms:
        if len(form) >= 5:
            word = NameWord(form, WordRole.AUTHORITY, points, authority.name, host)
            yield form, Entry(word, official=True, national=bool(authority.words))
