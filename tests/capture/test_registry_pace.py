"""The pace of questions to registries, in a clock of tens of milliseconds."""

import asyncio
import time

import pytest

from crawler.capture.registry_pace import RegistryPace, RestingError


def test_questions_to_one_server_are_spaced_and_to_others_are_not() -> None:
    async def work() -> tuple[float, float]:
        pace = RegistryPace(0.05)

        async def ask(server: str) -> None:
            async with pace.turn(server):
                pass

        began = time.monotonic()
        await asyncio.gather(*(ask("one") for _ in range(5)))
        same = time.monotonic() - began
        began = time.monotonic()
        await asyncio.gather(*(ask(f"other {number}") for number in range(5)))
        return same, time.monotonic() - began

    same, others = asyncio.run(work())
    assert same >= 4 * 0.05
    assert others < same


def test_no_more_than_two_at_once() -> None:
    async def work() -> int:
        pace, inside, most = RegistryPace(0), 0, 0

        async def ask() -> None:
            nonlocal inside, most
            async with pace.turn("one"):
                inside += 1
                most = max(most, inside)
                await asyncio.sleep(0.01)
                inside -= 1

        await asyncio.gather(*(ask() for _ in range(9)))
        return most

    assert asyncio.run(work()) == 2


def test_who_refuses_rests_longer_each_time_and_is_trusted_again() -> None:
    pace = RegistryPace(1.0)
    rests = []
    for _ in range(8):
        pace.refused("one")
        rests.append(round(pace.wait("one")))
    assert rests == [10, 20, 40, 80, 160, 320, 600, 600]
    assert not pace.bears("one")
    assert pace.bears("other")
    pace.answered("one")
    pace.refused("one")
    assert pace.wait("one") > 500  # what was promised is kept


def test_a_rest_that_is_asked_for_is_kept() -> None:
    pace = RegistryPace(1.0)
    pace.refused("one", retry_after=120)
    assert round(pace.wait("one")) == 120


def test_nobody_waits_for_a_long_rest() -> None:
    async def work() -> None:
        pace = RegistryPace(0.01)
        pace.refused("one", retry_after=60)
        began = time.monotonic()
        with pytest.raises(RestingError, match="left alone for 60 s"):
            async with pace.turn("one"):
                pass
        assert time.monotonic() - began < 5

    asyncio.run(work())
