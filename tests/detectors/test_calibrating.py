"""Decisions move weights: a planted one is found, poison and too few decisions move none."""

import random
from collections.abc import Mapping
from dataclasses import replace
from math import exp

import pytest

from crawler.model import Family, Findings, PageCondition, Signal
from detectors.calibrating import FEWEST, LEAST_FACTOR, MOST_FACTOR, NoFitError, Ruled, fit
from detectors.scoring import Policy, load_policy, weigh

POLICY = load_policy()
RULES = {
    "claim_title": Family.CLAIM,
    "claim_header": Family.CLAIM,
    "claim_footer": Family.CLAIM,
    "query_form": Family.QUERY,
    "query_result": Family.QUERY,
    "name_likeness": Family.NAME,
    "young_registration": Family.REGISTRATION,
}
STRICTNESS = 6.0
"""Points within which the people of these tests waver."""


def believing(weights: Mapping[str, float]) -> Policy:
    return replace(POLICY, weights={**POLICY.weights, **weights})


def ruled(seed: int, belief: Policy, count: int = 1500, flipped: float = 0.0) -> list[Ruled]:
    """Cases that our policy lists, decided by people who weigh as `belief` does."""
    random_one = random.Random(seed)
    middle = (POLICY.suspect + POLICY.doubtful) / 2
    cases: list[Ruled] = []
    while len(cases) < count:
        signals = tuple(
            Signal(rule, family, round(random_one.uniform(0.6, 1.0), 2), "x", "text")
            for rule, family in RULES.items()
            if random_one.random() < 0.45
        )
        findings = Findings(PageCondition.CONTENT, signals)
        if weigh("", findings, POLICY).score < POLICY.doubtful:
            continue
        chance = 1 / (1 + exp((middle - weigh("", findings, belief).score) / STRICTNESS))
        is_confirmed = random_one.random() < chance
        cases.append(Ruled(findings, is_confirmed ^ (random_one.random() < flipped)))
    return cases


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("rule", "planted"), [("query_form", 17.0), ("claim_footer", 19.0)])
def test_a_planted_weight_is_found(seed: int, rule: str, planted: float) -> None:
    made = fit(ruled(seed, believing({rule: planted})), POLICY, "new")
    assert made.policy.weights[rule] == pytest.approx(planted, rel=0.25)
    assert made.moved[rule][:2] == (POLICY.weights[rule], made.policy.weights[rule])
    assert made.error_after < made.error_before
    for other in RULES.keys() - {rule}:
        assert made.policy.weights[other] == pytest.approx(POLICY.weights[other], rel=0.35)


def test_only_weights_that_decisions_speak_of_move_and_none_far() -> None:
    made = fit(ruled(4, believing({"query_form": 1.0})), POLICY, "new")
    assert made.policy.version == "new"
    assert made.policy == replace(POLICY, version="new", weights=made.policy.weights)
    for rule, weight in made.policy.weights.items():
        factor = weight / POLICY.weights[rule]
        assert LEAST_FACTOR - 0.05 <= factor <= MOST_FACTOR + 0.05
        assert rule in RULES or factor == 1


@pytest.mark.parametrize("seed", range(5))
def test_flipped_labels_move_nothing(seed: int) -> None:
    with pytest.raises(NoFitError):
        fit(ruled(seed, POLICY, count=600, flipped=0.2), POLICY, "new")


def test_people_who_decide_the_opposite_are_not_followed() -> None:
    opposite = [Ruled(each.findings, not each.is_confirmed) for each in ruled(1, POLICY)]
    with pytest.raises(NoFitError):
        fit(opposite, POLICY, "new")


@pytest.mark.parametrize("kept", [True, False])
def test_too_few_of_either_kind_are_refused(*, kept: bool) -> None:
    cases = ruled(2, believing({"query_form": 17.0}))
    many = [each for each in cases if each.is_confirmed is kept]
    few = [each for each in cases if each.is_confirmed is not kept][: FEWEST - 1]
    with pytest.raises(NoFitError):
        fit([*many, *few], POLICY, "new")
