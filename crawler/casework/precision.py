"""How often people agree with the machine about the cases that it puts first."""

from __future__ import annotations

from datetime import datetime, timedelta

from crawler.model import CaseState, Precision, Ruling
from crawler.store import Store

RECENT = timedelta(days=30)
"""Founders' judgement: older decisions were about older rules."""
_DEPTHS = (10, 50, 100)
_DECIDED = tuple(each for each in CaseState if Ruling.of(each) is not Ruling.UNDECIDED)


def precision_of(store: Store, at: datetime) -> tuple[Precision, ...]:
    """The share that people confirmed of the gravest 10, 50 and 100 cases lately decided.

    How grave a case is, is said by the last completed run. As many depths as there are cases for;
    with fewer than ten, one for all of them; empty where nobody decided anything in the thirty
    days before `at`.
    """
    states = store.lately_decided(_DECIDED, at - RECENT, max(_DEPTHS))
    confirmed = [Ruling.of(state) is Ruling.CONFIRMED for state in states]
    depths = [depth for depth in _DEPTHS if depth <= len(confirmed)]
    if confirmed and not depths:
        depths = [len(confirmed)]
    return tuple(Precision(depth, sum(confirmed[:depth])) for depth in depths)
