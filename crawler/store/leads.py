"""Leads: addresses worth opening, with all who said so and when they are due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from crawler.clock import parse, stamp
from crawler.errors import StoreError
from crawler.language import _
from crawler.model import Lead, LeadReason
from crawler.store.base import StoreBase

_LEADS = """
    SELECT leads.id, leads.url, leads.depth, reasons.source, reasons.detail, reasons.at
    FROM leads JOIN reasons ON reasons.lead = leads.id
"""
_ORDER = " ORDER BY leads.id, reasons.at, reasons.source, reasons.detail"


class LeadStore(StoreBase):
    """The addresses of all runs, each once."""

    def add_leads(self, run_id: str, leads: Sequence[Lead]) -> int:
        """Take leads in; returns how many addresses were new.

        The same address merges: a reason of the same source and detail keeps its first time, the
        smallest depth wins.
        """
        fresh = 0
        with self._transaction():
            for lead in leads:
                fresh += self._write(
                    "INSERT OR IGNORE INTO leads (id, url, depth, first_run) VALUES (?, ?, ?, ?)",
                    (lead.id, lead.url, lead.depth, run_id),
                )
                self._write(
                    "UPDATE leads SET depth = ? WHERE id = ? AND depth > ?",
                    (lead.depth, lead.id, lead.depth),
                )
                for reason in lead.reasons:
                    self._write(
                        "INSERT OR IGNORE INTO reasons (lead, source, detail, at)"
                        " VALUES (?, ?, ?, ?)",
                        (lead.id, reason.source, reason.detail, stamp(reason.at)),
                    )
        return fresh

    def lead(self, lead_id: str) -> Lead:
        """The lead of an id; raises `StoreError` where there is none."""
        found = self._leads(_LEADS + "WHERE leads.id = ?" + _ORDER, (lead_id,))
        if not found:
            raise StoreError(_("没有编号为 {lead} 的线索").format(lead=lead_id))
        return found[0]

    def due_leads(self, run_id: str, at: datetime) -> list[Lead]:
        """Leads that a run has still to open, by id.

        Not opened in it yet, and never judged, or to be looked at again by `at`, or asked for by
        a person since the last look.
        """
        sql = """
            WHERE NOT EXISTS (SELECT 1 FROM visits WHERE run = ? AND lead = leads.id)
            AND (recheck_at IS NULL OR recheck_at <= ? OR asked_at > visited_at)
        """
        return self._leads(_LEADS + sql + _ORDER, (run_id, stamp(at)))

    def ask_for(self, lead_id: str, at: datetime) -> None:
        """Make a lead due because a person asks; raises `StoreError` where there is none."""
        with self._transaction():
            touched = self._write(
                "UPDATE leads SET asked_at = ? WHERE id = ?", (stamp(at), lead_id)
            )
            if not touched:
                raise StoreError(_("没有编号为 {lead} 的线索").format(lead=lead_id))

    def _leads(self, sql: str, parameters: tuple[str, ...]) -> list[Lead]:
        reasons: dict[tuple[str, str, int], list[LeadReason]] = {}
        for row in self._rows(sql, parameters):
            reason = LeadReason(row["source"], row["detail"], parse(row["at"]))
            reasons.setdefault((row["id"], row["url"], row["depth"]), []).append(reason)
        return [Lead(lead, url, tuple(said), depth) for (lead, url, depth), said in reasons.items()]
