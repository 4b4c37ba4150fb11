"""Dates as registries print them, read only where their meaning is certain."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone
from enum import Enum

from crawler.capture.registration.terms import terms

_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
_MONTH = r"(?P<mon>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_DAY = r"(?P<d>\d{1,2})(?:st|nd|rd|th)?"
_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        r"(?P<y>\d{4})\s*[-/.年년]\s*(?P<m>\d{1,2})\s*[-/.月월]\s*(?P<d>\d{1,2})(?!\d)[.日일]?",
        r"(?P<y>(?:19|20)\d\d)(?P<m>\d\d)(?P<d>\d\d)(?=\D|$|\d{6}(?!\d))",
        rf"(?P<y>\d{{4}})[-/. ]{_MONTH}[-/. ]{_DAY}(?!\d)\.?",
        rf"(?:[a-z]{{3,9}},?\s+)?{_DAY}[\s\-/.,]+{_MONTH}[\s\-/.,]+(?P<y>\d{{4}})(?!\d)",
        rf"(?:[a-z]{{3,9}},?\s+)?{_MONTH}\.?\s+{_DAY},?\s+"
        r"(?P<clock>\d\d:\d\d(?::\d\d)?\s+(?:(?P<zone>[a-z]{2,5})\s+)?)?(?P<y>\d{4})(?!\d)",
    )
)
_NUMERIC = re.compile(
    r"(?P<a>\d{1,2})\s*(?P<sep>[-/.])\s*(?P<b>\d{1,2})\s*(?P=sep)\s*(?P<y>\d{4})(?!\d)"
)
_CLOCK = re.compile(
    r"[T\s,]*(?:at\s+)?T?\s*(?P<h>\d{1,2}):?(?P<min>\d\d)(?::?(?P<s>\d\d))?(?:[.,]\d+)?\s*",
    re.IGNORECASE,
)
_OFFSET = re.compile(
    r"[\s(]*(?:utc|gmt)?\s*(?P<sign>[+-])\s*(?P<h>\d{1,2})(?::?(?P<m>\d\d))?(?!\d)", re.IGNORECASE
)
_ZONE = re.compile(r"[\s(]*(?P<name>[a-z]{1,5})\b", re.IGNORECASE)

# The first domain under a TLD was registered on 15 March 1985; what lies before is a placeholder,
# as are the years 1 and 1970 that some servers print for «not set».
_OLDEST = datetime(1985, 1, 1, tzinfo=UTC)
_LATEST = datetime(2200, 1, 1, tzinfo=UTC)


class Order(Enum):
    """Which of the two first numbers of `03/04/2026` is the day."""

    DAY = "day first"
    MONTH = "month first"
    UNCERTAIN = "uncertain"


def order_of(values: Iterable[str], tld: str) -> Order:
    """How a reply orders day and month, from its registry or from its own dates.

    A reply writes all its dates in one way, so that one number above 12 settles it. Dates of which
    some have the day first and some the month settle nothing.
    """
    words = terms()
    if tld in words.day_first:
        return Order.DAY
    if tld in words.month_first:
        return Order.MONTH
    seen = set()
    for value in values:
        found = _NUMERIC.match(value)
        if found is None or found["sep"] == ".":
            continue
        if int(found["a"]) > 12:
            seen.add(Order.DAY)
        if int(found["b"]) > 12:
            seen.add(Order.MONTH)
    return seen.pop() if len(seen) == 1 else Order.UNCERTAIN


def read_date(text: str, order: Order, tld: str) -> datetime | None:
    """The moment in UTC that a registry printed, or `None` where its meaning is not certain.

    Dots put the day first everywhere (`24.11.2026`); slashes and hyphens do as `order` says. A day
    without a time is its midnight in UTC, so that it is the same day in Beijing. A time without a
    zone is the registry's own where `terms.toml` knows it, else UTC, as ICANN's format demands.
    """
    text = text.strip()
    for form in _FORMS:
        found = form.match(text)
        if found is not None:
            parts = found.groupdict()
            month = int(parts.get("m") or _MONTHS[(parts.get("mon") or "").lower()])
            year, day = int(found["y"]), int(found["d"])
            clock = parts.get("clock")
            rest = f"{clock} {parts.get('zone') or ''}" if clock else text[found.end() :]
            return _moment(year, month, day, rest, tld)
    found = _NUMERIC.match(text)
    if found is None:
        return None
    first, second, year = int(found["a"]), int(found["b"]), int(found["y"])
    if found["sep"] == "." or order is Order.DAY:
        return _moment(year, second, first, text[found.end() :], tld)
    if order is Order.MONTH or first == second:
        return _moment(year, first, second, text[found.end() :], tld)
    return None


def _moment(year: int, month: int, day: int, rest: str, tld: str) -> datetime | None:
    try:
        midnight = datetime(year, month, day, tzinfo=UTC)
        clock = _CLOCK.match(rest)
        if clock is None:
            moment = midnight
        else:
            local = midnight.replace(
                hour=int(clock["h"]), minute=int(clock["min"]), second=int(clock["s"] or 0)
            )
            moment = local - _offset(rest[clock.end() :], tld)
    except (ValueError, OverflowError):
        return None
    return moment if _OLDEST <= moment < _LATEST else None


def _offset(text: str, tld: str) -> timedelta:
    """How far the zone that stands behind a time is ahead of UTC."""
    words = terms()
    found = _OFFSET.match(text)
    if found is not None:
        size = timedelta(hours=int(found["h"]), minutes=int(found["m"] or 0))
        timezone(size)  # raises ValueError for what is no zone on earth
        return size if found["sign"] == "+" else -size
    named = _ZONE.match(text)
    hours = words.zones.get(named["name"].lower()) if named is not None else None
    if hours is None:
        hours = words.local.get(tld, 0)
    return timedelta(hours=hours)
