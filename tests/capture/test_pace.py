"""Turns at a host, and the waits that hosts ask for."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.capture.pace import Pace, PutOffError, retry_after

AT = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "value", "seconds"),
    [
        (429, "120", 120),
        (503, " 0 ", 0),
        (503, "Fri, 20 Nov 2026 12:00:30 GMT", 30),
        (503, "Fri, 20 Nov 2026 11:00:00 GMT", 0),
        (503, "Friday, 20-Nov-26 12:01:00 GMT", 60),
        (429, "soon", None),
        (429, "-5", None),
        (429, "", None),
        (429, "Fri, 99 Nov 2026 12:00:30 GMT", None),
        (200, "120", None),
        (None, "120", None),
    ],
)
def test_retry_after(status: int | None, value: str, seconds: float | None) -> None:
    assert retry_after(status, value, AT) == seconds


@given(st.text())
def test_anything_can_stand_there(value: str) -> None:
    wait = retry_after(429, value, AT)
    assert wait is None or wait >= 0


def test_turns_do_not_overlap_and_keep_their_distance() -> None:
    async def work() -> list[tuple[float, float]]:
        pace, clock = Pace(0.1), asyncio.get_running_loop().time
        turns = []

        async def visit(*hosts: str) -> None:
            async with pace.turn(hosts):
                start = clock()
                await asyncio.sleep(0.05)
                turns.append((start, clock()))

        await asyncio.gather(visit("a", "b"), visit("b", "a"), visit("a"), visit("a", "a"))
        return sorted(turns)

    turns = asyncio.run(work())
    assert len(turns) == 4
    for (_start, end), (start, _end) in pairwise(turns):
        assert start >= end + 0.1 - 0.01


def test_other_hosts_wait_for_nobody() -> None:
    async def work() -> None:
        pace = Pace(60)
        async with asyncio.timeout(5):
            for host in "abc":
                async with pace.turn((host,)):
                    pass

    asyncio.run(work())


def test_a_host_that_asks_for_too_much_is_put_off_at_once() -> None:
    async def work() -> None:
        pace = Pace(0)
        pace.hold("a", 3600)
        with pytest.raises(PutOffError, match="a asked to be left alone for another 36"):
            async with pace.turn(("b", "a")):
                raise AssertionError("nobody waits an hour")

    asyncio.run(work())


def test_a_host_that_is_busy_again_and_again_is_put_off() -> None:
    async def work() -> None:
        pace = Pace(0)
        for _time in range(3):
            pace.hold("a", 0)
            async with pace.turn(("a",)):
                pass
        pace.answered("a")
        for _time in range(4):
            pace.hold("a", 0)
        with pytest.raises(PutOffError):
            async with pace.turn(("a",)):
                raise AssertionError("busy for good")

    asyncio.run(work())
