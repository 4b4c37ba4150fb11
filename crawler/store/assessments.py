"""The machine's opinions of Visits, and when each lead is to be looked at again."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from datetime import datetime

from crawler.clock import stamp
from crawler.model import Assessment, Visit
from crawler.store.codec import read_json, write_json
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
            for assessment, recheck_at in assessments:
                fresh = self._write(
                    "INSERT INTO assessments"
                    " (visit, verdict, offence, page_condition, score, document)"
                    " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                    (
                        assessment.visit,
                        assessment.verdict,
                        assessment.offence,
                        assessment.page_condition,
                        assessment.score,
                        write_json(assessment),
                    ),
                )
                if fresh:
                    self._write(
                        "UPDATE leads SET recheck_at = ?"
                        " WHERE id = (SELECT lead FROM visits WHERE id = ? AND run = ?)",
                        (stamp(recheck_at), assessment.visit, run_id),
                    )

    def assessments(self, run_id: str) -> Iterator[tuple[Visit, Assessment]]:
        """The judged Visits of a run without their bodies, by id."""
        sql = """
            SELECT visits.id, visits.document, assessments.document AS opinion
            FROM visits JOIN assessments ON assessments.visit = visits.id
            WHERE visits.run = ? AND visits.id > ? ORDER BY visits.id LIMIT ?
        """
        last = ""
        while rows := self._rows(sql, (run_id, last, _AT_ONCE)):
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

    def latest_assessment(self, lead_id: str) -> Assessment | None:
        """The opinion of the last judged Visit of a lead, or `None`."""
        sql = """
            SELECT assessments.document FROM visits JOIN runs ON runs.id = visits.run
            JOIN assessments ON assessments.visit = visits.id
            WHERE visits.lead = ? ORDER BY runs.seq DESC LIMIT 1
        """
        row = self._row(sql, (lead_id,))
        return read_json(row["document"], Assessment) if row else None

    def _pair(self, row: sqlite3.Row) -> tuple[Visit, Assessment]:
        return self._visit(row["id"], row), read_json(row["opinion"], Assessment)
