"""Runs, and what each source saw in them."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import datetime

from crawler.clock import beijing, stamp
from crawler.errors import StoreError
from crawler.language import _
from crawler.model import Run, RunStatus, SourceState
from crawler.store.codec import read_json, write_json
from crawler.store.sums import SummedStore


class RunStore(SummedStore):
    """The daily jobs."""

    def start_run(self, at: datetime, status: RunStatus = RunStatus.RUNNING) -> Run:
        """A new run under an id of its own; an import is finished when it begins."""
        with self._transaction():
            stem = beijing(at).strftime("%Y%m%d-%H%M%S")
            taken = {row["id"] for row in self._rows("SELECT id FROM runs WHERE id >= ?", (stem,))}
            name, count = stem, 2
            while name in taken:
                name, count = f"{stem}-{count}", count + 1
            finished = at if status is RunStatus.IMPORTED else None
            run = Run(name, status, at, finished)
            values = {
                "seq": self._rows("SELECT coalesce(max(seq), 0) + 1 FROM runs")[0][0],
                "id": run.id,
                "status": run.status.value,
                "started_at": stamp(at),
                "document": write_json(run),
            }
            self._insert("runs", values)
        return self.run(name)

    def complete_run(self, run_id: str, at: datetime, degraded: tuple[str, ...]) -> Run:
        """The run, finished; one that was finished before stays as it was."""
        with self._transaction():
            run = self.run(run_id)
            if run.status is RunStatus.RUNNING:
                run = replace(
                    run, status=RunStatus.COMPLETED, finished_at=at, degraded=tuple(degraded)
                )
                self._change(
                    "runs",
                    "status = ?, document = ?",
                    "id = ?",
                    (run.status, write_json(run)),
                    (run_id,),
                )
                self._close(run)
        return self.run(run_id)

    def _close(self, run: Run) -> None:
        """Do what else a run's completion means, inside its transaction."""

    def run(self, run_id: str) -> Run:
        """The run of an id; raises `StoreError` where there is none."""
        run = _run(self._row("SELECT document FROM runs WHERE id = ?", (run_id,)))
        if run is None:
            raise StoreError(_("没有编号为 {run} 的运行，请核对编号").format(run=run_id))
        return run

    def run_ids(self) -> list[str]:
        """Ids of all runs, in the order in which they were started."""
        return [row["id"] for row in self._rows("SELECT id FROM runs ORDER BY seq")]

    def unfinished_run(self) -> Run | None:
        """The run that was started last and has not completed, or `None`."""
        return self._last(RunStatus.RUNNING)

    def last_completed_run(self) -> Run | None:
        """The run that was started last among those completed, or `None`."""
        return self._last(RunStatus.COMPLETED)

    def _last(self, status: RunStatus) -> Run | None:
        sql = "SELECT document FROM runs WHERE status = ? ORDER BY seq DESC LIMIT 1"
        return _run(self._row(sql, (status,)))

    def completed_before(self, run_id: str) -> Run | None:
        """The completed run that came last before a run, or `None`."""
        sql = """
            SELECT document FROM runs WHERE status = ?
            AND seq < (SELECT seq FROM runs WHERE id = ?) ORDER BY seq DESC LIMIT 1
        """
        return _run(self._row(sql, (RunStatus.COMPLETED, run_id)))

    def save_source(self, run_id: str, state: SourceState) -> None:
        """Keep what a source saw in a run, in place of what it said before."""
        with self._transaction():
            values = {"run": run_id, "source": state.source, "document": write_json(state)}
            self._write("DELETE FROM sources WHERE run = ? AND source = ?", (run_id, state.source))
            self._insert("sources", values)

    def sources(self, run_id: str) -> tuple[SourceState, ...]:
        """What each source saw in a run, by name."""
        sql = "SELECT document FROM sources WHERE run = ? ORDER BY source"
        return tuple(read_json(row["document"], SourceState) for row in self._rows(sql, (run_id,)))


def _run(row: sqlite3.Row | None) -> Run | None:
    return read_json(row["document"], Run) if row else None
