"""What a server that is busy says about when to come back."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import ceil


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
