"""Lets pass at once what can be no lookalike, so that the slow reading sees few names."""

from __future__ import annotations

from crawler.model import WordRole
from detectors.names.letters import sounded, undigited, unpaired
from detectors.names.lexicon import Lexicon
from detectors.names.weighing import CORE

# Core words of two letters make a hit only beside one of these, or beside a service word.
_BESIDE_SHORT = ("gov", "govcn", "12350")
_KEY = 4
_HALVED = 8  # from this length on a word with one slip has a whole half of a key's length


class Sieve:
    """Tells in microseconds whether a name can hold a word of a body, a certificate or a topic.

    A long word with one slip still has one of its halves whole: the first letters of both halves
    are looked for. Shorter forms are looked for as they are.
    """

    def __init__(self, written: Lexicon, heard: Lexicon) -> None:
        self._three, self._four = _keys(written)
        self._heard_three, self._heard_four = _keys(heard)

    def lets_pass(self, host: str) -> bool:
        """Whether the name must be read; `host` is ASCII, lower case."""
        if "xn--" in host:
            return True
        text = host.replace("-", "")
        if _any(text, self._three, self._four):
            return True
        heard = sounded(text)
        if heard != text and _any(heard, self._heard_three, self._heard_four):
            return True
        plain = unpaired(text)
        if plain != text and _any(plain, self._three, self._four):
            return True
        return any(
            _any(reading, self._three, self._four)
            for label in text.split(".")
            if not label.isalpha()
            for reading in undigited(label)
        )


def _any(text: str, three: frozenset[str], four: dict[str, tuple[str, ...]]) -> bool:
    for place in range(len(text) - 2):
        if text[place : place + 3] in three:
            return True
        forms = four.get(text[place : place + _KEY])
        # An empty row of forms: the key alone suffices.
        if forms is not None and (not forms or any(form in text for form in forms)):
            return True
    return False


def _keys(lexicon: Lexicon) -> tuple[frozenset[str], dict[str, tuple[str, ...]]]:
    three: set[str] = set()
    four: dict[str, set[str]] = {}
    enough: set[str] = set()
    for form in _wanted(lexicon):
        if len(form) < _KEY:
            three.add(form)
        else:
            four.setdefault(form[:_KEY], set()).add(form)
    for form, entry in lexicon.forms.items():
        if not entry.slip and entry.word.role in CORE and form.isascii() and len(form) >= _HALVED:
            half = len(form) // 2
            enough.update((form[:_KEY], form[half : half + _KEY]))
    return frozenset(three), {
        key: () if key in enough else tuple(sorted(four[key])) for key in four.keys() | enough
    }


def _wanted(lexicon: Lexicon) -> set[str]:
    """The forms that are looked for whole: core words, and short ones joined to a service word."""
    core = {
        form: entry
        for form, entry in lexicon.forms.items()
        if entry.word.role in CORE and form.isascii()
    }
    wanted = {form for form in core if 3 <= len(form) < _HALVED}
    wanted.update(_BESIDE_SHORT)
    services = [
        form
        for form, entry in lexicon.forms.items()
        if entry.word.role is WordRole.SERVICE and form.isascii()
    ]
    for short in (form for form in core if len(form) < 3):
        wanted.update(short + service for service in services)
        wanted.update(service + short for service in services)
    return wanted
