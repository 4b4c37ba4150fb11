"""The machine's opinions of Visits, and when each lead is to be looked at again."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from crawler.clock import now, stamp
from crawler.model import Assessment, Verdict, Visit
from crawler.store.codec import read_json, write_json
from crawler.store.custody import digest_of
from crawler.store.visits import VisitStore

# How many rows are in memory at a time when a whole run is read.
_AT_ONCE = 500


class AssessmentStore(VisitStore):
    """One opinion for each Visit."""

    def save_assessments(
        self, run_id: str, assessments: Sequence[tuple[Assessment, datetime]]
    ) -> None:
        """Store opinions with the moment from which each one's lead is due again, all or none.

        The first opinion of a Visit stands.
        """
        with self._transaction():
            entry = self._rows("SELECT coalesce(max(seq), 0) + 1 FROM custody")[0][0]
            fresh = [
                assessment.visit
                for assessment, recheck_at in assessments
                if self._save_assessment(run_id, assessment, recheck_at, entry)
            ]
            if fresh:
                self._seal(now(), "machine", "assessed", run_id, self.opinions_digest(entry))

    def _save_assessment(
        self, run_id: str, assessment: Assessment, recheck_at: datetime, entry: int
    ) -> int:
        values = {
            "visit": assessment.visit,
            "verdict": assessment.verdict.value,
            "offence": assessment.offence.value,
            "page_condition": assessment.page_condition.value,
            "score": float(assessment.score),
            "document": write_json(assessment),
            "entry": entry,
        }
        fresh = self._insert("assessments", values, "ON CONFLICT DO NOTHING")
        if fresh:
            where = "id = (SELECT lead FROM visits WHERE id = ? AND run = ?)"
            of = (assessment.visit, run_id)
            self._change("leads", "recheck_at = ?", where, (stamp(recheck_at),), of)
        return fresh

    def opinions_digest(self, entry: int) -> str:
        """SHA-256 over the digests of all opinions that an entry of the chain seals, by visit."""
        sql = "SELECT digest FROM assessments WHERE entry = ? ORDER BY visit"
        return digest_of(*(row["digest"] for row in self._rows(sql, (entry,))))

    def opinion_entries(self) -> set[int]:
        """The entries of the chain that opinions name as theirs."""
        return {row["entry"] for row in self._rows("SELECT DISTINCT entry FROM assessments")}

    def assessments(
        self, run_id: str, verdicts: Collection[Verdict] = tuple(Verdict)
    ) -> Iterator[tuple[Visit, Assessment]]:
        """The judged Visits of a run with one of the verdicts, without their bodies, by id."""
        sql = f"""
            SELECT visits.id, visits.document, assessments.document AS opinion
            FROM visits JOIN assessments ON assessments.visit = visits.id
            WHERE visits.run = ? AND visits.id > ?
            AND assessments.verdict IN ({", ".join("?" * len(verdicts))})
            ORDER BY visits.id LIMIT ?
        """
        last = ""
        while rows := self._rows(sql, (run_id, last, *verdicts, _AT_ONCE)):
            last = rows[-1]["id"]
            yield from (self._pair(row) for row in rows)

    def assessed_visit(self, visit_id: str) -> tuple[Visit, Assessment] | None:
        """A Visit without its bodies and the opinion of it, or `None` where nobody judged it."""
        sql = """
            SELECT visits.id, visits.document, assessments.document AS opinion
            FROM visits JOIN assessments ON assessments.visit = visits.id WHERE visits.id = ?
        """
        row = self._row(sql, (visit_id,))
        return self._pair(row) if row else None

    def look_before(self, run_id: str, lead_id: str) -> tuple[Visit, Assessment] | None:
        """The last judged Visit of a lead in a completed run before this one, or `None`."""
        sql = """
            SELECT visits.id, visits.document, assessments.document AS opinion
            FROM visits JOIN runs ON runs.id = visits.run
            JOIN assessments ON assessments.visit = visits.id
            WHERE visits.lead = ? AND runs.status = 'completed'
            AND runs.seq < (SELECT seq FROM runs WHERE id = ?)
            ORDER BY runs.seq DESC LIMIT 1
        """
        row = self._row(sql, (lead_id, run_id))
        return self._pair(row) if row else None

    def latest_assessment(self, lead_id: str) -> Assessment | None:
        """The opinion of the last judged Visit of a lead, or `None`; one of our own if there is."""
        sql = """
            SELECT assessments.document FROM visits JOIN runs ON runs.id = visits.run
            JOIN assessments ON assessments.visit = visits.id
            WHERE visits.lead = ? ORDER BY runs.status = 'imported', runs.seq DESC LIMIT 1
        """
        row = self._row(sql, (lead_id,))
        return read_json(row["document"], Assessment) if row else None

    def opinions(self) -> Iterator[tuple[str, str]]:
        """Every judged Visit of all runs with its opinion as text, by the Visit's id."""
        sql = "SELECT visit, document FROM assessments WHERE visit > ? ORDER BY visit LIMIT ?"
        last = ""
        while rows := self._rows(sql, (last, _AT_ONCE)):
            last = rows[-1]["visit"]
            yield from ((row["visit"], row["document"]) for row in rows)

    def count_opinions(self) -> int:
        """How many Visits are judged."""
        return int(self._rows("SELECT count(*) FROM assessments")[0][0])

    @staticmethod
    def text_of(assessment: Assessment) -> str:
        """An opinion as it would be stored."""
        return write_json(assessment)

    @staticmethod
    def opinion_of(text: str) -> Assessment:
        """The opinion in a stored text."""
        return read_json(text, Assessment)

    def _pair(self, row: sqlite3.Row) -> tuple[Visit, Assessment]:
        return self._visit(row["id"], row), read_json(row["opinion"], Assessment)
