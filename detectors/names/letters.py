"""Reads letters that stand for others: accents, foreign alphabets, digits, old characters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import filterfalse, islice, product

from opencc import OpenCC

from crawler.errors import SeedError
from crawler.tables import Table, parse_table

HAN = re.compile("[\u3400-\u9fff\U00020000-\U0003ffff]")
_LETTER = re.compile("[a-z]")
# Grave, acute, circumflex, tilde, diaeresis, dot above, ring, cedilla, ogonek, macron.
_ACCENTS = "\u0300\u0301\u0302\u0303\u0308\u0307\u030a\u0327\u0328\u0304"
# Founders' judgement: more readings of the digits in one label explain nothing any more.
_MOST_READINGS = 8


@dataclass(frozen=True, slots=True)
class KnownLetters:
    """Letters that stand for others, as letters.toml has them."""

    shapes: dict[int, str]
    digits: dict[str, str]
    pairs: dict[str, str]
    sounds: dict[str, str]
    keys: dict[str, str]
    shown: dict[str, str]


@cache
def known_letters() -> KnownLetters:
    """What letters.toml says."""
    name = "letters.toml"
    text = (files("detectors.names") / name).read_text(encoding="utf-8")
    table = parse_table(text, name, SeedError)
    shapes = _strings(table.take_table("letters"))
    letters = KnownLetters(
        shapes={ord(shape): letter for letter, shown in shapes.items() for shape in shown},
        digits=_strings(table.take_table("digits")),
        pairs=_strings(table.take_table("pairs")),
        sounds=_strings(table.take_table("sounds")),
        keys=_strings(table.take_table("keys")),
        shown=shapes,
    )
    table.finish()
    return letters


def _strings(table: Table) -> dict[str, str]:
    found = {key: table.take(key, str) for key in sorted(table.keys())}
    table.finish()
    return found


def latin(text: str) -> str:
    """The text with accents and letters of other alphabets read as the Latin letters they resemble.

    >>> latin("сх-mém")
    'cx-mem'
    """
    apart = unicodedata.normalize("NFKD", text.translate(known_letters().shapes))
    plain = "".join(filterfalse(unicodedata.combining, apart))
    return plain.translate(known_letters().shapes)


def simplified(text: str) -> str:
    """The text in simplified characters.

    >>> simplified("應急管理")
    '应急管理'
    """
    return str(_converter("t2s").convert(text))


def traditional(text: str) -> str:
    """The text in traditional characters.

    >>> traditional("应急管理")
    '應急管理'
    """
    return str(_converter("s2t").convert(text))


@cache
def _converter(way: str) -> OpenCC:
    return OpenCC(way)


def undigited(text: str) -> Iterator[str]:
    """Readings of the text in which digits are the letters they resemble; none without letters.

    >>> list(undigited("ch1na"))
    ['chlna', 'china']
    """
    digits = known_letters().digits
    if not _LETTER.search(text) or not any(mark in digits for mark in text):
        return
    choices = [digits.get(mark, mark) for mark in text]
    for reading in islice(product(*choices), _MOST_READINGS):
        yield "".join(reading)


def digits_as_letters(digit: str) -> str:
    """The letters that a digit is written for, or the empty string."""
    return known_letters().digits.get(digit, "")


def unpaired(text: str) -> str:
    """The text with two letters that look like one read as that one.

    >>> unpaired("rnem")
    'mem'
    """
    for pair, letter in known_letters().pairs.items():
        text = text.replace(pair, letter)
    return text


def sounded(text: str) -> str:
    """The text as a careless speaker spells it, for comparing pinyin by sound.

    >>> sounded("caozuozheng")
    'caozuozen'
    """
    for written, heard in known_letters().sounds.items():
        text = text.replace(written, heard)
    return text


def keys_beside(letter: str) -> str:
    """The keys beside a key, or the empty string."""
    return known_letters().keys.get(letter, "")


def digits_of(letter: str) -> str:
    """The digits that are written for a letter, or the empty string."""
    return "".join(digit for digit, read in known_letters().digits.items() if letter in read)


def sounds_of() -> tuple[tuple[str, str], ...]:
    """Spellings of sounds, each with the one that it is mixed up with, both ways."""
    sounds = known_letters().sounds.items()
    return (*sounds, *((said, written) for written, said in sounds))


@cache
def lookalikes(letter: str, script: str) -> tuple[str, ...]:
    """Letters of a script (`latin`, `cyrillic`) that are read as this one, but are another."""
    accents = (unicodedata.normalize("NFC", letter + mark) for mark in _ACCENTS)
    shown = (*known_letters().shown.get(letter, ""), *accents)
    return tuple(
        glyph
        for glyph in dict.fromkeys(shown)
        if len(glyph) == 1 and unicodedata.name(glyph, "").startswith(script.upper())
    )
