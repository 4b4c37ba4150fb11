"""Notices that a source has fallen silent: by its minimum, by its freshness, by its own history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from statistics import median

from crawler.clock import shown
from crawler.config import Expectation
from crawler.language import _
from crawler.model import SourceState, SourceStatus

# Founders' judgement, all of them: five days of work show what a source usually brings; from ten
# leads on, a fifth of that is no quiet day; a month of history forgets last summer.
_ENOUGH = 5
_WORTH_MISSING = 10
_SHARE = 0.2
HISTORY = 30
"""Completed runs that are looked back on."""


def weighed(
    state: SourceState,
    before: Sequence[SourceState],
    expected: Expectation,
    at: datetime,
) -> SourceState:
    """The state of a source, silent where it answered with less or older than it should.

    `before` holds what it saw in the last completed runs, the newest first; `since` and `was` say
    how it came to be as it is, so that a change is told once.
    """
    told = _silence(state, before, expected, at) if state.status is SourceStatus.DONE else ""
    if told:
        detail = f"{told}；{state.detail}".removesuffix("；")
        state = replace(state, status=SourceStatus.SILENT, detail=detail)
    last = before[0] if before else None
    same = last is not None and last.status is state.status
    since = (last.since if last and same else None) or at
    return replace(state, since=since, was=None if last is None or same else last.status)


def _silence(
    state: SourceState, before: Sequence[SourceState], expected: Expectation, at: datetime
) -> str:
    """Why an answer is less than it should be, in one sentence, or the empty string."""
    if state.leads < expected.leads:
        said = _("只有 {count} 条线索，至少应有 {least} 条")
        return said.format(count=state.leads, least=expected.leads)
    oldest = at - timedelta(days=expected.fresh_days)
    if expected.fresh_days and state.newest is not None and state.newest < oldest:
        said = _("最新的内容是 {newest} 的，已超过 {days:g} 天")
        return said.format(newest=shown(state.newest), days=expected.fresh_days)
    usual = [each.leads for each in before if each.status is SourceStatus.DONE]
    middle = median(usual) if len(usual) >= _ENOUGH else 0.0
    if middle >= _WORTH_MISSING and state.leads < _SHARE * middle:
        said = _("只有 {count} 条线索，此前 {runs} 次的中位数是 {usual:g} 条")
        return said.format(count=state.leads, runs=len(usual), usual=middle)
    return ""


def turns(states: Iterable[SourceState]) -> tuple[SourceState, ...]:
    """The sources that are in another state than in the last completed run."""
    return tuple(state for state in states if state.was is not None)


def histories(
    runs: Iterable[Sequence[SourceState]],
) -> Mapping[str, tuple[SourceState, ...]]:
    """What each source saw, by its name, from what all saw in runs, the newest first."""
    found: dict[str, list[SourceState]] = {}
    for states in runs:
        for state in states:
            found.setdefault(state.source, []).append(state)
    return {name: tuple(states) for name, states in found.items()}
