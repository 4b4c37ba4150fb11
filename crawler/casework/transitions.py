"""The rules by which decisions move a case: from where, by whom, to where; stores nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from crawler.casework.persons import identity
from crawler.errors import CaseworkError
from crawler.language import _
from crawler.masking import mask_identity
from crawler.model import (
    MACHINE,
    Case,
    CaseState,
    Decision,
    Judgement,
    Standing,
)
from crawler.wording import name_of

LONGEST_MUTE = timedelta(days=180)
"""Founders' judgement: what nobody wants to see for half a year is dismissed, not muted."""

_CLOSING = {
    Decision.DISMISS: CaseState.DISMISSED,
    Decision.VICTIM: CaseState.VICTIM,
    Decision.WATCH: CaseState.WATCHED,
    Decision.REOPEN: CaseState.OPEN,
    Decision.APPEAL: CaseState.APPEALED,
    Decision.CORRECT: CaseState.CORRECTED,
}
"""Where a decision that one person takes leads."""

_REASONED = frozenset(Decision) - {Decision.CONFIRM}
_SILENT = frozenset({Decision.NOTE, Decision.MUTE, Decision.SPLIT})
"""Decisions that leave the state as it is."""
_FINAL = frozenset({Decision.SPLIT, Decision.CORRECT, Decision.APPEAL})
"""Decisions with effects elsewhere, or of somebody else's making, which one person's second thought
must not hide."""


def leads_to(case: Case, judgement: Judgement, before: Sequence[Judgement]) -> Standing:
    """Where a decision leads a case that has gone through the decisions `before`.

    Raises `CaseworkError` in one sentence where a rule forbids the decision.
    """
    if judgement.decision in _REASONED and not judgement.reason:
        said = _("请用 --reason 写明理由：案件 {case}")
        raise CaseworkError(said.format(case=printed(case)))
    if case.state is CaseState.MERGED and judgement.decision not in (
        Decision.NOTE,
        Decision.UNDO,
        Decision.REOPEN,
    ):
        said = _("案件 {case} 已并入 {other}，请对后者作出决定")
        raise CaseworkError(said.format(case=printed(case), other=mask_identity(str(case.part_of))))
    standing = case.standing
    if judgement.decision is Decision.UNDO:
        return _before(taken_back(case, before), before)
    if judgement.decision is Decision.CONFIRM:
        return replace(standing, state=_confirmed(case, judgement, before), muted_until=None)
    if judgement.decision in _SILENT or judgement.decision is Decision.MERGE:
        return standing  # what else changes is for the act itself to say
    state = _CLOSING[judgement.decision]
    if case.state is state:
        raise already(case)
    return Standing(state)


def _confirmed(case: Case, judgement: Judgement, before: Sequence[Judgement]) -> CaseState:
    if case.state is CaseState.RELEASED:
        raise already(case)
    if case.state is CaseState.CORRECTED:
        said = _("案件 {case} 已对外更正，如需再次确认，请先用 certhound review reopen 重新打开")
        raise CaseworkError(said.format(case=printed(case)))
    if case.state is not CaseState.CONFIRMED:
        return CaseState.CONFIRMED
    if identity(judgement.by) in confirmers(before):
        said = _("{by} 已确认过案件 {case}，第二次确认须由另一人作出")
        raise CaseworkError(said.format(by=judgement.by, case=printed(case)))
    return CaseState.RELEASED


def standing_decisions(judgements: Sequence[Judgement]) -> list[Judgement]:
    """The decisions that nobody has taken back, remarks left out, in order."""
    standing: list[Judgement] = []
    for judgement in judgements:
        if judgement.decision is Decision.UNDO:
            standing = [each for each in standing if each.version != judgement.undoes]
        elif judgement.decision is not Decision.NOTE:
            standing.append(judgement)
    return standing


def confirmers(judgements: Sequence[Judgement]) -> frozenset[str]:
    """Who has confirmed since anybody last decided otherwise; by `identity`."""
    names = set()
    for judgement in reversed(standing_decisions(judgements)):
        if judgement.decision in _SILENT:
            continue
        if judgement.decision is not Decision.CONFIRM:
            break
        names.add(identity(judgement.by))
    return frozenset(names)


def taken_back(case: Case, before: Sequence[Judgement]) -> Judgement:
    """The decision that an undo would take back; raises `CaseworkError` where there is none."""
    standing = standing_decisions(before)
    last = standing[-1] if standing else None
    if last is None:
        raise CaseworkError(
            _("案件 {case} 没有可以撤回的决定，请用 certhound review show 查看").format(
                case=printed(case)
            )
        )
    if last.by == MACHINE or last.decision in _FINAL:
        said = _("案件 {case} 最近的一步（{decision}）不能撤回，请作出新的决定")
        raise CaseworkError(said.format(case=printed(case), decision=name_of(last.decision)))
    return last


def _before(undone: Judgement, judgements: Sequence[Judgement]) -> Standing:
    """Where a case stood before a decision."""
    earlier = [each for each in judgements if each.version < undone.version]
    last = earlier[-1] if earlier else None
    if last is None:
        return Standing()
    return last.leads_to or Standing()


def muted(case: Case, until: datetime | None, at: datetime) -> Standing:
    """Where muting leads; raises `CaseworkError` for a day that has passed or is too far."""
    if until is None:
        return replace(case.standing, muted_until=None)
    if until <= at:
        raise CaseworkError(_("静默的截止时间必须在将来"))
    if until > at + LONGEST_MUTE:
        said = _("静默最长 {days} 天，不想再看到的案件请排除")
        raise CaseworkError(said.format(days=LONGEST_MUTE.days))
    return replace(case.standing, muted_until=until)


def printed(case: Case) -> str:
    """The key as sentences have it: identity numbers masked."""
    return mask_identity(str(case.key))


def already(case: Case) -> CaseworkError:
    """The error that a decision would change nothing."""
    said = _("案件 {case} 已是“{state}”状态，无需再作同样的决定")
    return CaseworkError(said.format(case=printed(case), state=name_of(case.state)))
