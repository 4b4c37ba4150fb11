"""How an old, big data folder behaves: its list, its pages, one more day's work.

`python -m benchmarks.casework_scale DATA --cases 100000 --visits 1000000` fills a folder once,
which takes minutes and gigabytes, and measures each question in a process of its own: seconds of
processor and of clock, and most memory. `bare` reads the same rows and makes nothing of them.
"""

from __future__ import annotations

import argparse
import json
import resource
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from benchmarks.casework_folder import START, TODAY, fill, host_of, look
from crawler.addresses import lead_id
from crawler.casework import hit_list, settle
from crawler.model import (
    Lead,
    LeadReason,
)
from crawler.store import Store, place_of
from reports.hitlist import write_hitlist
from seeds import load_watchlist


def the_list(store: Store) -> str:
    """The hit list as nouns."""
    run = store.last_completed_run()
    assert run is not None
    return f"{len(hit_list(store, run.id))} cases"


def the_files(store: Store) -> str:
    """The hit list in all its written forms."""
    run = store.last_completed_run()
    assert run is not None
    cases = hit_list(store, run.id)
    folder = Path(store._path).parent / "reports"  # noqa: SLF001 - ours
    files = write_hitlist(folder, run, (), cases, START)
    return f"{len(cases)} cases, {sum(file.stat().st_size for file in files) >> 20} MB"


def bare(store: Store) -> str:
    """Bare SQLite and JSON: the same rows read, nothing made of them."""
    sql = "SELECT max(seq), document FROM case_records GROUP BY key"
    with closing(sqlite3.connect(store._path)) as direct:  # noqa: SLF001 - ours
        return f"{sum(len(json.loads(text)) > 0 for _seq, text in direct.execute(sql))} records"


def pages(store: Store) -> str:
    """Pages of fifty from the beginning, the middle and the end of the list; the slowest one."""
    at, slowest = START + timedelta(days=99), 0.0
    behind = None
    for score in (None, 70.0, 50.0, 30.0, 0.1):
        if behind is not None and score is not None:
            behind = behind._replace(rank=-(304_000 + score))
        for _turn in range(5):
            start = time.perf_counter()
            found = store.page(at, 50, behind)
            slowest = max(slowest, time.perf_counter() - start)
            behind = place_of(found[-1]) if found else behind
    return f"slowest of 25 pages {slowest * 1000:.1f} ms"


def one_case(store: Store) -> str:
    """One case with its decisions, a hundred times; the slowest."""
    slowest = 0.0
    for number in range(100):
        start = time.perf_counter()
        assert store.case(f"domain:{host_of(number)}") is not None
        store.judgements(f"domain:{host_of(number)}")
        slowest = max(slowest, time.perf_counter() - start)
    return f"slowest {slowest * 1000:.1f} ms"


def count(store: Store) -> str:
    """How many are listed."""
    return f"{store.count_listed(START + timedelta(days=99))} listed"


def another_day(store: Store) -> str:
    """A day of a thousand visits, settled and completed."""
    watchlist, at = load_watchlist(), START + timedelta(days=99)
    run = store.start_run(at).id
    looks = []
    leads = []
    for number in range(TODAY):
        host = host_of(number * 7)
        lead = lead_id(f"http://{host}/")
        leads.append(Lead(lead, f"http://{host}/", (LeadReason("names", "", at),)))
        looks.append(look(run, host, lead, at))
    store.add_leads(run, leads)
    store.save_visits([visit for visit, _assessment in looks])
    store.save_assessments(run, [(assessment, at) for _visit, assessment in looks])
    start = time.process_time()
    due = len(store.due_leads(run, at - timedelta(days=1)))
    asked = time.process_time() - start
    start = time.process_time()
    listed = settle(store, run, watchlist, at)
    settled = time.process_time() - start
    start = time.process_time()
    store.complete_run(run, at, ())
    completed = time.process_time() - start
    return (
        f"due {due} in {asked:.2f} s; settled with a list of {len(listed)} in {settled:.2f} s;"
        f" completed in {completed:.2f} s of processor"
    )


QUESTIONS: dict[str, Callable[[Store], str]] = {
    each.__name__: each for each in (bare, the_list, the_files, pages, one_case, count, another_day)
}


def measure(data: Path, name: str) -> None:
    """Ask one question in this process and print what it took."""
    with Store.open(data) as store:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        clock, busy = time.perf_counter(), time.process_time()
        said = QUESTIONS[name](store)
        clock, busy = time.perf_counter() - clock, time.process_time() - busy
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(
        f"{name:<12} {busy:7.2f} s of processor {clock:7.2f} s of clock"
        f" {peak / 1024:6.0f} MB ({before / 1024:.0f} before)  {said}"
    )


def main() -> None:
    """Fill the folder where it is not there, then measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--visits", type=int, default=1_000_000)
    parser.add_argument("--listed", type=int, default=100_000)
    parser.add_argument("--only", choices=sorted(QUESTIONS), action="append")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.here:
        measure(options.data, options.only[0])
        return
    if not Store.is_in(options.data):
        fill(options.data, options.cases, options.visits, options.listed)
    for name in options.only or QUESTIONS:
        command = [sys.executable, "-m", "benchmarks.casework_scale", str(options.data)]
        subprocess.run([*command, "--here", "--only", name], check=True)


if __name__ == "__main__":
    main()
