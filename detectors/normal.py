"""Reads writing that hides from filters, and remembers which character each reading came from."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from crawler.errors import SeedError
from crawler.language import _
from crawler.tables import Table, parse_table
from detectors.characters import Meant, simplified
from detectors.gates import narrowed
from detectors.orders import better_order, bidi_order
from detectors.sounds import hear

HAN = "\u2e80-\u2fdf\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
# Marks that end or divide sentences keep their place; all else between two Han characters is noise.
_NOISE = r"[^\w\n。！？!?;,、:()\[\]「」『』“”\"'‘’《》〈〉【】<>]|_|[ \t\u3000]"
_BETWEEN_HAN = re.compile(rf"(?<=[{HAN}])(?:{_NOISE}){{1,4}}(?=[{HAN}])")
_CHOPPED = re.compile(rf"(?<![{HAN}])[{HAN}](?:[^\w]{{1,3}}[{HAN}](?![{HAN}])){{3,}}")
_NOT_WORD = re.compile(r"[^\w]+")
_SYLLABLE = (
    r"(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?"
    r"(?:i?ong|u?ang|iang|u?eng|u?ai|iao|ian|uan|u?ei|i?ao|i?ou|iu|ui|uo|ua|ue|ve|ing|in|ie|ia|"
    r"u?an|u?en|un|er|a|o|e|i|u|v)"
)
# One or two letters thrown between characters: 电x工, 尾k款.
_LETTERED = re.compile(rf"(?<=[{HAN}])[a-z]{{1,2}}(?=[{HAN}])")
# A text in which nearly every character is set apart: the spaces say nothing.
_SPACED = re.compile(r"(?<=\S) (?=\S)")
# Mirrors print the sound behind every converted character: 網(wǎng); sellers do, too: 证[zheng].
_OPENED = "([【〔<"
_BRACKETED = re.compile(rf"(?<=[{HAN}])[{re.escape(_OPENED)}]{_SYLLABLE}[)\]】〕>]")


@dataclass(frozen=True, slots=True)
class Normal:
    """A text as it is meant, with the way back to the text as written."""

    text: str
    written: str
    origin: tuple[int, ...]
    """For every character of `text`, its index in `written`."""

    def original(self, start: int, end: int) -> str:
        """What was written where `text[start:end]` is read."""
        first, last = self.span(start, end)
        return self.written[first:last]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The place in `written` of `text[start:end]`."""
        if start >= end:
            return (0, 0)
        places = self.origin[start:end]
        return min(places), max(places) + 1


@dataclass(frozen=True, slots=True)
class _Tables:
    characters: dict[int, str]
    meant: Meant
    passes: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...]
    any_pass: re.Pattern[str]
    """Finds something in every text that one of the passes would change."""
    words: tuple[str, ...]
    """Key words that may be written by sound."""
    neighbours: frozenset[str]
    """Pairs of characters that stand together in a key word."""
    reversed: AhoCorasick
    known: re.Pattern[str]


def normalise(written: str) -> Normal:
    """The text in one spelling: compatible forms, simplified characters, lower case, no noise.

    Backward writing and columns are read as they are meant where clearly more words appear so.

    >>> normalise("電　工証，加溦❤").text
    '电工证,加微❤'
    """
    tables = _tables()
    order = bidi_order(written)
    text, origin = _read(written, order, tables)
    backwards = bool(tables.reversed.find_matches_as_indexes(text))
    if backwards or "\n" in written:
        other = better_order(
            order, written, lambda way: _known(_read(written, way, tables)[0], tables), backwards
        )
        if other:
            text, origin = _read(written, other, tables)
    return Normal(text, written, tuple(origin))


def character_table() -> dict[int, str]:
    """What each character stands for by itself: simplified, and read through look-alikes."""
    return dict(_tables().characters)


def _known(text: str, tables: _Tables) -> int:
    return sum(len(match[0]) > 1 for match in tables.known.finditer(text))


def _read(written: str, order: list[int], tables: _Tables) -> tuple[str, list[int]]:
    # Each way of reading begins with the same characters in another order.
    if order == list(range(len(written))):
        shown, origin = written, order
    else:
        shown, origin = "".join([written[place] for place in order]), order
    text = shown.translate(tables.meant)
    if not tables.meant.uneven.isdisjoint(shown):
        lengths = [len(tables.meant[ord(character)]) for character in shown]
        origin = [
            place for place, length in zip(order, lengths, strict=True) for _ in range(length)
        ]
    if text.count(" ") * 5 > len(text) * 2:
        text, origin = _replace(text, origin, _SPACED, lambda _match: "")
    if any(map(text.__contains__, _OPENED)):
        text, origin = _replace(text, origin, _BRACKETED, lambda _match: "")
    text, origin = _replace(text, origin, _CHOPPED, lambda match: _NOT_WORD.sub("", match[0]))
    text, origin = _replace(text, origin, _BETWEEN_HAN, lambda _match: "")
    if tables.any_pass.search(text):
        for pattern, reading in tables.passes:
            text, origin = _replace(text, origin, pattern, reading)
    text, origin = _without_letters(text, origin, tables)
    return _sounded(text, origin, tables)


def _without_letters(text: str, origin: list[int], tables: _Tables) -> tuple[str, list[int]]:
    """Without the letters that stand inside a key word."""

    def reading(match: re.Match[str]) -> str:
        around = text[match.start() - 1] + text[match.end()]
        return "" if around in tables.neighbours else match[0]

    return _replace(text, origin, _LETTERED, reading)


