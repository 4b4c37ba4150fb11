"""The gate through which a case leaves the house: two people, a fresh look, no trusted host."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from crawler.addresses import covers, host_of
from crawler.casework.placing import ACCUSED
from crawler.casework.transitions import confirmers
from crawler.clock import shown
from crawler.guard import Guard
from crawler.language import _
from crawler.masking import mask_identity
from crawler.model import (
    Case,
    CaseState,
    Judgement,
    PageCondition,
    Refusal,
    Release,
    Watchlist,
)
from crawler.wording import name_of

FRESH = timedelta(hours=24)
"""How old the last look may be when a case leaves; DESIGN's limit."""


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
    elif case.state is CaseState.APPEALED:
        yield _("有未处理的申诉，须由两人重新确认")
    elif case.state is CaseState.CORRECTED:
        yield _("已对外更正")
    elif case.state is CaseState.MERGED:
        yield _("已并入 {other}").format(other=mask_identity(str(case.part_of)))
    elif case.state is not CaseState.RELEASED or len(confirmers(judgements)) < 2:
        yield _("尚未经两人确认")
    if facts.verdict not in ACCUSED or facts.page_condition is not PageCondition.CONTENT:
        said = _("最近一次查看没有看到违法内容（{condition}）")
        yield said.format(condition=name_of(facts.page_condition))
    if not timedelta(0) <= at - facts.at <= FRESH:
        said = _("最近一次查看在 {at}，不在 24 小时以内，请重新取证")
        yield said.format(at=shown(facts.at))
    hosts = {host_of(url) for url in facts.urls} | {facts.domain, facts.final_domain}
    for host in sorted(hosts - {""}):
        yield from _trust_in(host, watchlist, at)


def _trust_in(host: str, watchlist: Watchlist, at: datetime) -> Iterator[str]:
    """Why a host is never accused at this moment, in one sentence; expired trust is none."""
    if not Guard(watchlist).protects(host, at):
        return
    for entry in watchlist.trusted:
        if covers(entry.host, host):
            said = _("{host} 是受保护的网站（{kind}：{reason}）")
            yield said.format(host=host, kind=name_of(entry.kind), reason=entry.reason)
            return
    yield _("{host} 是受保护的网站").format(host=host)
