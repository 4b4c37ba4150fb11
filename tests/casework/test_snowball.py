"""What a suspect's page leads to."""

from dataclasses import replace

import pytest

from crawler.addresses import lead_id
from crawler.guard import Guard
from crawler.model import Lead
from crawler.snowball import leads_from
from tests.casework.conftest import CLEAR, START, WATCHLIST, Seen, look


def followed(url: str, seen: Seen) -> list[str]:
    _visit, assessment = look("r", url, seen, START)
    parent = Lead(lead_id(url), url, ())
    found = leads_from(assessment, parent, WATCHLIST, Guard(WATCHLIST), START)
    return [lead.url for lead in found]


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


def test_codes_are_followed() -> None:
    assert followed("http://a.test/", Seen(codes=("http://q.test/x",))) == ["http://q.test/x"]
