"""Dates of registries: read where certain, unknown where not."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.capture.registration.dates import Order, order_of, read_date


@pytest.mark.parametrize(
    ("text", "tld", "moment"),
    [
        ("2026-09-30T23:30:00Z", "com", "2026-09-30T23:30"),
        ("2026-09-30T23:30:00.0Z", "xyz", "2026-09-30T23:30"),
        ("2026-09-30T23:30:00-0700", "com", "2026-10-01T06:30"),
        ("2026-10-01 07:30:00", "cn", "2026-09-30T23:30"),
        ("2026-10-01 07:30:00", "xn--fiqs8s", "2026-09-30T23:30"),
        ("2026-10-01 07:30:00", "com", "2026-10-01T07:30"),
        ("2026-10-01 07:30:00 +03:00", "ee", "2026-10-01T04:30"),
        ("2026-10-01 07:30:00+02", "ua", "2026-10-01T05:30"),
        ("2026-10-01 07:30:00 (UTC+8)", "tw", "2026-09-30T23:30"),
        ("2026-10-01 07:30:00 (GMT+0:00)", "kz", "2026-10-01T07:30"),
        ("2026/10/01 01:05:09 (JST)", "jp", "2026-09-30T16:05"),
        ("2026-10-01 (YYYY-MM-DD)", "tw", "2026-10-01T00:00"),
        ("2026-10-01", "cn", "2026-10-01T00:00"),
        ("2026. 10. 01.", "kr", "2026-10-01T00:00"),
        ("2026.10.01 13:00:00", "pl", "2026-10-01T13:00"),
        ("2026年10月1日", "cn", "2026-10-01T00:00"),
        ("20261001 17:57:27", "at", "2026-10-01T17:57"),
        ("20261001 #162310", "br", "2026-10-01T00:00"),
        ("2026-Oct-01.", "tr", "2026-10-01T00:00"),
        ("01-Oct-2026", "uk", "2026-10-01T00:00"),
        ("01-oct-2026", "com", "2026-10-01T00:00"),
        ("1-October-2026", "ie", "2026-10-01T00:00"),
        ("05-Oct-1997 04:00:00 UTC", "org", "1997-10-05T04:00"),
        ("Thu Oct 1 2026", "be", "2026-10-01T00:00"),
        ("Thu Oct  1 09:42:42 2026", "kg", "2026-10-01T09:42"),
        ("October  1 2026", "is", "2026-10-01T00:00"),
        ("1st October 2026 at 00:04:00.000", "gg", "2026-10-01T00:04"),
        ("1.10.2026 10:15:55", "fi", "2026-10-01T10:15"),
        ("01.10.2026", "cz", "2026-10-01T00:00"),
        ("03-04-2026", "hk", "2026-04-03T00:00"),
        ("10/11/2026", "tk", "2026-10-11T00:00"),
        ("05/05/2026", "com", "2026-05-05T00:00"),
    ],
)
def test_forms_of_registries(text: str, tld: str, moment: str) -> None:
    order = order_of([text], tld)
    read = read_date(text, order, tld)
    assert read is not None
    assert read.replace(second=0, microsecond=0) == datetime.fromisoformat(moment + "+00:00")


@pytest.mark.parametrize(
    "text",
    [
        "03/04/2026",
        "03-04-2026",
        "before Aug-1996",
        "gestern",
        "2026-13-01",
        "30.02.2026",
        "0001-01-01T00:00:00Z",
        "1970-01-01T00:00:00Z",
        "01-02-03",
        "20261",
        "2026-10-01 25:00:00",
        "2026-10-01 10:00:00+99:00",
        "",
    ],
)
def test_what_is_not_certain_is_unknown(text: str) -> None:
    assert read_date(text, order_of([text], "com"), "com") is None


def test_one_date_tells_the_order_of_the_others() -> None:
    assert order_of(["03/04/2026", "10/18/2027"], "com") is Order.MONTH
    assert order_of(["03/04/2026", "18/10/2027"], "com") is Order.DAY
    assert order_of(["18/10/2027", "10/18/2027"], "com") is Order.UNCERTAIN
    # Dots always put the day first, and say nothing of slashes.
    assert order_of(["03/04/2026", "18.10.2027"], "com") is Order.UNCERTAIN


@given(st.text(max_size=60))
def test_any_text_is_read_or_unknown(text: str) -> None:
    moment = read_date(text, Order.UNCERTAIN, "com")
    assert moment is None or moment.tzinfo is UTC


@given(st.integers(0, 3_500_000_000), st.sampled_from(["Z", "+0000", " UTC", " (GMT+0:00)"]))
def test_icann_form_is_read_back(seconds: int, zone: str) -> None:
    moment = datetime(1986, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    assert read_date(f"{moment:%Y-%m-%dT%H:%M:%S}{zone}", Order.UNCERTAIN, "com") == moment
