"""Writes down at the end of a run what it means for the cases it saw, and lists the open ones."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from crawler.casework.day import Day, Seen
from crawler.casework.groups import condition_of, facts_of
from crawler.casework.keys import case_key, page_key
from crawler.casework.machine import step
from crawler.casework.placing import ACCUSED, Look
from crawler.casework.rechecks import next_look
from crawler.casework.sightings import sightings_of
from crawler.casework.succession import Succession, as_of_page
from crawler.casework.transitions import standing_decisions
from crawler.changes import STILL, compare, last_known, moved, moves
from crawler.model import (
    MACHINE,
    Case,
    CaseFacts,
    CaseKey,
    CaseState,
    Decision,
    Judgement,
    PageCondition,
    Standing,
    Verdict,
    Watchlist,
)
from crawler.store import CaseRecord, Store, place_of

_AT_ONCE = 200
_IDLE = frozenset({PageCondition.PARKED, PageCondition.EXPIRED, PageCondition.EMPTY})
"""What an address shows before it is put to use; a name that does not exist is empty."""


def settle(
    store: Store, run_id: str, watchlist: Watchlist, at: datetime, *, is_outage: bool = False
) -> tuple[Case, ...]:
    """Write down what an unfinished run means for the cases it saw; returns its hit list.

    Doing it again, after more visits or after a crash, replaces what was written. A dismissed or
    muted case whose verdict or offence is graver than when that was decided is open again. In an
    outage of our own nothing was seen. Raises `StoreError` where the run has completed.
    """
    store.clear_case_records(run_id)
    day = Day(store, run_id, watchlist, is_outage=is_outage)
    succession = Succession(store, day)
    batch: list[CaseRecord] = []
    graver: list[CaseKey] = []
    joined: list[CaseKey] = []
    for key in day.cases():
        record = _record_of(store, run_id, day, succession, key)
        if record is None:
            continue
        batch.append(record)
        if _is_graver(store, record.facts):
            graver.append(key)
        if _has_joined(store, record.facts, watchlist):
            joined.append(key)
        if len(batch) >= _AT_ONCE:
            _write_down(store, run_id, batch, at)
            batch = []
    _write_down(store, run_id, batch, at)
    if is_outage:
        # What a portal showed in their place may have been judged clear, to be left for a week.
        store.make_due(day.leads, at)
    succession.complete(at)
    for key in graver:
        _open_again(store, key, run_id, at)
        if _accuses_of_more(store, key):
            _confirm_anew(store, key, run_id, at)
    for key in joined:
        _confirm_anew(store, key, run_id, at)
    return hit_list(store, run_id, at)


def _write_down(store: Store, run_id: str, batch: list[CaseRecord], at: datetime) -> None:
    """Store records; a page that was accused not long ago is due tomorrow, however clear today."""
    store.save_case_records(run_id, batch)
    hiding = [
        visit.rpartition(".")[2]
        for record in batch
        if record.facts.verdict is Verdict.CLEAR
        and any(swing.field == "verdict" for swing in record.motion.swings)
        for visit in record.facts.visits
    ]
    store.make_due(hiding, at)
    states = store.states_of([record.facts.key for record in batch])
    for record in batch:
        due = next_look(record, states[str(record.facts.key)], at)
        if due is not None:
            leads = [visit.rpartition(".")[2] for visit in record.facts.visits]
            store.make_due([lead for lead in leads if lead not in hiding], due)


def hit_list(store: Store, run_id: str, at: datetime | None = None) -> tuple[Case, ...]:
    """Every open suspect and doubtful case as of a run, the gravest first.

    Confirmed and released cases are open whatever they show now; dismissed ones, victims, merged
    and muted ones are not. One that no longer shows an offence is listed in the run that notices
    it, so that a site that hides from us does not leave the list in silence. `at`, by default the
    start of the run, decides on mutes.
    """
    moment = at or store.run(run_id).started_at
    with _no_garbage():
        return tuple(sorted(store.listed(run_id, moment), key=place_of))


@contextmanager
def _no_garbage() -> Iterator[None]:
    """Look for no garbage meanwhile; among a hundred thousand cases that takes as long as reading.

    Cases hold no cycles, so that nothing waits for it.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _record_of(
    store: Store, run_id: str, day: Day, succession: Succession, key: CaseKey
) -> CaseRecord | None:
    """What the run says of one key, or `None` where it says nothing of it."""
    previous = store.known_record(run_id, key)
    seen = day.seen(key)
    if previous is None:
        inherited = succession.record_before(key)
        previous = as_of_page(inherited, key) if inherited else None
    looks = [*day.looks(seen, previous), *_earlier_looks(store, day, key, previous)]
    if not looks or (previous is None and not any(look[1].verdict in ACCUSED for look in looks)):
        return None
    if succession.leaves(key, looks):
        return None
    earlier = previous.facts if previous else None
    saw_any = any(each.condition is not PageCondition.UNKNOWN for each in seen)
    facts = facts_of(run_id, key, looks, earlier, saw_any=saw_any)
    return _record(previous, facts, was_idle=previous is None and _was_idle(store, run_id, seen))


