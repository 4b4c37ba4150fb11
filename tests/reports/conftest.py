"""An invented run with a fake query page, a seller, and a page full of hostile strings."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from crawler.model import (
    BlobRef,
    Capture,
    Case,
    CaseFacts,
    CaseKey,
    CaseState,
    Change,
    ChangeKind,
    Contact,
    ContactType,
    Decision,
    Exchange,
    Family,
    Judgement,
    KeyKind,
    Knowledge,
    Offence,
    PageCondition,
    Platform,
    Registration,
    Release,
    Run,
    RunStatus,
    Signal,
    SourceState,
    SourceStatus,
    Target,
    TargetKind,
    TrustedHost,
    TrustKind,
    Vantage,
    Verdict,
    Visit,
    Watchlist,
)

FIRST = datetime(2026, 3, 1, 16, 30, tzinfo=UTC)
LATER = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)
HOSTILE = '=cmd|"/c calc"!A1<script>alert(1)</script>'
IDENTITY = "11010519491231002X"


def _case(domain: str, offence: Offence, **more: object) -> Case:
    key = CaseKey(KeyKind.DOMAIN, domain)
    facts = CaseFacts(
        run="20260303-010000",
        key=key,
        verdict=Verdict.SUSPECT,
        offence=offence,
        page_condition=PageCondition.CONTENT,
        score=88.0,
        imitates="cx.mem.gov.cn" if offence is Offence.IMITATION_QUERY else "",
        domain=domain,
        urls=(f"http://www.{domain}/chaxun",),
        visits=("20260303-010000.a1b2c3d4e5f60718",),
        captures=("20260303-010000.a1b2c3d4e5f60718.desktop",),
        at=LATER,
        signals=(
            Signal("claim_platform", Family.CLAIM, 1.0, "特种作业操作证查询平台", "title"),
            Signal("claim_platform", Family.CLAIM, 0.6, "应急管理部", "text"),
            Signal("warns", Family.INNOCENCE, 0.5, "谨防上当", "text"),
            Signal("given", Family.CONTACT, 0.9, "薇訫 jiazheng888或139-0000-1234", "text"),
        ),
        contacts=(
            Contact(ContactType.PHONE, "13900001234", "139-0000-1234", 0.9),
            Contact(ContactType.WECHAT, "jiazheng888", "薇訫 jiazheng888", 0.8),
        ),
        targets=(
            Target(TargetKind.LINK, "http://b.example/"),
            Target(TargetKind.QR, "http://qr.example/q"),
        ),
        registrar="某某域名有限公司",
        name_servers=("ns1.dns.example", "ns2.dns.example"),
        registered_on=datetime(2026, 2, 20, tzinfo=UTC),
    )
    facts = replace(facts, **more)  # type: ignore[arg-type]
    return Case(key, CaseState.OPEN, facts, Change(ChangeKind.NEW), FIRST, LATER)


@pytest.fixture
def query_case() -> Case:
    """A fake query page on a domain of its own."""
    return _case("cx-mem-chaxun.cn", Offence.IMITATION_QUERY)


@pytest.fixture
def sale_case() -> Case:
    """A seller, less certain, changed since the last run."""
    case = _case("banzheng-kuai.top", Offence.SALE_FORGED, verdict=Verdict.DOUBTFUL, score=51.5)
    return replace(case, change=Change(ChangeKind.CHANGED, ("contacts", "registrar")))


@pytest.fixture
def hostile_case() -> Case:
    """A case whose every text tries to break out of the document it is put in."""
    return _case(
        "xn--extu8ah31brfhgw1a.top",
        Offence.IMITATION_PORTAL,
        urls=(
            f"http://evil.example/{IDENTITY}?q=<script>alert(1)</script>",
            "http://xn--extu8ah31brfhgw1a.top/",
        ),
        imitates=HOSTILE,
        registrar="@SUM(1+1)*cmd\x07\u202e",
        name_servers=("+ns.example",),
        signals=(Signal("=rule", Family.SALE, 1.0, f"{HOSTILE} T{IDENTITY}", "text"),),
        contacts=(Contact(ContactType.WECHAT, "-abc<b>", f"=1+1 {IDENTITY}", 0.5),),
        targets=(Target(TargetKind.QR, f"http://qr.example/?id={IDENTITY}&x=<b>"),),
    )


@pytest.fixture
def cases(query_case: Case, sale_case: Case, hostile_case: Case) -> tuple[Case, ...]:
    """All three, least grave first, so that sorting shows."""
    return (sale_case, hostile_case, query_case)


@pytest.fixture
def run() -> Run:
    """A completed run that lacks something, started on 3 March in Beijing."""
    started = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)
    return Run("20260303-010000", RunStatus.COMPLETED, started, LATER, ("搜索服务中途停止回答。",))


@pytest.fixture
def sources() -> tuple[SourceState, ...]:
    """One source that saw and one that was blind."""
    return (
        SourceState("names", SourceStatus.DONE, 12, 1, 0),
        SourceState("searxng", SourceStatus.BLIND, 0, 60, 60, "连接被拒绝"),
    )


PAGE = "<html><title>特种作业操作证查询平台</title><script>alert(1)</script></html>".encode("gbk")
WHOIS = b"Domain Name: EXAMPLE\r\nRegistrar: invented\r\n"
NOW = LATER + timedelta(hours=2)
Released = tuple[Release, tuple[Visit, ...]]


def _blob(content: bytes, media_type: str) -> BlobRef:
    return BlobRef(hashlib.sha256(content).hexdigest(), len(content), media_type)


@pytest.fixture
def now() -> datetime:
    """The moment of export, two hours after the last look."""
    return NOW


@pytest.fixture
def read() -> Callable[[str], bytes]:
    """Blobs by hash: one page and one WHOIS answer."""
    blobs = {hashlib.sha256(content).hexdigest(): content for content in (PAGE, WHOIS)}
    return blobs.__getitem__


@pytest.fixture
def watchlist() -> Watchlist:
    """Government hosts are trusted; one invented platform."""
    trusted = TrustedHost("gov.cn", TrustKind.KNOWN_SAFE, "党政机关", "office")
    platform = Platform("bbs.example", "某论坛", "")
    return Watchlist((), (trusted,), (), (platform,), (), ())


def _release(case: Case) -> Released:
    judgements = tuple(
        Judgement(case.key, Decision.CONFIRM, by, LATER + timedelta(hours=1), "页面仿冒查询平台")
        for by in ("审核员甲", "审核员乙")
    )
    case = replace(case, state=CaseState.RELEASED)
    exchange = Exchange(
        case.facts.urls[0], 200, (("Content-Type", "text/html"),), LATER, address="192.0.2.7"
    )
    capture = Capture(
        case.facts.captures[0],
        case.facts.run,
        "a1b2c3d4e5f60718",
        Vantage.DESKTOP,
        case.facts.urls[0],
        case.facts.urls[0],
        LATER,
        (exchange,),
        200,
        exchange.headers,
        _blob(PAGE, "text/html"),
    )
    known = Registration(
        case.facts.domain,
        Knowledge.KNOWN,
        LATER,
        source="whois.example",
        raw=_blob(WHOIS, "text/plain"),
    )
    visit = Visit(
        case.facts.visits[0],
        case.facts.run,
        "a1b2c3d4e5f60718",
        case.facts.urls[0],
        LATER,
        (capture,),
        known,
    )
    return Release(case, judgements, LATER, NOW), (visit,)


@pytest.fixture
def release() -> Callable[[Case], Released]:
    """From a case to its release with the visit that proves it."""
    return _release
