"""What SearXNG may answer, and when its silence is our blindness."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spiders.searxng import read_answer


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
