"""Writes down at the end of a run what it means for every case, and lists the open ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from crawler.casework.groups import ACCUSED, Look, group
from crawler.changes import compare, last_known
from crawler.model import Case, CaseFacts, CaseState, ChangeKind, PageCondition, Watchlist
from crawler.store import CaseRecord, Store

_DECIDED = frozenset({CaseState.CONFIRMED, CaseState.RELEASED})


def settle(store: Store, run_id: str, watchlist: Watchlist, at: datetime) -> tuple[Case, ...]:
    """Write down what an unfinished run means for every case; returns its hit list.

    Doing it again, after more visits or after a crash, replaces what was written. A dismissed case
    whose verdict or offence is graver than at dismissal is open again. Raises `StoreError` where
    the run has completed.
    """
    before = store.completed_before(run_id)
    records = store.case_records(before.id) if before else ()
    known = {record.facts.key: record for record in records}
    earlier = tuple(record.facts for record in known.values())
    pairs = [*store.assessments(run_id), *_earlier_looks(store, run_id, earlier)]
    found = {facts.key: facts for facts in group(run_id, pairs, watchlist, earlier)}
    for key, record in known.items():
        # A key that today's watchlist forms otherwise: what is known of it stands as it is.
        found.setdefault(key, replace(record.facts, run=run_id))
    kept = [facts for key, facts in found.items() if key in known or facts.verdict in ACCUSED]
    dismissed = store.dismissed_keys()
    store.save_case_records(
        run_id,
        [_record(known.get(facts.key), facts) for facts in kept],
        [facts.key for facts in kept if str(facts.key) in dismissed and _is_graver(store, facts)],
        at,
    )
    return hit_list(store, run_id)


def hit_list(store: Store, run_id: str) -> tuple[Case, ...]:
    """Every open suspect and doubtful case as of a run, the gravest first.

    Confirmed and released cases are open whatever they show now; dismissed ones and victims are
    not. One that no longer shows an offence is listed in the run that notices it, so that a site
    that hides from us does not leave the list in silence.
    """
    return tuple(sorted(filter(_is_listed, store.cases(run_id)), key=_rank))


def _is_listed(case: Case) -> bool:
    if case.state is CaseState.OPEN:
        return case.facts.verdict in ACCUSED or case.change.kind is not ChangeKind.SAME
    return case.state in _DECIDED


def _rank(case: Case) -> tuple[int, int, float, str]:
    facts = case.facts
    return -facts.verdict.gravity, -facts.offence.gravity, -facts.score, str(case.key)


def _earlier_looks(store: Store, run_id: str, earlier: Iterable[CaseFacts]) -> Iterator[Look]:
    """The last looks at the pages of known cases."""
    for visit_id in sorted({visit for facts in earlier for visit in facts.visits}):
        look = store.assessed_visit(visit_id)
        if look is not None and look[0].run != run_id:
            yield look


def _record(previous: CaseRecord | None, facts: CaseFacts) -> CaseRecord:
    if previous is None:
        known, first_seen, content_at = None, facts.at, None
    else:
        known, first_seen, content_at = previous.known, previous.first_seen, previous.content_at
    shows = facts.page_condition is PageCondition.CONTENT
    return CaseRecord(
        facts=facts,
        known=last_known(known, facts),
        change=compare(known, facts, had_content=content_at is not None),
        first_seen=first_seen,
        content_at=facts.at if shows else content_at,
    )


def _is_graver(store: Store, facts: CaseFacts) -> bool:
    """Whether a case looks graver now than when a person last decided about it."""
    judged = store.judged_as(str(facts.key))
    return judged is not None and (
        facts.verdict.gravity > judged.verdict.gravity
        or facts.offence.gravity > judged.offence.gravity
    )
