"""Makes weights of an office's own out of what its people decided, and refuses where that harms."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass

from crawler.casework.placing import ACCUSED
from crawler.errors import CaseworkError, CerthoundError
from crawler.language import _
from crawler.model import CaseState, Replay, Ruling, Shift, ShiftKind
from crawler.store import Store
from detectors.calibrating import FEWEST, Fit, NoFitError, Ruled, fit
from detectors.scoring import Policy

_NAMED = 5
"""Cases named in a refusal; `certhound replay` tells all."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """Weights that accuse no innocent more than before, and what they would change."""

    fit: Fit
    replay: Replay


async def calibrate(
    store: Store,
    policy: Policy,
    version: str,
    try_out: Callable[[Policy], Awaitable[Replay]],
) -> Calibration:
    """Fit a policy's weights to the decisions in a store, and try them on all that is stored.

    Raises `CaseworkError` where there are too few decisions or they say nothing new, where a page
    that nobody confirmed would come on the list or one that people rejected would look graver, and
    where not all that is stored could be judged; `CerthoundError` where scikit-learn is missing.
    """
    ruled = list(ruled_cases(store))
    try:
        fitted = fit(ruled, policy, version)
    except NoFitError as problem:
        raise CaseworkError(_refusal(ruled)) from problem
    except ImportError as problem:
        said = _("校准需要 scikit-learn，请先安装：pip install 'certhound[calibrate]'")
        raise CerthoundError(said) from problem
    found = await try_out(fitted.policy)
    harmed = [shift for shift in found.shifts if _harms(shift)]
    if harmed:
        said = _(
            "校准后会新列出或加重 {count} 个无人确认的案件（{cases}），已拒绝；"
            "请先复核这些页面，或改正误作的决定后重试"
        )
        names = "、".join(str(shift.key) for shift in harmed[:_NAMED])
        raise CaseworkError(said.format(count=len(harmed), cases=names))
    if not found.is_whole:
        said = _("{count} 次取证未能重新判断，无法保证校准无害；请用 certhound verify 查明后重试")
        raise CaseworkError(said.format(count=found.unread + found.unjudged))
    return Calibration(fitted, found)


def ruled_cases(store: Store) -> Iterator[Ruled]:
    """Every case that people confirmed or rejected, by the opinion that it is listed for."""
    for state in CaseState:
        ruling = Ruling.of(state)
        if ruling is Ruling.UNDECIDED:
            continue
        for key in store.case_keys([state]):
            case = store.case(key)
            looks = map(store.assessed_visit, case.facts.visits if case else ())
            opinions = (look[1] for look in looks if look is not None)
            accused = next((each for each in opinions if each.verdict in ACCUSED), None)
            if accused is not None:
                yield Ruled(accused.findings, ruling is Ruling.CONFIRMED)


def _harms(shift: Shift) -> bool:
    """Whether somebody whom nobody confirmed would be accused, or somebody rejected, more."""
    if shift.kind is ShiftKind.ADDED:
        return shift.ruling is not Ruling.CONFIRMED
    is_graver = shift.after.verdict.gravity > shift.before.verdict.gravity
    return shift.kind is ShiftKind.REGRADED and is_graver and shift.ruling is Ruling.REJECTED


def _refusal(ruled: list[Ruled]) -> str:
    confirmed = sum(each.is_confirmed for each in ruled)
    rejected = len(ruled) - confirmed
    if min(confirmed, rejected) < FEWEST:
        said = _(
            "已确认 {confirmed} 个、已排除 {rejected} 个案件，各满 {fewest} 个才能校准；"
            "请继续复核，沿用现有权重"
        )
        return said.format(confirmed=confirmed, rejected=rejected, fewest=FEWEST)
    return _("这些决定并不能让判断更准（留出检验未见改进），请沿用现有权重")


def policy_text(base: str, made: Calibration, day: str) -> str:
    """The TOML text of a policy with other weights; its comments stay, the figures stand on top."""
    fitted = made.fit
    text = _set(base, "version", f'"{fitted.policy.version}"')
    for rule, (before, after, count) in sorted(fitted.moved.items()):
        note = _("原为 {before:g}，{count} 个案件涉及").format(before=before, count=count)
        text = _set(text, rule, f"{after:g}", note)
    told = (
        _("{day} 由复核决定校准：已确认 {confirmed} 个，已排除 {rejected} 个案件。").format(
            day=day, confirmed=fitted.confirmed, rejected=fitted.rejected
        ),
        _("留出检验的均方误差 {before:.4f} → {after:.4f}。").format(
            before=fitted.error_before, after=fitted.error_after
        ),
        _("全部取证重新判断：撤出 {dropped} 个案件，其中人已确认 {lost} 个。").format(
            dropped=sum(shift.kind is ShiftKind.DROPPED for shift in made.replay.shifts),
            lost=sum(
                shift.kind is ShiftKind.DROPPED and shift.ruling is Ruling.CONFIRMED
                for shift in made.replay.shifts
            ),
        ),
    )
    return "".join(f"# {line}\n" for line in told) + text


def _set(text: str, key: str, value: str, note: str = "") -> str:
    """The text with one number replaced: keys of weights and the version stand once each."""
    line = f"{key} = {value}" + (f" # {note}" if note else "")
    changed, count = re.subn(
        rf"(?m)^{re.escape(key)} *=[^\n]*$", lambda _found: line, text, count=1
    )
    if count != 1:
        raise CerthoundError(_("权重文件中找不到 {key}，请补上").format(key=key))
    return changed
