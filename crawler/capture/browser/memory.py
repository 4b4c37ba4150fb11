"""What a browser and its driver hold of the machine's memory, as their warden tells it."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable
from contextlib import suppress

from crawler.capture.browser import warden

logger = logging.getLogger(__name__)


class MemoryWatch:
    """A warden at work: it ends pages that take too much, and tells how much is held."""

    def __init__(self) -> None:
        """Watch nothing yet."""
        self._process: Process | None = None
        self._listening: asyncio.Future[None] | None = None
        self.held = 0
        """Bytes that the browser, its driver and all pages hold; 0 where nothing is known."""
        self.staff = 0
        """Bytes of them that are no page's: the browser's own process and the driver."""

    async def start(self, browser: int, unwatched: Callable[[], None]) -> None:
        """Watch a browser by its process id; outside Linux nothing is watched.

        `unwatched` is called once the warden has ended, by itself or by another's hand.
        """
        driver = driver_of(browser)
        if driver:
            command = [sys.executable, "-I", "-S", warden.__file__, str(driver), str(browser)]
            self._process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE)
            self._listening = asyncio.ensure_future(self._listen(unwatched))

    async def stop(self) -> None:
        """End the warden; what still lives of the browser ends with it."""
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
            await self._process.wait()
        if self._listening is not None:
            await self._listening

    async def _listen(self, unwatched: Callable[[], None]) -> None:
        assert self._process is not None  # noqa: S101 - set by start
        assert self._process.stdout is not None  # noqa: S101 - it is a pipe
        async for line in self._process.stdout:
            what, *sizes = line.split()
            if what == b"held":
                self.held, self.staff = map(int, sizes)
            else:
                logger.warning("a page took %d MB and was ended", int(sizes[0]) // 1_000_000)
        unwatched()


def driver_of(browser: int) -> int:
    """The child of ours from which a browser descends; 0 where there is no telling."""
    child = browser
    with suppress(OSError, ValueError, IndexError):
        while child > 1:
            stat = (warden.PROC / str(child) / "stat").read_text(encoding="utf-8", errors="replace")
            parent = int(stat.rpartition(")")[2].split()[1])
            if parent == os.getpid():
                return child
            child = parent
    return 0
