"""What a busy server says of when to come back, however it is written."""

from datetime import UTC, datetime, timedelta

import pytest

from crawler.clock import parse, stamp
from spiders.retry_after import left_alone, peace_until, seconds_to_wait

AT = datetime(2026, 1, 2, 3, tzinfo=UTC)
NEVER = b"Fri, 31 Dec 9999 23:59:59 -2359"


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (b"120", 120),
        (b" 0 ", 0),
        (b"Fri, 02 Jan 2026 03:01:00 GMT", 60),
        (b"Fri, 02 Jan 2026 02:00:00 GMT", 0),
        (b"Mon, 99 Jan 99999999999 00:00:00 GMT", 0),
        (b"soon", 0),
        (b"\xff\xb2", 0),
        (None, 0),
    ],
)
def test_seconds_are_read_and_nonsense_asks_for_nothing(header: bytes | None, seconds: int) -> None:
    assert seconds_to_wait(header, AT) == seconds


@pytest.mark.parametrize("header", [b"999999999", NEVER])
def test_nobody_is_left_alone_for_longer_than_a_day(header: bytes) -> None:
    until = peace_until(seconds_to_wait(header, AT), AT)
    assert parse(until) == AT + timedelta(days=1)


def test_a_run_that_is_resumed_keeps_what_it_was_asked() -> None:
    until = peace_until(86_400, AT + timedelta(minutes=30))
    assert left_alone(until, AT) == parse(until)
    assert left_alone(until, parse(until)) is None
    assert left_alone(stamp(AT + timedelta(days=3)), AT) is None
    assert left_alone("soon", AT) is None
