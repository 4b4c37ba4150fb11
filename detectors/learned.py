"""A linear model over character n-grams of the normalised text: what phrase rules miss.

Trained on invented texts by `tools/train_texts.py`; weights are readable in `learned.json`. It may
make a text doubtful; only a phrase rule beside it makes a suspect (policy.toml).
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import combinations

from crawler.errors import SeedError
from crawler.tables import parse_table
from detectors.contacts import Place

_LONG_LETTERS = re.compile(r"[a-z]{12,}")
_DIGITS = re.compile(r"\d+")
_SPACE = re.compile(r"\s+")
_LONGEST_GRAM = 3
# Weights have two digits.
_UNIT = 100
_CONTACT, _TRADE = "@", "甲"
_NUMERALS = re.compile(
    "[零〇一二两三四五六七八九十百千万壹贰叁肆伍陆柒捌玖拾佰仟半几]{2,}"
    "|(?<=[^第])[一二两三四五六七八九十几半](?=[天日张本元块个小时周月年套份人门次样])"
)
# Word groups whose presence is a feature beside the n-grams, marked so that no n-gram equals one.
_GROUP = "group:"
SUBJECT = "subject"
"""The word group without which a text hardly speaks of certificates or examinations."""


Spans = Callable[[str], Sequence[tuple[int, int]]]


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
    features: dict[str, tuple[int, ...]]
    """In hundredths, so that their sum is the same in whatever order."""


def features(
    text: str, places: Iterable[Place], spans: Spans, cut: Sequence[tuple[int, int]] = ()
) -> set[str]:
    """The features of a normalised text: n-grams, word groups that occur in it, and pairs of those.

    Contacts become `@`, numbers `#`, any trade one sign: what is said matters, not of which.
    `spans` tells where the words of a group stand.
    """
    settings = load_settings()
    taken = [(start, end, "") for start, end in cut]
    taken += [(place.start, place.end, _CONTACT) for place in places]
    taken += [
        (start, end, _TRADE)
        for start, end in spans("trade")
        if not any(start < other and first < end for first, other, _ in taken)
    ]
    said = text
    for start, end, sign in sorted(taken, reverse=True):
        said = said[:start] + sign + said[end:]
    said = _DIGITS.sub(lambda match: "#" * min(3, len(match[0])), said)
    said = _SPACE.sub(" ", _LONG_LETTERS.sub("", _NUMERALS.sub("#", said))).strip()
    said = f"^{said[: settings.longest]}$"
    found = {
        said[at : at + length]
        for length in range(1, _LONGEST_GRAM + 1)
        for at in range(len(said) - length + 1)
    }
    groups = [_GROUP + name for name in settings.groups if spans(name)]
    found.update(groups)
    found.update(map("&".join, combinations(groups, 2)))
    return found


def judge(
    text: str,
    places: Iterable[Place],
    spans: Spans,
    own_contact: bool = True,
    cut: Sequence[tuple[int, int]] = (),
) -> Opinion | None:
    """The model's opinion on a text short enough for it, or nothing where it keeps silent.

    `spans` tells where the words of a group stand in the text; `own_contact` says whether a place
    is the speaker's own contact; what stands in `cut`, places in order, is not heard.
    """
    settings = load_settings()
    if cut:
        whole = spans

        def spans(group: str) -> Sequence[tuple[int, int]]:
            return [span for span in whole(group) if not _is_cut(span[0], cut)]

    places = [place for place in places if not _is_cut(place.start, cut)]
    reachable = bool(places) and own_contact
    if len(text) > settings.longest:
        return None
    weights = _weights()
    known = weights.features.keys() & features(text, places, spans, cut)
    if not known:
        return None
    norm = _UNIT * math.sqrt(len(known))
    sums = map(sum, zip(*map(weights.features.__getitem__, known), strict=True))
    scores = [bias + total / norm for bias, total in zip(weights.bias, sums, strict=False)]
    scores.append(weights.bias[-1])
    highest = max(scores)
    powers = [math.exp(score - highest) for score in scores]
    chance = (powers[0] + powers[1]) / sum(powers)
    if chance < min(settings.least, settings.least_beside):
        return None
    for groups, points, void in settings.discounts:
        if not (void and reachable) and any(map(spans, groups)):
            chance -= points
    number = 0 if powers[0] >= powers[1] else 1
    least = _least(settings, reachable, spans)
    if chance < least:
        return None
    heaviest = [(name, weights.features[name][number]) for name in known]
    return Opinion(weights.classes[number], chance, least, _reasons(heaviest))


def _is_cut(at: int, cut: Sequence[tuple[int, int]]) -> bool:
    return any(start <= at < end for start, end in cut)


def _least(settings: Settings, contact: bool, spans: Spans) -> float:
    if not spans(SUBJECT):
        return settings.least_unsaid
    ours = bool(spans("trade") or spans("product") or spans("cheat"))
    if ours and (contact or any(map(spans, settings.beside))):
        return settings.least_beside
    return settings.least


def _reasons(known: list[tuple[str, int]]) -> tuple[str, ...]:
    """The heaviest features of a class; an n-gram within a heavier one says nothing new."""
    heavy = sorted(known, key=lambda each: (-each[1], each[0]))
    kept: list[str] = []
    for name, weight in heavy:
        if weight <= 0 or len(kept) == 5:
            break
        if (
            len(name) > 1
            and "&" not in name
            and not any(name in other or other in name for other in kept)
        ):
            kept.append(name)
    return tuple(f"〈{n.removeprefix(_GROUP)}〉" if n.startswith(_GROUP) else n for n in kept)


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
    return _Weights(
        classes=tuple(record["classes"]),
        bias=tuple(record["bias"]),
        features={
            name: tuple(round(weight * _UNIT) for weight in found)
            for name, found in record["features"].items()
        },
    )
