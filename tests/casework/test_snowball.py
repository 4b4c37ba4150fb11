"""What a suspect's page leads to, and what no page does."""

from collections.abc import Iterable
from dataclasses import replace

import pytest

from crawler.addresses import lead_id
from crawler.guard import Guard
from crawler.model import Failure, Lead, Target, TargetKind, Verdict
from crawler.snowball import Snowball
from tests.casework.conftest import CLEAR, DOUBTFUL, ERROR, START, WATCHLIST, Seen, look

NUMBER = "11010119900307123X"


def leads(url: str, seen: Seen, targets: Iterable[Target] = (), depth: int = 0) -> list[Lead]:
    visit, assessment = look("r", url, seen, START)
    findings = assessment.findings
    findings = replace(findings, targets=(*findings.targets, *targets))
    ball = Snowball(WATCHLIST, Guard(WATCHLIST), START, lambda _blob: b"")
    parent = Lead(lead_id(url), url, (), depth)
    return list(ball.leads_from(visit, replace(assessment, findings=findings), parent))


def followed(url: str, seen: Seen, *targets: Target) -> list[str]:
    return [lead.url for lead in leads(url, seen, targets)]


@pytest.mark.parametrize(
    ("url", "front"),
    [
        ("http://www.a.test/uploads/cx.html", ["http://www.a.test/"]),
        ("https://cx.a.test/", ["https://a.test/"]),
        ("http://www.a.test/", []),
        ("http://192.0.2.7/cx", []),
        ("http://fake.github.io/cx", []),
        ("http://posts.test/u/seller", []),
        ("http://school.gov.cn/cx.html", []),
    ],
)
def test_the_front_page_of_a_suspects_site_is_opened_too(url: str, front: list[str]) -> None:
    assert followed(url, Seen()) == front
    assert followed(url, replace(CLEAR, codes=("http://q.test/",))) == []


@pytest.mark.parametrize("kind", list(TargetKind))
@pytest.mark.parametrize("seen", [Seen(), DOUBTFUL])
def test_what_a_suspect_names_is_followed_with_its_reason(kind: TargetKind, seen: Seen) -> None:
    (lead,) = leads("http://a.test/", seen, [Target(kind, "http://q.test/x")], depth=1)
    assert (lead.url, lead.depth) == ("http://q.test/x", 2)
    (reason,) = lead.reasons
    assert (reason.source, reason.detail) == ("snowball", f"{kind.value}: http://a.test/")


@pytest.mark.parametrize("kind", list(TargetKind))
@pytest.mark.parametrize(
    "url",
    [
        "http://a.test/",
        "http://cx.mem.gov.cn/query",
        "https://school.gov.cn/",
        "http://posts.test/",
        "https://www.shop.test/",
        "tel:13800005678",
    ],
)
def test_official_hosts_front_pages_of_platforms_and_itself_are_not(
    kind: TargetKind, url: str
) -> None:
    assert followed("http://a.test/", Seen(), Target(kind, url)) == []


@pytest.mark.parametrize("seen", [CLEAR, ERROR, replace(CLEAR, verdict=Verdict.UNKNOWN)])
@pytest.mark.parametrize("kind", list(TargetKind))
def test_nothing_of_an_innocent_is_followed(kind: TargetKind, seen: Seen) -> None:
    seen = replace(seen, final_url="http://moved.test/")
    assert followed("http://a.test/x", seen, Target(kind, "http://q.test/x")) == []


def test_a_platforms_page_is_followed_by_code_and_not_by_link() -> None:
    post = "http://posts.test/u/seller/1"
    link, code = (Target(kind, post) for kind in (TargetKind.LINK, TargetKind.QR))
    assert followed("http://a.test/", Seen(), link) == []
    assert followed("http://a.test/", Seen(), code) == [post]


def test_ten_links_are_followed_whatever_platforms_stand_between_them() -> None:
    shared = [Target(TargetKind.LINK, f"http://posts.test/share/{n}") for n in range(20)]
    farm = [Target(TargetKind.LINK, f"http://farm{n:03}.test/") for n in range(300)]
    code = Target(TargetKind.QR, "http://q.test/")
    expected = [each.url for each in (*farm[:10], code)]
    assert followed("http://a.test/", Seen(), *shared, *farm, code) == expected


@pytest.mark.parametrize(
    ("final", "expected"),
    [
        ("http://fake.test/cx?id=1", ["http://fake.test/cx?id=1"]),
        ("http://fake.github.io/", ["http://fake.github.io/"]),
        ("https://www.a.test/", []),
        ("http://a.test/index.html", []),
        ("http://cx.mem.gov.cn/", []),
        ("http://posts.test/", []),
    ],
)
def test_where_a_short_link_ends_is_a_lead_of_its_own(final: str, expected: list[str]) -> None:
    assert followed("http://a.test/", replace(Seen(), final_url=final)) == expected


def test_an_end_nobody_reached_is_no_lead() -> None:
    refused = replace(Seen(), final_url="http://fake.test/", failure=Failure.PUT_OFF)
    assert followed("http://a.test/", refused) == []


def test_numbers_of_persons_stand_in_no_reason() -> None:
    target = Target(TargetKind.QR, "http://q.test/")
    (_front, lead) = leads(f"http://a.test/v?id={NUMBER}", Seen(), [target])
    assert NUMBER not in lead.reasons[0].detail
