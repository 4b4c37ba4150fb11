"""Cases: what each run wrote down about them, and what people decided."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from crawler.errors import StoreError
from crawler.language import _
from crawler.model import (
    Case,
    CaseFacts,
    CaseKey,
    CaseState,
    Change,
    Judgement,
    Offence,
    RunStatus,
    Verdict,
)
from crawler.store.assessments import AssessmentStore
from crawler.store.codec import read_json, write_json
from crawler.store.custody import digest_of
from crawler.store.runs import RunStore


@dataclass(frozen=True, slots=True)
class CaseRecord:
    """What one run wrote down about a case."""

    facts: CaseFacts
    """What the run itself established."""
    known: CaseFacts
    """The last known value of everything, this run included: what the next change is told by."""
    change: Change
    first_seen: datetime
    content_at: datetime | None
    """When the case last showed content, or `None` where it never did."""


@dataclass(frozen=True, slots=True)
class JudgedAs:
    """How grave a case looked when a person decided."""

    verdict: Verdict
    offence: Offence


_CASES = """
    SELECT cases.state, cases.version, case_records.document
    FROM cases JOIN case_records ON case_records.key = cases.key
    JOIN runs ON runs.id = case_records.run
"""


class CaseStore(RunStore, AssessmentStore):
    """Suspects under review."""

    def save_case_records(
        self, run_id: str, records: Sequence[CaseRecord], reopened: Sequence[CaseKey], at: datetime
    ) -> None:
        """Replace what an unfinished run wrote down about all cases, and reopen dismissed ones.

        Raises `StoreError` where the run has completed: its records are what changes are told by.
        """
        with self._transaction():
            if self.run(run_id).status is not RunStatus.RUNNING:
                raise StoreError(_("运行 {run} 已完成，其结果不再改写").format(run=run_id))
            self._write("DELETE FROM case_records WHERE run = ?", (run_id,))
            for record in records:
                self._save_record(run_id, record)
            for key in reopened:
                self._reopen(key, run_id, at)

    def _save_record(self, run_id: str, record: CaseRecord) -> None:
        key = str(record.facts.key)
        self._write(
            "INSERT OR IGNORE INTO cases (key, state, version) VALUES (?, ?, 0)",
            (key, CaseState.OPEN),
        )
        self._write(
            "INSERT INTO case_records (run, key, verdict, document) VALUES (?, ?, ?, ?)",
            (run_id, key, record.known.verdict, write_json(record)),
        )

    def _reopen(self, key: CaseKey, run_id: str, at: datetime) -> None:
        touched = self._write(
            "UPDATE cases SET state = ?, version = version + 1 WHERE key = ? AND state = ?",
            (CaseState.OPEN, str(key), CaseState.DISMISSED),
        )
        if touched:
            self._seal(at, "machine", "reopened", str(key), digest_of(run_id))

    def case_records(self, run_id: str) -> tuple[CaseRecord, ...]:
        """What a run wrote down about each case, by key."""
        sql = "SELECT document FROM case_records WHERE run = ? ORDER BY key"
        return tuple(read_json(row["document"], CaseRecord) for row in self._rows(sql, (run_id,)))

    def cases(self, run_id: str) -> tuple[Case, ...]:
        """All cases as of a run, whatever their state now, by key."""
        rows = self._rows(_CASES + "WHERE runs.id = ? ORDER BY cases.key", (run_id,))
        return tuple(_case(row) for row in rows)

    def case(self, key: str) -> Case | None:
        """The case of a key as of the last run that wrote about it, or `None`."""
        row = self._row(_CASES + "WHERE cases.key = ? ORDER BY runs.seq DESC LIMIT 1", (key,))
        return _case(row) if row else None

    def case_keys(self) -> list[str]:
        """The keys of all cases, in order."""
        return [row["key"] for row in self._rows("SELECT key FROM cases ORDER BY key")]

    def dismissed_keys(self) -> frozenset[str]:
        """The keys of the cases that stand dismissed."""
        rows = self._rows("SELECT key FROM cases WHERE state = ?", (CaseState.DISMISSED,))
        return frozenset(row["key"] for row in rows)

    def save_judgement(
        self, judgement: Judgement, state: CaseState, version: int, judged: JudgedAs
    ) -> bool:
        """Store a decision and the state it leads to; `False` where the case has moved on since.

        `version` is that of the case on which the decision was made.
        """
        key, document = str(judgement.case), write_json(judgement)
        with self._transaction():
            moved = self._write(
                "UPDATE cases SET state = ?, version = version + 1 WHERE key = ? AND version = ?",
                (state, key, version),
            )
            if not moved:
                return False
            self._write(
                "INSERT INTO judgements (key, version, verdict, offence, document)"
                " VALUES (?, ?, ?, ?, ?)",
                (key, version + 1, judged.verdict, judged.offence, document),
            )
            self._seal(judgement.at, judgement.by, "judged", key, digest_of(document))
        return True

    def judgements(self, key: str) -> tuple[Judgement, ...]:
        """What people decided about a case, in order."""
        sql = "SELECT document FROM judgements WHERE key = ? ORDER BY seq"
        return tuple(read_json(row["document"], Judgement) for row in self._rows(sql, (key,)))

    def judged_as(self, key: str) -> JudgedAs | None:
        """How grave a case looked at the last decision about it, or `None` where there is none."""
        sql = "SELECT verdict, offence FROM judgements WHERE key = ? ORDER BY seq DESC LIMIT 1"
        row = self._row(sql, (key,))
        return JudgedAs(Verdict(row["verdict"]), Offence(row["offence"])) if row else None

    def judgement_digests(self) -> list[tuple[str, str]]:
        """Key and SHA-256 of the stored row of every decision, in order."""
        rows = self._rows("SELECT key, document FROM judgements ORDER BY seq")
        return [(row["key"], digest_of(row["document"])) for row in rows]


def _case(row: sqlite3.Row) -> Case:
    record = read_json(row["document"], CaseRecord)
    return Case(
        key=record.facts.key,
        state=CaseState(row["state"]),
        facts=_as_listed(record),
        change=record.change,
        first_seen=record.first_seen,
        last_seen=record.content_at or record.first_seen,
        version=row["version"],
    )


def _as_listed(record: CaseRecord) -> CaseFacts:
    """The facts as people read them: where this run could not judge, the standing ones."""
    facts, known = record.facts, record.known
    listed = replace(known, page_condition=facts.page_condition)
    if facts.verdict is Verdict.UNKNOWN:
        return listed
    return replace(listed, imitates=facts.imitates, contacts=facts.contacts, targets=facts.targets)
