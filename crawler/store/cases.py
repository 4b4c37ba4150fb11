"""Cases: what each run wrote down about them, and what stands of it when the run completes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from crawler.clock import now
from crawler.errors import StoreError
from crawler.language import _
from crawler.model import (
    MACHINE,
    CaseFacts,
    CaseKey,
    CaseState,
    Change,
    ChangeKind,
    KeyKind,
    Motion,
    Offence,
    Run,
    RunStatus,
    Sighting,
    Verdict,
)
from crawler.store.assessments import AssessmentStore
from crawler.store.base import Value
from crawler.store.codec import read_json, write_json
from crawler.store.custody import digest_of
from crawler.store.runs import RunStore

NO_MOTION = Motion()


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
    sightings: tuple[Sighting, ...] = ()
    motion: Motion = NO_MOTION
    """How its fields moved of late: what flapping is told by."""


@dataclass(frozen=True, slots=True)
class _Stored:
    """A record as its row has it: what the run established is not written twice."""

    facts: CaseFacts
    change: Change
    first_seen: datetime
    content_at: datetime | None
    known: CaseFacts | None = None
    """`None` where the run established everything that is known."""
    sightings: tuple[Sighting, ...] = ()
    motion: Motion = NO_MOTION


def write_record(record: CaseRecord) -> str:
    """The record as its row has it."""
    return write_json(
        _Stored(
            record.facts,
            record.change,
            record.first_seen,
            record.content_at,
            None if record.known == record.facts else record.known,
            record.sightings,
            record.motion,
        )
    )


def read_record(text: str) -> CaseRecord:
    """The record in a row; raises `StoreError` where it is none."""
    stored = read_json(text, _Stored)
    return CaseRecord(
        stored.facts,
        stored.known or stored.facts,
        stored.change,
        stored.first_seen,
        stored.content_at,
        stored.sightings,
        stored.motion,
    )


_AT_ONCE = 500

# Confirmed and released cases are open whatever they show now. One that no longer shows an offence
# is listed in the run that tells so (2), and then no more.
_LISTED = """
    CASE WHEN state IN ('confirmed', 'released') THEN 1
         WHEN state NOT IN ('open', 'watched', 'appealed') THEN 0
         WHEN verdict >= 2 THEN 1
         WHEN change <> 'same'
              AND seq = (SELECT max(seq) FROM runs WHERE status = 'completed') THEN 2
         ELSE 0 END
"""
_GRAVITY = " ".join(f"WHEN '{each.value}' THEN {each.gravity}" for each in Verdict)
_OFFENCE = " ".join(f"WHEN '{each.value}' THEN {each.gravity}" for each in Offence)

_PROJECTED = f"""
    (seq, verdict, rank, change) = (
        SELECT seq, CASE verdict {_GRAVITY} END,
            -(CASE verdict {_GRAVITY} END * 100000.0
              + CASE offence {_OFFENCE} END * 1000.0 + score),
            change
        FROM case_records
        WHERE case_records.key = cases.key AND case_records.seq = ?
    )