def _sounded(text: str, origin: list[int], tables: _Tables) -> tuple[str, list[int]]:
    pieces: list[str] = []
    places: list[int] = []
    done = 0
    for heard in hear(text, tables.words):
        pieces += [text[done : heard.start], heard.word]
        places += origin[done : heard.start]
        places += _places(
            text[heard.start : heard.end], heard.word, origin[heard.start : heard.end]
        )
        done = heard.end
    if not done:
        return text, origin
    return "".join(pieces) + text[done:], places + origin[done:]


def _replace(
    text: str, origin: list[int], pattern: re.Pattern[str], reading: Callable[[re.Match[str]], str]
) -> tuple[str, list[int]]:
    """Text and origins with every match read anew; a reading's places are those it came from."""
    pieces: list[str] = []
    places: list[int] = []
    done = 0
    for match in pattern.finditer(text):
        start, end = match.span()
        said = reading(match)
        if start == end or said == match[0]:
            continue
        pieces += [text[done:start], said]
        places += origin[done:start]
        places += _places(match[0], said, origin[start:end])
        done = end
    if not done:
        return text, origin
    return "".join(pieces) + text[done:], places + origin[done:]


def _places(written: str, said: str, origin: list[int]) -> list[int]:
    """The origin of each character read: its own where it survived, else in step."""
    places: list[int] = []
    at = 0
    for number, character in enumerate(said):
        found = written.find(character, at)
        if found < 0:
            found = min(max(at, number * len(written) // len(said)), len(written) - 1)
        places.append(origin[found])
        at = min(found + 1, len(written) - 1)
    if places:
        places[-1] = origin[-1]
    return places


@cache
def _tables() -> _Tables:
    name = "detectors/normal.toml"
    text = (files("detectors") / "normal.toml").read_text(encoding="utf-8")
    table = parse_table(text, name, SeedError)
    characters = simplified()
    for key, value in _pairs(table, "characters"):
        if len(key) != 1:
            raise table.fail("characters", _("左边应为一个字，现为 {key}").format(key=key))
        characters[ord(key)] = value
    passes = [
        _dictionary(dict(_pairs(table, "splits"))),
        _initials(dict(_pairs(table, "initials"))),
        *(_term(each) for each in table.take_tables("terms")),
        _syllables(dict(_pairs(table, "syllables"))),
        _dictionary(dict(_pairs(table, "words"))),
    ]
    any_pass = "|".join(f"(?:{pattern.pattern})" for pattern, _reading in passes)
    words = _words(table, "sounds")
    common = _words(table, "order")
    table.finish()
    return _Tables(
        characters,
        Meant(characters),
        tuple(passes),
        re.compile(narrowed(any_pass)),
        words,
        frozenset(word[at : at + 2] for word in words for at in range(len(word) - 1)),
        # Whether there is any is all that is asked: this kind of matching finds fewest of them.
        AhoCorasick(
            sorted({word[::-1] for word in (*words, *common)} - set(words) - set(common)),
            implementation=Implementation.DFA,
            matchkind=MatchKind.LeftmostFirst,
        ),
        _any_of({*words, *common}),
    )


def _words(table: Table, key: str) -> tuple[str, ...]:
    inner = table.take_table(key)
    words = inner.take_strings("words")
    inner.finish()
    return words


def _any_of(words: set[str]) -> re.Pattern[str]:
    longest_first = sorted(words, key=lambda w: (-len(w), w))
    return re.compile(narrowed("|".join(map(re.escape, longest_first))))


def _pairs(table: Table, key: str) -> list[tuple[str, str]]:
    inner = table.take_table(key)
    return [(name, inner.take(name, str)) for name in inner.keys()]  # noqa: SIM118 - no dict


_Pass = tuple[re.Pattern[str], Callable[[re.Match[str]], str]]


def _dictionary(words: dict[str, str]) -> _Pass:
    longest_first = sorted(words, key=len, reverse=True)
    pattern = re.compile("|".join(re.escape(word) for word in longest_first))
    return pattern, lambda match: words[match[0]]


def _initials(words: dict[str, str]) -> _Pass:
    longest_first = sorted(words, key=len, reverse=True)
    body = "|".join(r"-?".join(key) for key in longest_first)
    pattern = re.compile(rf"(?<![a-z0-9_@.\-])(?:{body})(?![a-z0-9_@.\-])")
    return pattern, lambda match: words[match[0].replace("-", "")]


def _term(table: Table) -> _Pass:
    word = table.take("word", str)
    forms = table.take_strings("forms")
    stop = table.take("unless_followed_by", str)
    table.finish()
    if len(forms) != len(word):
        raise table.fail("forms", _("应与 word 的字数相同"))
    body = "".join(f"[{re.escape(form)}]" for form in forms)
    # Nothing is to be done where the word is written as it should be.
    pattern = re.compile(
        f"(?!{re.escape(word)}){body}" + (f"(?![{re.escape(stop)}])" if stop else "")
    )

    def reading(match: re.Match[str]) -> str:
        kept = any(is_ == was for is_, was in zip(match[0], word, strict=True))
        return word if kept else match[0]

    return pattern, reading


def _syllables(words: dict[str, str]) -> _Pass:
    body = "|".join(sorted(words, key=len, reverse=True))
    pattern = re.compile(
        rf"(?<=[{HAN}])(?:{body})(?![a-z0-9_])|(?<![a-z0-9_@.])(?:{body})(?=[{HAN}])"
    )
    return pattern, lambda match: words[match[0]]
