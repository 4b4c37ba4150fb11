"""Visits and captures, each stored once and never overwritten, and registrations kept for days."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from crawler.clock import stamp
from crawler.digests import sm3
from crawler.errors import StoreError
from crawler.language import _
from crawler.model import Capture, Knowledge, Manifest, Registration, Visit, manifest_of
from crawler.store.codec import read_json, write_json
from crawler.store.custody import digest_of
from crawler.store.sums import SummedStore


@dataclass(frozen=True, slots=True)
class FrozenManifest:
    """A manifest as it is stored, beside the entry of the chain that holds its SHA-256."""

    entry: int
    visit: str
    sm3: str
    document: str
    """Canonical JSON."""

    @property
    def sha256(self) -> str:
        """The digest that the entry must hold."""
        return digest_of(self.document)

    @property
    def is_whole(self) -> bool:
        """Whether the text has the SM3 that was stored with it."""
        return sm3(self.document.encode()) == self.sm3

    def read(self) -> Manifest:
        """What it says; raises `StoreError` where it is no manifest."""
        return read_json(self.document, Manifest)


class VisitStore(SummedStore):
    """What addresses showed us."""

    def save_visits(self, visits: Sequence[Visit]) -> None:
        """Store Visits whose bodies are on disk already, all or none.

        A Visit or Capture that is there already stays as it is. Each Visit that brings something
        new gets its manifest, and an entry in the chain of custody with the manifest's digest.
        """
        with self._transaction():
            for visit in visits:
                self._save_visit(visit)

    def _save_visit(self, visit: Visit) -> None:
        document = write_json(replace(visit, captures=()))
        row = (visit.id, visit.run, visit.lead, visit.url, stamp(visit.at), document)
        is_new = self._write(
            "INSERT INTO visits (id, run, lead, url, at, document) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT DO NOTHING",
            row,
        )
        texts = {each.id: write_json(replace(each, html="")) for each in visit.captures}
        fresh = sum(self._save_capture(visit.id, each, texts[each.id]) for each in visit.captures)
        if not is_new and not fresh:
            return
        if visit.handed_in is None:  # what others saw does not spare us a look of our own
            self._change(
                "leads",
                "visited_at = max(coalesce(visited_at, ''), ?)",
                "id = ?",
                (stamp(visit.at),),
                (visit.lead,),
            )
        self._keep_registration(visit.registration)
        if is_new and fresh == len(texts):
            record = digest_of(document, *(texts[key] for key in sorted(texts)))
            stored = replace(
                visit, captures=tuple(sorted(visit.captures, key=lambda each: each.id))
            )
        else:  # something of it was there before: the manifest is of all that is there now
            record, stored = self.visit_digest(visit.id), self.visit(visit.id)
        self._freeze(manifest_of(stored, record), visit.at)

    def _freeze(self, manifest: Manifest, at: datetime) -> None:
        """Store a manifest and seal its digest in the chain."""
        text = write_json(manifest)
        given = manifest.handed_in
        actor, action = (given.by, "imported") if given else ("machine", "captured")
        seq = self._seal(at, actor, action, manifest.visit, digest_of(text))
        self._write(
            "INSERT INTO manifests (entry, visit, sm3, document) VALUES (?, ?, ?, ?)",
            (seq, manifest.visit, sm3(text.encode()), text),
        )

    def _save_capture(self, visit: str, capture: Capture, document: str) -> int:
        return self._write(
            "INSERT INTO captures (id, visit, run, lead, vantage, body, document)"
            " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (
                capture.id,
                visit,
                capture.run,
                capture.lead,
                capture.vantage,
                capture.body.sha256 if capture.body else None,
                document,
            ),
        )

    def _keep_registration(self, registration: Registration | None) -> None:
        if registration is None or registration.state is Knowledge.UNKNOWN:
            return
        values = {
            "domain": registration.domain,
            "asked_at": stamp(registration.asked_at),
            "document": write_json(registration),
        }
        self._insert("registrations", values, "ON CONFLICT DO NOTHING")

    def visit(self, visit_id: str) -> Visit:
        """The Visit of an id without its bodies; raises `StoreError` where there is none."""
        row = self._row("SELECT document FROM visits WHERE id = ?", (visit_id,))
        if row is None:
            raise StoreError(_("没有编号为 {visit} 的取证记录，请核对编号").format(visit=visit_id))
        return self._visit(visit_id, row)

    def count_visits(self, run_id: str) -> int:
        """How many addresses a run has opened."""
        return int(self._rows("SELECT count(*) FROM visits WHERE run = ?", (run_id,))[0][0])

    def visit_ids(self) -> list[str]:
        """Ids of all Visits of all runs, in order."""
        return [row["id"] for row in self._rows("SELECT id FROM visits ORDER BY id")]

    def _visit(self, visit_id: str, row: sqlite3.Row) -> Visit:
        captures = tuple(read_json(text, Capture) for text in self._captures(visit_id))
        return replace(read_json(row["document"], Visit), captures=captures)

    def _captures(self, visit_id: str) -> list[str]:
        sql = "SELECT document FROM captures WHERE visit = ? ORDER BY id"
        return [row["document"] for row in self._rows(sql, (visit_id,))]

    def visit_digest(self, visit_id: str) -> str:
        """SHA-256 over the stored rows of a Visit and its Captures, or '' where there are none."""
        row = self._row("SELECT document FROM visits WHERE id = ?", (visit_id,))
        return digest_of(row["document"], *self._captures(visit_id)) if row else ""

    def manifests(self) -> Iterator[FrozenManifest]:
        """Every manifest, in the order of the chain's entries."""
        for row in self._each("SELECT * FROM manifests ORDER BY entry"):
            yield FrozenManifest(row["entry"], row["visit"], row["sm3"], row["document"])

    def manifest(self, visit_id: str) -> str:
        """The newest manifest of a Visit as canonical JSON, or '' where it has none."""
        sql = "SELECT document FROM manifests WHERE visit = ? ORDER BY entry DESC LIMIT 1"
        row = self._row(sql, (visit_id,))
        return str(row["document"]) if row else ""

    def visits_to_assess(self, run_id: str) -> list[str]:
        """Ids of a run's Visits that nobody has judged yet, in order."""
        sql = """
            SELECT id FROM visits WHERE run = ?
            AND NOT EXISTS (SELECT 1 FROM assessments WHERE visit = visits.id) ORDER BY id
        """
        return [row["id"] for row in self._rows(sql, (run_id,))]

    def registration(self, domain: str, newer_than: datetime) -> Registration | None:
        """What a registry last said of a domain after a moment, or `None`; never an unknown."""
        sql = """
            SELECT document FROM registrations WHERE domain = ? AND asked_at > ?
            ORDER BY asked_at DESC LIMIT 1
        """
        row = self._row(sql, (domain, stamp(newer_than)))
        return read_json(row["document"], Registration) if row else None
