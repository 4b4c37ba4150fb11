"""The warden ends what grows, and nothing else; processes are real, and grow for real."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from crawler.capture.browser import warden
from crawler.capture.browser.warden import LEAST_ENDED, MOST_PAGE, to_blame, too_large

DRIVER, BROWSER, PAGE, OTHER = 10, 11, 12, 13
STAFF = (DRIVER, BROWSER)

pytestmark = pytest.mark.skipif(not warden.PROC.exists(), reason="memory is read in /proc")


def test_whoever_holds_more_than_a_page_may_is_too_large_but_for_the_staff() -> None:
    sizes = {BROWSER: MOST_PAGE + 1, PAGE: MOST_PAGE, OTHER: MOST_PAGE + 1}
    assert too_large(sizes, STAFF) == [OTHER]


@pytest.mark.parametrize(
    ("sizes", "blamed"),
    [
        ({DRIVER: 1, BROWSER: LEAST_ENDED + 9, PAGE: LEAST_ENDED, OTHER: LEAST_ENDED - 1}, PAGE),
        ({BROWSER: MOST_PAGE, PAGE: LEAST_ENDED}, PAGE),
        ({BROWSER: MOST_PAGE - 1, PAGE: LEAST_ENDED - 1}, 0),
        ({DRIVER: MOST_PAGE, BROWSER: MOST_PAGE + 1, PAGE: LEAST_ENDED - 1}, BROWSER),
        (dict.fromkeys(range(20, 40), LEAST_ENDED - 1), 0),
        ({}, 0),
    ],
)
def test_the_largest_page_is_to_blame_then_the_staff(sizes: dict[int, int], blamed: int) -> None:
    assert to_blame(sizes, STAFF) == blamed


# A driver whose child is a browser whose child grows, or does not; each ends with its input.
REST = "import sys; sys.stdin.read()"
PARENT = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", *sys.argv[1:]], stdin=subprocess.PIPE)
print(child.pid, flush=True)
sys.stdin.read()
"""
PRIVATE = "held, most = [], {most}\nwhile len(held) < most: held.append(bytearray(b'x' * 10**6))"
SHARED = """
import mmap
held = mmap.mmap(-1, {most} * 10**6)
for _ in range({most}): held.write(b'x' * 10**6)
"""


@contextmanager
def tree(script: str) -> Iterator[tuple[int, int, subprocess.Popen[bytes]]]:
    """The pids of a parent and its child, which runs a script, and the warden that watches them."""
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, script], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        command = [sys.executable, "-I", "-S", warden.__file__, str(parent.pid), str(parent.pid)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as watching:
            try:
                yield parent.pid, child, watching
            finally:
                parent.kill()
                if watching.returncode is None:
                    watching.communicate()
                for pid in [child] if alive(child) else []:
                    os.kill(pid, signal.SIGKILL)


def dead(pid: int) -> bool:
    return not alive(pid)


def alive(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] not in "ZX"


@pytest.mark.parametrize("script", [PRIVATE, SHARED], ids=["private", "shared"])
def test_what_grows_is_ended_before_it_has_grown_much_further(script: str) -> None:
    growing = script.format(most=MOST_PAGE * 2 // 10**6) + f"\n{REST}"
    with tree(growing) as (parent, child, watching):
        assert watching.stdout is not None
        said = iter(watching.stdout.readline, b"")
        size = next(int(line.split()[1]) for line in said if line.startswith(b"ended"))
        assert MOST_PAGE < size < MOST_PAGE * 1.5
        for line in said:  # once it is gone, what is held is told without it
            if not alive(child) and int(line.split()[1]) < MOST_PAGE / 4:
                break
        assert alive(parent)


def test_what_rests_is_left_alone_and_counted() -> None:
    with tree(PRIVATE.format(most=100) + f"\n{REST}") as (parent, child, watching):
        assert watching.stdout is not None
        for line in iter(watching.stdout.readline, b""):
            what, total, staff = line.split()
            assert what == b"held"
            if int(total) > 100_000_000:
                break
        assert int(staff) < 100_000_000
        assert alive(parent)
        assert alive(child)


def test_pages_give_way_to_the_warden() -> None:
    with tree(REST) as (parent, child, watching):
        assert watching.stdout is not None
        watching.stdout.readline()
        mine = os.getpriority(os.PRIO_PROCESS, watching.pid)
        assert mine <= os.getpriority(os.PRIO_PROCESS, 0)
        assert os.getpriority(os.PRIO_PROCESS, parent) > mine
        assert os.getpriority(os.PRIO_PROCESS, child) > mine


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_watches_on_where_a_signal_asks_all_of_us_to_end(number: signal.Signals) -> None:
    with tree(REST) as (_parent, _child, watching):
        assert watching.stdout is not None
        watching.stdout.readline()
        watching.send_signal(number)
        assert watching.stdout.readline().startswith(b"held")
        assert watching.stdout.readline().startswith(b"held")


def test_without_us_the_whole_tree_ends() -> None:
    with tree(REST) as (parent, child, watching):
        watching.communicate(b"")
        assert watching.returncode == 0
        for pid in (parent, child):
            wait_for(partial(dead, pid))


# A child of a thread is told of that thread only.
THREADED = """
import subprocess, sys, threading
def bear():
    rest = [sys.executable, "-c", "import sys; sys.stdin.read()"]
    subprocess.Popen(rest, stdin=subprocess.PIPE).wait()
threading.Thread(target=bear, daemon=True).start()
sys.stdin.read()
"""


def test_a_family_has_the_children_of_children_and_of_threads() -> None:
    with tree(THREADED) as (parent, child, _watching):
        wait_for(lambda: len(warden.family(parent)) == 3)
        assert warden.family(parent)[:2] == [parent, child]
        assert set(warden.family(parent, [parent])) == {parent, child}
        grandchild = (set(warden.family(parent)) - {parent, child}).pop()
        os.kill(grandchild, signal.SIGKILL)
        wait_for(lambda: len(warden.family(parent)) == 2)


def wait_for(come: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not come():
        assert time.monotonic() < end
        time.sleep(0.02)
