"""What a run recorded is what the servers saw: every request, its status, and its order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from crawler.addresses import host_of, lead_id, normalise, parts
from crawler.documents import parse, visible
from crawler.evidence import Blobs, load_visit
from crawler.guard import Guard
from crawler.model import Capture, Exchange, Knowledge, Robots, Visit
from crawler.store import Store
from rehearsal.facts import SiteTruth, truth
from rehearsal.journal import Entry
from rehearsal.server import Rehearsal
from seeds import load_watchlist
from tests.run.practice import Practice

WAYS = {"request", "redirect", "refresh", "frame", "upgrade", "retry", "document"}
"""Exchanges whose order is defined: a page asks for its pictures as it likes."""


@dataclass(frozen=True)
class Seen:
    """All that a run recorded, and what the servers logged meanwhile."""

    visits: tuple[Visit, ...]
    journal: tuple[Entry, ...]


def read(data: Path, journal: Iterable[Entry]) -> Seen:
    blobs = Blobs(data / "blobs")
    with Store.open(data) as store:
        run = store.last_completed_run()
        assert run is not None
        ids = [visit.id for visit, _opinion in store.assessments(run.id)]
        return Seen(tuple(load_visit(store, blobs, each) for each in ids), tuple(journal))


@pytest.fixture(scope="module")
def seen(practice: Practice, tmp_path_factory: pytest.TempPathFactory) -> Seen:
    """A run over the practice web, its sources as they are."""
    before = len(practice.server.journal.entries())
    data = tmp_path_factory.mktemp("chain") / "data"
    done = practice.run(data)
    assert done.returncode == 0, done.stderr
    return read(data, practice.server.journal.entries()[before:])


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    """A run in which somebody reported every site, so that each is seen from every vantage."""
    folder = tmp_path_factory.mktemp("told")
    with Rehearsal() as server:
        practice = Practice(server, server.write_profile(folder))
        rows = ["url,text,received_at,from", *(f"{site.url},,," for site in truth())]
        (folder / "tips.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
        done = practice.run(folder / "data")
        assert done.returncode == 0, done.stderr
        yield read(folder / "data", server.journal.entries())


def plain(url: str) -> str:
    """The address as a server logs it."""
    split = urlsplit(url)
    query = f"?{split.query}" if split.query else ""
    return f"{split.scheme}://{split.netloc}{split.path or '/'}{query}"


def logged(seen: Seen) -> list[tuple[str, int]]:
    """Address and status of every HTTP request that arrived, in order."""
    entries = [entry for entry in seen.journal if entry["service"] == "http"]
    assert {entry["method"] for entry in entries} == {"GET"}
    return [
        (f"{entry['scheme']}://{entry['host']}{entry['target']}", int(entry["status"]))
        for entry in entries
    ]


def robots_of(seen: Seen) -> dict[str, Robots]:
    return {each.origin: each for visit in seen.visits for each in visit.robots}


def answered(exchanges: Iterable[Exchange]) -> Iterator[tuple[str, int]]:
    for exchange in exchanges:
        if exchange.status is not None:
            yield plain(exchange.url), exchange.status


def recorded(seen: Seen) -> Iterator[tuple[str, int]]:
    for visit in seen.visits:
        for capture in visit.captures:
            yield from answered(capture.exchanges)
        yield from answered(visit.probes)
    for robots in robots_of(seen).values():
        yield from answered(robots.exchanges)


def assert_same_requests(seen: Seen) -> None:
    server, ours = Counter(logged(seen)), Counter(recorded(seen))
    assert sum(server.values()) > 100
    assert server - ours == Counter(), "requests that nobody recorded"
    assert ours - server == Counter(), "records of requests that never arrived"


def in_order(wanted: list[tuple[str, int]], found: list[tuple[str, int]]) -> bool:
    """Whether all that is wanted is found, in this order, with other things between."""
    rest = iter(found)
    return all(any(each == other for other in rest) for each in wanted)


def ways(capture: Capture) -> list[tuple[str, int]]:
    return list(answered(each for each in capture.exchanges if each.via in WAYS))


def assert_order_is_the_servers(seen: Seen) -> None:
    log = logged(seen)
    long = 0
    for visit in seen.visits:
        for capture in visit.captures:
            assert in_order(ways(capture), log), capture.id
            times = [each.at for each in capture.exchanges if each.via in WAYS]
            assert times == sorted(times), capture.id
            long += len(ways(capture)) > 2
    assert long >= 5


def assert_no_protected_host_was_asked(seen: Seen) -> None:
    guard = Guard(load_watchlist())
    for visit in seen.visits:
        for entry in seen.journal:
            host = str(entry.get("host") or entry.get("name") or "").rstrip(".")
            assert not guard.protects(host, visit.at), entry
        break
    refused = {
        host_of(exchange.url)
        for visit in seen.visits
        for capture in visit.captures
        for exchange in capture.exchanges
        if exchange.status is None and guard.protects(host_of(exchange.url), visit.at)
    }
    assert refused, "no clone of the practice web tried to show an official picture"


def visit_of(seen: Seen, site: SiteTruth) -> Visit | None:
    by_lead = {visit.lead: visit for visit in seen.visits}
    found = by_lead.get(lead_id(normalise(site.url)))
    if found is None and urlsplit(site.url).path == "/":
        domain = parts(site.host).registrable
        fronts = [visit for visit in seen.visits if urlsplit(visit.url).path == "/"]
        found = next((v for v in fronts if parts(host_of(v.url)).registrable == domain), None)
    return found


def reached(visit: Visit, words: str) -> bool:
    wanted = "".join(words.split())
    texts = (visible(parse(capture.html)) for capture in visit.captures)
    return any(wanted in "".join(text.split()) for text in texts)


def missed(seen: Seen) -> list[str]:
    found = [(site, visit_of(seen, site)) for site in truth() if site.shows]
    return [
        site.host for site, visit in found if visit is not None and not reached(visit, site.shows)
    ]


def assert_dns_of_every_host(seen: Seen) -> None:
    for visit in seen.visits:
        names = {answer.name for answer in visit.dns}
        on_the_way = {
            host_of(exchange.url)
            for capture in visit.captures
            for exchange in capture.exchanges
            if exchange.status is not None
        }
        assert on_the_way <= names, visit.id
        for capture in visit.captures:
            assert all(each.address for each in capture.exchanges if each.status is not None)


CHECKS = [
    assert_same_requests,
    assert_order_is_the_servers,
    assert_no_protected_host_was_asked,
    assert_dns_of_every_host,
]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_an_ordinary_run(seen: Seen, check: object) -> None:
    assert callable(check)
    check(seen)


def test_an_ordinary_run_reaches_every_page(seen: Seen) -> None:
    assert missed(seen) == []


def test_robots_is_asked_once_a_host_and_never_obeyed(seen: Seen) -> None:
    asked = [url for url, _status in logged(seen) if url.endswith("/robots.txt")]
    assert len(asked) == len(set(asked))
    found = robots_of(seen)
    known = found["http://cx-mem-gov-zjcxpt8.cn"]
    assert (known.state, known.allows) == (Knowledge.KNOWN, False)
    assert known.body is not None
    states = Counter(each.state for each in found.values())
    assert states[Knowledge.ABSENT] > 50
    assert states[Knowledge.UNKNOWN] >= 1


@pytest.mark.long
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_every_site_from_every_vantage(told: Seen, check: object) -> None:
    assert callable(check)
    check(told)


@pytest.mark.long
def test_every_site_reported_is_reached(told: Seen) -> None:
    assert all(visit_of(told, site) is not None for site in truth())
    assert missed(told) == []
