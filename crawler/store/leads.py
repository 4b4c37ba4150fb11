"""Leads: addresses worth opening, with all who said so and when they are due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from crawler.clock import parse, stamp
from crawler.errors import StoreError
from crawler.language import _
from crawler.model import Lead, LeadReason
from crawler.store.base import Value
from crawler.store.sums import SummedStore

_LEADS = """
    SELECT leads.id, leads.url, leads.depth, reasons.source, reasons.detail, reasons.at
    FROM leads JOIN reasons ON reasons.lead = leads.id
"""
_LONGEST_WAIT = timedelta(days=60)
"""Founders' judgement: several times what any page is put off."""
_ORDER = " ORDER BY leads.id, reasons.at, reasons.source, reasons.detail"


class LeadStore(SummedStore):
    """The addresses of all runs, each once."""

    def add_leads(self, run_id: str, leads: Sequence[Lead]) -> int:
        """Take leads in; returns how many addresses were new.

        The same address merges: a reason of the same source and detail keeps its first time, the
        smallest depth wins.
        """
        fresh = 0
        with self._transaction():
            for lead in leads:
                fresh += self._add_lead(run_id, lead)
        return fresh

    def _add_lead(self, run_id: str, lead: Lead) -> int:
        values: dict[str, Value] = {
            "id": lead.id,
            "url": lead.url,
            "depth": lead.depth,
            "first_run": run_id,
            "visited_at": None,
            "recheck_at": None,
            "asked_at": None,
        }
        fresh = self._insert("leads", values, "ON CONFLICT DO NOTHING")
        if not fresh:
            self._change("leads", "depth = min(depth, ?)", "id = ?", (lead.depth,), (lead.id,))
        for reason in lead.reasons:
            said = {
                "lead": lead.id,
                "source": reason.source,
                "detail": reason.detail,
                "at": stamp(reason.at),
            }
            self._insert("reasons", said, "ON CONFLICT DO NOTHING")
        return fresh

    def lead(self, lead_id: str) -> Lead:
        """The lead of an id; raises `StoreError` where there is none."""
        found = self._leads(_LEADS + "WHERE leads.id = ?" + _ORDER, (lead_id,))
        if not found:
            raise StoreError(_("没有编号为 {lead} 的线索，请核对编号").format(lead=lead_id))
        return found[0]

    def due_leads(self, run_id: str, at: datetime) -> list[Lead]:
        """Leads that a run has still to open, by id.

        Not opened in it yet, and never judged, or to be looked at again by `at`, or asked for by
        a person since the last look. One that is to wait longer than anything does was put off by
        a clock that was wrong, and is due too.
        """
        sql = """
            WHERE leads.id IN (
                SELECT id FROM leads WHERE recheck_at IS NULL OR recheck_at <= ?
                UNION SELECT id FROM leads WHERE recheck_at > ?
                UNION SELECT id FROM leads WHERE asked_at IS NOT NULL AND asked_at > visited_at
            )
            AND NOT EXISTS (SELECT 1 FROM visits WHERE run = ? AND lead = leads.id)
        """
        return self._leads(_LEADS + sql + _ORDER, (stamp(at), stamp(at + _LONGEST_WAIT), run_id))

    def asked_leads(self) -> frozenset[str]:
        """Ids of the leads that a person has asked for since they were last opened."""
        sql = """
            SELECT id FROM leads
            WHERE asked_at IS NOT NULL AND asked_at > coalesce(visited_at, '')
        """
        return frozenset(row["id"] for row in self._rows(sql))

    def seen_leads(self) -> frozenset[str]:
        """Ids of the leads that were opened in any run."""
        sql = "SELECT id FROM leads WHERE visited_at IS NOT NULL"
        return frozenset(row["id"] for row in self._rows(sql))

    def ask_for(self, lead_id: str, at: datetime) -> None:
        """Make a lead due because a person asks; raises `StoreError` where there is none."""
        with self._transaction():
            touched = self._change("leads", "asked_at = ?", "id = ?", (stamp(at),), (lead_id,))
            if not touched:
                raise StoreError(_("没有编号为 {lead} 的线索，请核对编号").format(lead=lead_id))

    def make_due(self, leads: Sequence[str], at: datetime) -> None:
        """Let leads be looked at again from a moment on."""
        with self._transaction():
            for lead in leads:
                self._change("leads", "recheck_at = ?", "id = ?", (stamp(at),), (lead,))

    def leads_said_by(self, source: str, beginning: str, limit: int = 1000) -> list[Lead]:
        """Leads of a source whose reason begins so, the newest said first; for a person's question.

        Each with the reasons of that source and beginning alone.
        """
        sql = (
            _LEADS
            + """
            WHERE reasons.source = ? AND substr(reasons.detail, 1, length(?)) = ?
            ORDER BY reasons.at DESC, leads.id, reasons.detail LIMIT ?
        """
        )
        return self._leads(sql, (source, beginning, beginning, limit))

    def looked_at(self, lead_id: str) -> list[datetime]:
        """When we opened a lead ourselves, in order."""
        sql = """
            SELECT visits.at FROM visits JOIN runs ON runs.id = visits.run
            WHERE visits.lead = ? AND runs.status <> 'imported' ORDER BY visits.at
        """
        return [parse(row["at"]) for row in self._rows(sql, (lead_id,))]

    def _leads(self, sql: str, parameters: tuple[Value, ...]) -> list[Lead]:
        reasons: dict[tuple[str, str, int], list[LeadReason]] = {}
        for row in self._rows(sql, parameters):
            reason = LeadReason(row["source"], row["detail"], parse(row["at"]))
            reasons.setdefault((row["id"], row["url"], row["depth"]), []).append(reason)
        return [Lead(lead, url, tuple(said), depth) for (lead, url, depth), said in reasons.items()]
