"""Fits the weights of a policy to what people decided about cases that it had found.

A logistic regression with the policy's own score as its starting point: what people decided moves a
weight away from where it stands, and the ridge penalty holds it there where they say little (the
penalty as a normal prior around the present weights: Hoerl and Kennard, Technometrics 12, 1970).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean, stdev
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crawler.model import Findings
from detectors.scoring import Policy, weigh

Columns = NDArray[Any]

# Founders' judgement, all of them. Fewer decisions than these are an accident of the week; a rule
# that few of them speak about keeps its weight; no calibration may halve or double one twice over.
FEWEST = 40
"""Confirmed, and rejected, cases that a fit needs."""
FEWEST_OF_A_RULE = 10
LEAST_FACTOR, MOST_FACTOR = 0.5, 2.0
_PENALTY = 1.0
_FOLDS = 5
_SURE = 2.0
"""Standard errors by which held-out cases must be foretold better; chance does it 1 time in 40."""
_SPEAKS = 3.0
"""Standard errors, by likelihood ratio, at which a weight moves; of sixty rules chance moves one in
one fit of six."""
_UNIT = 10.0
"""Points that count as one, so that a penalty of 1 is neither nothing nor a wall."""
# The score enters unpenalised, for people's strictness scales all weights alike and says nothing
# about any of them: a coefficient on a large column costs next to nothing.
_LARGE = 100.0


@dataclass(frozen=True, slots=True)
class Ruled:
    """One case that people have decided about: what was found, and whether they confirmed it."""

    findings: Findings
    is_confirmed: bool


@dataclass(frozen=True, slots=True)
class Fit:
    """Weights that agree better with people's decisions, and by how much."""

    policy: Policy
    confirmed: int
    rejected: int
    moved: Mapping[str, tuple[float, float, int]]
    """By rule: the weight before, the weight after, and the cases that spoke about it."""
    error_before: float
    error_after: float
    """Mean squared error of the chance that a case is confirmed (Brier), on cases held out."""


class NoFitError(Exception):
    """The decisions do not say how to weigh."""


def fit(ruled: Sequence[Ruled], policy: Policy, version: str) -> Fit:
    """A policy under a version of its own whose weights fit the decisions better.

    Only `weights` move, each by a factor of at most two; thresholds, ceilings, needs and innocence
    stay. Raises `NoFitError` where there are too few decisions, where they contradict the scores
    as a whole or speak clearly of no rule, or where the fit foretells held-out decisions no better
    than the present weights.
    """
    confirmed = sum(each.is_confirmed for each in ruled)
    rejected = len(ruled) - confirmed
    if min(confirmed, rejected) < FEWEST:
        raise NoFitError(f"{confirmed} confirmed, {rejected} rejected")
    rows = [_parts(each.findings, policy) for each in ruled]
    spoken = Counter(rule for row, _score in rows for rule in row)
    rules = sorted(rule for rule, count in spoken.items() if count >= FEWEST_OF_A_RULE)
    middle = (policy.suspect + policy.doubtful) / 2
    table = [
        [(score - middle) * _LARGE / _UNIT, *(row.get(rule, 0.0) / _UNIT for rule in rules)]
        for row, score in rows
    ]
    labels = [int(each.is_confirmed) for each in ruled]
    factors = _factors(table, labels)
    before = _held_out_errors([row[:1] for row in table], labels)
    after = _held_out_errors(table, labels)
    gains = [old - new for old, new in zip(before, after, strict=True)]
    if fmean(gains) <= _SURE * stdev(gains) / len(gains) ** 0.5:
        raise NoFitError(f"{fmean(before):.4f} before, {fmean(after):.4f} after")
    moved = {}
    weights = dict(policy.weights)
    for rule, factor in zip(rules, factors, strict=True):
        old = policy.weights[rule]
        weights[rule] = min(100.0, round(old * min(MOST_FACTOR, max(LEAST_FACTOR, factor)), 1))
        if weights[rule] != old:
            moved[rule] = (old, weights[rule], spoken[rule])
    if not moved:
        raise NoFitError("no weight moves")
    fitted = replace(policy, version=version, weights=weights)
    return Fit(fitted, confirmed, rejected, MappingProxyType(moved), fmean(before), fmean(after))


def _parts(findings: Findings, policy: Policy) -> tuple[dict[str, float], float]:
    """The points that each rule gives, and the score that they and all else add up to."""
    opinion = weigh("", findings, policy)
    given = {
        step.label: step.points
        for step in opinion.steps
        if step.label in policy.weights and step.points > 0
    }
    return given, opinion.score


def _factors(table: list[list[float]], labels: list[int]) -> list[float]:
    """What each rule's weight is to be multiplied by: 1 where the decisions do not speak clearly.

    Wrong decisions make the scale small and so every shift large beside it. What tells a shift from
    an accident is how much better it explains the decisions (likelihood ratio; Wald's standard
    errors fail where a rule parts the cases neatly: Hauck and Donner, JASA 72, 1977). Rules that
    speak together would hide each other, so the one that explains most comes first, and a further
    one counts for what those before it leave unexplained.
    """
    columns, told = np.asarray(table), np.asarray(labels)
    chosen = [0]
    (scale, *shifts), loss = _explained(columns[:, chosen], told)
    waiting = set(range(1, columns.shape[1]))
    while waiting:
        tried = {each: _explained(columns[:, [*chosen, each]], told) for each in sorted(waiting)}
        best = min(tried, key=lambda each: tried[each][1])
        if 2 * (loss - tried[best][1]) <= _SPEAKS**2:
            break
        (scale, *shifts), loss = tried[best]
        chosen.append(best)
        waiting.remove(best)
    if scale <= 0:
        raise NoFitError("scale")
    factors = [1.0] * (columns.shape[1] - 1)
    for column, shift in zip(chosen[1:], shifts, strict=True):
        factors[column - 1] = 1 + shift / (scale * _LARGE)
    return factors


def _explained(table: Columns, labels: Columns) -> tuple[list[float], float]:
    """The coefficients of a fit, and its penalised negative log likelihood."""
    regression = _regression()
    regression.fit(table, labels)
    coefficients = regression.coef_[0]
    margins = (2 * labels - 1) * (table @ coefficients)
    loss = np.logaddexp(0, -margins).sum() + _PENALTY * (coefficients**2).sum() / 2
    return [float(value) for value in coefficients], float(loss)


def _held_out_errors(table: list[list[float]], labels: list[int]) -> list[float]:
    """The squared error of each case's chance, told by a fit that did not see the case."""
    from sklearn.model_selection import StratifiedKFold, cross_val_predict  # noqa: PLC0415

    folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=0)
    chances = cross_val_predict(_regression(), table, labels, cv=folds, method="predict_proba")
    return [float(chance[1] - label) ** 2 for chance, label in zip(chances, labels, strict=True)]


def _regression() -> Any:
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - an extra

    return LogisticRegression(C=1 / _PENALTY, fit_intercept=False, solver="newton-cholesky")
