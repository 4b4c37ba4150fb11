"""Reads letters that stand for others: accents, foreign alphabets, digits, old characters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import islice, product

from opencc import OpenCC

from crawler.errors import SeedError
from crawler.tables import Table, parse_table

HAN = re.compile("[\u3400-\u9fff\U00020000-\U0003ffff]")
_LETTER = re.compile("[a-z]")
ALPHABET = "abcdefghijklmnopqrstuvwxyz"
# Founders' judgement: more readings of the digits in one label explain nothing any more.
_MOST_READINGS = 8


@dataclass(frozen=True, slots=True)
class _Letters:
    shapes: dict[int, str]
    digits: dict[str, str]
    pairs: dict[str, str]
    sounds: dict[str, str]


@cache
def _letters() -> _Letters:
    name = "letters.toml"
    text = (files("detectors.names") / name).read_text(encoding="utf-8")
    table = parse_table(text, name, SeedError)
    shapes = _strings(table.take_table("letters"))
    letters = _Letters(
        shapes={ord(shape): letter for letter, shown in shapes.items() for shape in shown},
        digits=_strings(table.take_table("digits")),
        pairs=_strings(table.take_table("pairs")),
        sounds=_strings(table.take_table("sounds")),
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
    plain = "".join(
        mark
        for mark in unicodedata.normalize("NFKD", text.translate(_letters().shapes))
        if not unicodedata.combining(mark)
    )
    return plain.translate(_letters().shapes)


def simplified(text: str) -> str:
    """The text in simplified characters.

    >>> simplified("應急管理")
    '应急管理'
    """
    return str(_converter().convert(text))


@cache
def _converter() -> OpenCC:
    return OpenCC("t2s")


def undigited(text: str) -> Iterator[str]:
    """Readings of the text in which digits are the letters they resemble; none without letters.

    >>> list(undigited("ch1na"))
    ['chlna', 'china']
    """
    digits = _letters().digits
    if not _LETTER.search(text) or not any(mark in digits for mark in text):
        return
    choices = [digits.get(mark, mark) for mark in text]
    for reading in islice(product(*choices), _MOST_READINGS):
        yield "".join(reading)


def digits_as_letters(digit: str) -> str:
    """The letters that a digit is written for, or the empty string."""
    return _letters().digits.get(digit, "")


def unpaired(text: str) -> str:
    """The text with two letters that look like one read as that one.

    >>> unpaired("rnem")
    'mem'
    """
    for pair, letter in _letters().pairs.items():
        text = text.replace(pair, letter)
    return text


def written_pairs(word: str) -> set[str]:
    """The word and all forms that `unpaired` reads as it."""
    choices = [
        (letter, *(pair for pair, read in _letters().pairs.items() if read == letter))
        for letter in word
    ]
    return {"".join(each) for each in product(*choices)}


@cache
def _seen_table() -> dict[int, str]:
    """One letter for all letters and digits that are written for each other."""
    first: dict[str, str] = {}

    def root(mark: str) -> str:
        while first.get(mark, mark) != mark:
            mark = first[mark]
        return mark

    for digit, letters in _letters().digits.items():
        for letter in letters:
            first[root(digit)] = root(letter)
    return {ord(mark): root(mark) for mark in first if root(mark) != mark}


def fold_seen(text: str) -> str:
    """The text with one letter for all that are written for each other; as long as before.

    Whatever `undigited` reads as a word is folded as the word is.
    """
    return text.translate(_seen_table())


@cache
def _heard_table() -> dict[int, str | None]:
    table: dict[int, str | None] = {}
    for written, said in _letters().sounds.items():
        if len(written) == 1:
            table[ord(written)] = said
        else:
            table |= {ord(mark): None for mark in written if mark not in said}
    return table


def fold_heard(text: str) -> str:
    """The text with one letter for all sounds that are mixed up.

    Texts that `sounded` makes the same are folded the same, and some others, too.
    """
    return text.translate(_heard_table())


def byte_tables() -> tuple[tuple[bytes, bytes], tuple[bytes, bytes]]:
    """The two foldings for `bytes.translate`, of what is seen and heard.

    Each is a table and the bytes that fall off. Upper case is lowered, hyphens fall off.
    """
    tables = []
    for folding in (_seen_table(), _heard_table()):
        table = bytearray(bytes(range(256)).lower())
        for mark, said in folding.items():
            if said is not None:
                table[mark] = table[ord(chr(mark).upper())] = ord(said)
        gone = "".join(chr(mark) for mark, said in folding.items() if said is None)
        tables.append((bytes(table), f"-{gone}{gone.upper()}".encode()))
    return tables[0], tables[1]


def sounded(text: str) -> str:
    """The text as a careless speaker spells it, for comparing pinyin by sound.

    >>> sounded("caozuozheng")
    'caozuozen'
    """
    for written, heard in _letters().sounds.items():
        text = text.replace(written, heard)
    return text


def slips(word: str, alphabet: str = ALPHABET, low: int = 0, high: int = -1) -> set[str]:
    """All words one slip away: a letter left out, put in, changed, or two swapped.

    With `low` and `high`, those whose slip touches the letters between these places.
    """
    high = len(word) if high < 0 else high
    found = set()
    for place in range(low, high):
        left, right = word[:place], word[place:]
        found.add(left + right[1:])
        found.update(left + letter + right[1:] for letter in alphabet)
    for place in range(max(0, low - 1), min(high, len(word) - 1)):
        found.add(word[:place] + word[place + 1] + word[place] + word[place + 2 :])
    for place in range(low, high + 1):
        found.update(word[:place] + letter + word[place:] for letter in alphabet)
    found.discard(word)
    return found


def one_slip(letters: str, word: str) -> bool:
    """Whether letters are one slip away from a word: the same test as `letters in slips(word)`.

    >>> one_slip("mme", "mem"), one_slip("mem", "mem"), one_slip("me1", "mem")
    (True, False, False)
    """
    size, length = len(letters), len(word)
    if abs(size - length) > 1 or letters == word:
        return False
    same = 0
    while same < min(size, length) and letters[same] == word[same]:
        same += 1
    left, right = letters[same:], word[same:]
    if size < length:
        return left == right[1:]
    if size > length:
        return left[1:] == right and left[0] in ALPHABET
    if left[1:] == right[1:]:
        return left[0] in ALPHABET
    return len(left) > 1 and left[:2] == right[1::-1] and left[2:] == right[2:]


def doubled_or_swapped(word: str) -> set[str]:
    """The slips that keep all letters of a word: one doubled, or two neighbours swapped."""
    found = {word[:place] + word[place] + word[place:] for place in range(len(word))}
    found.update(
        word[:place] + word[place + 1] + word[place] + word[place + 2 :]
        for place in range(len(word) - 1)
    )
    found.discard(word)
    return found


def cut_of(word: str) -> int:
    """Where a word is cut into halves, of which one slip leaves one whole.

    Only two letters swapped across the cut break both; see `swapped_at_cut`.
    """
    return len(word) // 2


def swapped_at_cut(word: str) -> str:
    """The word with the two letters beside its cut swapped."""
    cut = cut_of(word)
    return word[: cut - 1] + word[cut] + word[cut - 1] + word[cut + 1 :]
