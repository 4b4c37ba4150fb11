"""Finds in one pass whether a long page speaks of our subject, before it is read with care."""

from __future__ import annotations

import unicodedata
from functools import cache
from importlib.resources import files

from ahocorasick_rs import AhoCorasick, MatchKind
from selectolax.lexbor import LexborHTMLParser

from crawler.errors import SeedError
from crawler.tables import parse_table
from detectors.normal import character_table

LONG = 1500
"""Shorter texts are read with care whatever they say: evasion hides in few words.

Founders' judgement.
"""


def matched_words(html: str) -> tuple[str, ...]:
    """The words of our subject that a page's text holds, each once, sorted."""
    body = LexborHTMLParser(html).body
    return words_in(body.text() if body else "")


def words_in(text: str) -> tuple[str, ...]:
    """The words of our subject in a text, read through width, script, case and inserted signs."""
    finder, words = _finder()
    plain = text.translate(_folding())
    return tuple(sorted({words[number] for number, _, _ in finder.find_matches_as_indexes(plain)}))


class _Folding(dict[int, str]):
    """Every character in its plain form, made when first met; signs and spaces are dropped."""

    def __missing__(self, code: int) -> str:
        folded = unicodedata.normalize("NFKC", chr(code)).lower()
        kept = "".join(each for each in folded if each.isalnum())
        self[code] = kept
        return kept


@cache
def _folding() -> _Folding:
    return _Folding(character_table())


@cache
def _finder() -> tuple[AhoCorasick, tuple[str, ...]]:
    text = (files("detectors") / "quick.toml").read_text(encoding="utf-8")
    table = parse_table(text, "detectors/quick.toml", SeedError)
    words = table.take_strings("words")
    table.finish()
    return AhoCorasick(list(words), matchkind=MatchKind.LeftmostLongest), words
