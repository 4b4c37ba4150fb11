"""How often people agree with the machine about the cases that it puts first."""

from __future__ import annotations

from datetime import datetime, timedelta

from crawler.model import CaseState, Precision, Ruling
from crawler.store import Store, place_of

RECENT = timedelta(days=30)
"""Founders' judgement: older decisions were about older rules."""
_DEPTHS = (10, 50, 100)


def precision_of(store: Store, at: datetime) -> tuple[Precision, ...]:
    """The share that people confirmed of the gravest 10, 50 and 100 cases lately decided.

    As many depths as there are cases for; with fewer than ten, one for all of them; empty where
    nobody decided anything in the thirty days before `at`.
    """
    decided = []
    for state in CaseState:
        ruling = Ruling.of(state)
        for key in store.case_keys([state]) if ruling is not Ruling.UNDECIDED else ():
            case = store.case(key)
            judged = store.judgements(key)
            if case is not None and judged and judged[-1].at >= at - RECENT:
                decided.append((place_of(case), ruling is Ruling.CONFIRMED))
    decided.sort()
    confirmed = [is_confirmed for _place, is_confirmed in decided]
    depths = [depth for depth in _DEPTHS if depth <= len(confirmed)]
    if confirmed and not depths:
        depths = [len(confirmed)]
    return tuple(Precision(depth, sum(confirmed[:depth])) for depth in depths)
