"""Answers what became of a tip, in words that may be told to the tipster: no evidence, no names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from crawler.casework import case_key
from crawler.casework.keys import page_key
from crawler.language import _
from crawler.model import Case, CaseState, Lead, PageCondition, Verdict, Watchlist
from crawler.receipts import marked, receipt_in
from crawler.store import Store

SOURCE = "tips"
"""The name under which leads say that the public named them."""


class TipOutcome(StrEnum):
    """What became of one address of a tip."""

    WAITING = "waiting"
    """Nobody has opened it yet."""
    UNREACHABLE = "unreachable"
    NOTHING_SEEN = "nothing_seen"
    UNDER_REVIEW = "under_review"
    CONFIRMED = "confirmed"
    """Two people have confirmed it."""
    REJECTED = "rejected"
    VICTIM = "victim"


@dataclass(frozen=True, slots=True)
class TipAnswer:
    """One address of a tip, and what may be said of it."""

    receipt: str
    lead: Lead
    said_at: datetime
    """When the tip came in, or was first read."""
    visits: tuple[datetime, ...]
    """When we opened the address, in order."""
    case: Case | None
    """For the office; no part of the answer."""
    outcome: TipOutcome

    @property
    def told(self) -> str:
        """The one sentence for the tipster."""
        return {
            TipOutcome.WAITING: _("已收到，排队查看中"),
            TipOutcome.UNREACHABLE: _("已查看，网址暂时打不开或没有内容，会继续查看"),
            TipOutcome.NOTHING_SEEN: _("已查看，目前没有看到违法内容；如有新情况欢迎再报"),
            TipOutcome.UNDER_REVIEW: _("已查看，正在人工核查"),
            TipOutcome.CONFIRMED: _("已经人工查实，正在依法处理"),
            TipOutcome.REJECTED: _("已经人工核查，不属于仿冒或兜售假证"),
            TipOutcome.VICTIM: _("已经人工核查，网站被他人利用，已按受害网站处理"),
        }[self.outcome]


def answers(store: Store, watchlist: Watchlist, receipt: str = "") -> tuple[TipAnswer, ...]:
    """What became of the tip of a receipt, or of the newest tips, one answer for each address."""
    beginning = marked(receipt, "") if receipt else marked("", "")[0]
    found: dict[tuple[str, str], TipAnswer] = {}
    for lead in store.leads_said_by(SOURCE, beginning):
        for reason in lead.reasons:
            number = receipt_in(reason.detail)
            if number and (number, lead.id) not in found:
                found[number, lead.id] = _answer(store, watchlist, number, lead, reason.at)
    return tuple(found.values())


def _answer(
    store: Store, watchlist: Watchlist, receipt: str, lead: Lead, at: datetime
) -> TipAnswer:
    visits = tuple(store.looked_at(lead.id))
    keys = (page_key(lead.url), case_key(lead.url, watchlist))
    case = next((case for key in keys if (case := store.case(str(key)))), None)
    return TipAnswer(receipt, lead, at, visits, case, _outcome(store, lead, visits, case))


def _outcome(
    store: Store, lead: Lead, visits: tuple[datetime, ...], case: Case | None
) -> TipOutcome:
    if case is not None:
        match case.state:
            case CaseState.RELEASED:
                return TipOutcome.CONFIRMED
            case CaseState.DISMISSED | CaseState.CORRECTED:
                return TipOutcome.REJECTED
            case CaseState.VICTIM:
                return TipOutcome.VICTIM
            case _:
                return TipOutcome.UNDER_REVIEW
    opinion = store.latest_assessment(lead.id) if visits else None
    if opinion is None:
        return TipOutcome.WAITING
    if opinion.verdict in (Verdict.SUSPECT, Verdict.DOUBTFUL):
        return TipOutcome.UNDER_REVIEW
    is_seen = opinion.page_condition is PageCondition.CONTENT and opinion.verdict is Verdict.CLEAR
    return TipOutcome.NOTHING_SEEN if is_seen else TipOutcome.UNREACHABLE
