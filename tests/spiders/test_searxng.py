"""What SearXNG may answer, and when its silence is our blindness."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twisted.python.failure import Failure

from crawler.model import ContactQuery
from seeds import load_watchlist
from spiders.base import Errand
from spiders.searxng import SearxngOptions, SearxngSpider, read_answer

AT = datetime(2026, 3, 10, 1, 0, tzinfo=UTC)
CONTACT = ContactQuery('"13800005678"', "contact phone 138****5678 of domain:a.test")


def test_results_are_named_in_order() -> None:
    body = json.dumps(
        {
            "results": [
                {"url": "http://b.example/"},
                {"title": "no url"},
                {"url": "http://a.example/"},
            ]
        }
    ).encode()
    assert read_answer(200, body) == (["http://b.example/", "http://a.example/"], "")


def test_no_results_by_engines_that_answered_is_an_answer() -> None:
    assert read_answer(200, b'{"results": [], "unresponsive_engines": []}') == ([], "")


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b'{"results": [], "unresponsive_engines": [["baidu", "CAPTCHA"]]}'),
        (403, b"Forbidden"),
        (429, b'{"results": []}'),
        (200, b"<html>search</html>"),
        (200, b"[]"),
        (200, b'{"results": null}'),
        (200, b""),
        (200, b"[" * 200_000),
    ],
)
def test_what_is_no_answer_is_never_zero_results(status: int, body: bytes) -> None:
    urls, problem = read_answer(status, body)
    assert not urls
    assert problem


def test_a_format_that_is_off_is_told_with_its_remedy() -> None:
    """SearXNG answers 403 for a format that `search.formats` does not list."""
    assert "search.formats" in read_answer(403, b"<title>403 Forbidden</title>")[1]


def test_results_without_some_engines_are_a_part() -> None:
    body = b'{"results": [{"url": "http://a.example/"}], "unresponsive_engines": [["sogou", "x"]]}'
    urls, problem = read_answer(200, body)
    assert urls == ["http://a.example/"]
    assert "sogou" in problem


@given(st.binary(max_size=200))
def test_any_body_is_read(body: bytes) -> None:
    urls, problem = read_answer(200, body)
    assert isinstance(urls, list)
    assert isinstance(problem, str)


def spider_with(kept: list[dict[str, str]]) -> SearxngSpider:
    options = SearxngOptions(enabled=True, url="http://service.test")
    errand = Errand(
        options,
        load_watchlist(),
        AT,
        lambda _lead: None,
        contacts=(CONTACT,),
        keep=lambda: kept.append(dict(spider.marks)),
    )
    spider = SearxngSpider(errand)
    return spider


def test_a_contact_is_counted_before_it_is_asked_for() -> None:
    """A run that is killed while it waits has spent what it asked."""
    kept: list[dict[str, str]] = []
    spider = spider_with(kept)
    spider._left.append(CONTACT.query)
    assert len(list(spider._next())) == 1
    assert [marks["contacts_spent"] for marks in kept] == ["1"]


def test_no_contact_stands_in_what_a_source_says_of_its_failure() -> None:
    spider = spider_with([])
    url = "http://service.test/search?q=%2213800005678%22"
    problem = TimeoutError(f"Getting {url} took longer than 30 seconds.")
    list(spider.failed(Failure(problem)))  # type: ignore[no-untyped-call]
    detail = spider.outcome().detail
    assert "TimeoutError" in detail
    assert "13800005678" not in detail
