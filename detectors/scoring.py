"""Weighs findings into a verdict by a written policy; every step can be recomputed by hand."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from crawler.errors import SeedError
from crawler.language import _
from crawler.model import (
    Assessment,
    Family,
    Findings,
    Offence,
    PageCondition,
    Signal,
    Step,
    Verdict,
)
from crawler.tables import Table, parse_table


@dataclass(frozen=True, slots=True)
class OffencePolicy:
    """What one offence needs, what counts towards it, and how high it can rise."""

    offence: Offence
    needs: tuple[frozenset[str], ...]
    """Alternatives; each a set of families or rules that must all be there."""
    counts: tuple[tuple[str, ...], ...]
    """Groups of families and single rules; what is within one group combines with little gain."""
    ceiling: float


@dataclass(frozen=True, slots=True)
class Policy:
    """How signals weigh."""

    version: str
    suspect: float
    doubtful: float
    shares: dict[str, tuple[float, ...]]
    """By family; `default` for the others."""
    weights: dict[str, float]
    innocence: dict[str, dict[Offence, float]]
    """By rule: the offences it speaks against and what it takes from each."""
    offences: tuple[OffencePolicy, ...]


@cache
def load_policy() -> Policy:
    """The policy of `detectors/policy.toml`; raises `SeedError` naming file, key and remedy."""
    text = (files("detectors") / "policy.toml").read_text(encoding="utf-8")
    return read_policy(parse_table(text, "detectors/policy.toml", SeedError))


def read_policy(table: Table) -> Policy:
    """The policy in a TOML table."""
    version = table.take("version", str)
    thresholds = table.take_table("thresholds")
    innocence = table.take_table("innocence")
    weights = _numbers(table.take_table("weights"))
    policy = Policy(
        version=version,
        suspect=thresholds.take("suspect", float),
        doubtful=thresholds.take("doubtful", float),
        shares=_shares(table.take_table("shares")),
        weights=weights,
        innocence={
            rule: {
                _offence(innocence, rule, name): points
                for name, points in _numbers(innocence.take_table(rule)).items()
            }
            for rule in innocence.keys()  # noqa: SIM118 - a Table is no dict
        },
        offences=tuple(_offence_policy(each, weights) for each in table.take_tables("offences")),
    )
    if not 0 < policy.doubtful < policy.suspect <= 100:
        raise thresholds.fail("suspect", _("应满足 0 < doubtful < suspect ≤ 100"))
    for each in (thresholds, innocence, table):
        each.finish()
    return policy


def _shares(table: Table) -> dict[str, tuple[float, ...]]:
    shares: dict[str, tuple[float, ...]] = {}
    for name in ("default", *(name for name in table.keys() if name != "default")):  # noqa: SIM118
        if name != "default" and name not in [family.value for family in Family]:
            raise table.fail(name, _("有未知的信号类别"))
        values = table.take(name, list)
        if not values or any(not isinstance(value, float) or value < 0 for value in values):
            raise table.fail(name, _("应为不增的非负数"))
        if values != sorted(values, reverse=True):
            raise table.fail(name, _("应为不增的非负数"))
        shares[name] = tuple(values)
    table.finish()
    return shares


def _numbers(table: Table) -> dict[str, float]:
    numbers = {name: table.take(name, float) for name in table.keys()}  # noqa: SIM118
    for name, value in numbers.items():
        if not 0 < value <= 100:
            raise table.fail(name, _("应大于 0，不超过 100"))
    return numbers


def _offence(table: Table, key: str, value: str) -> Offence:
    try:
        return Offence(value)
    except ValueError as problem:
        raise table.fail(key, _("没有名为 {name} 的违法类型").format(name=value)) from problem


def _offence_policy(table: Table, weights: dict[str, float]) -> OffencePolicy:
    counts = tuple(tuple(line.split("|")) for line in table.take_strings("counts"))
    known = {family.value for family in Family} | weights.keys()
    if not known.issuperset(name for group in counts for name in group):
        raise table.fail("counts", _("有未知的信号类别"))
    policy = OffencePolicy(
        offence=_offence(table, "offence", table.take("offence", str)),
        needs=tuple(frozenset(line.split("+")) for line in table.take_strings("needs")),
        counts=counts,
        ceiling=table.take("ceiling", float),
    )
    table.finish()
    return policy


def weigh(
    visit: str, findings: Findings, policy: Policy, *, trusted: str = "", imitates: str = ""
) -> Assessment:
    """The verdict on findings; `trusted` is why the host is never accused, or the empty string.

    More suspicion never lowers the score, more innocence never raises it.
    """
    offence, steps = _gravest(findings, policy)
    score = _total(steps)
    verdict = _verdict(score, policy)
    if findings.page_condition is not PageCondition.CONTENT:
        steps, verdict = (
            _limited(steps, 0.0, "condition", _("页面没有可判断的内容，不作结论")),
            Verdict.UNKNOWN,
        )
    elif trusted:
        steps, verdict = _limited(steps, 0.0, "trusted", trusted), Verdict.CLEAR
    if verdict.gravity < Verdict.DOUBTFUL.gravity:
        offence = Offence.NONE
    return Assessment(
        visit=visit,
        verdict=verdict,
        offence=offence,
        page_condition=findings.page_condition,
        score=_total(steps),
        imitates=imitates if offence in _IMITATIONS else "",
        findings=findings,
        steps=steps,
        policy=policy.version,
    )


def _total(steps: tuple[Step, ...]) -> float:
    return round(sum((step.points for step in steps), 0.0), 2)


_IMITATIONS = (Offence.IMITATION_QUERY, Offence.IMITATION_PORTAL, Offence.NONE)


def _verdict(score: float, policy: Policy) -> Verdict:
    if score >= policy.suspect:
        return Verdict.SUSPECT
    return Verdict.DOUBTFUL if score >= policy.doubtful else Verdict.CLEAR


def _gravest(findings: Findings, policy: Policy) -> tuple[Offence, tuple[Step, ...]]:
    """The offence that weighs most.

    Of two that reach the same score the one of which more was said before the ceiling, then the
    graver one.
    """
    best: tuple[float, float, int] = (0.0, 0.0, -1)
    chosen: tuple[Offence, tuple[Step, ...]] = (Offence.NONE, ())
    present = {signal.rule for signal in findings.signals} | {
        signal.family.value for signal in findings.signals
    }
    for each in policy.offences:
        if not any(map(present.issuperset, each.needs)):
            continue
        steps = _steps(findings.signals, each, policy)
        said = sum(step.points for step in steps if step.points > 0)
        rank = (_total(steps), round(said, 2), each.offence.gravity)
        if rank > best:
            best, chosen = rank, (each.offence, steps)
    return chosen


def _steps(signals: tuple[Signal, ...], offence: OffencePolicy, policy: Policy) -> tuple[Step, ...]:
    steps: list[Step] = []
    for group in offence.counts:
        own = [each for each in signals if each.family in group or each.rule in group]
        if not own:
            continue
        shares = policy.shares.get("|".join(group), policy.shares["default"])
        steps += _combine(own, policy.weights, shares, 1.0)
    steps = list(_limited(tuple(steps), offence.ceiling, "ceiling", _("此类情形的分数上限")))
    innocent, lowering = [], {}
    for signal in signals:
        points = policy.innocence.get(signal.rule, {})
        if offence.offence in points:
            innocent.append(signal)
            lowering[signal.rule] = points[offence.offence]
    steps += _combine(innocent, lowering, policy.shares["default"], -1.0)
    total = sum(step.points for step in steps)
    if total < 0:
        steps.append(Step("floor", round(-total, 2), _("分数不低于 0")))
    return tuple(steps)


def _combine(
    signals: list[Signal], weights: dict[str, float], shares: tuple[float, ...], sign: float
) -> list[Step]:
    """The heaviest signal whole, the next ones in shares; one step for every signal that counts."""
    strongest: dict[str, Signal] = {}
    for signal in signals:
        known = strongest.get(signal.rule)
        if known is None or signal.strength > known.strength:
            strongest[signal.rule] = signal
    heaviest = sorted(strongest.values(), key=lambda s: (-weights[s.rule] * s.strength, s.rule))
    steps = []
    for signal, share in zip(heaviest, shares, strict=False):
        points = round(sign * weights[signal.rule] * signal.strength * share, 2)
        reason = f"{weights[signal.rule]:g} × {signal.strength:g} × {share:g}"
        steps.append(Step(signal.rule, points, reason))
    return steps


def _limited(steps: tuple[Step, ...], ceiling: float, label: str, reason: str) -> tuple[Step, ...]:
    total = sum(step.points for step in steps)
    if total <= ceiling:
        return steps
    return (*steps, Step(label, round(ceiling - total, 2), reason))
