"""Fills a data folder with as many cases and visits as are wanted, for measuring an old one."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from crawler.addresses import lead_id
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
from crawler.store import CaseRecord, Store
from crawler.store.cases import write_record
from crawler.store.codec import write_json

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
