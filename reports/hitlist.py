"""The daily hit list: every open suspect and doubtful case, for the reviewers of the office.

The same cases in three forms: JSON for programs (contacts whole), XLSX for working through,
HTML for reading and printing (contacts masked). Identity numbers are masked in all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from crawler.clock import beijing_date, stamp
from crawler.model import Case, Precision, Run, SourceState
from crawler.printing import json_text, plain
from detectors.explain import describe as describe_rule
from reports.hitlist_html import render_html
from reports.hitlist_xlsx import render_xlsx
from reports.hits import HitList
from reports.records import case_record
from reports.showing import Describe, by_gravity
from reports.thumbnails import Pictures, no_pictures
from reports.writing import write_files

SCHEMA = 1
"""Version of the JSON form; raised when a key changes its meaning or goes away."""


def write_hitlist(
    folder: Path,
    run: Run,
    sources: Sequence[SourceState],
    cases: Sequence[Case],
    generated_at: datetime,
    describe: Describe = describe_rule,
    pictures: Pictures = no_pictures,
    precision: tuple[Precision, ...] = (),
) -> tuple[Path, ...]:
    """Write `hitlist.json`, `.xlsx` and `.html` into `folder/DATE/`; returns their paths.

    DATE is the Beijing day on which the run started, so that a resumed run keeps its place.
    None takes its name before all three are on disk. Raises `StoreError` where the folder
    cannot be written.
    """
    told = by_gravity(cases)
    hits = HitList(run, tuple(sources), told, generated_at, describe, pictures, precision)
    return save_hits(folder / beijing_date(run.started_at).isoformat(), hits)


def save_hits(folder: Path, hits: HitList) -> tuple[Path, ...]:
    """Write the three files into the very folder named; returns their paths."""
    return write_files(
        folder,
        {
            "hitlist.json": json_lines(hits),
            "hitlist.xlsx": render_xlsx(hits),
            "hitlist.html": render_html(hits),
        },
    )


def json_lines(hits: HitList) -> Iterator[bytes]:
    """The list as JSON in UTF-8, a case a line; times UTC, contacts whole, identity masked."""
    head = {
        "schema": SCHEMA,
        "run": hits.run.id,
        "generated_at": stamp(hits.generated_at),
        "degraded": hits.degraded,
        "degraded_reasons": [plain(reason) for reason in hits.run.degraded],
        "sources": [_source(item) for item in hits.sources],
    }
    opening = json_text(head, indent=2).removesuffix("\n}")
    yield opening.encode()
    yield b',\n  "cases": ['
    for number, case in enumerate(hits.cases):
        text = json_text(case_record(case, hits.describe))
        yield (b",\n    " if number else b"\n    ") + text.encode()
    foot = [{"decided": each.decided, "confirmed": each.confirmed} for each in hits.precision]
    yield b'\n  ],\n  "precision": ' + json_text(foot).encode() + b"\n}\n"


def _source(state: SourceState) -> dict[str, object]:
    return {
        "source": state.source,
        "status": state.status.value,
        "leads": state.leads,
        "requests": state.requests,
        "failures": state.failures,
        "detail": plain(state.detail),
        "covered": state.covered,
        "newest": stamp(state.newest) if state.newest else None,
        "since": stamp(state.since) if state.since else None,
        "was": state.was.value if state.was else None,
    }
