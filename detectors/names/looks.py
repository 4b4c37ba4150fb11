"""Reads a host name in every way that letters may be meant, and keeps the most telling one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from crawler.addresses import HostParts, unicode_host
from crawler.model import WordRole
from detectors.names.letters import HAN, latin, simplified, sounded, undigited, unpaired
from detectors.names.lexicon import Lexicon, Reading, Token
from detectors.names.weighing import (
    BODIES,
    CORE,
    LIKELY,
    LOST_HAN,
    LOST_LETTER,
    LOST_PIECE,
    SLIP,
    STRONG,
    weigh,
)

_CLAIMING = BODIES | {WordRole.STATE}
# Suffixes under which only a foreign state or school registers.
_FOREIGN_STATE = frozenset(("gov", "gob", "gouv", "gub", "go", "govt", "mil", "edu", "ac"))


@dataclass(frozen=True, slots=True)
class Look:
    """One way of reading a name, with its points."""

    points: float
    tokens: tuple[Token, ...] = ()
    lost: float = 0.0
    """Points taken off for letters that no word explains."""
    way: str = ""
    """How letters were exchanged before reading: a technique, or the empty string."""
    below: bool = False
    """Whether words of subdomains carry it."""
    hyphens: bool = False
    """Whether hyphens stand between its words."""


@dataclass(frozen=True, slots=True)
class _Row:
    """The words of one label, read in one way."""

    tokens: tuple[Token, ...]
    lost: float
    way: str = ""
    hyphens: bool = False


def best_look(host: HostParts, written: Lexicon, heard: Lexicon) -> Look:
    """The most telling way of reading a host; by sound where the letters tell too little."""
    if not host.suffix.endswith("cn") and host.suffix.split(".")[0] in _FOREIGN_STATE:
        return Look(0.0)
    own = host.registrable.removesuffix(host.suffix).rstrip(".")
    below = host.host.removesuffix(host.registrable or host.suffix).rstrip(".")
    places = _places(host.suffix, written)
    best = max(_looks(own, below, places, written), key=_telling, default=Look(0.0))
    if best.points >= LIKELY:
        return best
    looks = _looks(sounded(own), sounded(below), places, heard)
    second = max((_spelt(look, host.host) for look in looks), key=_telling, default=best)
    return max(best, second, key=_telling)


def _telling(look: Look) -> tuple[bool, float]:
    """Rank of a look: a whole official host says more than the sum of its words."""
    official = any(token.entry.official for token in look.tokens)
    return official and look.points >= STRONG, look.points


def _spelt(look: Look, host: str) -> Look:
    """The look by sound, weighed again with the words that are spelt rightly after all."""
    tokens = tuple(
        Token(replace(token.entry, slip=False), token.letters)
        if token.entry.word.text in host
        else token
        for token in look.tokens
    )
    slipped = any(token.entry.slip for token in tokens)
    points = weigh(tokens, look.lost)
    way = look.way or ("pinyin_fuzzy" if slipped else "")
    return replace(look, points=points, tokens=tokens, way=way)


def _looks(own: str, below: str, places: tuple[Token, ...], lexicon: Lexicon) -> Iterator[Look]:
    subs = _subdomains(below, lexicon) if below else ()
    for row in _rows(own, lexicon) if own else ():
        lost = row.lost - _bonus(row)
        tokens = row.tokens + places
        yield Look(weigh(tokens, lost), tokens, lost, row.way, hyphens=row.hyphens)
        if subs and row.tokens and own not in _FOREIGN_STATE and _claims(row.tokens + subs):
            tokens = subs + tokens
            yield Look(weigh(tokens, lost), tokens, lost, row.way, below=True, hyphens=row.hyphens)
    if subs and _claims(subs):
        yield Look(weigh(subs + places, 0.0), subs + places, below=True)


def _bonus(row: _Row) -> int:
    """What the exchange of letters adds; digits in short words are chance."""
    if row.way == "homoglyph_idn":
        return SLIP
    long = any(len(token.letters) >= 5 for token in row.tokens if token.entry.word.role in CORE)
    return SLIP if row.way == "digit_for_letter" and long else 0


def _claims(tokens: Iterable[Token]) -> bool:
    return any(token.entry.word.role in _CLAIMING for token in tokens)


def _places(suffix: str, lexicon: Lexicon) -> tuple[Token, ...]:
    """The province in a suffix such as `gd.cn`."""
    first, _dot, last = suffix.partition(".")
    entry = lexicon.forms.get(first)
    if last == "cn" and entry is not None and entry.word.role is WordRole.PLACE:
        return (Token(entry, first),)
    return ()


def _ways(label: str) -> Iterator[tuple[str, str]]:
    """The readings of one label, each with its technique."""
    if not label.startswith("xn--"):
        yield label, ""
        plain = unpaired(label)
        if plain != label:
            yield plain, "typo"
        for reading in undigited(label):
            yield reading, "digit_for_letter"
        return
    shown = unicode_host(label)
    if HAN.search(shown):
        simple = simplified(shown)
        yield simple, "chinese_idn" if simple == shown else "traditional_idn"
    elif not shown.isascii():
        plain = latin(shown)
        if plain.isascii():
            yield plain, "homoglyph_idn"


def _rows(label: str, lexicon: Lexicon) -> Iterator[_Row]:
    for text, way in _ways(label):
        pieces = [piece for piece in text.split("-") if piece]
        readings = [_placed(lexicon.read(piece)) for piece in pieces]
        tokens = tuple(token for reading in readings for token in reading.tokens)
        lost = sum(map(_lost, pieces, readings))
        yield _Row(tokens, lost, way, hyphens=len(pieces) > 1)
        if len(pieces) > 1:
            glued = "".join(pieces)
            reading = _placed(lexicon.read(glued))
            yield _Row(reading.tokens, _lost(glued, reading), way, hyphens=True)


def _placed(reading: Reading) -> Reading:
    """The reading without initials of places behind other words: `dl` in aqjgdl is chance."""
    kept = tuple(
        token
        for index, token in enumerate(reading.tokens)
        if not (index and token.entry.word.role is WordRole.PLACE and len(token.letters) == 2)
    )
    return Reading(kept, reading.lost + 2 * (len(reading.tokens) - len(kept)), reading.lost_han)


def _lost(piece: str, reading: Reading) -> float:
    lost = float(reading.lost * LOST_LETTER + reading.lost_han * LOST_HAN)
    if reading.tokens:
        return lost
    return min(lost / 2, LOST_PIECE) if len(piece) > 1 else 0.0


def _sure(token: Token) -> bool:
    """Whether a word below a foreign domain is no chance: a short one with a slip may be."""
    return not token.entry.slip or len(token.letters) >= 8


def _subdomains(below: str, lexicon: Lexicon) -> tuple[Token, ...]:
    """The words of all parts of subdomains that are words through and through."""
    found: list[Token] = []
    for label in below.split("."):
        for text, _way in _ways(label):
            for piece in {*text.split("-"), text.replace("-", "")}:
                reading = lexicon.read(piece)
                if not reading.lost and not reading.lost_han:
                    found.extend(token for token in reading.tokens if _sure(token))
    return tuple(found)
