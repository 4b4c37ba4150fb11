"""A store in a folder of its own, and small nouns to put into it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.addresses import lead_id
from crawler.model import (
    Assessment,
    BlobRef,
    Capture,
    DnsAnswer,
    Exchange,
    Fact,
    Findings,
    Knowledge,
    Lead,
    LeadReason,
    Offence,
    PageCondition,
    Registration,
    Vantage,
    Verdict,
    Visit,
)
from crawler.store import Store

DAY = datetime(2026, 3, 1, 1, 0, tzinfo=UTC)
BODY = BlobRef("ab" * 32, 5, "text/html")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "data") as opened:
        yield opened


def later(days: float) -> datetime:
    return DAY + timedelta(days=days)


def make_lead(url: str, source: str = "names", detail: str = "names.txt:1", depth: int = 0) -> Lead:
    return Lead(lead_id(url), url, (LeadReason(source, detail, DAY),), depth)


def make_visit(run: str, url: str, at: datetime = DAY, html: str = "") -> Visit:
    lead = lead_id(url)
    capture = Capture(
        id=f"{run}.{lead}.desktop",
        run=run,
        lead=lead,
        vantage=Vantage.DESKTOP,
        url=url,
        final_url=url,
        at=at,
        exchanges=(Exchange(url, 200, (("Content-Type", "text/html"),), at),),
        status=200,
        body=BODY,
        html=html,
    )
    registration = Registration(
        "shop.test",
        Knowledge.KNOWN,
        at,
        registered_on=Fact[datetime].known(DAY),
        registrar=Fact[str].known("某注册商"),
        name_servers=Fact[tuple[str, ...]].known(("ns1.test", "ns2.test")),
    )
    dns = (DnsAnswer("shop.test", Knowledge.KNOWN, ("192.0.2.1",)),)
    return Visit(f"{run}.{lead}", run, lead, url, at, (capture,), registration, dns)


def another_capture(visit: Visit) -> Visit:
    """The same Visit with a look by phone besides."""
    phone = replace(visit.captures[0], id=f"{visit.run}.{visit.lead}.phone", vantage=Vantage.PHONE)
    return replace(visit, captures=(*visit.captures, phone))


def make_assessment(visit: Visit, verdict: Verdict = Verdict.SUSPECT) -> Assessment:
    return Assessment(
        visit=visit.id,
        verdict=verdict,
        offence=Offence.SALE_FORGED if verdict is Verdict.SUSPECT else Offence.NONE,
        page_condition=PageCondition.CONTENT,
        score=81.5,
        imitates="",
        findings=Findings(PageCondition.CONTENT),
        steps=(),
        policy="1",
    )
