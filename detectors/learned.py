"""A linear model over character n-grams of the normalised text: what phrase rules miss.

Trained on invented texts by `tools/train_texts.py`; weights are readable in `learned.json`. It may
make a text doubtful; only a phrase rule beside it makes a suspect (policy.toml).
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import combinations
from operator import add

from crawler.errors import SeedError
from crawler.tables import parse_table
from detectors.normal import HAN
from detectors.reading import Reading, Span

_LONG_LETTERS = re.compile(r"[a-z]{12,}")
_DIGITS = re.compile(r"\d+")
_SPACE = re.compile(r"\s+")
# Weights have two digits.
_UNIT = 100
# What all features of a text weigh in one class, in that unit, has far fewer bits.
_FIELD = 32
_MASK, _HALF = (1 << _FIELD) - 1, 1 << _FIELD - 1
_HALVES = sum(_HALF << _FIELD * place for place in range(8))
_MOST_REASONS = 5
# Founders' judgement: of a longer text so much is Chinese, or it is in another language.
_SENTENCE, _LEAST_HAN = 60, 0.2
_HAN_SIGN = re.compile(f"[{HAN}]")
_CONTACT, _TRADE = "@", "甲"
_NUMERALS = re.compile(
    "[零〇一二两三四五六七八九十百千万壹贰叁肆伍陆柒捌玖拾佰仟半几]{2,}"
    "|(?<=[^第])[一二两三四五六七八九十几半](?=[天日张本元块个小时周月年套份人门次样])"
)
# Word groups whose presence is a feature beside the n-grams, marked so that no n-gram equals one.
_GROUP = "group:"
SUBJECT = "subject"
"""The word group without which a text hardly speaks of certificates or examinations."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the model makes of a text."""

    offence: str
    """`sale_forged` or `exam_cheating`, whichever is likelier."""
    chance: float
    """From 0 to 1, that one of the two is offered, discounted for words of a stance."""
    least: float
    """The chance from which the opinion counts: higher where no word of the subject is said, lower
    where a contact or a promise stands beside it."""
    reasons: tuple[str, ...]
    """The n-grams and groups that speak most for it, heaviest first."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The hand-set part of the model."""

    least: float
    least_unsaid: float
    """What a text must reach that holds no word of the subject."""
    least_beside: float
    """What a text must reach that gives a contact, or holds one of `beside` with a trade."""
    beside: tuple[str, ...]
    longest: int
    groups: tuple[str, ...]
    discounts: tuple[tuple[tuple[str, ...], float, bool], ...]
    """Groups, what any of them takes away, and whether a contact beside it makes it void."""


@dataclass(frozen=True, slots=True)
class _Weights:
    classes: tuple[str, ...]
    bias: tuple[float, ...]
    features: dict[str, int]
    """For each its ranks in `told` and the weights in all classes, packed in one number.

    Weights are whole hundredths, so that their sum is the same in whatever order. See `packed`.
    """
    told: tuple[tuple[str, ...], ...]
    """For each of the two offences the features that speak for it, heaviest first, from 1; without
    those of which a reader could make nothing, whose rank is 0."""


class _Heard:
    """What is heard of a text: all but the clauses that are cut, given in order."""

    def __init__(self, reading: Reading, cut: Sequence[Span]) -> None:
        self.text = reading.normal.text
        self.cut = cut
        self.places = [place for place in reading.places if not self._is_cut(place.start)]
        self._reading = reading

    def spans(self, group: str) -> list[Span]:
        spans = self._reading.spans(group)
        return [span for span in spans if not self._is_cut(span[0])] if self.cut else spans

    def has(self, group: str) -> bool:
        return bool(self.spans(group)) if self.cut else self._reading.has(group)

    def said(self, groups: Iterable[str]) -> list[str]:
        return list(filter(self.has, groups)) if self.cut else self._reading.said(groups)

    def kept(self) -> str:
        """The text without what is cut."""
        kept, at = "", 0
        for start, end in self.cut:
            kept, at = kept + self.text[at:start], end
        return kept + self.text[at:]

    def _is_cut(self, at: int) -> bool:
        return any(start <= at < end for start, end in self.cut)


def features(reading: Reading) -> set[str]:
    """The features of a text: n-grams, word groups that occur in it, and pairs of those.

    Contacts become `@`, numbers `#`, any trade one sign: what is said matters, not of which.
    """
    return _features(_Heard(reading, ()))


def _features(heard: _Heard) -> set[str]:
    settings = load_settings()
    taken = [(start, end, "") for start, end in heard.cut]
    taken += [(place.start, place.end, _CONTACT) for place in heard.places]
    taken += [
        (start, end, _TRADE)
        for start, end in heard.spans("trade")
        if not any(start < other and first < end for first, other, _ in taken)
    ]
    said = heard.text
    for start, end, sign in sorted(taken, reverse=True):
        said = said[:start] + sign + said[end:]
    said = _DIGITS.sub(lambda match: "#" * min(3, len(match[0])), said)
    said = _SPACE.sub(" ", _LONG_LETTERS.sub("", _NUMERALS.sub("#", said))).strip()
    said = f"^{said[: settings.longest]}$"
    pairs = list(map(add, said, said[1:]))
    found = {*said, *pairs, *map(add, pairs, said[2:])}
    groups = [_GROUP + name for name in heard.said(settings.groups)]
    found.update(groups)
    found.update(map("&".join, combinations(groups, 2)))
    return found


