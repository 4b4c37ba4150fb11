"""Reads the dates that forums and markets print, as far as they are certain."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from crawler.clock import BEIJING, beijing, parse

_FULL = re.compile(
    r"(?P<year>20\d\d)\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})日?"
    r"(?:[\sT]*(?P<hour>\d{1,2}):(?P<minute>\d{2}))?"
)
_DAY = re.compile(
    r"(?<![\d./-])(?P<month>\d{1,2})\s*[-/月]\s*(?P<day>\d{1,2})日?"
    r"(?:\s*(?P<hour>\d{1,2}):(?P<minute>\d{2}))?(?![\d/-])"
)
_AGO = re.compile(r"(?P<count>\d{1,4}|半)\s*个?(?P<unit>秒|分钟|小时|天|周|星期)(?:钟)?(?:之?前)")
_NAMED = re.compile(r"(?P<day>今天|昨天|前天)(?:\s*(?P<hour>\d{1,2}):(?P<minute>\d{2}))?")
_UNITS = {
    "秒": timedelta(seconds=1),
    "分钟": timedelta(minutes=1),
    "小时": timedelta(hours=1),
    "天": timedelta(days=1),
    "周": timedelta(weeks=1),
    "星期": timedelta(weeks=1),
}
_BEFORE = {"今天": 0, "昨天": 1, "前天": 2}


def read_moment(text: str, at: datetime) -> datetime | None:
    """The moment that a text names, UTC, as read at `at`; `None` where it names none for certain.

    Without a zone it is Beijing's; a day without a year is the last one that has come; what lies
    ahead of `at` by more than a day is none.
    """
    words = " ".join(text.split())[:120]
    found = _certain(words, at)
    if found is None or found > at + timedelta(days=1):
        return None
    return min(found, at)  # a clock that is a little ahead, or a day without a time


def _certain(text: str, at: datetime) -> datetime | None:
    for reader in (parse, _mail_date):
        with suppress(ValueError, TypeError, OverflowError):
            return reader(text.replace("Z", "+00:00") if text.endswith("Z") else text)
    today = beijing(at)
    with suppress(ValueError, OverflowError):
        if found := _FULL.search(text):
            return _moment(int(found["year"]), found)
        if found := _AGO.search(text):
            count = 0.5 if found["count"] == "半" else int(found["count"])
            return at - count * _UNITS[found["unit"]]
        if "刚刚" in text:
            return at
        if found := _NAMED.search(text):
            day = today - timedelta(days=_BEFORE[found["day"]])
            hour, minute = int(found["hour"] or 0), int(found["minute"] or 0)
            return day.replace(hour=hour, minute=minute, second=0, microsecond=0).astimezone(UTC)
        if found := _DAY.search(text):
            this = _moment(today.year, found)
            return this if this <= at + timedelta(days=1) else _moment(today.year - 1, found)
    return None


def _moment(year: int, found: re.Match[str]) -> datetime:
    part = {name: int(found[name] or 0) for name in ("month", "day", "hour", "minute")}
    return datetime(year, **part, tzinfo=BEIJING).astimezone(UTC)


def _mail_date(text: str) -> datetime:
    moment = parsedate_to_datetime(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
