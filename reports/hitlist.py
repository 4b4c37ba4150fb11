"""The daily hit list: every open suspect and doubtful case, for the reviewers of the office.

The same cases in three forms: JSON for programs (contacts whole), XLSX for working through,
HTML for reading and printing (contacts masked). Identity numbers are masked in all of them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from crawler.clock import beijing_date, stamp
from crawler.masking import mask_identity
from crawler.model import Case, Run, SourceState
from reports.hitlist_html import render_html
from reports.hitlist_xlsx import render_xlsx
from reports.hits import HitList
from reports.showing import Describe, by_gravity
from reports.writing import write_files

SCHEMA = 1
"""Version of the JSON form; raised when a key changes its meaning or goes away."""


def write_hitlist(
    folder: Path,
    run: Run,
    sources: Sequence[SourceState],
    cases: Sequence[Case],
    generated_at: datetime,
    describe: Describe = str,
) -> tuple[Path, ...]:
    """Write `hitlist.json`, `.xlsx` and `.html` into `folder/DATE/`; returns their paths.

    DATE is the Beijing day on which the run started, so that a resumed run keeps its place.
    All three are rendered before the first is written. Raises `StoreError` where the folder
    cannot be written.
    """
    hits = HitList(run, tuple(sources), by_gravity(cases), generated_at, describe)
    return write_files(folder / beijing_date(run.started_at).isoformat(), render_hitlist(hits))


def render_hitlist(hits: HitList) -> dict[str, bytes]:
    """The three files of the list by name."""
    return {
        "hitlist.json": render_json(hits),
        "hitlist.xlsx": render_xlsx(hits),
        "hitlist.html": render_html(hits),
    }


def render_json(hits: HitList) -> bytes:
    """The list as JSON in UTF-8; times UTC, contacts whole, identity numbers masked."""
    document = {
        "schema": SCHEMA,
        "run": hits.run.id,
        "generated_at": stamp(hits.generated_at),
        "degraded": hits.degraded,
        "degraded_reasons": list(hits.run.degraded),
        "sources": [_source(item) for item in hits.sources],
        "cases": [_case(item, hits.describe) for item in hits.cases],
    }
    text = json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    # A lone surrogate out of a hostile page becomes its own JSON escape instead of a crash.
    return text.encode("utf-8", "backslashreplace")


def _source(state: SourceState) -> dict[str, object]:
    return {
        "source": state.source,
        "status": state.status.value,
        "leads": state.leads,
        "requests": state.requests,
        "failures": state.failures,
        "detail": state.detail,
    }


def _case(case: Case, describe: Describe) -> dict[str, object]:
    facts = case.facts
    return {
        "case": mask_identity(str(case.key)),
        "key_kind": case.key.kind.value,
        "domain": facts.domain,
        "urls": [mask_identity(url) for url in facts.urls],
        "state": case.state.value,
        "verdict": facts.verdict.value,
        "offence": facts.offence.value,
        "page_condition": facts.page_condition.value,
        "score": facts.score,
        "change": case.change.kind.value,
        "change_fields": list(case.change.fields),
        "first_seen": stamp(case.first_seen),
        "last_seen": stamp(case.last_seen),
        "imitates": facts.imitates,
        "signals": [
            {
                "rule": item.rule,
                "family": item.family.value,
                "strength": item.strength,
                "words": mask_identity(item.words),
                "place": item.place,
                "innocence": item.family.value == "innocence",
                "describe": describe(item.rule),
            }
            for item in facts.signals
        ],
        "contacts": [
            {
                "type": item.type.value,
                "value": mask_identity(item.value),
                "raw": mask_identity(item.raw),
                "confidence": item.confidence,
            }
            for item in facts.contacts
        ],
        "targets": [
            {"kind": item.kind.value, "url": mask_identity(item.url)} for item in facts.targets
        ],
        "captures": list(facts.captures),
    }
