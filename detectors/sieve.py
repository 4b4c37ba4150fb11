"""Tells in a fraction of a millisecond which pages must be read closely, and for what."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from ahocorasick_rs import AhoCorasick, BytesAhoCorasick, Implementation, MatchKind

from crawler.errors import SeedError
from crawler.tables import parse_table

LONG = 1500
"""Shorter texts are read with care whatever they say: evasion hides in few words.

Founders' judgement.
"""
# Founders' judgement: disguised offers are short; what is longer is read for plain words first.
_ALWAYS_READ = 800
# Founders' judgement: an offer and its contact stand within a screen of each other.
_NEAR = 400
_ESCAPED = re.compile(
    r"\\u[0-9a-f]{4}|%u[0-9a-f]{4}|%E[4-9]%|&#x?[0-9a-f]{4}|atob\(", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class _Sieve:
    words: AhoCorasick
    offers: frozenset[int]
    companions: frozenset[int]
    identities: frozenset[int]
    codes: BytesAhoCorasick


@dataclass(frozen=True, slots=True)
class Sifted:
    """What a page must be read for."""

    offers: bool
    identity: bool


def sift(plain: str, html: str, thin: bool) -> Sifted:
    """What a page may hold: `plain` is its text as `plainly` reads it, `thin` if it has little.

    A thin page may draw its words by script, so that escaped characters count, too.
    """
    sieve = _sieve()
    offers: list[int] = []
    companions: list[int] = []
    identity = False
    for number, start, _end in sieve.words.find_matches_as_indexes(plain, overlapping=True):
        if number in sieve.offers:
            offers.append(start)
        if number in sieve.companions:
            companions.append(start)
        identity = identity or number in sieve.identities
    identity = identity or bool(sieve.codes.find_matches_as_indexes(_bytes(html)))
    if thin and not identity:
        identity = bool(_ESCAPED.search(html)) or any(map(html.__contains__, ("证", "應急", "應")))
    return Sifted(len(plain) <= _ALWAYS_READ or _meet(offers, companions), identity)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _meet(offers: list[int], companions: list[int]) -> bool:
    """Whether a word of the one list stands near one of the other; both are in order."""
    place = 0
    for start in offers:
        while place < len(companions) and companions[place] < start - _NEAR:
            place += 1
        if place < len(companions) and companions[place] <= start + _NEAR:
            return True
    return False


@cache
def _sieve() -> _Sieve:
    text = (files("detectors") / "sieve.toml").read_text(encoding="utf-8")
    table = parse_table(text, "detectors/sieve.toml", SeedError)
    lists = [table.take_strings(name) for name in ("offers", "companions", "identities")]
    codes = table.take_strings("codes")
    table.finish()
    words = list(dict.fromkeys(word for each in lists for word in each))
    place = {word: number for number, word in enumerate(words)}
    offers, companions, identities = (frozenset(place[word] for word in each) for each in lists)
    # The standard kind of matching alone finds words within words.
    automaton = AhoCorasick(words, implementation=Implementation.DFA)
    # Whether there is any is all that is asked: this kind of matching passes over most of a page.
    any_code = BytesAhoCorasick(map(_bytes, codes), matchkind=MatchKind.LeftmostFirst)
    return _Sieve(automaton, offers, companions, identities, any_code)
