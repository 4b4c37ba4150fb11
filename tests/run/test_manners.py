"""How a run behaves at a host, by the servers' own clocks, and what it records of TLS."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from pathlib import Path

import pytest
from cryptography import x509

from crawler.evidence import Blobs
from crawler.model import Assessment, Failure, PageCondition, Verdict, Visit
from crawler.store import Store
from rehearsal.journal import Entry
from rehearsal.server import Rehearsal
from rehearsal.site import Fault, Page, Registration, Site
from tests.run.practice import Practice, certhound

DELAY = 1.0
SLACK = 0.05
"""Seconds by which two clocks and a timer may differ."""
TEXT = "<meta charset=utf-8><title>演练</title>" + "<p>这里介绍安全生产培训的课程安排。</p>" * 30
SCRIPTED = (
    "<meta charset=utf-8><title>演练</title><p id=p></p><img src=/seal.png>"
    "<script>p.textContent='应急管理部特种作业操作证查询平台'</script>"
)
LATER = format_datetime(datetime.now(UTC) + timedelta(hours=2), usegmt=True)


def site(host: str, *pages: Page, tls: str = "valid") -> Site:
    return Site(host, Registration(host), pages, tls=tls)


def page(path: str, body: str = TEXT, **more: object) -> Page:
    return Page(path, body.encode(), **more)  # type: ignore[arg-type]


SITES = [
    site("paidui-yanlian.cn", page("/one"), page("/two")),
    site("jiaoben-yanlian.cn", page("/one", SCRIPTED), page("/two", SCRIPTED)),
    site("shaohou-yanlian.cn", page("/", fault=Fault("busy", times=1, seconds=2))),
    site("mingtian-yanlian.cn", page("/*", fault=Fault("busy", seconds=3600))),
    site(
        "weihu-yanlian.cn",
        page("/*", "<h1>维护</h1>", status=503, headers=(("Retry-After", LATER),)),
    ),
    site("zonghao-yanlian.cn", page("/*", fault=Fault("busy", seconds=0))),
    *(
        site(f"{kind.replace('_', '-')}-tls-yanlian.cn", page("/", SCRIPTED), tls=kind)
        for kind in ("valid", "expired", "self_signed", "wrong_name")
    ),
]
TIPS = [
    *(
        f"http://{host}-yanlian.cn/{path}"
        for host in ("paidui", "jiaoben")
        for path in ("one", "two")
    ),
    "http://shaohou-yanlian.cn/",
    *(f"http://{host}-yanlian.cn/{n}" for host in ("mingtian", "weihu") for n in (1, 2)),
    "http://zonghao-yanlian.cn/",
    *(f"https://{each.host}/" for each in SITES if "-tls-" in each.host),
]


@dataclass(frozen=True)
class Seen:
    """What the run recorded, by address, and what the servers logged."""

    data: Path
    visits: dict[str, Visit]
    opinions: dict[str, Assessment]
    journal: tuple[Entry, ...]

    def asked(self, host: str) -> list[Entry]:
        return [e for e in self.journal if e["service"] == "http" and e["host"] == host]


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    folder = tmp_path_factory.mktemp("manners")
    with Rehearsal(sites=SITES) as server:
        profile = server.write_profile(folder)
        text = profile.read_text(encoding="utf-8")
        assert "per_host_delay = 0.05" in text
        text = text.replace("per_host_delay = 0.05", f"per_host_delay = {DELAY}")
        for source in ("searxng", "names"):
            text = text.replace(f"[sources.{source}]\nenabled = true", f"[sources.{source}]")
        profile.write_text(text, encoding="utf-8")
        rows = ["url,text,received_at,from", *(f"{url},,," for url in TIPS)]
        (folder / "tips.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
        done = Practice(server, profile).run(folder / "data")
        assert done.returncode == 0, done.stderr
        with Store.open(folder / "data") as store:
            run = store.last_completed_run()
            assert run is not None
            pairs = list(store.assessments(run.id))
        visits = {visit.url: visit for visit, _opinion in pairs}
        opinions = {visit.url: opinion for visit, opinion in pairs}
        yield Seen(folder / "data", visits, opinions, tuple(server.journal.entries()))


def gaps(entries: list[Entry]) -> list[float]:
    times = [datetime.fromisoformat(str(entry["time"])) for entry in entries]
    return [(b - a).total_seconds() for a, b in pairwise(times)]


def test_requests_to_a_host_are_a_second_apart(seen: Seen) -> None:
    asked = seen.asked("paidui-yanlian.cn")
    assert Counter(entry["target"] for entry in asked) == {"/one": 4, "/two": 4, "/robots.txt": 1}
    assert min(gaps(asked)) >= DELAY - SLACK


def test_browser_visits_wait_their_turn_too(seen: Seen) -> None:
    asked = seen.asked("jiaoben-yanlian.cn")
    assert any(entry["target"] == "/seal.png" for entry in asked)
    pages = [entry for entry in asked if entry["target"] != "/seal.png"]
    assert len(pages) > 6
    assert min(gaps(pages)) >= DELAY - SLACK
    # What a page is made of comes at once, and the next turn begins a second after it ended.
    for before, after, gap in zip(asked, asked[1:], gaps(asked), strict=False):
        if after["target"] != "/seal.png":
            assert gap >= DELAY - SLACK, (before, after)


def test_a_busy_host_is_asked_once_more_after_the_wait(seen: Seen) -> None:
    (capture, *_others) = seen.visits["http://shaohou-yanlian.cn/"].captures
    assert [(each.via, each.status) for each in capture.exchanges] == [
        ("request", 429),
        ("retry", 200),
    ]
    assert capture.status == 200
    first, second, *_rest = seen.asked("shaohou-yanlian.cn")
    assert (first["status"], second["status"]) == (429, 200)
    assert gaps([first, second])[0] >= 2 - SLACK


@pytest.mark.parametrize("host", ["mingtian-yanlian.cn", "weihu-yanlian.cn"])
def test_a_host_that_wants_hours_of_peace_has_them_and_is_unknown(seen: Seen, host: str) -> None:
    assert len(seen.asked(host)) == 1
    visits = [seen.visits[f"http://{host}/{n}"] for n in (1, 2)]
    ends = {visit.captures[0].failure for visit in visits}
    assert ends == {None, Failure.PUT_OFF}
    for visit in visits:
        opinion = seen.opinions[visit.url]
        assert opinion.verdict is not Verdict.CLEAR
        assert opinion.page_condition in (
            PageCondition.UNKNOWN,
            PageCondition.ERROR,
            PageCondition.WAF,
        )


def test_a_host_that_is_always_busy_is_left_alone(seen: Seen) -> None:
    asked = seen.asked("zonghao-yanlian.cn")
    assert len(asked) <= 4
    assert min(gaps(asked)) >= DELAY - SLACK


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("valid", "valid-tls-yanlian.cn"),
        ("expired", "expired-tls-yanlian.cn"),
        ("self-signed", "self-signed-tls-yanlian.cn"),
        ("wrong-name", "qita-yuming-yanlian.com"),
    ],
)
def test_certificates_and_protocol_are_kept(seen: Seen, kind: str, name: str) -> None:
    visit = seen.visits[f"https://{kind}-tls-yanlian.cn/"]
    (capture, *others) = visit.captures
    first = capture.exchanges[0]
    assert (first.status, first.protocol) == (200, "http/1.1")
    assert first.chain is not None
    blobs = Blobs(seen.data / "blobs")
    for blob in (first.chain, capture.chain):  # as we received them, and as the browser did
        assert blob is not None
        certificates = x509.load_pem_x509_certificates(blobs.get(blob))
        assert certificates[0].subject.rfc4514_string() == f"CN={name}"
        assert len(certificates) == (1 if kind == "self-signed" else 2)
    assert capture.browser.startswith("Chromium ")
    assert capture.protocol in ("http/1.1", "h2")
    assert dict(capture.certificate)["subjectName"] == name
    assert all(other.chain for other in others)
    # What was asked beside the way keeps its certificates as well.
    assert all(probe.chain for probe in visit.probes if probe.status is not None)


def test_times_agents_and_versions_are_kept(seen: Seen) -> None:
    for visit in seen.visits.values():
        assert visit.made_by.startswith("certhound ")
        for capture in visit.captures:
            assert capture.agent.startswith("Mozilla/5.0")
            assert capture.started_at is not None
            assert capture.ended_at is not None
            assert capture.started_at <= capture.exchanges[0].at <= capture.ended_at


def test_all_of_it_verifies(seen: Seen) -> None:
    done = certhound("verify", "--data", str(seen.data))
    assert done.returncode == 0, done.stdout
