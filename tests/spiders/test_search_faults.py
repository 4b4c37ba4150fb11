"""Every fault of the search services over the wire: a state of the source, never zero results."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime, timedelta

import pytest

from tests.spiders.sending import Sent, send
from tests.spiders.service_faults import CAPTCHA, FOUND, KEY, Answer, Faulty, results, serving

SOURCES = pytest.mark.parametrize("source", ["searxng", "qianfan", "bocha"])
PAID = pytest.mark.parametrize("source", ["qianfan", "bocha"])
QUERIES = 8


def went(
    own: Faulty, source: str, marks: dict[str, str] | None = None, more: str = "", key: str = KEY
) -> Sent:
    with serving(own) as port:
        options = f'url = "http://127.0.0.1:{port}"\nmax_queries = {QUERIES}\ndelay = 0\n'
        if source != "searxng":
            options += 'key_env = "SERVICE_KEY"\n'
        return send(source, options + more, marks, {"SERVICE_KEY": key})


def good(source: str) -> Answer:
    return 200, results(source, FOUND), {}


@SOURCES
def test_a_limit_ends_the_run_and_is_kept_by_the_next_ones(source: str) -> None:
    own = Faulty(good(source), [good(source), (429, b"", {"Retry-After": "3600"})])
    if source == "searxng":
        own.first.insert(0, good(source))  # its second page
    brought = went(own, source)
    assert (brought.urls, brought.status) == ([FOUND], "partial")
    assert "3600 秒" in brought.detail
    asked = len(own.asked)
    assert asked == (3 if source == "searxng" else 2)
    again = went(own, source, brought.marks)
    assert len(own.asked) == asked
    assert again.status == "blind"
    assert "之后再问" in again.detail
    past = {**brought.marks, "until": "2026-01-01T00:00:00Z"}
    assert went(own, source, past).status == "done"
    mad = {**brought.marks, "until": "2999-01-01T00:00:00Z"}
    assert went(own, source, mad).status == "done"


@SOURCES
@pytest.mark.parametrize(
    "fault",
    [
        (200, CAPTCHA, {"Content-Type": "text/html"}),
        (200, gzip.compress(b"{}" * 500)[9:], {}),
        (200, b"\x00\xff\xfe" * 300, {"Content-Encoding": "gzip"}),
        (200, b"", {}),
        (200, b'{"results": [', {}),
        (200, b"[" * 100_000, {}),
        (500, b"{}", {}),
        (302, b"", {"Location": "http://cx.mem.gov.cn/"}),
    ],
    ids=["captcha", "garbled", "not gzip", "empty", "cut", "nested", "error", "moved"],
)
def test_what_is_no_answer_blinds_and_is_soon_given_up(source: str, fault: Answer) -> None:
    own = Faulty(fault)
    brought = went(own, source, more="")
    assert (brought.urls, brought.status) == ([], "blind")
    assert brought.detail
    assert len(own.asked) <= 5


@SOURCES
def test_a_body_shorter_than_promised_is_no_answer(source: str) -> None:
    whole = results(source, FOUND)
    own = Faulty((200, whole[:-20], {"Content-Length": str(len(whole))}))
    brought = went(own, source)
    assert (brought.urls, brought.status) == ([], "blind")


@SOURCES
def test_a_body_without_end_is_cut(source: str) -> None:
    own = Faulty((200, b" " * 60_000_000, {}))
    brought = went(own, source)
    assert (brought.urls, brought.status) == ([], "blind")
    packed = Faulty((200, gzip.compress(b" " * 60_000_000), {"Content-Encoding": "gzip"}))
    assert went(packed, source).status == "blind"


@SOURCES
def test_a_slow_drip_ends_in_time(source: str) -> None:
    own = Faulty(good(source), drip=True)
    brought = went(own, source, more="[run]\ntimeout = 1\n")
    assert (brought.urls, brought.status) == ([], "blind")
    assert "TimeoutError" in brought.detail


@PAID
@pytest.mark.parametrize("status", [401, 403])
def test_an_expired_key_is_told_by_its_name_and_asked_with_once(source: str, status: int) -> None:
    own = Faulty((status, b'{"message": "expired"}', {}))
    brought = went(own, source)
    assert (brought.status, len(own.asked)) == ("blind", 1)
    assert "SERVICE_KEY" in brought.detail
    assert KEY not in brought.detail


@PAID
def test_things_dated_after_our_clock_do_not_make_a_source_fresh(source: str) -> None:
    ahead = (datetime.now(UTC) + timedelta(days=400)).isoformat()
    own = Faulty((200, results(source, FOUND, date=ahead), {}))
    brought = went(own, source)
    assert (brought.urls, brought.status, brought.newest) == ([FOUND], "done", None)


def test_the_office_s_own_service_is_asked_one_thing_at_a_time() -> None:
    own = Faulty(good("searxng"))
    brought = went(own, "searxng", more="pages = 2")
    assert brought.status == "done"
    assert len(own.asked) == 2 * QUERIES
