"""A linear model over character n-grams of the normalised text: what phrase rules miss.

Trained on invented texts by `tools/train_texts.py`; weights are readable in `learned.json`. It may
make a text doubtful; only a phrase rule beside it makes a suspect (policy.toml).
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from crawler.errors import SeedError
from crawler.tables import parse_table
from detectors.contacts import Place

_LONG_LETTERS = re.compile(r"[a-z]{12,}")
_DIGITS = re.compile(r"\d+")
_SPACE = re.compile(r"\s+")
_LONGEST_GRAM = 3
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
    """The chance from which the opinion counts: higher where no word of the subject is said."""
    reasons: tuple[str, ...]
    """The n-grams and groups that speak most for it, heaviest first."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The hand-set part of the model."""

    least: float
    least_unsaid: float
    longest: int
    groups: tuple[str, ...]
    discounts: tuple[tuple[tuple[str, ...], float, bool], ...]
    """Groups, what any of them takes away, and whether a contact beside it makes it void."""


@dataclass(frozen=True, slots=True)
class _Weights:
    classes: tuple[str, ...]
    bias: tuple[float, ...]
    features: dict[str, tuple[float, ...]]


def features(text: str, places: Iterable[Place], has: Callable[[str], bool]) -> set[str]:
    """The features of a normalised text, each once: n-grams and the groups that occur in it.

    Contacts become `@`, digits `#`: what is said matters, not to which number.
    """
    settings = load_settings()
    said = text
    for place in sorted(places, key=lambda each: -each.start):
        said = said[: place.start] + "@" + said[place.end :]
    said = _DIGITS.sub(lambda match: "#" * min(3, len(match[0])), said)
    said = f"^{_SPACE.sub(' ', _LONG_LETTERS.sub('', said)).strip()[: settings.longest]}$"
    grams = {
        said[at : at + length]
        for length in range(1, _LONGEST_GRAM + 1)
        for at in range(len(said) - length + 1)
    }
    grams.update(_GROUP + name for name in settings.groups if has(name))
    return grams


def judge(
    text: str, places: Iterable[Place], has: Callable[[str], bool]
) -> Opinion | None:
    """The model's opinion on a text short enough for it, or nothing where it keeps silent.

    `has` tells whether a word group occurs in the text.
    """
    settings = load_settings()
    places = list(places)
    if len(text) > settings.longest:
        return None
    weights = _weights()
    known = [
        (name, found)
        for name in features(text, places, has)
        if (found := weights.features.get(name)) is not None
    ]
    if not known:
        return None
    norm = math.sqrt(len(known))
    sums = map(sum, zip(*(found for _name, found in known), strict=True))
    scores = [bias + total / norm for bias, total in zip(weights.bias, sums, strict=False)]
    scores.append(weights.bias[-1])
    highest = max(scores)
    powers = [math.exp(score - highest) for score in scores]
    chance = (powers[0] + powers[1]) / sum(powers)
    for groups, points, void in settings.discounts:
        if not (void and places) and any(has(group) for group in groups):
            chance -= points
    number = 0 if powers[0] >= powers[1] else 1
    least = settings.least if has(SUBJECT) else settings.least_unsaid
    if chance < least:
        return None
    return Opinion(weights.classes[number], chance, least, _reasons(known, number))


def _reasons(known: list[tuple[str, tuple[float, ...]]], number: int) -> tuple[str, ...]:
    """The heaviest features of a class; an n-gram within a heavier one says nothing new."""
    heavy = sorted(known, key=lambda each: (-each[1][number], each[0]))
    kept: list[str] = []
    for name, found in heavy:
        if found[number] <= 0 or len(kept) == 5:
            break
        if len(name) > 1 and not any(name in other or other in name for other in kept):
            kept.append(name)
    return tuple(kept)


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
        features={name: tuple(found) for name, found in record["features"].items()},
    )