def judge(reading: Reading, own_contact: bool = True, cut: Sequence[Span] = ()) -> Opinion | None:
    """The model's opinion on a text short enough for it, or nothing where it keeps silent.

    `own_contact` says whether a place is the speaker's own contact; what stands in `cut`, places in
    order, is not heard.
    """
    settings = load_settings()
    if len(reading.normal.text) - sum(end - start for start, end in cut) > settings.longest:
        return None
    heard = _Heard(reading, cut)
    if _is_foreign(heard.kept()):
        return None
    weights = _weights()
    weighed = map(weights.features.get, _features(heard))
    known = [each for each in weighed if each is not None]
    if not known:
        return None
    norm = _UNIT * math.sqrt(len(known))
    total = sum(known)
    scores = [
        bias + unpacked(total, place) / norm for place, bias in enumerate(weights.bias[:-1], 2)
    ]
    scores.append(weights.bias[-1])
    highest = max(scores)
    powers = [math.exp(score - highest) for score in scores]
    chance = (powers[0] + powers[1]) / sum(powers)
    if chance < min(settings.least, settings.least_beside, settings.least_unsaid):
        return None
    reachable = bool(heard.places) and own_contact
    for groups, points, void in settings.discounts:
        if not (void and reachable) and any(map(heard.has, groups)):
            chance -= points
    number = 0 if powers[0] >= powers[1] else 1
    least = _least(settings, reachable, heard)
    if chance < least:
        return None
    ranks = [each >> _FIELD * number & _MASK for each in known]
    reasons = _reasons(weights.told[number], ranks)
    return Opinion(weights.classes[number], chance, least, reasons)


def _is_foreign(text: str) -> bool:
    """Whether a text is in another language, of which the model has learnt nothing."""
    return len(text) >= _SENTENCE and len(_HAN_SIGN.findall(text)) < len(text) * _LEAST_HAN


def _least(settings: Settings, reachable: bool, heard: _Heard) -> float:
    if not heard.has(SUBJECT):
        return settings.least_unsaid
    ours = any(map(heard.has, ("trade", "product", "cheat")))
    if ours and (reachable or any(map(heard.has, settings.beside))):
        return settings.least_beside
    return settings.least


def _reasons(told: Sequence[str], ranks: Iterable[int]) -> tuple[str, ...]:
    """The heaviest features of a class; an n-gram within a heavier one says nothing new."""
    kept: list[str] = []
    for rank in sorted(filter(None, ranks)):
        name = told[rank]
        if not any(name in other or other in name for other in kept):
            kept.append(name)
            if len(kept) == _MOST_REASONS:
                break
    return tuple(f"〈{n.removeprefix(_GROUP)}〉" if n.startswith(_GROUP) else n for n in kept)


def packed(numbers: Sequence[int]) -> int:
    """Several numbers in one, so that the sum of such numbers holds the sum of each.

    >>> [unpacked(packed([-3, 2]) + packed([1, -5]), place) for place in (0, 1)]
    [-2, -3]
    """
    return sum(number << _FIELD * place for place, number in enumerate(numbers))


def unpacked(total: int, place: int) -> int:
    """The number in one place; in the others there may be numbers below zero."""
    return ((total + _HALVES) >> _FIELD * place & _MASK) - _HALF


@cache
def load_settings() -> Settings:
    """The settings of `detectors/learned.toml`; raises `SeedError` naming file, key and remedy."""
    text = (files("detectors") / "learned.toml").read_text(encoding="utf-8")
    table = parse_table(text, "detectors/learned.toml", SeedError)
    discounts = []
    for each in table.take_tables("discounts"):
        found = (
            each.take_strings("groups"),
            each.take("points", float),
            each.take("void_with_contact", bool),
        )
        each.finish()
        discounts.append(found)
    settings = Settings(
        least=table.take("least", float),
        least_unsaid=table.take("least_unsaid", float),
        least_beside=table.take("least_beside", float),
        beside=table.take_strings("beside"),
        longest=table.take("longest", int),
        groups=table.take_strings("groups"),
        discounts=tuple(discounts),
    )
    table.finish()
    return settings


@cache
def _weights() -> _Weights:
    record = json.loads((files("detectors") / "learned.json").read_text(encoding="utf-8"))
    whole = {
        name: [round(weight * _UNIT) for weight in found]
        for name, found in record["features"].items()
    }
    told = tuple(_told({name: each[number] for name, each in whole.items()}) for number in (0, 1))
    ranks = [{name: rank for rank, name in enumerate(names) if rank} for names in told]
    return _Weights(
        classes=tuple(record["classes"]),
        bias=tuple(record["bias"]),
        features={
            name: packed([*(each.get(name, 0) for each in ranks), *found])
            for name, found in whole.items()
        },
        told=told,
    )


def _told(weights: dict[str, int]) -> tuple[str, ...]:
    told = (
        (-weight, name)
        for name, weight in weights.items()
        if weight > 0 and len(name) > 1 and "&" not in name
    )
    return "", *(name for _weight, name in sorted(told))
