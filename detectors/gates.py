"""Tells in one pass over a text which expressions cannot match it, and where the others begin."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from re import _constants, _parser  # type: ignore[attr-defined]  # no public way to take one apart
from typing import Any, NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation

# Founders' judgement: nearly every word occurs in longer texts; looking first would cost more.
_LONGEST = 1500
# A class of more characters than the digits and some signs says little.
_WIDEST = 16
_ALPHABET = 26
# Founders' judgement: so many words are looked for in place of a shorter one.
_MOST = 64
_NOTHING = frozenset({""})
# Founders' judgement: each further character makes a word thirty times rarer.
_RARER = 1 / 30
_REPEATS = (_constants.MAX_REPEAT, _constants.MIN_REPEAT, _constants.POSSESSIVE_REPEAT)
_WITHOUT_WIDTH = (_constants.AT, _constants.ASSERT, _constants.ASSERT_NOT)


class Gate:
    """Named expressions with the words of which a text must hold one before each can match."""

    def __init__(self, expressions: Mapping[str, re.Pattern[str]]) -> None:
        """Take the expressions apart; one that may match without any fixed word is always open."""
        self._names = frozenset(expressions)
        opened: dict[str, set[str]] = {}
        free = set()
        for name, expression in expressions.items():
            words = needed(expression.pattern)
            if words is None:
                free.add(name)
            for word in words or ():
                opened.setdefault(word, set()).add(name)
        self._free = frozenset(free)
        self._opened = [frozenset(names) for names in opened.values()]
        # The standard kind of matching alone finds words within words.
        self._words = AhoCorasick(list(opened), implementation=Implementation.ContiguousNFA)

    def open(self, text: str) -> frozenset[str]:
        """The names of all expressions that may match somewhere in the text."""
        if len(text) > _LONGEST:
            return self._names
        hits = self._words.find_matches_as_indexes(text, overlapping=True)
        return self._free.union(*(self._opened[number] for number in {hit[0] for hit in hits}))


def needed(expression: str) -> frozenset[str] | None:
    """Words of which any text that an expression matches holds one; nothing where none is sure.

    >>> sorted(needed("(?:代|替)考试?|枪手"))
    ['代考', '替考', '枪手']
    """
    return _needed(_parser.parse(expression, re.MULTILINE))


def _needed(parts: Iterable[tuple[Any, Any]]) -> frozenset[str] | None:
    best: frozenset[str] | None = None
    run = _NOTHING
    for kind, value in parts:
        if kind in _WITHOUT_WIDTH:
            best = _better(best, _needed_by(kind, value))
        whole = _whole_by(kind, value)
        if whole and len(run) * len(whole) <= _MOST:
            run = _behind(run, whole)
            continue
        if "" not in run:
            best = _better(best, _shortest(run))
        run = whole or _NOTHING
        best = _better(best, _needed_by(kind, value))
    return best if "" in run else _better(best, _shortest(run))


def _whole(parts: Iterable[tuple[Any, Any]]) -> frozenset[str] | None:
    """All that an expression can match, assertions apart, if it is little; else nothing."""
    words = _NOTHING
    for kind, value in parts:
        more = _whole_by(kind, value)
        if not more or len(words) * len(more) > _MOST:
            return None
        words = _behind(words, more)
    return words


def _whole_by(kind: Any, value: Any) -> frozenset[str] | None:
    if kind is _constants.LITERAL:
        return frozenset({chr(value)})
    if kind in _WITHOUT_WIDTH:
        return _NOTHING
    if kind is _constants.IN:
        return _one_of(value)
    if kind is _constants.SUBPATTERN:
        return _whole(value[3])
    if kind in _REPEATS and value[1] == 1:
        once = _whole(value[2])
        return once and (once if value[0] else once | _NOTHING)
    if kind is _constants.BRANCH:
        ways = [_whole(way) for way in value[1]]
        found = frozenset[str]().union(*(way or () for way in ways))
        return found if None not in ways and len(found) <= _MOST else None
    return None


def _shortest(words: frozenset[str]) -> frozenset[str]:
    """The words without those that hold another of them, with which they say nothing new."""
    return frozenset(
        word for word in words if not any(each != word and each in word for each in words)
    )


def _behind(words: frozenset[str], more: frozenset[str]) -> frozenset[str]:
    return frozenset(one + other for one in words for other in more)


def _needed_by(kind: Any, value: Any) -> frozenset[str] | None:
    if kind is _constants.SUBPATTERN:
        return _needed(value[3])
    if kind in _REPEATS and value[0] >= 1:
        return _needed(value[2])
    if kind is _constants.ASSERT:
        return _needed(value[1])
    if kind is _constants.BRANCH:
        ways = [_needed(way) for way in value[1]]
        return frozenset().union(*(way or () for way in ways)) if None not in ways else None
    return _one_of(value) if kind is _constants.IN else None


def _one_of(members: Iterable[tuple[Any, Any]]) -> frozenset[str] | None:
    found = _members(members)
    return found if found and len(found) <= _WIDEST else None


def _members(members: Iterable[tuple[Any, Any]]) -> frozenset[str] | None:
    """The characters of a class that lists them, letters and digits by range; else nothing."""
    found: set[str] = set()
    for kind, value in members:
        if kind is _constants.LITERAL:
            found.add(chr(value))
        elif kind is _constants.RANGE and value[1] - value[0] < _ALPHABET:
            found.update(map(chr, range(value[0], value[1] + 1)))
        else:
            return None
    return frozenset(found)


def _better(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    """Whichever is rarer in texts: of longer words, of fewer."""
    if not one or not other:
        return one or other
    return min(one, other, key=_frequency)


def _frequency(words: Iterable[str]) -> float:
    return sum(_RARER ** len(word) for word in words)


def narrowed(expression: str) -> str:
    """The same expression, preceded by the characters with which its matches begin.

    Of a long list of words the search then tries none at most places of a text. An expression that
    may begin with anything, or match nothing at all, stays as it is.

    >>> narrowed("(?<!不)(?:包过|[代替]考)")
    '(?=[代包替])(?:(?<!不)(?:包过|[代替]考))'
    """
    begins = _begins(_parser.parse(expression, re.MULTILINE))
    if begins is None or begins.may_be_empty:
        return expression
    characters = "".join(re.escape(each) for each in sorted(begins.characters))
    return f"(?=[{characters}])(?:{expression})"


class _Beginnings(NamedTuple):
    characters: frozenset[str]
    may_be_empty: bool


def _begins(parts: Iterable[tuple[Any, Any]]) -> _Beginnings | None:
    characters: frozenset[str] = frozenset()
    for kind, value in parts:
        if kind in _WITHOUT_WIDTH:
            continue
        begins = _begins_by(kind, value)
        if begins is None:
            return None
        characters |= begins.characters
        if not begins.may_be_empty:
            return _Beginnings(characters, False)
    return _Beginnings(characters, True)


def _begins_by(kind: Any, value: Any) -> _Beginnings | None:
    if kind is _constants.LITERAL:
        return _Beginnings(frozenset({chr(value)}), False)
    if kind is _constants.SUBPATTERN:
        _group, flags_on, flags_off, parts = value
        return None if flags_on or flags_off else _begins(parts)
    if kind in _REPEATS:
        begins = _begins(value[2])
        return begins and _Beginnings(begins.characters, begins.may_be_empty or not value[0])
    if kind is _constants.BRANCH:
        ways = [_begins(way) for way in value[1]]
        sure = [way for way in ways if way is not None]
        if len(sure) < len(ways):
            return None
        found = frozenset[str]().union(*(way.characters for way in sure))
        return _Beginnings(found, any(way.may_be_empty for way in sure))
    members = _members(value) if kind is _constants.IN else None
    return _Beginnings(members, False) if members else None
