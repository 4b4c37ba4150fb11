"""Watches what a browser takes of the machine, from a process of its own, and ends what grows.

Started by path and not imported, with the standard library alone: so it is small, and never held
up by what we do ourselves. It reads `/proc`, and so is for Linux only.
"""

from __future__ import annotations

import os
import select
import signal
import sys
from collections.abc import Collection, Iterable
from contextlib import suppress
from pathlib import Path

PROC = Path("/proc")
MOST_PAGE = 400_000_000
"""Bytes that one process may hold. Founders' judgement: heavy pages of today take 200 MB of their
own; a page that grows beyond twice as much would take the machine from all others."""
MOST_TREE = 800_000_000
"""Bytes that a browser, its driver and all below them may hold. Founders' judgement: with ourselves
and those who judge that makes 1.5 GB."""
LEAST_ENDED = 150_000_000
"""Founders' judgement: what holds less is an ordinary page, not the one that is to blame."""
_TICK_SECONDS = 0.025
"""A picture that unfolds takes 2 GB in a second (measured): 50 MB from one look to the next."""
_TICKS_PER_CENSUS = 8
"""Pages are born of a process with one thread, whose children are told at once; where threads may
have children, all are asked, which takes longer."""
_LARGEST_FAMILY = 200
"""Processes that are looked at: a browser of ours has a dozen."""


def family(root: int, known: Collection[int] = ()) -> list[int]:
    """A process and all that descend from it (proc(5), `children`).

    Given those known before, only their first threads are asked for more.
    """
    found = dict.fromkeys(known or (root,))
    waiting = list(found)
    while waiting and len(found) < _LARGEST_FAMILY:
        pid = waiting.pop()
        threads = str(pid) if known else "*"
        with suppress(OSError, ValueError):
            for file in (PROC / str(pid) / "task").glob(f"{threads}/children"):
                born = [int(each) for each in file.read_text(encoding="ascii").split()]
                waiting += [each for each in born if each not in found]
                found |= dict.fromkeys(born)
    return list(found)


def held(pids: Iterable[int]) -> dict[int, int]:
    """Bytes that each of these processes holds; those that have ended are left out.

    That is private memory and shared buffers, where decoded pictures are; buffers that two of
    them share count twice, program text that all share is not counted.
    """
    found = {pid: _held(pid) for pid in pids}
    return {pid: size for pid, size in found.items() if size}


def to_end(sizes: dict[int, int], staff: Collection[int]) -> list[int]:
    """Who is to be ended, of all that a tree's processes hold.

    Every process that holds too much, but for the staff, which serves all pages; where the whole
    tree holds too much, the largest of all, unless it is no larger than ordinary pages are.
    """
    too_large = [pid for pid, size in sizes.items() if size > MOST_PAGE and pid not in staff]
    if too_large or sum(sizes.values()) <= MOST_TREE:
        return too_large
    largest = max(sizes, key=lambda pid: sizes[pid])
    return [largest] if sizes[largest] >= LEAST_ENDED else []


def watch(driver: int, browser: int) -> None:
    """End what grows too large until the driver or whoever started us has gone.

    Tells `ended BYTES` of each, and `held ALL STAFF` some five times a second. Without whoever
    started us the browser has nobody to look for, so it is ended too.
    """
    staff = {driver, browser}
    pids: list[int] = []
    ended: set[int] = set()
    ticks = 0
    while (PROC / str(driver)).exists():
        is_census = ticks % _TICKS_PER_CENSUS == 0
        ticks += 1
        pids = family(driver, () if is_census else pids)
        ended &= set(pids)
        # What has been ended takes a moment to go: nobody else is to blame for it.
        sizes = held(pid for pid in pids if pid not in ended)
        if is_census:
            _tell(f"held {sum(sizes.values())} {sum(sizes.get(pid, 0) for pid in staff)}")
        for pid in to_end(sizes, staff):
            ended.add(pid)
            _kill(pid)
            _tell(f"ended {sizes[pid]}")
        if select.select([sys.stdin], [], [], _TICK_SECONDS)[0]:
            for pid in family(driver):
                _kill(pid)
            return


def _held(pid: int) -> int:
    with suppress(OSError, ValueError, IndexError):
        status = (PROC / str(pid) / "status").read_text(encoding="utf-8", errors="replace")
        own = ("RssAnon:", "RssShmem:")
        lines = [line.split() for line in status.splitlines() if line.startswith(own)]
        return sum(int(words[1]) * 1024 for words in lines)
    return 0


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.kill(pid, signal.SIGKILL)


def _tell(what: str) -> None:
    with suppress(OSError):  # nobody listens any more; that is seen at the end of the tick
        os.write(1, f"{what}\n".encode())


if __name__ == "__main__":
    watch(int(sys.argv[1]), int(sys.argv[2]))
