"""How long a hundred thousand leads take into a new store and through the schedule of a run.

`python -m benchmarks.leads_scale --leads 100000`: three sources name the same addresses in part.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from crawler.addresses import lead_id, normalise
from crawler.clock import now
from crawler.model import Lead, LeadReason
from crawler.scheduling import scheduled
from crawler.store import Store

SECONDS, MEGABYTES = 60.0, 500
_AT_ONCE = 500
_BUDGET = 20_000
_SOURCES = ("ct", "names", "searxng")


def named(count: int) -> Iterator[Lead]:
    """Leads as sources name them: every address by one of them, every tenth by all three."""
    at = now()
    for number in range(count):
        url = normalise(f"guimo{number:06d}-chaxun.top")
        wanted = _SOURCES if number % 10 == 0 else (_SOURCES[number % 3],)
        for source in wanted:
            yield Lead(lead_id(url), url, (LeadReason(source, f"{source} {number}", at),))


def measure(folder: Path, count: int) -> tuple[float, int, int, int]:
    """Seconds, addresses stored, reasons of one that all sources named, addresses chosen."""
    with Store.open(folder) as store:
        start = time.perf_counter()
        run = store.start_run(now())
        batch: list[Lead] = []
        for lead in named(count):
            batch.append(lead)
            if len(batch) >= _AT_ONCE:
                store.add_leads(run.id, batch)
                batch = []
        store.add_leads(run.id, batch)
        due = store.due_leads(run.id, run.started_at)
        chosen = scheduled(due, _BUDGET, store.seen_leads())
        seconds = time.perf_counter() - start
        shared = store.lead(lead_id(normalise("guimo000000-chaxun.top")))
    return seconds, len(due), len(shared.reasons), len(chosen)


def main() -> None:
    """Print seconds and memory; exit 1 where a bar is not met or leads did not merge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--leads", type=int, default=100_000)
    count = parser.parse_args().leads
    with tempfile.TemporaryDirectory(prefix="certhound-benchmark-") as folder:
        seconds, due, reasons, chosen = measure(Path(folder), count)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{count} leads stored and scheduled in {seconds:.1f} s (bar {SECONDS:g}), {memory} MB")
    print(f"{due} addresses due, {chosen} chosen; the shared one has {reasons} reasons")
    whole = due == count and reasons == len(_SOURCES) and chosen == min(count, _BUDGET)
    sys.exit(int(not whole or seconds > SECONDS or memory > MEGABYTES))


if __name__ == "__main__":
    main()
