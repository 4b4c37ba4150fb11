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
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from crawler.addresses import lead_id
from crawler.casework import hit_list, settle
from crawler.clock import stamp
from crawler.model import (
    Assessment,
    BlobRef,
    Capture,
    CaseFacts,
    CaseKey,
    Change,
    ChangeKind,
    Contact,
    ContactType,
    Fact,
    Family,
    Findings,
    KeyKind,
    Knowledge,
    Lead,
    LeadReason,
    Offence,
    PageCondition,
    Registration,
    Signal,
    Target,
    TargetKind,
    Vantage,
    Verdict,
    Visit,
)
from crawler.store import CaseRecord, Store, place_of
from crawler.store.cases import write_record
from crawler.store.codec import write_json
from reports.hitlist import write_hitlist
from seeds import load_watchlist

START = datetime(2026, 1, 1, tzinfo=UTC)
RUNS = 10
TODAY = 1000
"""Visits of the one more day."""
RUN, HOST, LEAD = "RUNRUNRUN", "HOSTHOST.top", "LEADLEADLEADLEAD"
"""Stand in the templates for what differs from row to row."""


def look(run: str, host: str, lead: str, at: datetime) -> tuple[Visit, Assessment]:
    """A look at a seller's page, of the size that real ones have."""
    url = f"http://{host}/"
    capture = Capture(
        id=f"{run}.{lead}.desktop",
        run=run,
        lead=lead,
        vantage=Vantage.DESKTOP,
        url=url,
        final_url=url,
        at=at,
        exchanges=(),
        status=200,
        headers=(("Content-Type", "text/html"), ("Server", "nginx/1.18.0")),
        body=BlobRef("ab" * 32, 20_000, "text/html"),
    )
    said = Registration(
        host,
        Knowledge.KNOWN,
        at,
        registered_on=Fact[datetime].known(START - timedelta(days=90)),
        registrar=Fact[str].known("某注册商有限公司"),
        name_servers=Fact[tuple[str, ...]].known(("ns1.dns.test", "ns2.dns.test")),
    )
    signals = tuple(
        Signal(f"sells_{number}", Family.SALE, 0.8, "焊工证电工证 免考包拿证 加微信", "text")
        for number in range(6)
    )
    findings = Findings(
        PageCondition.CONTENT,
        signals,
        contacts=(
            Contact(ContactType.PHONE, "13800007801", "138-0000-7801", 0.9),
            Contact(ContactType.WECHAT, "demo_bz7801", "微信：demo_bz7801", 0.8),
        ),
        targets=(Target(TargetKind.QR, f"http://{host}/v?id=1"),),
    )
    assessment = Assessment(
        visit=f"{run}.{lead}",
        verdict=Verdict.SUSPECT,
        offence=Offence.SALE_FORGED,
        page_condition=PageCondition.CONTENT,
        score=77.0,
        imitates="",
        findings=findings,
        steps=(),
        policy="1",
    )
    return Visit(f"{run}.{lead}", run, lead, url, at, (capture,), said), assessment


def record(at: datetime) -> CaseRecord:
    """What a run writes down about such a page."""
    visit, assessment = look(RUN, HOST, LEAD, at)
    facts = CaseFacts(
        run=RUN,
        key=CaseKey(KeyKind.DOMAIN, HOST),
        verdict=assessment.verdict,
        offence=assessment.offence,
        page_condition=PageCondition.CONTENT,
        score=77.0,
        imitates="",
        domain=HOST,
        urls=(visit.url,),
        visits=(visit.id,),
        captures=(visit.captures[0].id,),
        at=at,
        signals=assessment.findings.signals,
        contacts=assessment.findings.contacts,
        targets=assessment.findings.targets,
        final_domain=HOST,
        registrar="某注册商有限公司",
        name_servers=("ns1.dns.test", "ns2.dns.test"),
        registered_on=START,
    )
    return CaseRecord(facts, facts, Change(ChangeKind.SAME), at, at)


def host_of(number: int) -> str:
    """An invented name."""
    return f"guimo{number:06d}.top"


