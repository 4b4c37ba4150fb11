"""How long everything that a data folder holds takes to be judged anew, against reading it alone.

`python -m benchmarks.replay_scale SOURCE DATA --visits 100000` copies the Visits of a folder (that
of `./run`, say) under new runs until DATA holds so many, then replays them with two processes.
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import shutil
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from crawler.clock import now
from crawler.evidence import Blobs, load_what_is_whole
from crawler.judging import JudgePool
from crawler.model import Assessment, Lead, LeadReason, Visit
from crawler.references import FILE, load_references
from crawler.replay import replay
from crawler.store import Store
from seeds import load_watchlist

BAR = 600.0
"""Seconds for a hundred thousand Visits on two cores."""
_PROCESSES = 2


def fill(source: Path, data: Path, count: int) -> None:
    """Copy the judged Visits of one folder into another, under one run after another."""
    with Store.open(source, create=False) as old, Store.open(data) as new:
        shutil.copytree(source / "blobs", data / "blobs")
        if (source / FILE).exists():
            shutil.copy(source / FILE, data / FILE)
        looks = [look for visit, _text in old.opinions() if (look := old.assessed_visit(visit))]
        left = count
        while left > 0:
            some = looks[:left]
            left -= len(some)
            at = now()
            run = new.start_run(at)
            said = (LeadReason("copy", "", at),)
            new.add_leads(run.id, [Lead(visit.lead, visit.url, said) for visit, _said in some])
            copies = [_copy(run.id, visit, opinion) for visit, opinion in some]
            new.save_visits([visit for visit, _opinion in copies])
            due = at + timedelta(days=7)
            new.save_assessments(run.id, [(opinion, due) for _visit, opinion in copies])
            new.complete_run(run.id, now(), ())


def _copy(run: str, visit: Visit, opinion: Assessment) -> tuple[Visit, Assessment]:
    name = visit.id.replace(visit.run, run)
    captures = tuple(
        replace(each, id=each.id.replace(visit.run, run), run=run) for each in visit.captures
    )
    return replace(visit, id=name, run=run, captures=captures), replace(opinion, visit=name)


def read(data: Path) -> tuple[int, float]:
    """How many Visits there are, and the seconds that reading them with their bodies takes."""
    with Store.open(data, create=False) as store:
        blobs = Blobs(data / "blobs")
        start = time.perf_counter()
        count = sum(1 for _visit in _visits(store, blobs))
        return count, time.perf_counter() - start


def _visits(store: Store, blobs: Blobs) -> Iterator[Visit]:
    for visit, _text in store.opinions():
        yield load_what_is_whole(store, blobs, visit)[0]


def judge(data: Path) -> tuple[int, float]:
    """How many Visits were judged as they are stored, byte for byte, and the seconds it took."""
    with Store.open(data, create=False) as store:
        start = time.perf_counter()
        with JudgePool(_PROCESSES, load_references(data / FILE)) as pool:
            done = asyncio.run(replay(store, Blobs(data / "blobs"), pool, load_watchlist()))
        return done.same, time.perf_counter() - start


def main() -> None:
    """Print seconds and memory; exit 1 where the bar is not met or an opinion differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=Path)
    parser.add_argument("data", type=Path)
    parser.add_argument("--visits", type=int, default=100_000)
    chosen = parser.parse_args()
    if not Store.is_in(chosen.data):
        fill(chosen.source, chosen.data, chosen.visits)
    count, reading = read(chosen.data)
    same, judging = judge(chosen.data)
    allowed = BAR * count / 100_000
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"read    {count} Visits in {reading:.1f} s")
    print(f"replay  {same} of them as stored, in {judging:.1f} s (bar {allowed:.1f}), {own} MB")
    sys.exit(int(same != count or judging > allowed))


if __name__ == "__main__":
    main()
