"""Whose turn it is at a host: one visitor at a time, a pause between two, and Retry-After kept."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

# Founders' judgement: a run can wait half a minute for one host; who asks for more is left alone
# for as long as they ask, and what we did not see there is unknown.
PATIENCE = 30.0
_LONGEST_HOLD = 86_400.0
_BUSY_AGAIN = 4
"""Founders' judgement: busy so often in a row, a host will be busy for the rest of the run."""
BUSY = frozenset({429, 503})
"""Statuses whose Retry-After says how long to stay away (RFC 9110, 10.2.3; RFC 6585, 4)."""
_SECONDS = re.compile(r"\d{1,9}")


class PutOffError(Exception):
    """The host has asked to be left alone for longer than we wait."""


@dataclass(slots=True)
class _Host:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    free_at: float = 0.0
    held_until: float = 0.0
    busy: int = 0
    """Busy answers in a row."""


class Pace:
    """One for a run: Scrapy's requests and the browser's visits take turns by it."""

    def __init__(self, delay: float) -> None:
        self._delay = delay
        self._hosts: dict[str, _Host] = {}

    @asynccontextmanager
    async def turn(self, hosts: Iterable[str]) -> AsyncIterator[None]:
        """Hold these hosts once all are free, `delay` seconds after the end of each's last turn.

        Raises `PutOffError` where one has asked for more patience than we have.
        """
        async with AsyncExitStack() as stack:
            for name in sorted(set(hosts)):  # one order for all, so that no two wait for each other
                host = self._hosts.setdefault(name, _Host())
                self._check(name, host)
                await stack.enter_async_context(host.lock)
                self._check(name, host)
                wait = max(host.free_at, host.held_until) - _clock()
                if wait > 0:
                    await asyncio.sleep(wait)
                stack.callback(self._leave, host)
            yield

    def _leave(self, host: _Host) -> None:
        host.free_at = _clock() + self._delay

    def hold(self, host: str, seconds: float) -> None:
        """Leave a host alone for so long, as it asked; at most a day.

        One that is busy again and again is left alone for good, or it would hold up the run.
        """
        known = self._hosts.setdefault(host, _Host())
        known.busy += 1
        wait = _LONGEST_HOLD if known.busy >= _BUSY_AGAIN else min(seconds, _LONGEST_HOLD)
        known.held_until = max(known.held_until, _clock() + wait)

    def answered(self, host: str) -> None:
        """Note that a host answers again."""
        if host in self._hosts:
            self._hosts[host].busy = 0

    @staticmethod
    def _check(name: str, host: _Host) -> None:
        left = host.held_until - _clock()
        if left > PATIENCE:
            raise PutOffError(f"{name} asked to be left alone for another {left:.0f} s")


def _clock() -> float:
    return asyncio.get_running_loop().time()


def retry_after(status: int | None, value: str, at: datetime) -> float | None:
    """Seconds that an answer of this status asks us to wait, or `None` where it does not.

    `value` is its Retry-After: seconds or an HTTP date (RFC 9110, 10.2.3), the latter held
    against `at`. A date that has passed asks for no wait; anything else asks for nothing.
    """
    value = value.strip()
    if status not in BUSY or not value:
        return None
    if _SECONDS.fullmatch(value):
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - at).total_seconds())