def fill(data: Path, cases: int, visits: int, listed: int) -> None:
    """Make the folder: every case looked at `visits / cases` times, all but `listed` dismissed."""
    with Store.open(data) as store:
        runs = [store.start_run(START + timedelta(days=day)).id for day in range(RUNS)]
        for run in runs:
            store.complete_run(run, START, ())
    with closing(sqlite3.connect(data / "certhound.db")) as direct:
        direct.execute("PRAGMA synchronous = OFF")
        leads = [lead_id(f"http://{host_of(number)}/") for number in range(cases)]
        at = stamp(START)
        direct.executemany(
            "INSERT INTO leads (id, url, depth, first_run, visited_at, recheck_at)"
            " VALUES (?, ?, 0, ?, ?, '2099-01-01T00:00:00.000Z')",
            (
                (lead, f"http://{host_of(n)}/", runs[0], stamp(START))
                for n, lead in enumerate(leads)
            ),
        )
        direct.executemany(
            "INSERT INTO reasons (lead, source, detail, at) VALUES (?, 'names', 'names.txt:1', ?)",
            ((lead, at) for lead in leads),
        )
        for turn, run in enumerate(runs):
            count = min(cases, max(0, visits - turn * cases))
            _fill_run(direct, run, turn + 1, leads[:count])
            direct.commit()
        _fill_cases(direct, cases, listed, runs)
        direct.commit()
        direct.execute("ANALYZE")


def _fill_run(direct: sqlite3.Connection, run: str, seq: int, leads: list[str]) -> None:
    visit, assessment = look(RUN, HOST, LEAD, START + timedelta(days=seq))
    texts = [
        write_json(replace(visit, captures=())),
        write_json(visit.captures[0]),
        write_json(assessment),
    ]

    def rows(text: str) -> Iterator[tuple[str, str, str]]:
        made = text.replace(RUN, run)
        for number, lead in enumerate(leads):
            yield lead, host_of(number), made.replace(HOST, host_of(number)).replace(LEAD, lead)

    at = stamp(visit.at)
    direct.executemany(
        "INSERT INTO visits (id, run, lead, url, at, document) VALUES (?, ?, ?, ?, ?, ?)",
        ((f"{run}.{lead}", run, lead, f"http://{h}/", at, t) for lead, h, t in rows(texts[0])),
    )
    direct.executemany(
        "INSERT INTO captures (id, visit, run, lead, vantage, body, document)"
        " VALUES (?, ?, ?, ?, 'desktop', ?, ?)",
        (
            (f"{run}.{lead}.desktop", f"{run}.{lead}", run, lead, "ab" * 32, t)
            for lead, _host, t in rows(texts[1])
        ),
    )
    direct.executemany(
        "INSERT INTO assessments (visit, verdict, offence, page_condition, score, document)"
        " VALUES (?, 'suspect', 'sale_forged', 'content', 77.0, ?)",
        ((f"{run}.{lead}", t) for lead, _host, t in rows(texts[2])),
    )


def _fill_cases(direct: sqlite3.Connection, cases: int, listed: int, runs: list[str]) -> None:
    text = write_record(record(START))

    def rows() -> Iterator[tuple[str, str, int, float, str]]:
        for number in range(cases):
            lead, host = lead_id(f"http://{host_of(number)}/"), host_of(number)
            score = float(number % 1000) / 10
            for seq in {1, 2 + number % (RUNS - 1)}:
                run = runs[seq - 1]
                made = text.replace(RUN, run).replace(HOST, host).replace(LEAD, lead)
                yield run, f"domain:{host}", seq, score, made.replace("77.0", str(score))

    direct.executemany(
        "INSERT INTO cases (key, state, version, seq, verdict, rank, listed)"
        " VALUES (?, ?, 0, ?, 3, ?, ?)",
        (
            (
                f"domain:{host_of(number)}",
                "open" if number < listed else "dismissed",
                2 + number % (RUNS - 1),
                -(304_000 + float(number % 1000) / 10),
                int(number < listed),
            )
            for number in range(cases)
        ),
    )
    direct.executemany(
        "INSERT INTO case_records (run, key, seq, verdict, offence, score, change, document)"
        " VALUES (?, ?, ?, 'suspect', 'sale_forged', ?, 'same', ?)",
        ((run, key, seq, score, made) for run, key, seq, score, made in rows()),
    )


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
