"""Lists of cases: as of any run, or page by page as of the last completed one, by index."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from crawler.clock import parse, stamp
from crawler.model import Case, CaseFacts, CaseState, Change, ChangeKind, Verdict
from crawler.store.base import Value
from crawler.store.cases import CaseRecord, CaseStore, read_key, read_record


class Place(NamedTuple):
    """Where a case stands in a list; the list goes on behind it."""

    rank: float
    """Lower for a graver verdict, then for a graver offence, then for a higher score."""
    key: str


# As of a run: the newest record of each case in it or in a completed run before it.
_AS_OF = """
    SELECT cases.state, cases.version, cases.muted_until, cases.part_of, records.document,
        records.seq < :seq AS is_older
    FROM cases JOIN case_records AS records ON records.key = cases.key
    WHERE records.seq = (
        SELECT newest.seq FROM case_records AS newest JOIN runs ON runs.seq = newest.seq
        WHERE newest.key = cases.key AND newest.seq <= :seq
        AND (newest.seq = :seq OR runs.status = 'completed')
        ORDER BY newest.seq DESC LIMIT 1
    )
"""
# What `cases.listed` says, before the run has completed or after others have.
_LISTED_AS_OF = """
    AND (cases.state IN ('confirmed', 'released')
         OR cases.state IN ('open', 'watched', 'appealed')
            AND (records.verdict IN ('suspect', 'doubtful')
                 OR records.seq = :seq AND records.change <> 'same'))
    AND (cases.muted_until IS NULL OR cases.muted_until <= :at)
"""
_PAGE = """
    SELECT cases.state, cases.version, cases.muted_until, cases.part_of, records.document,
        records.seq < (SELECT max(seq) FROM runs WHERE status = 'completed') AS is_older
    FROM cases INDEXED BY cases_listed
    JOIN case_records AS records ON records.key = cases.key AND records.seq = cases.seq
    WHERE cases.listed > 0 AND (cases.muted_until IS NULL OR cases.muted_until <= :at)
"""
_BEHIND = " AND (cases.rank, cases.key) > (:rank, :key)"
_ORDER = " ORDER BY cases.rank, cases.key LIMIT :limit"


class ListStore(CaseStore):
    """Suspects under review, one by one and as lists."""

    def cases(self, run_id: str) -> tuple[Case, ...]:
        """All cases as of a run, whatever their state now, by key."""
        rows = self._each(_AS_OF + "ORDER BY cases.key", {"seq": self._seq(run_id)})
        return tuple(_case(row) for row in rows)

    def listed(self, run_id: str, at: datetime) -> Iterator[Case]:
        """The cases that are listed as of a run, completed or not, in no order.

        `at` decides on mutes.
        """
        parameters: dict[str, Value] = {"seq": self._seq(run_id), "at": stamp(at)}
        for row in self._each(_AS_OF + _LISTED_AS_OF, parameters):
            yield _case(row)

    def page(self, at: datetime, limit: int, behind: Place | None = None) -> tuple[Case, ...]:
        """The next cases of the last completed run's list, the gravest first, by index."""
        sql = _PAGE
        parameters: dict[str, Value] = {"at": stamp(at), "limit": limit}
        if behind is not None:
            sql, parameters = sql + _BEHIND, {**parameters, **behind._asdict()}
        return tuple(_case(row) for row in self._rows(sql + _ORDER, parameters))

    def count_listed(self, at: datetime) -> int:
        """How many cases the last completed run's list has."""
        sql = """
            SELECT count(*) FROM cases
            WHERE listed > 0 AND (muted_until IS NULL OR muted_until <= ?)
        """
        return int(self._rows(sql, (stamp(at),))[0][0])

    def case(self, key: str) -> Case | None:
        """The case of a key as of the last run that wrote about it, or `None`."""
        sql = """
            SELECT cases.state, cases.version, cases.muted_until, cases.part_of, records.document,
                records.seq < (SELECT max(seq) FROM runs WHERE status = 'completed') AS is_older
            FROM cases JOIN case_records AS records ON records.key = cases.key
            WHERE cases.key = ? ORDER BY records.seq DESC LIMIT 1
        """
        row = self._row(sql, (key,))
        return _case(row) if row else None


def place_of(case: Case) -> Place:
    """Where a case stands in its list."""
    facts = case.facts
    gravity = facts.verdict.gravity * 100_000.0 + facts.offence.gravity * 1_000.0
    return Place(-(gravity + facts.score), str(case.key))


def _case(row: sqlite3.Row) -> Case:
    record = read_record(row["document"])
    return Case(
        key=record.facts.key,
        state=CaseState(row["state"]),
        facts=_as_listed(record),
        # What an earlier run told is no news.
        change=Change(ChangeKind.SAME) if row["is_older"] else record.change,
        first_seen=record.first_seen,
        last_seen=record.content_at or record.first_seen,
        version=row["version"],
        muted_until=parse(row["muted_until"]) if row["muted_until"] else None,
        part_of=read_key(row["part_of"]) if row["part_of"] else None,
        sightings=record.sightings,
    )


def _as_listed(record: CaseRecord) -> CaseFacts:
    """The facts as people read them: where this run could not judge, the standing ones."""
    facts, known = record.facts, record.known
    listed = replace(known, page_condition=facts.page_condition)
    if facts.verdict is Verdict.UNKNOWN:
        return listed
    return replace(listed, imitates=facts.imitates, contacts=facts.contacts, targets=facts.targets)
