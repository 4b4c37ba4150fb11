"""The hit list as one HTML page: for reading on a screen and for printing on A4."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass

from crawler.clock import shown
from crawler.language import _
from crawler.model import Case
from crawler.printing import plain
from crawler.telling import titled_source
from crawler.wording import name_of
from reports.hits import HitList
from reports.pages import render_page
from reports.showing import Describe, address, change, contacts, reasons, registration, targets

MOST = 1_000
"""Founders' judgement: a longer page is neither read nor printed; the JSON form has all."""


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
    picture: str
    """A `data:` address of a JPEG of ours, or the empty string."""


def render_html(hits: HitList) -> bytes:
    """The list as one HTML page with the summary on top and a card for every case."""
    cards = [_card(case, picture, hits.describe) for case, picture in hits.shown(MOST)]
    return render_page(
        "hitlist.html",
        run=hits.run.id,
        generated=shown(hits.generated_at),
        count=len(hits.cases),
        left_out=len(hits.cases) - len(cards),
        warnings=hits.warnings,
        tallies=hits.tallies(),
        agreement=hits.agreement(),
        turns=hits.turns(),
        sources=[
            (item, titled_source(item.source), name_of(item.status), hits.told_of(item))
            for item in hits.sources
        ],
        cards=cards,
    )


def _card(case: Case, picture: bytes, describe: Describe) -> _Card:
    facts = case.facts
    excuses = reasons(facts.signals, describe, innocent=True, hide=facts.contacts)
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
        reasons=reasons(facts.signals, describe, innocent=False, hide=facts.contacts),
        innocence=excuses or (_("未发现"),),
        contacts=_split(contacts(facts)),
        targets=_split(targets(facts)),
        registration=_split(registration(facts)),
        first_seen=shown(case.first_seen),
        last_seen=shown(case.last_seen),
        picture="data:image/jpeg;base64," + b64encode(picture).decode() if picture else "",
    )


def _split(text: str) -> tuple[str, ...]:
    return tuple(text.split("\n")) if text else ()
