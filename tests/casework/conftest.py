"""Days of looking: each page of a day is told by what was seen there."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.addresses import lead_id
from crawler.casework import decide, settle
from crawler.evidence import Blobs
from crawler.model import (
    Assessment,
    Authority,
    BlobRef,
    Capture,
    Case,
    Contact,
    ContactType,
    Decision,
    Fact,
    Failure,
    Findings,
    Knowledge,
    Lead,
    LeadReason,
    Offence,
    PageCondition,
    Platform,
    Registration,
    Target,
    TargetKind,
    TrustedHost,
    TrustKind,
    Vantage,
    Verdict,
    Visit,
    Watchlist,
)
from crawler.store import Store

START = datetime(2026, 3, 1, 1, 0, tzinfo=UTC)

WATCHLIST = Watchlist(
    authorities=(Authority("mem", "应急管理部", (), ("mem.gov.cn",), (), (), ""),),
    trusted=(TrustedHost("gov.cn", TrustKind.OWN, "", ""),),
    certificates=(),
    platforms=(
        Platform("posts.test", "帖子", r"^/u/(?P<account>[^/?#]+)"),
        Platform("ads.posts.test", "广告", ""),
        Platform("shop.test", "店铺", r"^/seller\?(?:.*&)?id=(?P<account>[^&#]+)"),
    ),
    service_words=(),
    province_words=(),
)


@dataclass(frozen=True, slots=True)
class Seen:
    """What one look at a page brought."""

    verdict: Verdict = Verdict.SUSPECT
    offence: Offence = Offence.SALE_FORGED
    condition: PageCondition = PageCondition.CONTENT
    score: float = 80.0
    contacts: tuple[str, ...] = ("13800005678",)
    codes: tuple[str, ...] = ()
    final_url: str = ""
    failure: Failure | None = None
    registrar: str = "某注册商"
    status: int = 200


DOUBTFUL = Seen(Verdict.DOUBTFUL, score=40.0)
CLEAR = Seen(Verdict.CLEAR, Offence.NONE, score=3.0, contacts=())
ERROR = Seen(Verdict.UNKNOWN, Offence.NONE, PageCondition.ERROR, 0.0, ())
LIMITED = replace(ERROR, status=429)
PARKED = Seen(Verdict.UNKNOWN, Offence.NONE, PageCondition.PARKED, 0.0, ())
TIMEOUT = Seen(
    Verdict.UNKNOWN, Offence.NONE, PageCondition.UNKNOWN, 0.0, (), failure=Failure.TIMEOUT
)
NO_NAME = Seen(
    Verdict.UNKNOWN, Offence.NONE, PageCondition.UNKNOWN, 0.0, (), failure=Failure.NAME_ABSENT
)


def look(run: str, url: str, seen: Seen, at: datetime) -> tuple[Visit, Assessment]:
    lead = lead_id(url)
    answered = seen.failure is None
    capture = Capture(
        id=f"{run}.{lead}.desktop",
        run=run,
        lead=lead,
        vantage=Vantage.DESKTOP,
        url=url,
        final_url=seen.final_url or url,
        at=at,
        exchanges=(),
        status=seen.status if answered else None,
        body=BlobRef("ab" * 32, 1, "text/html") if answered else None,
        failure=seen.failure,
    )
    registration = Registration(
        "any.test",
        Knowledge.KNOWN if seen.registrar else Knowledge.UNKNOWN,
        at,
        registrar=Fact[str].known(seen.registrar) if seen.registrar else Fact[str].unknown(),
    )
    findings = Findings(
        seen.condition,
        contacts=tuple(Contact(ContactType.PHONE, text, text, 1.0) for text in seen.contacts),
        targets=tuple(Target(TargetKind.QR, code) for code in seen.codes),
    )
    return Visit(f"{run}.{lead}", run, lead, url, at, (capture,), registration), Assessment(
        visit=f"{run}.{lead}",
        verdict=seen.verdict,
        offence=seen.offence,
        page_condition=seen.condition,
        score=seen.score,
        imitates="",
        findings=findings,
        steps=(),
        policy="1",
    )


@dataclass
class Office:
    """A store in which one day follows the other."""

    store: Store
    days: int = 0
    blobs: Blobs | None = None
    """Where bodies go, for tests that verify what is stored."""

    @property
    def now(self) -> datetime:
        """The time at which the last day's pages were looked at."""
        return START + timedelta(days=self.days)

    def begin(self, pages: dict[str, Seen]) -> str:
        """Look at pages in a new run that does not complete; returns its id."""
        self.days += 1
        run = self.store.start_run(self.now).id
        self.add(run, pages)
        return run

    def add(self, run: str, pages: dict[str, Seen]) -> None:
        """Look at more pages in a run."""
        for url, seen in pages.items():
            lead = Lead(lead_id(url), url, (LeadReason("names", "", self.now),))
            self.store.add_leads(run, [lead])
            visit, assessment = look(run, url, seen, self.now)
            if self.blobs is not None and seen.failure is None:
                body = self.blobs.put(f"{url} {self.days}".encode(), "text/html")
                visit = replace(visit, captures=(replace(visit.captures[0], body=body),))
            self.store.save_visits([visit])
            self.store.save_assessments(run, [(assessment, self.now)])

    def day(self, pages: dict[str, Seen], *, is_outage: bool = False) -> dict[str, Case]:
        """A whole run over pages; returns its hit list by key, in its order."""
        run = self.begin(pages)
        cases = self.settle(run, is_outage=is_outage)
        self.store.complete_run(run, self.now, ())
        return {str(case.key): case for case in cases}

    def settle(self, run: str, *, is_outage: bool = False) -> tuple[Case, ...]:
        """Write down what a run means; returns its hit list."""
        return settle(self.store, run, WATCHLIST, self.now, is_outage=is_outage)

    def say(self, key: str, decision: Decision, by: str, reason: str = "") -> Case:
        """A person's decision, now."""
        return decide(self.store, key, decision, by, reason, self.now)

    def case(self, key: str) -> Case:
        """A case that is there."""
        case = self.store.case(key)
        assert case is not None
        return case


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with Store.open(tmp_path / "data") as store:
        yield Office(store)
