"""Watches what a browser's pages take of the machine, and ends the one that takes too much."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from contextlib import suppress
from pathlib import Path

logger = logging.getLogger(__name__)

_SECONDS = 0.25
_MOST_BYTES = 500_000_000
"""Founders' judgement: heavy pages of today take 200 MB of their own; a page that grows beyond
this would take the machine from all others."""
_PROC = Path("/proc")
_LARGEST_FAMILY = 200
"""Processes that are looked at: a browser of ours has a dozen."""


async def watch(browser: int) -> None:
    """End every process below a browser's that holds too much memory, until cancelled.

    The page that it belonged to has crashed then, and is recorded so. Where the system has no
    `/proc` (outside Linux) nothing is watched.
    """
    while browser and (_PROC / str(browser)).exists():
        for pid in _below(browser):
            held = _own_bytes(pid)
            if held > _MOST_BYTES:
                logger.warning("a page took %d MB and was ended", held // 1_000_000)
                with suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGKILL)
        await asyncio.sleep(_SECONDS)


def _below(root: int) -> list[int]:
    """The processes that descend from one (proc(5), `children`)."""
    found: list[int] = []
    waiting = [root]
    while waiting and len(found) < _LARGEST_FAMILY:
        pid = waiting.pop()
        with suppress(OSError, ValueError):
            for file in (_PROC / str(pid) / "task").glob("*/children"):
                waiting += [int(each) for each in file.read_text(encoding="ascii").split()]
        if pid != root:
            found.append(pid)
    return found


def _own_bytes(pid: int) -> int:
    """Memory that a process holds for itself alone, or 0 where it has gone."""
    with suppress(OSError, ValueError, IndexError):
        status = (_PROC / str(pid) / "status").read_text(encoding="utf-8", errors="replace")
        line = next((each for each in status.splitlines() if each.startswith("RssAnon:")), "")
        return int(line.split()[1]) * 1024
    return 0
