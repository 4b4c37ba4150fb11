"""The forms under which the words of a watchlist are looked for: written, spelt, by sound."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import product

from crawler.model import Authority, NameWord, Spelling, Watchlist, WordRole
from detectors.names.letters import digits_as_letters, sounded
from detectors.names.lexicon import Entry, Lexicon
from detectors.names.slips import doubled_or_swapped

# Founders' judgement, tuned on invented names: shorter words have too many honest neighbours.
_SLIP_LENGTH = 8
_SLIP_LENGTH_OFFICIAL = 6
_SLIP_LENGTH_SERVICE = 6
_SLIP_LENGTH_SOUND = 10
_DOUBLED_LENGTH = 4  # exactly so: longer words slip in every way, or are nobody's own
_SPELT_LENGTH = 6
_SPELT_LENGTH_PLACE = 5
_SPELT_HAN = 3
_HEARD_LENGTH_PLACE = 7
_HEARD_LENGTH = 5

POINTS_OFFICIAL = 90
"""What an official host with its `gov` or `org` written without dots adds."""
POINTS_OWN = 60
"""What a word of one authority of five letters or more, or its Chinese name, adds."""
POINTS_SHORT = 40
_INITIALS_POINTS = {5: 50}
_INITIALS_LENGTH = 5
_INITIALS_PLACE = 2
_SHORT_NAME = 4
_STATE_LABELS = ("gov", "org")


def written_lexicon(watchlist: Watchlist) -> Lexicon:
    """The words as they are written."""
    return Lexicon(_entries(watchlist))


def sounded_lexicon(watchlist: Watchlist) -> Lexicon:
    """The words as a careless speller hears them, without short ones that sound otherwise.

    A short one with its letters doubled or swapped is a slip of the keys, read as written.
    """
    entries = []
    for form, entry in _entries(watchlist):
        heard = sounded(form)
        place = entry.word.role is WordRole.PLACE
        shortest = _HEARD_LENGTH_PLACE if place else _HEARD_LENGTH
        meant = entry.slip and not form.isalpha()  # digits written as letters are seen, not heard
        written = meant or entry.short
        if form.isascii() and not written and (heard == form or len(heard) >= shortest):
            slips = entry.word.fuzzy and len(heard) >= _SLIP_LENGTH_SOUND
            entries.append((heard, replace(entry, slip=entry.slip or heard != form, slips=slips)))
    return Lexicon(entries)


def _entries(watchlist: Watchlist) -> Iterator[tuple[str, Entry]]:
    for word in watchlist.name_words:
        yield word.text, Entry(word, slips=_may_slip(word))
        if word.text.isdigit() and word.role is WordRole.AUTHORITY:
            for form in _digits_meant(word.text):
                yield form, Entry(word, slip=True)
        if word.role is WordRole.OFFICE and len(word.text) == _DOUBLED_LENGTH:
            yield from _doubled(word.text, Entry(word))
    names: list[NameWord] = []
    regional: list[NameWord] = []
    for authority in watchlist.authorities:
        # What has no words of its own is read as its place and the word that all regulators share.
        (names if authority.words else regional).extend(_names(authority))
        yield from _own_words(authority)
        for host in authority.hosts:
            yield from _host_forms(authority, host)
    names += _certificates(watchlist)
    yield from ((name.text, Entry(name)) for name in (*names, *regional))
    yield from _spelt((*watchlist.name_words, *names), watchlist.spellings)
    yield from _initials_of_places(watchlist.name_words)


def _initials_of_places(words: Iterable[NameWord]) -> Iterator[tuple[str, Entry]]:
    """Two initials of a place with that of `sheng` or `shi`: 广东省 is `gds`."""
    places = [word for word in words if word.role is WordRole.PLACE and word.text.isascii()]
    kinds = sorted({word.text[0] for word in places if not word.host})
    for word in places:
        if word.host and len(word.text) == _INITIALS_PLACE:
            yield from ((word.text + kind, Entry(word)) for kind in kinds)


def _may_slip(word: NameWord) -> bool:
    if not (word.text.isascii() and word.text.isalpha()):
        return False
    shortest = _SLIP_LENGTH_SERVICE if word.role is WordRole.SERVICE else _SLIP_LENGTH
    return len(word.text) >= shortest and (word.fuzzy or word.role is WordRole.SERVICE)


def _digits_meant(text: str) -> Iterator[str]:
    """Digits of a hotline written as letters that look like them: `1235o`."""
    choices = [digit + digits_as_letters(digit) for digit in text]
    yield from ("".join(each) for each in product(*choices) if "".join(each) != text)


def _doubled(form: str, entry: Entry) -> Iterator[tuple[str, Entry]]:
    for slip in sorted(doubled_or_swapped(form)):
        yield slip, replace(entry, slip=True, slips=False, short=True)


def _names(authority: Authority) -> Iterator[NameWord]:
    for text in (authority.name, *authority.aliases, *authority.platforms):
        yield NameWord(text, WordRole.AUTHORITY, POINTS_OWN, authority.name, authority.hosts[0])


def _certificates(watchlist: Watchlist) -> Iterator[NameWord]:
    hosts = {authority.id: authority.hosts[0] for authority in watchlist.authorities}
    for kind in watchlist.certificates:
        if kind.ours:
            for name in (kind.name, *kind.aliases):
                points = POINTS_OWN if len(name) > _SHORT_NAME else 40
                yield NameWord(name, WordRole.PRODUCT, points, name, hosts.get(kind.issuer, ""))


def _own_words(authority: Authority) -> Iterator[tuple[str, Entry]]:
    for text in authority.words:
        hosts = (host for host in authority.hosts if text in host.replace("-", "").split("."))
        host = next(hosts, "")
        points = POINTS_OWN if len(text) > _SHORT_NAME else POINTS_SHORT
        word = NameWord(
            text,
            WordRole.AUTHORITY,
            points,
            authority.name,
            host or authority.hosts[0],
            fuzzy=len(text) >= _SLIP_LENGTH,
        )
        yield text, Entry(word, slips=text.isalpha() and len(text) >= _SLIP_LENGTH_OFFICIAL)
        if text.isalpha() and len(text) == _DOUBLED_LENGTH:
            yield from _doubled(text, Entry(word))


def _host_forms(authority: Authority, host: str) -> Iterator[tuple[str, Entry]]:
    """The host as one word: `cxmemgovcn`, `cxmemgov`, `cxmem`."""
    labels = host.replace("-", "").removeprefix("www.").split(".")
    tail = 2 if labels[-2] in (*_STATE_LABELS, "com") else 1
    own = "".join(labels[:-tail])
    forms = [(own + "".join(labels[-tail:]), POINTS_OFFICIAL)]
    if labels[-2] in _STATE_LABELS:
        forms.append((own + labels[-2], POINTS_OFFICIAL))
    if own.isalpha():
        forms.append((own if len(labels) - tail > 1 else "www" + own, POINTS_OWN))
    shortest = _SLIP_LENGTH_OFFICIAL if authority.words else _SLIP_LENGTH
    for form, points in forms:
        if len(form) >= 5:
            word = NameWord(form, WordRole.AUTHORITY, points, authority.name, host)
            # A regional office's label is read as its place and its abbreviation.
            own_slips = bool(authority.words) or points == POINTS_OFFICIAL
            slips = form.isalpha() and len(form) >= shortest and own_slips
            yield form, Entry(word, official=True, slips=slips)


def _spelt(words: Iterable[NameWord], spellings: Iterable[Spelling]) -> Iterator[tuple[str, Entry]]:
    """The pinyin and the initials of Chinese words."""
    known = {each.han: each for each in spellings}
    for word in words:
        spelling = known.get(word.text)
        if spelling is None:
            continue
        pinyin = spelling.pinyin
        place = word.role is WordRole.PLACE
        enough = len(word.text) >= _SPELT_HAN and len(pinyin) >= _SPELT_LENGTH
        if len(pinyin) >= _SPELT_LENGTH_PLACE if place else enough:
            fuzzy = not place and word.points > 0 and len(pinyin) >= _SLIP_LENGTH
            spelt = replace(word, text=pinyin, means=word.text, fuzzy=fuzzy)
            yield pinyin, Entry(spelt, slips=fuzzy)
        initials = spelling.initials
        if word.role is WordRole.AUTHORITY and len(initials) >= _INITIALS_LENGTH:
            points = _INITIALS_POINTS.get(len(initials), POINTS_OWN)
            yield initials, Entry(replace(word, text=initials, points=points, means=word.text))
