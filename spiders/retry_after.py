"""What a server that is busy says about when to come back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from math import ceil

from crawler.clock import parse, stamp

UNTIL = "until"
"""The mark of the moment until which a service wants to be left alone."""
LONGEST_ANSWER = 5_000_000
"""Bytes of one answer of a search service; fifty results have 50,000. Founders' judgement."""
_LONGEST = timedelta(days=1)
"""Founders' judgement: a server that says weeks is asked once a day; a slip of its pen must not
silence a source for years."""


def seconds_to_wait(header: bytes | None, at: datetime) -> int:
    """Seconds from `at` that a `Retry-After` header asks for, 0 where it says nothing usable.

    RFC 9110, section 10.2.3: a number of seconds or a date.
    """
    said = (header or b"").decode("ascii", "replace").strip()
    if said.isascii() and said.isdecimal():
        return int(said[:9])
    try:
        moment = parsedate_to_datetime(said)
    except (TypeError, ValueError):
        return 0
    return max(0, ceil((moment.replace(tzinfo=moment.tzinfo or UTC) - at).total_seconds()))


def peace_until(seconds: int, at: datetime) -> str:
    """The moment until which a server is left alone, a day at most, as a source remembers it."""
    return stamp(at + min(timedelta(seconds=seconds), _LONGEST))


def left_alone(remembered: str, at: datetime) -> datetime | None:
    """Until when a server is still to be left alone, or `None`.

    What lies more than a day ahead was written by a clock that was wrong.
    """
    try:
        until = parse(remembered) if remembered else None
    except ValueError:
        return None
    return until if until is not None and at < until <= at + _LONGEST else None
