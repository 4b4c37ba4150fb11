"""Time is UTC inside and Asia/Shanghai wherever a person or a file name sees it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

BEIJING = timezone(timedelta(hours=8), "Asia/Shanghai")
"""China has had one offset and no summer time since 1992; no zone database is needed."""


def now() -> datetime:
    """The present moment in UTC, whole milliseconds."""
    moment = datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def beijing(moment: datetime) -> datetime:
    """The same moment on Beijing clocks."""
    return moment.astimezone(BEIJING)


def beijing_date(moment: datetime) -> date:
    """The calendar day in Beijing on which the moment falls."""
    return beijing(moment).date()


def next_beijing_day(moment: datetime) -> datetime:
    """The first moment of the next calendar day in Beijing.

    >>> next_beijing_day(datetime(2026, 1, 2, 3, tzinfo=UTC)).isoformat()
    '2026-01-02T16:00:00+00:00'
    """
    following = beijing_date(moment) + timedelta(days=1)
    return datetime(following.year, following.month, following.day, tzinfo=BEIJING).astimezone(UTC)


def stamp(moment: datetime) -> str:
    """The moment as stored: ISO 8601, UTC, with `Z`.

    >>> stamp(datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
    '2026-01-02T03:04:05.000Z'
    """
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse(text: str) -> datetime:
    """The moment written as ISO 8601; one without a zone is read as Beijing time.

    Raises `ValueError` for anything else.

    >>> parse("2026-01-02T03:04:05Z").isoformat()
    '2026-01-02T03:04:05+00:00'
    >>> parse("2026-01-02 11:04").isoformat()
    '2026-01-02T03:04:00+00:00'
    """
    moment = datetime.fromisoformat(text.strip())
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=BEIJING)
    try:
        return moment.astimezone(UTC)
    except OverflowError as problem:
        raise ValueError(f"outside the calendar: {text!r}") from problem


def shown(moment: datetime) -> str:
    """The moment as people read it: `2026-01-02 11:04:05`, Beijing time."""
    return beijing(moment).strftime("%Y-%m-%d %H:%M:%S")
