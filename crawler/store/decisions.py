"""What people decide about cases, and the papers that leave the house: kept as said, and sealed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from crawler.clock import stamp
from crawler.errors import StoreError
from crawler.model import (
    MACHINE,
    Case,
    CaseKey,
    CaseState,
    Decision,
    Judgement,
    Offence,
    Standing,
    Verdict,
)
from crawler.store.base import Value
from crawler.store.codec import read_json, write_json
from crawler.store.custody import digest_of
from crawler.store.lists import ListStore

_MACHINE_ACTS = {Decision.REOPEN: "reopened", Decision.MERGE: "superseded"}


@dataclass(frozen=True, slots=True)
class JudgedAs:
    """How grave a case looked when a person decided."""

    verdict: Verdict
    offence: Offence


class DecisionStore(ListStore):
    """Decisions: each makes one version of its case."""

    def save_judgement(
        self, judgement: Judgement, case: Case, opened: Sequence[CaseKey] = ()
    ) -> bool:
        """Store a decision that says where it leads; `False` where the case has moved on since.

        `case` is what was decided on; cases `opened` by the decision begin without a record.
        """
        standing = judgement.leads_to or Standing(case.state)
        judgement = replace(
            judgement,
            version=case.version + 1,
            leads_to=standing,
            verdict=case.facts.verdict,
            offence=case.facts.offence,
        )
        with self._transaction():
            if not self._move(str(case.key), case.version, standing):
                return False
            self._keep(judgement)
            for key in opened:
                self._open_case(str(key))
        return True

    def _move(self, key: str, version: int, standing: Standing) -> int:
        moved = self._write(
            "UPDATE cases SET state = ?, muted_until = ?, part_of = ?, version = version + 1"
            " WHERE key = ? AND version = ?",
            (*_columns(standing), key, version),
        )
        if moved:
            self._relist(key)
        return moved

    def _keep(self, judgement: Judgement) -> None:
        key, document = str(judgement.case), write_json(judgement)
        values = {
            "seq": self._rows("SELECT coalesce(max(seq), 0) + 1 FROM judgements")[0][0],
            "key": key,
            "version": judgement.version,
            "verdict": judgement.verdict.value,
            "offence": judgement.offence.value,
            "document": document,
        }
        self._insert("judgements", values)
        action = "judged"
        if judgement.by == MACHINE:
            action = _MACHINE_ACTS.get(judgement.decision, action)
        self._seal(judgement.at, judgement.by, action, key, digest_of(document))

    def judgements(self, key: str) -> tuple[Judgement, ...]:
        """What was decided about a case, in order."""
        sql = "SELECT version, document FROM judgements WHERE key = ? ORDER BY version"
        return tuple(_completed(self._rows(sql, (key,))))

    def judged_as(self, key: str) -> JudgedAs | None:
        """How grave a case looked at the last decision about it, or `None` where there is none.

        A remark decides nothing.
        """
        sql = """
            SELECT verdict, offence FROM judgements
            WHERE key = ? AND json_extract(document, '$.decision') <> 'note'
            ORDER BY version DESC LIMIT 1
        """
        row = self._row(sql, (key,))
        return JudgedAs(Verdict(row["verdict"]), Offence(row["offence"])) if row else None

    def lately_decided(
        self, states: Sequence[CaseState], since: datetime, limit: int
    ) -> list[CaseState]:
        """Where at most `limit` cases in some states stand, the gravest of the last completed run.

        Only those about which the last thing was said at `since` or later; the gravest first.
        """
        marks = ", ".join("?" * len(states))
        sql = f"""
            SELECT state FROM cases
            WHERE state IN ({marks}) AND seq > 0 AND (
                SELECT json_extract(document, '$.at') FROM judgements
                WHERE judgements.key = cases.key ORDER BY judgements.version DESC LIMIT 1
            ) >= ?
            ORDER BY rank, key LIMIT ?
        """
        rows = self._rows(sql, (*(state.value for state in states), stamp(since), limit))
        return [CaseState(row["state"]) for row in rows]

    def judgement_digests(self) -> list[tuple[str, str]]:
        """Key and SHA-256 of the stored row of every decision, in order."""
        rows = self._rows("SELECT key, document FROM judgements ORDER BY seq")
        return [(row["key"], digest_of(row["document"])) for row in rows]

    def misplaced_cases(self) -> Iterator[str]:
        """The keys of cases that do not stand where their last decision led them."""
        sql = """
            SELECT cases.key, state, cases.version, muted_until, part_of
            FROM cases WHERE state <> 'open' OR cases.version <> 0
            OR muted_until IS NOT NULL OR part_of IS NOT NULL
            OR EXISTS (SELECT 1 FROM judgements WHERE judgements.key = cases.key)
        """
        for row in self._rows(sql):
            try:
                judgements = self.judgements(row["key"])
            except StoreError:
                yield row["key"]
                continue
            last = judgements[-1] if judgements else None
            standing = (last.leads_to if last else None) or Standing()
            version = last.version if last else 0
            if version < row["version"] and standing.state is CaseState.DISMISSED:
                # The first version kept no row of a reopening, only its entry in the chain.
                version, standing = row["version"], Standing()
            if (row["version"], row["state"], row["muted_until"], row["part_of"]) != (
                version,
                *_columns(standing),
            ):
                yield row["key"]

    def save_paper(self, keys: Sequence[str], name: str, digest: str, at: datetime) -> None:
        """Keep and seal which cases a file names that leaves the house."""
        named = sorted(set(keys))
        with self._transaction():
            entry = self._seal(at, MACHINE, "published", name, digest_of(digest, *named))
            for key in named:
                values: dict[str, Value] = {
                    "entry": entry,
                    "key": key,
                    "name": name,
                    "at": stamp(at),
                    "digest_of_file": digest,
                }
                self._insert("papers", values)

    def papers_of(self, key: str) -> tuple[str, ...]:
        """The files that named a case, in the order in which they were written."""
        sql = "SELECT name FROM papers WHERE key = ? ORDER BY entry"
        return tuple(dict.fromkeys(row["name"] for row in self._rows(sql, (key,))))

    def paper_digests(self) -> dict[int, tuple[str, str]]:
        """For each entry of the chain that seals a paper: its name, and the digest due there."""
        found: dict[int, tuple[str, list[str]]] = {}
        for row in self._each("SELECT * FROM papers ORDER BY entry, key"):
            named = found.setdefault(row["entry"], (row["name"], [row["digest_of_file"]]))
            named[1].append(row["key"])
        return {entry: (name, digest_of(*parts)) for entry, (name, parts) in found.items()}


def _columns(standing: Standing) -> tuple[str, str | None, str | None]:
    return (
        standing.state.value,
        stamp(standing.muted_until) if standing.muted_until else None,
        str(standing.part_of) if standing.part_of else None,
    )


def _completed(rows: Sequence[sqlite3.Row]) -> list[Judgement]:
    """The decisions; those of the first schema with what it left to be worked out.

    There a missing version is the machine's reopening of a dismissed case.
    """
    found: list[Judgement] = []
    state, version = CaseState.OPEN, 0
    for row in rows:
        judgement = read_json(row["document"], Judgement)
        if judgement.leads_to is None:
            if row["version"] > version + 1:
                state = CaseState.OPEN
            state = _first_schema(judgement.decision, state)
            judgement = replace(judgement, version=row["version"], leads_to=Standing(state))
        elif judgement.leads_to is not None:
            state = judgement.leads_to.state
        version = row["version"]
        found.append(judgement)
    return found


def _first_schema(decision: Decision, state: CaseState) -> CaseState:
    if decision is Decision.CONFIRM:
        return CaseState.RELEASED if state is CaseState.CONFIRMED else CaseState.CONFIRMED
    return CaseState.DISMISSED if decision is Decision.DISMISS else CaseState.VICTIM
