"""Whose site a page stands in: a school that was hacked is never the suspect."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from crawler.casework.hosting import FOREIGN_SITE, hosting_of, is_front, verdict_of_front
from crawler.model import (
    Assessment,
    CaseState,
    ChangeKind,
    Decision,
    Fact,
    Family,
    Hosting,
    Knowledge,
    Offence,
    Registration,
    Signal,
    Verdict,
    Visit,
)
from tests.casework.conftest import (
    CLEAR,
    DOUBTFUL,
    ERROR,
    START,
    TIMEOUT,
    Office,
    Seen,
    look,
)

FAKE = "http://www.jixiao.cn/uploads/zs/cx.html"
FRONT = "http://www.jixiao.cn/"
SITE, PAGE = "domain:jixiao.cn", "path:www.jixiao.cn/uploads/zs/cx.html"


def seen(url: str, days: int | None, signal: str = "") -> tuple[Visit, Assessment]:
    visit, assessment = look("r", url, Seen(), START)
    since = Fact[datetime].unknown()
    if days is not None:
        since = Fact[datetime].known(START - timedelta(days=days))
    said = Registration("any.cn", Knowledge.KNOWN, START, registered_on=since)
    signals = (Signal(signal, Family.MIRROR, 1.0, "", ""),) if signal else ()
    findings = replace(assessment.findings, signals=signals)
    return replace(visit, registration=said), replace(assessment, findings=findings)


@pytest.mark.parametrize(
    ("url", "days", "front", "hosting"),
    [
        (FAKE, 4200, None, Hosting.FOREIGN),
        (FAKE, 4200, Verdict.CLEAR, Hosting.FOREIGN),
        (FAKE, 4200, Verdict.SUSPECT, Hosting.OWN),
        (FAKE, 700, None, Hosting.OWN),
        (FAKE, 700, Verdict.CLEAR, Hosting.FOREIGN),
        (FAKE, None, None, Hosting.OWN),
        (FAKE, None, Verdict.CLEAR, Hosting.FOREIGN),
        (FAKE, None, Verdict.UNKNOWN, Hosting.OWN),
        (FAKE, 30, Verdict.CLEAR, Hosting.OWN),
        (FRONT, 4200, None, Hosting.OWN),
        ("http://jixiao.cn/index.php", 4200, None, Hosting.OWN),
        ("http://jixiao.cn/index.php?id=7", 4200, None, Hosting.FOREIGN),
        ("http://zs.jixiao.cn/", 4200, None, Hosting.FOREIGN),
        ("http://jixiao.edu.cn/", 30, Verdict.SUSPECT, Hosting.FOREIGN),
    ],
)
def test_who_publishes(url: str, days: int | None, front: Verdict | None, hosting: Hosting) -> None:
    assert hosting_of(*seen(url, days), front) is hosting


def test_a_detector_that_says_so_is_believed() -> None:
    assert hosting_of(*seen(FAKE, 30, FOREIGN_SITE), Verdict.SUSPECT) is Hosting.FOREIGN


def test_an_old_front_page_with_an_owner_is_not_whose_words_somebody_put_there() -> None:
    for owner in ("school", "owner_named"):
        assert hosting_of(*seen(FRONT, 4200, owner), None) is Hosting.FOREIGN
        assert hosting_of(*seen(FRONT, 700, owner), None) is Hosting.OWN
        assert hosting_of(*seen(FRONT, None, owner), None) is Hosting.OWN
        assert verdict_of_front(*seen(FRONT, 4200, owner)) is Verdict.CLEAR
    visit, assessment = seen(FRONT, 4200, "school")
    imitates = replace(assessment, offence=Offence.IMITATION_QUERY)
    assert hosting_of(visit, imitates, None) is Hosting.OWN
    assert verdict_of_front(*seen(FRONT, 4200)) is Verdict.SUSPECT


@pytest.mark.parametrize(
    ("url", "final", "hosting"),
    [
        ("http://a.cn/go?u=http://evil.top/x", "http://evil.top/x", Hosting.FOREIGN),
        ("http://a.cn/go?u=http%3A%2F%2FEVIL.top%2Fx", "http://evil.top/x", Hosting.FOREIGN),
        ("http://a.cn/go?u=http%253A%252F%252Fevil.top", "http://evil.top/", Hosting.FOREIGN),
        ("http://a.cn/out/evil.top", "http://evil.top/", Hosting.FOREIGN),
        ("http://a.cn/x7Kd", "http://evil.top/", Hosting.OWN),
        ("http://a.cn/go?u=http://a.cn/x", "http://www.a.cn/x", Hosting.OWN),
        ("http://a.cn/go?u=http://evil.top/x", "http://other.top/x", Hosting.OWN),
    ],
)
def test_who_forwards_to_any_address_given_is_not_the_suspect(
    url: str, final: str, hosting: Hosting
) -> None:
    visit, assessment = seen(url, 30)
    capture = replace(visit.captures[0], final_url=final)
    assert hosting_of(replace(visit, captures=(capture,)), assessment, None) is hosting


@pytest.mark.parametrize(
    ("url", "days", "front", "hosting"),
    [
        ("http://a.cn/x7Kd", None, None, Hosting.FOREIGN),
        ("http://a.cn/x7Kd", 700, None, Hosting.FOREIGN),
        ("http://a.cn/x7Kd", 30, None, Hosting.OWN),
        ("http://a.cn/x7Kd", 700, Verdict.SUSPECT, Hosting.OWN),
        ("http://www.a.cn/", 700, None, Hosting.OWN),
    ],
)
def test_who_shortens_addresses_is_not_the_suspect(
    url: str, days: int | None, front: Verdict | None, hosting: Hosting
) -> None:
    visit, assessment = seen(url, days)
    capture = replace(visit.captures[0], final_url="http://evil.top/")
    assert hosting_of(replace(visit, captures=(capture,)), assessment, front) is hosting


@pytest.mark.parametrize(
    ("url", "hosting"),
    [
        (
            "http://a.cn/s?q=%E5%8A%9E%E7%94%B5%E5%B7%A5%E8%AF%81+%E4%B8%8D%E7%94%A8%E8%80%83",
            "foreign",
        ),
        ("http://a.cn/s?q=%E7%94%B5%E5%B7%A5%E8%AF%81", "own"),
        ("http://a.cn/s?q=1", "own"),
    ],
)
def test_a_page_that_prints_its_own_query_accuses_nobody_else(url: str, hosting: str) -> None:
    visit, assessment = seen(url, 30)
    offer = Signal("sale_promise_offer", Family.SALE, 1.0, "办电工证，不用考", "text")
    findings = replace(assessment.findings, signals=(offer,))
    assert hosting_of(visit, replace(assessment, findings=findings), None) == hosting


@pytest.mark.parametrize(
    ("url", "front"),
    [
        ("http://a.cn/", True),
        ("http://www.a.cn/INDEX.HTM", True),
        ("http://a.cn/cx/", False),
        ("http://b.a.cn/", False),
        ("http://a.cn/?a=1", False),
    ],
)
def test_what_is_a_front_page(url: str, front: bool) -> None:
    assert is_front(url) is front


def test_a_page_beside_an_innocent_front_page_is_a_case_by_its_path(office: Office) -> None:
    listed = office.day({FAKE: Seen(), FRONT: CLEAR})
    assert list(listed) == [PAGE]
    assert office.day({FAKE: Seen()})[PAGE].change.kind is ChangeKind.SAME


def test_an_accused_front_page_makes_the_domain_the_case(office: Office) -> None:
    assert list(office.day({FAKE: Seen(), FRONT: Seen()})) == [SITE]


def test_a_page_takes_the_place_of_the_site_when_the_site_turns_out_innocent(
    office: Office,
) -> None:
    first = office.day({FAKE: Seen()})[SITE]
    listed = office.day({FAKE: Seen(), FRONT: CLEAR})
    assert list(listed) == [PAGE]
    assert listed[PAGE].change.kind is ChangeKind.SAME
    assert listed[PAGE].first_seen == first.first_seen
    site = office.store.case(SITE)
    assert site is not None
    assert (site.state, str(site.part_of)) == (CaseState.MERGED, PAGE)
    (judgement,) = office.store.judgements(SITE)
    assert (judgement.by, judgement.decision) == ("machine", Decision.MERGE)
    # From then on the page is what is told of, whatever else is seen or not seen of the site.
    assert office.day({FAKE: ERROR, FRONT: CLEAR})[PAGE].change.kind is ChangeKind.DOWN
    assert office.day({FAKE: Seen(), FRONT: TIMEOUT})[PAGE].change.kind is ChangeKind.BACK


def test_who_confirmed_the_site_has_not_confirmed_the_page(office: Office) -> None:
    office.day({FAKE: Seen()})
    office.say(SITE, Decision.CONFIRM, "张三")
    office.say(SITE, Decision.CONFIRM, "李四")
    assert office.day({FAKE: Seen(), FRONT: CLEAR})[PAGE].state is CaseState.OPEN


@pytest.mark.parametrize("decision", [Decision.VICTIM, Decision.DISMISS])
def test_that_the_owner_is_innocent_holds_for_the_page_too(
    office: Office, decision: Decision
) -> None:
    office.day({FAKE: Seen()})
    office.say(SITE, decision, "张三", "学校网站被挂页")
    assert office.day({FAKE: Seen(), FRONT: CLEAR}) == {}
    page = office.store.case(PAGE)
    assert page is not None
    assert page.state is {Decision.VICTIM: CaseState.VICTIM}.get(decision, CaseState.DISMISSED)


def test_settling_again_after_the_page_took_over_comes_to_the_same(office: Office) -> None:
    office.day({FAKE: Seen()})
    run = office.begin({FAKE: Seen(), FRONT: CLEAR})
    once = office.settle(run)
    assert office.settle(run) == once
    assert [(str(case.key), case.change.kind) for case in once] == [(PAGE, ChangeKind.SAME)]


def test_a_run_killed_before_the_site_was_merged_comes_to_the_same(office: Office) -> None:
    office.day({FAKE: Seen()})
    run = office.begin({FAKE: Seen(), FRONT: CLEAR})
    with office.store._transaction():
        office.store._open_case(PAGE)  # as far as the killed one came
    listed = office.settle(run)
    assert [(str(case.key), case.change.kind) for case in listed] == [(PAGE, ChangeKind.SAME)]
    assert office.case(SITE).state is CaseState.MERGED


def test_a_dismissed_site_comes_back_by_its_page_when_the_page_is_graver(office: Office) -> None:
    office.day({FAKE: DOUBTFUL})
    office.say(SITE, Decision.DISMISS, "张三", "误报")
    assert office.day({FAKE: DOUBTFUL, FRONT: CLEAR}) == {}
    assert office.day({FAKE: Seen()})[PAGE].state is CaseState.OPEN
