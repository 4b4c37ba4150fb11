"""Reads a host name in every way that letters may be meant, and keeps the most telling one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from crawler.addresses import HostParts, unicode_host
from crawler.model import WordRole
from detectors.names.letters import HAN, latin, simplified, sounded, undigited, unpaired
from detectors.names.lexicon import Lexicon, Reading, Token, is_slip
from detectors.names.roles import BESIDE_SHORT, BODIES, CORE, LIKELY, SHORT_CORE
from detectors.names.technique import Technique
from detectors.names.weighing import (
    LOST_HAN,
    LOST_LETTER,
    LOST_PIECE,
    SLIP,
    STRONG,
    SWAPPED_SUFFIX,
    UNDER_HOSTING,
    weigh,
)

_CLAIMING = BODIES | {WordRole.STATE}
# Suffixes under which only a foreign state or school registers.
_FOREIGN_STATE = frozenset(("gov", "gob", "gouv", "gub", "go", "govt", "mil", "edu", "ac"))
# The suffixes that official hosts and bodies of China have; each is a sister of the others.
SISTERS = frozenset(("cn", "com.cn", "net.cn", "org.cn"))
"""Suffixes that stand for each other."""
HEARD_CORE = 5
"""A core word that is read by sound has so many letters, or stands in the name as it is written."""

_HEARD = CORE | {WordRole.SERVICE}

_Ways = Callable[[str], Iterable[tuple[str, Technique | None]]]


@dataclass(frozen=True, slots=True)
class Look:
    """One way of reading a name, with its points."""

    points: float
    tokens: tuple[Token, ...] = ()
    lost: float = 0.0
    """Points taken off for letters that no word explains, less what the way of reading adds."""
    way: Technique | None = None
    """How letters were exchanged before reading, if so."""
    below: bool = False
    """Whether words of subdomains carry it."""
    hyphens: bool = False
    """Whether hyphens stand between its words."""


@dataclass(frozen=True, slots=True)
class _Row:
    """The words of one label, read in one way."""

    tokens: tuple[Token, ...]
    lost: float
    core: bool
    """Whether one of its words may imitate by itself."""
    way: Technique | None = None
    hyphens: bool = False


@dataclass(frozen=True, slots=True)
class _Name:
    """A host name in the parts that are read."""

    host: HostParts
    own: str
    """The label that somebody registered."""
    below: str
    """The labels left of it."""


def best_look(host: HostParts, written: Lexicon, heard: Lexicon) -> Look:
    """The most telling way of reading a host; by sound where the letters tell too little."""
    if not host.suffix.endswith("cn") and host.suffix.split(".")[0] in _FOREIGN_STATE:
        return Look(0.0)
    name = _Name(
        host,
        own=host.registrable.removesuffix(host.suffix).rstrip("."),
        below=host.host.removesuffix(host.registrable or host.suffix).rstrip("."),
    )
    places = _places(host.suffix, written)
    best = max(_looks(name, places, written, ways), key=_telling, default=Look(0.0))
    if best.points >= LIKELY:
        return best
    letters = host.host.replace("-", "")
    by_sound = (
        _spelt(look, letters)
        for look in _looks(name, places, heard, _ways_heard)
        if _is_heard(look, letters)
    )
    return max((best, *by_sound), key=_telling)


def _telling(look: Look) -> tuple[bool, float]:
    """Rank of a look: a whole official host says more than the sum of its words."""
    official = any(token.entry.official for token in look.tokens)
    return official and look.points >= STRONG, look.points


def _is_heard(look: Look, letters: str) -> bool:
    """Whether no word is short and stands in the name otherwise than it was heard."""
    return all(len(token.form) >= HEARD_CORE or token.form in letters for token in look.tokens)


def _spelt(look: Look, letters: str) -> Look:
    """The look by sound, weighed again with the words that are spelt rightly after all."""
    tokens = tuple(_rightly(token, letters) for token in look.tokens)
    slipped = any(is_slip(token) for token in tokens if token.entry.word.role in _HEARD)
    # Where all that tells is spelt rightly, reading it as written said all there is to say.
    points = weigh(tokens, look.lost, by_sound=True) if slipped else 0.0
    way = look.way or (Technique.PINYIN_FUZZY if slipped else None)
    return replace(look, points=points, tokens=tokens, way=way)


def _rightly(token: Token, letters: str) -> Token:
    word = token.entry.word.text
    if word not in letters:
        return token
    return Token(replace(token.entry, slip=False), word, word)


def _looks(
    name: _Name, places: tuple[Token, ...], lexicon: Lexicon, ways_of: _Ways
) -> Iterator[Look]:
    subs, subs_core = _subdomains(name.below, lexicon, ways_of) if name.below else ((), False)
    hosted = UNDER_HOSTING if name.host.private else 0
    for row in _rows(name.own, lexicon, ways_of) if name.own else ():
        swapped = SWAPPED_SUFFIX if _is_sister(name, row) else 0
        if not (row.core or subs_core or swapped):
            continue
        lost = row.lost - _bonus(row) - hosted
        tokens = row.tokens + places
        yield Look(
            weigh(tokens, lost - swapped), tokens, lost - swapped, row.way, hyphens=row.hyphens
        )
        if subs and row.tokens and _may_have_subs(name) and _claims(row.tokens + subs):
            tokens = subs + tokens
            yield Look(weigh(tokens, lost), tokens, lost, row.way, below=True, hyphens=row.hyphens)
    if subs_core and _claims(subs):
        yield Look(weigh(subs + places, 0.0), subs + places, below=True)


def _may_have_subs(name: _Name) -> bool:
    """Whether words left of the own label add to it: not below `gov` of a foreign country."""
    return name.own not in _FOREIGN_STATE or len(name.host.suffix) > 2


def _is_sister(name: _Name, row: _Row) -> bool:
    """Whether the label is an official one under another suffix than the official one.

    The label of a host in gov.cn under com.cn, net.cn or org.cn, or that of one outside gov.cn
    under any sister suffix, where it may have one slip as well.
    """
    if name.host.suffix not in SISTERS or len(row.tokens) != 1:
        return False
    word = row.tokens[0].entry.word
    # A label may have the hyphens that the official one has.
    own = name.own.replace("-", "") if name.own in word.host.split(".") else name.own
    if len(row.tokens[0].letters) != len(own):
        return False
    if word.role is not WordRole.AUTHORITY or not word.text.isalpha():
        return False
    if word.text not in word.host.replace("-", "").split("."):
        return False
    inside = word.host.endswith(".gov.cn")
    return not inside or (name.host.suffix != "cn" and not is_slip(row.tokens[0]))


def _bonus(row: _Row) -> int:
    """What the exchange of letters adds; digits in short words are chance."""
    if row.way is Technique.HOMOGLYPH_IDN:
        return SLIP
    long = any(len(token.letters) >= 5 for token in row.tokens if token.entry.word.role in CORE)
    return SLIP if row.way is Technique.DIGIT_FOR_LETTER and long else 0


def _claims(tokens: Iterable[Token]) -> bool:
    return any(token.entry.word.role in _CLAIMING for token in tokens)


def _places(suffix: str, lexicon: Lexicon) -> tuple[Token, ...]:
    """The province in a suffix such as `gd.cn`."""
    first, _dot, last = suffix.partition(".")
    entry = lexicon.forms.get(first)
    if last == "cn" and entry is not None and entry.word.role is WordRole.PLACE:
        return (Token(entry, first, first),)
    return ()


def ways(label: str) -> Iterator[tuple[str, Technique | None]]:
    """The readings of one label, each with its technique."""
    if not label.startswith("xn--"):
        yield label, None
        plain = unpaired(label)
        if plain != label:
            yield plain, Technique.TYPO
        for reading in undigited(label):
            yield reading, Technique.DIGIT_FOR_LETTER
        return
    shown = unicode_host(label)
    if HAN.search(shown):
        simple = simplified(shown)
        yield simple, Technique.CHINESE_IDN if simple == shown else Technique.TRADITIONAL_IDN
    elif not shown.isascii():
        plain = latin(shown)
        if plain.isascii():
            yield plain, Technique.HOMOGLYPH_IDN


def _ways_heard(label: str) -> Iterator[tuple[str, Technique | None]]:
    if not label.startswith("xn--"):
        yield sounded(label), None


def _rows(label: str, lexicon: Lexicon, ways_of: _Ways) -> Iterator[_Row]:
    for text, way in ways_of(label):
        pieces = [piece for piece in text.split("-") if piece]
        rows = [pieces, ["".join(pieces)]] if len(pieces) > 1 else [pieces]
        for row in rows:
            whole = [lexicon.read(piece) for piece in row]
            readings = list(map(_placed, whole))
            tokens = tuple(token for reading in readings for token in reading.tokens)
            # Letters that look like others and a slip besides are too far from any word.
            if way is not Technique.TYPO or not any(map(is_slip, tokens)):
                lost = sum(map(_lost, row, readings))
                # A place between two words keeps them apart, even where it counts for nothing.
                core = any(map(_has_core, whole))
                yield _Row(tokens, lost, core, way, hyphens=len(pieces) > 1)


def _has_core(reading: Reading) -> bool:
    """Whether a reading holds a core word of three letters, or a shorter one beside a service."""
    tokens = reading.tokens
    for index, token in enumerate(tokens):
        if token.entry.word.role not in CORE:
            continue
        if len(token.form) > SHORT_CORE and not token.entry.short:
            return True
        beside = (*tokens[max(0, index - 1) : index], *tokens[index + 1 : index + 2])
        if any(near.entry.word.role in BESIDE_SHORT and not is_slip(near) for near in beside):
            return True
    return False


def _placed(reading: Reading) -> Reading:
    """The reading without initials of places behind other words: `dl` in aqjgdl is chance."""
    chance = tuple(
        token
        for index, token in enumerate(reading.tokens)
        if index and token.entry.word.role is WordRole.PLACE and len(token.entry.word.text) == 2
    )
    if not chance:
        return reading
    kept = tuple(token for token in reading.tokens if token not in chance)
    lost = sum(len(token.letters) for token in chance)
    return Reading(kept, reading.lost + lost, reading.lost_han)


def _lost(piece: str, reading: Reading) -> float:
    lost = float(reading.lost * LOST_LETTER + reading.lost_han * LOST_HAN)
    if reading.tokens:
        return lost
    return min(lost / 2, LOST_PIECE) if len(piece) > 1 else 0.0


def _sure(token: Token) -> bool:
    """Whether a word below a foreign domain is no chance: a short one with a slip may be."""
    return not is_slip(token) or len(token.letters) >= 8


def _subdomains(below: str, lexicon: Lexicon, ways_of: _Ways) -> tuple[tuple[Token, ...], bool]:
    """The words of all parts of subdomains that are words through and through.

    Second: whether one of them may imitate by itself.
    """
    found: list[Token] = []
    core = False
    for label in below.split("."):
        for text, way in ways_of(label):
            for piece in dict.fromkeys((*text.split("-"), text.replace("-", ""))):
                reading = lexicon.read(piece)
                if way is Technique.TYPO and any(map(is_slip, reading.tokens)):
                    continue
                if not reading.lost and not reading.lost_han:
                    found.extend(token for token in reading.tokens if _sure(token))
                    core = core or _has_core(reading)
    return tuple(found), core
