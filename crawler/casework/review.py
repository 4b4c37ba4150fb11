"""What people decide about cases, and the gate through which a case leaves the house."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from crawler.addresses import host_of
from crawler.casework.groups import ACCUSED
from crawler.clock import shown
from crawler.errors import CaseworkError
from crawler.guard import Guard
from crawler.language import _
from crawler.masking import mask_identity
from crawler.model import (
    Case,
    CaseKey,
    CaseState,
    Decision,
    Judgement,
    KeyKind,
    PageCondition,
    Refusal,
    Release,
    Watchlist,
)
from crawler.store import JudgedAs, Store
from crawler.wording import name_of

FRESH = timedelta(hours=24)
"""How old the last look may be when a case leaves; DESIGN's limit."""


def find_case(store: Store, text: str) -> Case:
    """The case of a key as printed, of its masked form, or of the domain alone where one fits.

    Raises `CaseworkError` where there is none, or several.
    """
    case = store.case(text)
    if case is not None:
        return case
    bare = {f"{kind.value}:{text}" for kind in KeyKind}
    fitting = [key for key in store.case_keys() if mask_identity(key) == text or key in bare]
    found = store.case(fitting[0]) if len(fitting) == 1 else None
    if found is None:
        said = _("没有案件 {case}，请用 certhound review list 查看案件编号")
        if len(fitting) > 1:
            said = _("{case} 对应多个案件，请写完整的案件编号")
        raise CaseworkError(said.format(case=mask_identity(text)))
    return found


def decide(
    store: Store,
    key: CaseKey | str,
    decision: Decision,
    by: str,
    reason: str,
    at: datetime,
    expected_version: int | None = None,
) -> Case:
    """The case after a person's decision.

    Two different people confirm; one dismisses or names a victim, with a reason. Raises
    `CaseworkError` for an unknown case, a rule broken, or a case that somebody else decided since
    `expected_version` was read.
    """
    case = find_case(store, str(key))
    judgements = store.judgements(str(case.key))
    judgement = Judgement(case.key, decision, _person(by), at, reason.strip())
    if expected_version is not None and expected_version != case.version:
        raise _conflict(case, judgements)
    state = _next_state(case, judgement, judgements)
    judged = JudgedAs(case.facts.verdict, case.facts.offence)
    if not store.save_judgement(judgement, state, case.version, judged):
        raise _conflict(case, store.judgements(str(case.key)))
    return find_case(store, str(case.key))


def _person(by: str) -> str:
    """The name in one written form, so that a blank or full-width letter makes no second person."""
    text = unicodedata.normalize("NFKC", by).encode("utf-8", "replace").decode()
    name = " ".join(text.split())
    if not name:
        raise CaseworkError(_("请用 --by 写明是谁作出的决定"))
    return name


def _next_state(case: Case, judgement: Judgement, before: Sequence[Judgement]) -> CaseState:
    printed = mask_identity(str(case.key))
    if judgement.decision is not Decision.CONFIRM:
        state = {
            Decision.DISMISS: CaseState.DISMISSED,
            Decision.VICTIM: CaseState.VICTIM,
        }[judgement.decision]
        if not judgement.reason:
            raise CaseworkError(_("请用 --reason 写明理由：案件 {case}").format(case=printed))
        if case.state is state:
            raise _already(case)
        return state
    if case.state is CaseState.RELEASED:
        raise _already(case)
    if case.state is not CaseState.CONFIRMED:
        return CaseState.CONFIRMED
    if judgement.by.casefold() in _confirmers(before):
        said = _("{by} 已确认过案件 {case}，第二次确认须由另一人作出")
        raise CaseworkError(said.format(by=judgement.by, case=printed))
    return CaseState.RELEASED


def _confirmers(judgements: Sequence[Judgement]) -> frozenset[str]:
    """Who has confirmed since anybody last decided otherwise."""
    names = set()
    for judgement in reversed(judgements):
        if judgement.decision is not Decision.CONFIRM:
            break
        names.add(judgement.by.casefold())
    return frozenset(names)


def _already(case: Case) -> CaseworkError:
    said = _("案件 {case} 已是“{state}”状态，无需再作同样的决定")
    return CaseworkError(said.format(case=mask_identity(str(case.key)), state=name_of(case.state)))


def _conflict(case: Case, judgements: Sequence[Judgement]) -> CaseworkError:
    printed = mask_identity(str(case.key))
    if not judgements:
        return CaseworkError(_("案件 {case} 已有变化，请查看后重新决定").format(case=printed))
    last = judgements[-1]
    said = _("{by} 已于 {at} 对案件 {case} 作出决定（{decision}），请查看后重新决定")
    return CaseworkError(
        said.format(by=last.by, at=shown(last.at), case=printed, decision=name_of(last.decision))
    )


def release(
    case: Case, judgements: Sequence[Judgement], watchlist: Watchlist, at: datetime
) -> Release | Refusal:
    """The release of a case, or every reason why it may not leave the house at this moment."""
    reasons = tuple(_reasons_against(case, judgements, watchlist, at))
    if reasons:
        return Refusal(case.key, reasons)
    return Release(case, tuple(judgements), looked_at=case.facts.at, released_at=at)


def _reasons_against(
    case: Case, judgements: Sequence[Judgement], watchlist: Watchlist, at: datetime
) -> Iterator[str]:
    facts = case.facts
    if case.state is CaseState.VICTIM:
        yield _("已认定为受害单位，只通知其负责人，不对外发布")
    elif case.state is CaseState.DISMISSED:
        yield _("已排除")
    elif case.state is not CaseState.RELEASED or len(_confirmers(judgements)) < 2:
        yield _("尚未经两人确认")
    if facts.verdict not in ACCUSED or facts.page_condition is not PageCondition.CONTENT:
        said = _("最近一次查看没有看到违法内容（{condition}）")
        yield said.format(condition=name_of(facts.page_condition))
    if not timedelta(0) <= at - facts.at <= FRESH:
        said = _("最近一次查看在 {at}，不在 24 小时以内，请重新取证")
        yield said.format(at=shown(facts.at))
    guard = Guard(watchlist)
    hosts = {host_of(url) for url in facts.urls} | {facts.domain, facts.final_domain}
    for host in sorted(hosts - {""}):
        if guard.protects(host, at):
            yield _("{host} 是受保护的网站").format(host=host)