"""


class CaseStore(RunStore, AssessmentStore):
    """Suspects under review."""

    def clear_case_records(self, run_id: str) -> None:
        """Forget what an unfinished run wrote down about cases.

        Raises `StoreError` where the run has completed: its records are what changes are told by.
        """
        with self._transaction():
            self._writable(run_id)
            self._write("DELETE FROM case_records WHERE run = ?", (run_id,))

    def save_case_records(self, run_id: str, records: Iterable[CaseRecord]) -> None:
        """Write down what an unfinished run says of some cases, in place of what it said before.

        Raises `StoreError` where the run has completed.
        """
        with self._transaction():
            seq = self._writable(run_id)
            for record in records:
                self._save_record(run_id, seq, record)

    def _writable(self, run_id: str) -> int:
        if self.run(run_id).status is not RunStatus.RUNNING:
            raise StoreError(
                _("运行 {run} 已完成，其结果不再改写，请开始新的运行").format(run=run_id)
            )
        return self._seq(run_id)

    def _seq(self, run_id: str) -> int:
        row = self._row("SELECT seq FROM runs WHERE id = ?", (run_id,))
        return int(row["seq"]) if row else 0

    def _save_record(self, run_id: str, seq: int, record: CaseRecord) -> None:
        key = str(record.facts.key)
        self._open_case(key)
        self._write("DELETE FROM case_records WHERE run = ? AND key = ?", (run_id, key))
        values: dict[str, Value] = {
            "run": run_id,
            "key": key,
            "seq": seq,
            "verdict": record.known.verdict.value,
            "offence": record.known.offence.value,
            "score": float(record.known.score),
            "change": record.change.kind.value,
            "document": write_record(record),
        }
        self._insert("case_records", values)

    def _open_case(self, key: str) -> None:
        """Take a case in that nobody has decided about; a known one stays as it is."""
        values: dict[str, Value] = {
            "key": key,
            "state": CaseState.OPEN.value,
            "version": 0,
            "muted_until": None,
            "part_of": None,
            "seq": 0,
            "verdict": 0,
            "rank": 0.0,
            "change": ChangeKind.SAME.value,
            "listed": 0,
        }
        self._insert("cases", values, "ON CONFLICT DO NOTHING")

    def _close(self, run: Run) -> None:
        """Let a completed run's records stand for its cases, and seal all that it wrote down."""
        seq = self._seq(run.id)
        keys = "key IN (SELECT key FROM case_records WHERE run = ?)"
        self._write(f"UPDATE cases SET {_PROJECTED} WHERE {keys}", (seq, run.id))
        self._write(f"UPDATE cases SET listed = {_LISTED} WHERE {keys}", (run.id,))
        self._sum("cases", keys, (run.id,))
        stale = [
            row["key"]
            for row in self._rows("SELECT key FROM cases WHERE listed = 2 AND seq < ?", (seq,))
        ]
        for key in stale:
            self._relist(key)
        at = run.finished_at or run.started_at
        self._seal(at, "machine", "completed", run.id, self.run_digest(run.id))

    def _after_migrations(self) -> None:
        """Bring up to date what migrations add, inside their transaction."""
        newest = """
            (SELECT max(records.seq) FROM case_records AS records JOIN runs
             ON runs.seq = records.seq
             WHERE records.key = cases.key AND runs.status = 'completed')
        """
        where = f"seq = 0 AND {newest} IS NOT NULL"
        self._write(f"UPDATE cases SET {_PROJECTED.replace('?', newest)} WHERE {where}")
        self._write(f"UPDATE cases SET listed = {_LISTED}")
        self._sum("cases", "1", ())
        sql = "SELECT 1 FROM custody WHERE action = 'completed' AND subject = ?"
        for run in self.completed_runs():
            if self._row(sql, (run,)) is None:
                self._seal(now(), MACHINE, "completed", run, self.run_digest(run))
        self._keep_migrations()

    def _relist(self, key: str) -> None:
        self._change("cases", f"listed = {_LISTED}", "key = ?", (), (key,))

    def run_digest(self, run_id: str) -> str:
        """SHA-256 over the digests of a run, its sources by name and its records by key."""
        parts = [
            row["digest"]
            for sql in (
                "SELECT digest FROM runs WHERE id = ?",
                "SELECT digest FROM sources WHERE run = ? ORDER BY source",
                "SELECT digest FROM case_records WHERE run = ? ORDER BY key",
            )
            for row in self._rows(sql, (run_id,))
        ]
        return digest_of(*parts)

    def completed_runs(self) -> list[str]:
        """Ids of all completed runs, in the order in which they were started."""
        sql = "SELECT id FROM runs WHERE status = ? ORDER BY seq"
        return [row["id"] for row in self._rows(sql, (RunStatus.COMPLETED,))]

    def case_records(self, run_id: str) -> tuple[CaseRecord, ...]:
        """What a run wrote down about each case that it looked at, by key."""
        sql = "SELECT document FROM case_records WHERE run = ? ORDER BY key"
        return tuple(read_record(row["document"]) for row in self._rows(sql, (run_id,)))

    def known_record(self, run_id: str, key: CaseKey) -> CaseRecord | None:
        """What the last completed run before a run that wrote about a case says, or `None`."""
        sql = """
            SELECT case_records.document FROM case_records JOIN runs ON runs.seq = case_records.seq
            WHERE key = ? AND runs.status = 'completed'
            AND case_records.seq < (SELECT seq FROM runs WHERE id = ?)
            ORDER BY case_records.seq DESC LIMIT 1
        """
        row = self._row(sql, (str(key), run_id))
        return read_record(row["document"]) if row else None

    def existing(self, keys: Iterable[CaseKey]) -> frozenset[CaseKey]:
        """Those of the keys that are cases."""
        wanted = {str(key): key for key in keys}
        found: set[CaseKey] = set()
        names = sorted(wanted)
        for start in range(0, len(names), _AT_ONCE):
            some = names[start : start + _AT_ONCE]
            marks = ", ".join("?" * len(some))
            rows = self._rows(f"SELECT key FROM cases WHERE key IN ({marks})", some)
            found |= {wanted[row["key"]] for row in rows}
        return frozenset(found)

    def merged(self) -> dict[CaseKey, CaseKey]:
        """The cases that are part of another one, with the one that is decided in their place."""
        sql = "SELECT key, part_of FROM cases WHERE part_of IS NOT NULL"
        return {read_key(row["key"]): read_key(row["part_of"]) for row in self._rows(sql)}

    def page_keys(self) -> frozenset[CaseKey]:
        """The keys of all cases that are single pages of somebody's site."""
        keys = (read_key(text) for text in self.case_keys())
        return frozenset(key for key in keys if key.kind is KeyKind.PATH)

    def states_of(self, keys: Sequence[CaseKey]) -> dict[str, CaseState]:
        """Where each of the cases stands with people, by key."""
        marks = ", ".join("?" * len(keys))
        sql = f"SELECT key, state FROM cases WHERE key IN ({marks})"
        rows = self._rows(sql, [str(key) for key in keys])
        return {row["key"]: CaseState(row["state"]) for row in rows}

    def case_keys(self, states: Sequence[CaseState] = tuple(CaseState)) -> list[str]:
        """The keys of all cases in one of the states, in order."""
        marks = ", ".join("?" * len(states))
        sql = f"SELECT key FROM cases WHERE state IN ({marks}) ORDER BY key"
        return [row["key"] for row in self._rows(sql, states)]


def read_key(text: str) -> CaseKey:
    """The key that is printed so; raises `StoreError` for what is none."""
    for kind in KeyKind:
        if text.startswith(f"{kind.value}:"):
            return CaseKey(kind, text.removeprefix(f"{kind.value}:"))
    raise StoreError(_("数据库中有一条记录已损坏（{kind}），请从备份恢复").format(kind="CaseKey"))
