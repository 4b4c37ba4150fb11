"""The hit list as one HTML page: for reading on a screen and for printing on A4."""

from __future__ import annotations

from dataclasses import dataclass

from crawler.clock import shown
from crawler.model import Case
from crawler.wording import name_of
from reports.hits import HitList
from reports.pages import render_page
from reports.showing import (
    Describe,
    address,
    change,
    contacts,
    plain,
    reasons,
    registration,
    targets,
)


@dataclass(frozen=True, slots=True)
class _Card:
    """One case as the page shows it; every text already masked and defanged."""

    key: str
    verdict: str
    grave: bool
    offence: str
    change: str
    condition: str
    score: str
    imitates: str
    state: str
    urls: tuple[str, ...]
    reasons: tuple[str, ...]
    innocence: tuple[str, ...]
    contacts: tuple[str, ...]
    targets: tuple[str, ...]
    registration: tuple[str, ...]
    first_seen: str
    last_seen: str


def render_html(hits: HitList) -> bytes:
    """The list as one HTML page with the summary on top and a card for every case."""
    return render_page(
        "hitlist.html",
        run=hits.run.id,
        generated=shown(hits.generated_at),
        warnings=hits.warnings,
        tallies=hits.tallies(),
        sources=[(item, name_of(item.status), plain(item.detail)) for item in hits.sources],
        cards=[_card(case, hits.describe) for case in hits.cases],
    )


def _card(case: Case, describe: Describe) -> _Card:
    facts = case.facts
    return _Card(
        key=plain(str(case.key)),
        verdict=name_of(facts.verdict),
        grave=facts.verdict.gravity >= 3,
        offence=name_of(facts.offence),
        change=change(case.change),
        condition=name_of(facts.page_condition),
        score=f"{facts.score:.0f}",
        imitates=plain(facts.imitates),
        state=name_of(case.state),
        urls=tuple(address(url) for url in facts.urls),
        reasons=reasons(facts.signals, describe, innocent=False),
        innocence=reasons(facts.signals, describe, innocent=True),
        contacts=_split(contacts(facts)),
        targets=_split(targets(facts)),
        registration=_split(registration(facts)),
        first_seen=shown(case.first_seen),
        last_seen=shown(case.last_seen),
    )


def _split(text: str) -> tuple[str, ...]:
    return tuple(text.split("\n")) if text else ()
