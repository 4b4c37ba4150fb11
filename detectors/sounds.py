"""Reads key words that are written by sound: 典弓草作证, dian gong 证, 做ka."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from crawler.errors import SeedError
from crawler.language import _
from crawler.tables import parse_table
from detectors.gates import narrowed

_RUN = re.compile(r"(?<![a-z0-9_@.])[a-z]{2,}(?:[ '][a-z]{2,})*(?![a-z0-9_@.])")
_LONGEST_SYLLABLE = 6
# Private characters, one for every syllable, so that sounds can be searched like writing.
_FIRST = 0xE000
# Founders' judgement: two syllables in letters alone, shorter than «bao guo», are rather English.
_SURE_LETTERS = 6


@dataclass(frozen=True, slots=True)
class Heard:
    """A key word and where in the text it is written by sound."""

    start: int
    end: int
    word: str


@dataclass(frozen=True, slots=True)
class _Sounds:
    characters: dict[int, str]
    syllables: dict[str, str]
    words: dict[str, str]
    pattern: re.Pattern[str]
    ordinary: frozenset[str]


def hear(text: str, words: tuple[str, ...]) -> Iterator[Heard]:
    """Key words among `words` that the text writes by sound; those written truly are left out.

    Two characters count only where one is true and no ordinary word is cut through.
    """
    sounds = _sounds(words)
    sounded, places, ends = _sounded(text, sounds)
    at = 0
    while match := sounds.pattern.search(sounded, at):
        start, end = places[match.start()], ends[match.end() - 1]
        written = text[start:end]
        word = sounds.words[match[0]]
        if written == word:
            at = match.end()
        elif _is_meant(text, start, end, word, sounds.ordinary):
            yield Heard(start, end, word)
            at = match.end()
        else:
            at = match.start() + 1


def _is_meant(text: str, start: int, end: int, word: str, ordinary: frozenset[str]) -> bool:
    written = text[start:end]
    letters = sum(character.isascii() for character in written)
    if letters:
        beside = text[end : end + 1].isalpha() or (start > 0 and not text[start - 1].isascii())
        return letters < len(written) or len(word) > 2 or beside or letters >= _SURE_LETTERS
    true = sum(one == other for one, other in zip(written, word, strict=True))
    if len(word) == 2 and (not true or written in ordinary):
        return False
    before, after = text[start - 1 : start] + written[0], written[-1] + text[end : end + 1]
    if after in ordinary and (len(word) == 2 or written[-1] != word[-1]):
        return False
    return before not in ordinary or (len(word) > 2 and written[0] == word[0]) or len(word) > 3


def _sounded(text: str, sounds: _Sounds) -> tuple[str, Sequence[int], Sequence[int]]:
    """The text with a private character for every syllable; where each starts and ends."""
    plain = text.translate(sounds.characters)
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    done = 0
    for match in _RUN.finditer(text):
        spelt = _spelt(match[0], sounds.syllables)
        if not spelt:
            continue
        pieces.append(plain[done : match.start()])
        starts += range(done, match.start())
        ends += range(done + 1, match.start() + 1)
        for offset, length, syllable in spelt:
            pieces.append(syllable)
            starts.append(match.start() + offset)
            ends.append(match.start() + offset + length)
        done = match.end()
    if not done:
        return plain, range(len(plain)), range(1, len(plain) + 1)
    pieces.append(plain[done:])
    starts += range(done, len(text))
    ends += range(done + 1, len(text) + 1)
    return "".join(pieces), starts, ends


def _spelt(run: str, syllables: dict[str, str]) -> list[tuple[int, int, str]]:
    """Place, length and sign of each syllable of a run of letters; nothing where one does not fit.

    The longest fits first. A syllable that no key word has becomes `?`, so that no word reaches
    across it.
    """
    found: list[tuple[int, int, str]] = []
    at = 0
    while at < len(run):
        if not run[at].isalpha():
            at += 1
            continue
        length = _syllable(run, at, syllables)
        if not length:
            return []
        found.append((at, length, syllables[run[at : at + length]]))
        at += length
    return found


def _syllable(run: str, at: int, syllables: dict[str, str]) -> int:
    for length in range(min(_LONGEST_SYLLABLE, len(run) - at), 0, -1):
        piece = run[at : at + length]
        if piece in syllables:
            follows = run[at + length : at + length + 1]
            # «dengao» is «den gao» or «deng ao»: a syllable begins with a consonant if it can.
            cut = follows in tuple("aeiou") and piece[-1] in "gnr" and piece[:-1] in syllables
            if not cut:
                return length
    return 0


@cache
def _sounds(words: tuple[str, ...]) -> _Sounds:
    name = "detectors/sounds.toml"
    text = (files("detectors") / "sounds.toml").read_text(encoding="utf-8")
    table = parse_table(text, name, SeedError)
    alike = table.take_table("alike")
    syllables = {syllable: chr(_FIRST + number) for number, syllable in enumerate(alike.keys())}
    characters = {
        ord(character): code
        for syllable, code in syllables.items()
        for character in alike.take(syllable, str)
    }
    inner = table.take_table("ordinary")
    ordinary = {
        first + second
        for first in inner.keys()  # noqa: SIM118
        for second in inner.take(first, str)
    }
    ordinary |= {word for word in words if len(word) == 2}
    table.finish()
    coded: dict[str, str] = {}
    for word in words:
        code = word.translate(characters)
        if any(ord(each) < _FIRST or ord(each) > _FIRST + len(syllables) for each in code):
            raise SeedError(
                _("{name} 缺少 {word} 的读音，请运行 tools/sounds.py").format(name=name, word=word)
            )
        coded.setdefault(code, word)
    longest_first = sorted(coded, key=len, reverse=True)
    for syllable in _OTHERS:
        syllables.setdefault(syllable, "?")
    return _Sounds(
        characters,
        syllables,
        coded,
        re.compile(narrowed("|".join(longest_first))),
        frozenset(ordinary),
    )


def _spell_out() -> frozenset[str]:
    """Every syllable of standard Chinese, as initials and finals combine (some never do)."""
    initials = (*"bpmfdtnlgkhjqxrzcsyw", "zh", "ch", "sh")
    finals = (
        *("a", "o", "e", "i", "u", "v", "ai", "ei", "ui", "ao", "ou", "iu", "ie", "ue", "er"),
        *("an", "en", "in", "un", "vn", "ang", "eng", "ing", "ong", "ia", "ian", "iang", "iao"),
        *("iong", "ua", "uai", "uan", "uang", "uo", "ve"),
    )
    return frozenset({"a", "o", "e", "ai", "ei", "ao", "ou", "an", "en", "ang", "er"}) | {
        initial + final for initial in initials for final in finals
    }


_OTHERS = _spell_out()
