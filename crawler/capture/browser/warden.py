"""Watches what a browser takes of the machine, from a process of its own, and ends what grows.

Started by path and not imported, with the standard library alone: so it is small, and never held
up by what we do ourselves. It reads `/proc`, and so is for Linux only.
"""

from __future__ import annotations

import os
import select
import signal
import sys
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from pathlib import Path

PROC = Path("/proc")
MOST_PAGE = 400_000_000
"""Bytes that one process may hold. Founders' judgement: heavy pages of today take 200 MB of their
own; a page that grows beyond twice as much would take the machine from all others."""
MOST_TREE = 700_000_000
"""Bytes that a browser, its driver and all below them may hold. Founders' judgement: with ourselves
and those who judge that makes 1.5 GB."""
LEAST_ENDED = 150_000_000
"""Founders' judgement: what holds less is an ordinary page, not the one that is to blame."""
_TICK_SECONDS = 0.025
"""A picture that unfolds takes 2 GB in a second (measured): 50 MB from one look to the next."""
_TICKS_PER_CENSUS = 8
"""Pages are born of a process with one thread, whose children are told at once; where threads may
have children, all are asked, which takes longer."""
_PATIENT_TICKS = 40
"""Founders' judgement: after a second the browser has let go of what it held for an ended page."""
_PAGES_NICENESS = 5
"""Founders' judgement: on a busy machine pages then get a third of what we and the warden get."""
_OWN_NICENESS = -10
"""Where we may: a page grows by 50 MB in the time that a busy machine lets the warden wait."""
_OWN = (b"RssAnon:", b"RssShmem:")
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
        for thread in (pid,) if known else _threads(pid):
            born = _born(pid, thread)
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


def too_large(sizes: Mapping[int, int], staff: Collection[int]) -> list[int]:
    """Every process that holds more than a page may, but for the staff, which serves all pages."""
    return [pid for pid, size in sizes.items() if size > MOST_PAGE and pid not in staff]


def to_blame(sizes: Mapping[int, int], staff: Collection[int]) -> int:
    """Who is to be ended where all together hold too much, or 0 where nobody is to blame.

    The largest page, unless it is no larger than ordinary pages are: what it has the browser hold
    goes with it. Else the largest of the staff, unless it holds no more than a page may.
    """
    pages = {pid: size for pid, size in sizes.items() if pid not in staff}
    others = {pid: size for pid, size in sizes.items() if pid in staff}
    for group, least in ((pages, LEAST_ENDED), (others, MOST_PAGE)):
        largest = max(group, key=lambda pid: group[pid], default=0)
        if largest and group[largest] >= least:
            return largest
    return 0


def watch(driver: int, browser: int) -> None:
    """End what grows too large until the driver or whoever started us has gone.

    Tells `ended BYTES` of each, and `held ALL STAFF` some five times a second. Without whoever
    started us the browser has nobody to look for, so it is ended too.
    """
    _take_precedence(browser)
    staff = {driver, browser}
    pids: list[int] = []
    ended: set[int] = set()
    ticks = patient_until = 0
    while (PROC / str(driver)).exists():
        is_census = ticks % _TICKS_PER_CENSUS == 0
        ticks += 1
        pids = family(driver, () if is_census else pids)
        ended &= set(pids)
        # What has been ended takes a moment to go: nobody else is to blame for it.
        sizes = held(pid for pid in pids if pid not in ended)
        if is_census:
            _tell(f"held {sum(sizes.values())} {sum(sizes.get(pid, 0) for pid in staff)}")
        guilty = too_large(sizes, staff)
        if not guilty and sum(sizes.values()) > MOST_TREE and ticks >= patient_until:
            guilty = [pid for pid in (to_blame(sizes, staff),) if pid]
            patient_until = ticks + _PATIENT_TICKS
        for pid in guilty:
            ended.add(pid)
            _kill(pid)
            _tell(f"ended {sizes[pid]}")
        if select.select([sys.stdin], [], [], _TICK_SECONDS)[0]:
            for pid in family(driver):
                _kill(pid)
            return


def _take_precedence(browser: int) -> None:
    """Let a browser, whose pages are yet to be born and inherit it, give way to the warden."""
    for pid in family(browser):
        for thread in _threads(pid):
            with suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, thread, _PAGES_NICENESS)
    with suppress(OSError):  # only root may
        os.setpriority(os.PRIO_PROCESS, 0, _OWN_NICENESS)


def _threads(pid: int) -> list[int]:
    with suppress(OSError, ValueError):
        return [int(thread.name) for thread in (PROC / str(pid) / "task").iterdir()]
    return []


def _born(pid: int, thread: int) -> list[int]:
    with suppress(OSError, ValueError):
        return [int(each) for each in _read(f"/proc/{pid}/task/{thread}/children").split()]
    return []


def _held(pid: int) -> int:
    with suppress(OSError, ValueError, IndexError):
        status = _read(f"/proc/{pid}/status")
        own = (status.partition(name)[2].split(None, 1)[0] for name in _OWN)
        return sum(int(kilobytes) * 1024 for kilobytes in own)
    return 0


def _read(file: str) -> bytes:
    """The start of a file of `/proc`; read plainly, since it is done hundreds of times a second."""
    descriptor = os.open(file, os.O_RDONLY)
    try:
        return os.read(descriptor, 16_384)
    finally:
        os.close(descriptor)


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.kill(pid, signal.SIGKILL)


def _tell(what: str) -> None:
    with suppress(OSError):  # nobody listens any more; that is seen at the end of the tick
        os.write(1, f"{what}\n".encode())


if __name__ == "__main__":
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # sent to all of us; we end with who started us
    watch(int(sys.argv[1]), int(sys.argv[2]))
