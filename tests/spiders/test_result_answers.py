"""Answers of engines over the wire: where a redirect leads, and what is a decoy."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spiders.result_answers import (
    WireAnswer,
    is_decoy,
    read_link_answer,
    read_query_answer,
)
from spiders.result_engines import load_engines
from spiders.result_pages import SearchResult

ENGINES = {each.id: each for each in load_engines().engines}
URL = {
    "baidu": "http://www.baidu.com/link?url=x",
    "sogou": "https://www.sogou.com/link?url=x",
    "so": "https://www.so.com/link?m=x",
    "bing": "https://www.bing.com/ck/a?u=x",
}


def link(engine: str, body: str = "", status: int = 200, location: str = "") -> tuple[str, bool]:
    answer = WireAnswer(URL[engine], status, body.encode(), "text/html", location)
    found = read_link_answer(ENGINES[engine], answer)
    assert bool(found.target) != bool(found.problem)
    return found.target, found.is_refused


@pytest.mark.parametrize(
    ("engine", "body"),
    [
        ("sogou", '<script>window.location.replace("http://a.test/b")</script>'),
        ("sogou", '<META http-equiv="refresh" content="0;URL=\'http://a.test/b\'">'),
        ("so", "<script>location.href = 'http:\\x2f\\x2fa.test\\/b'</script>"),
        ("so", '<meta http-equiv=refresh content="0; url=http://a.test/b">'),
        ("bing", 'var u = "http://a.test/b"; setTimeout(go, 1)'),
        ("baidu", '<script>location.assign("/link?url=y");location="http://a.test/b"</script>'),
    ],
)
def test_pages_that_lead_on(engine: str, body: str) -> None:
    assert link(engine, body) == ("http://a.test/b", False)


@pytest.mark.parametrize("location", ["http://A.test:80/b#c", "//a.test/b"])
def test_locations(location: str) -> None:
    assert link("baidu", status=302, location=location) == ("http://a.test/b", False)


def test_strangers_pages_on_an_engines_host_are_true_addresses() -> None:
    where = "https://tieba.baidu.com/p/1"
    assert link("baidu", status=301, location=where) == (where, False)


@pytest.mark.parametrize(
    ("engine", "body", "status", "location"),
    [
        ("baidu", "", 302, "https://www.baidu.com/"),
        ("baidu", "", 302, ""),
        ("baidu", "", 302, "http://[::1"),
        ("baidu", "", 302, "javascript:alert(1)"),
        ("sogou", "", 200, ""),
        ("sogou", "请到 http://a.test/b 看", 200, ""),
        ("so", '<script>location.replace("/")</script>', 200, ""),
        ("bing", "\x1f\x8b", 200, ""),
        ("so", '<script>location.replace("http://a.test/")</script>', 404, ""),
    ],
)
def test_what_names_no_address_outside_stays_unknown(
    engine: str, body: str, status: int, location: str
) -> None:
    assert link(engine, body, status, location) == ("", False)


@pytest.mark.parametrize(
    ("engine", "body", "status", "location"),
    [
        ("baidu", "", 302, "https://wappass.baidu.com/static/captcha/?x=1"),
        ("sogou", "", 302, "/antispider/?from=link"),
        ("sogou", "<form id='seccodeForm'></form>", 200, ""),
        ("so", "", 429, ""),
        ("bing", "", 403, ""),
    ],
)
def test_refusals(engine: str, body: str, status: int, location: str) -> None:
    assert link(engine, body, status, location) == ("", True)


@pytest.mark.parametrize(
    ("query", "title", "decoy"),
    [
        ("电工证 包过 不到场", "今日天气预报", True),
        ("电工证 包过 不到场", "低压电工考试大纲", False),
        ("intitle:焊工证 -site:gov.cn", "site gov.cn 天气", True),
        ("intitle:焊工证 -site:gov.cn", "焊工证去哪里考", False),
        ("-site:gov.cn", "任何", False),  # nothing was asked for
    ],
)
def test_decoys(query: str, title: str, decoy: bool) -> None:
    results = (
        SearchResult("http://a.test/", "别的", ""),
        SearchResult("http://b.test/", title, ""),
    )
    assert is_decoy(query, results) is decoy


@given(st.binary(max_size=300), st.sampled_from(list(URL)), st.sampled_from([200, 302, 500]))
def test_any_answer_is_read(body: bytes, engine: str, status: int) -> None:
    text = body.decode("latin-1")
    answer = WireAnswer(URL[engine], status, body, text[:40], text)
    assert read_link_answer(ENGINES[engine], answer) is not None
    found = read_query_answer(ENGINES[engine], "焊工证", answer)
    assert found.results or found.problem or found.moved_to
