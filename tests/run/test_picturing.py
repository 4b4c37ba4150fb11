"""A picture that kills its reader costs one picture, and a run that is killed leaves no reader."""

from __future__ import annotations

import asyncio
import io
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from multiprocessing import resource_tracker

import pytest
from PIL import Image

from crawler.capture.pictures import Shown
from crawler.model import Knowledge, Picture
from crawler.picturing import PicturePool
from tests.detectors.rendering import a_picture


def shown(seed: int) -> Shown:
    stream = io.BytesIO()
    a_picture(seed).image.save(stream, "PNG")
    return Shown(f"http://a.test/{seed}.png", stream.getvalue())


def with_pool(
    work: Callable[[PicturePool], Awaitable[None]], processes: int = 1, seconds: float = 60.0
) -> None:
    async def main() -> None:
        with PicturePool(processes, seconds) as pool:
            await work(pool)

    asyncio.run(main())


def reader(pool: PicturePool) -> int:
    process = pool._lanes[0]._process
    assert process is not None
    assert process.pid is not None
    return process.pid


def states(pictures: tuple[Picture, ...]) -> list[Knowledge]:
    return [each.state for each in pictures]


def test_pictures_are_read_in_their_order() -> None:
    async def work(pool: PicturePool) -> None:
        asked = [shown(seed) for seed in range(4)]
        found = await pool.read([*asked, Shown("x", b"broken"), asked[0]], False)
        assert [each.url for each in found][:4] == [each.url for each in asked]
        said = [code.text for each in found[:4] for code in each.codes]
        assert said == [a_picture(seed).text for seed in range(4)]
        assert states(found) == [Knowledge.KNOWN] * 4 + [Knowledge.UNKNOWN, Knowledge.KNOWN]
        assert pool.unread == 1

    with_pool(work, processes=2)


def test_a_reader_that_dies_costs_one_picture() -> None:
    async def work(pool: PicturePool) -> None:
        await pool.read([shown(1)], False)
        os.kill(reader(pool), signal.SIGKILL)
        found = await pool.read([shown(2), shown(3)], False)
        assert states(found) == [Knowledge.UNKNOWN, Knowledge.KNOWN]
        assert found[0].detail == "its decoder broke down"
        assert found[0].codes == ()
        assert found[0].sha256

    with_pool(work)


def test_a_reader_that_hangs_costs_one_picture_and_its_time() -> None:
    async def work(pool: PicturePool) -> None:
        await pool.read([shown(1)], False)
        os.kill(reader(pool), signal.SIGSTOP)
        pool._seconds = 1.0
        found = await pool.read([shown(2)], False)
        assert states(found) == [Knowledge.UNKNOWN]
        pool._seconds = 60.0
        assert states(await pool.read([shown(3)], False)) == [Knowledge.KNOWN]

    with_pool(work, seconds=60.0)


def test_a_run_that_ends_waits_for_no_reader() -> None:
    async def work(pool: PicturePool) -> None:
        await pool.read([shown(1)], False)
        os.kill(reader(pool), signal.SIGSTOP)
        threading.Timer(0.3, pool._lanes[0].close).start()
        began = time.monotonic()
        found = await pool.read([shown(2)], False)
        assert states(found) == [Knowledge.UNKNOWN]
        assert time.monotonic() - began < 10

    with_pool(work, seconds=60.0)


def test_a_picture_too_large_is_refused_before_it_is_decoded() -> None:
    async def work(pool: PicturePool) -> None:
        stream = io.BytesIO()
        Image.new("1", (30_000, 30_000)).save(stream, "PNG")
        (picture,) = await pool.read([Shown("bomb", stream.getvalue())], False)
        assert picture.state is Knowledge.UNKNOWN
        assert "pixels" in picture.detail

    with_pool(work)


ORPHAN = """
import asyncio, sys, time
from crawler.capture.pictures import Shown
from crawler.picturing import PicturePool
if __name__ == "__main__":
    pool = PicturePool(1)
    asyncio.run(pool.read([Shown("x", b"y")], False))
    print(pool._lanes[0]._process.pid, flush=True)
    time.sleep(60)
"""


def test_a_killed_run_leaves_no_reader_behind() -> None:
    with subprocess.Popen([sys.executable, "-c", ORPHAN], stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        child = int(run.stdout.readline())
        run.kill()
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            os.kill(child, 0)
        except ProcessLookupError:
            return
        with open(f"/proc/{child}/stat", encoding="ascii") as stat:  # noqa: PTH123
            if stat.read().rpartition(")")[2].split()[0] == "Z":
                return  # nobody has asked for its end yet
        time.sleep(0.05)
    raise AssertionError("the reader outlived its run")


def test_an_interrupt_on_its_way_there_neither_ends_a_reader_nor_prints(
    capfd: pytest.CaptureFixture[str],
) -> None:
    """A terminal sends Ctrl+C to all processes, those that have just been started too.

    The first process of all starts Python's resource tracker, which lets the signal through.
    """
    resource_tracker._resource_tracker._stop()  # type: ignore[attr-defined]

    async def work(pool: PicturePool) -> None:
        pool._lanes[0]._started()
        os.kill(reader(pool), signal.SIGINT)
        assert states(await pool.read([shown(1)], words=False)) == [Knowledge.KNOWN]

    with_pool(work)
    assert capfd.readouterr().err == ""
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())