def _earlier_looks(
    store: Store, day: Day, key: CaseKey, previous: CaseRecord | None
) -> Iterator[Look]:
    """The last looks at the pages of a known case that still belong to it."""
    for visit_id in sorted(previous.facts.visits) if previous else ():
        look = store.assessed_visit(visit_id)
        if look is not None and look[0].run != day.run and day.places.key_of(*look) == key:
            yield look


def _was_idle(store: Store, run_id: str, seen: list[Seen]) -> bool:
    """Whether an address of a new case was looked at before and showed nothing yet."""
    before = (store.look_before(run_id, each.lead) for each in seen)
    return any(look is not None and condition_of(look) in _IDLE for look in before)


def _record(previous: CaseRecord | None, facts: CaseFacts, *, was_idle: bool) -> CaseRecord:
    known = previous.known if previous else None
    motion = previous.motion if previous else STILL
    content_at = previous.content_at if previous else None
    shows = facts.page_condition is PageCondition.CONTENT
    return CaseRecord(
        facts=facts,
        known=last_known(known, facts),
        change=compare(
            known, facts, had_content=content_at is not None, was_idle=was_idle, motion=motion
        ),
        first_seen=previous.first_seen if previous else facts.at,
        content_at=facts.at if shows else content_at,
        sightings=sightings_of(previous.sightings if previous else (), facts),
        motion=moved(motion, moves(known, facts) if known else (), facts.at),
    )


def _is_graver(store: Store, facts: CaseFacts) -> bool:
    """Whether a case looks graver now than when a person last decided about it."""
    judged = store.judged_as(str(facts.key))
    return judged is not None and (
        facts.verdict.gravity > judged.verdict.gravity
        or facts.offence.gravity > judged.offence.gravity
    )


def _open_again(store: Store, key: CaseKey, run_id: str, at: datetime) -> None:
    """Let a case that was dismissed or muted be seen again."""

    def decide(case: Case) -> Judgement | None:
        if case.state is not CaseState.DISMISSED and case.muted_until is None:
            return None
        state = CaseState.OPEN if case.state is CaseState.DISMISSED else case.state
        standing = Standing(state)
        return Judgement(key, Decision.REOPEN, MACHINE, at, f"run {run_id}", leads_to=standing)

    step(store, str(key), decide)


def _has_joined(store: Store, facts: CaseFacts, watchlist: Watchlist) -> bool:
    """Whether a case has taken in a site, page or account that was merged into it."""
    merged = {
        url for url in facts.urls if facts.key not in (case_key(url, watchlist), page_key(url))
    }
    previous = store.known_record(facts.run, facts.key) if merged else None
    return previous is not None and not merged <= set(previous.facts.urls)


def _accuses_of_more(store: Store, key: CaseKey) -> bool:
    """Whether a case shows a graver offence now than anybody who confirmed it had before him."""
    case = store.case(str(key))
    confirmed = [
        judgement.offence.gravity
        for judgement in standing_decisions(store.judgements(str(key)))
        if judgement.decision is Decision.CONFIRM
    ]
    return case is not None and case.facts.offence.gravity > max(confirmed, default=0)


def _confirm_anew(store: Store, key: CaseKey, run_id: str, at: datetime) -> None:
    """Let two people look again at a case that says more now than what they confirmed."""

    def decide(case: Case) -> Judgement | None:
        if case.state not in (CaseState.CONFIRMED, CaseState.RELEASED):
            return None
        standing = Standing(CaseState.OPEN)
        return Judgement(key, Decision.REOPEN, MACHINE, at, f"run {run_id}", leads_to=standing)

    step(store, str(key), decide)
