"""A run killed at any moment goes on where it stopped, and ends like one that was not killed."""

from __future__ import annotations

import random
import signal
import subprocess
import time
from pathlib import Path

import pytest

from crawler.store import Store
from tests.run.practice import Practice, captures, certhound, timeless

MOST_STARTS = 12


def seconds_of(practice: Practice, data: Path) -> float:
    start = time.monotonic()
    assert practice.run(data).returncode == 0
    return time.monotonic() - start


def kill_once(practice: Practice, data: Path, after: float) -> bool:
    """Start a run and kill it; whether it was still running then."""
    with subprocess.Popen(
        practice.command(data), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as running:
        try:
            running.wait(after)
        except subprocess.TimeoutExpired:
            running.send_signal(signal.SIGKILL)
            return True
    return False


def finish(practice: Practice, data: Path) -> None:
    """Start a killed run again, unless the kill came when its work was done."""
    if not is_complete(data):
        done = practice.run(data)
        assert done.returncode == 0, done.stderr


def is_complete(data: Path) -> bool:
    with Store.open(data) as store:
        return store.last_completed_run() is not None


def assert_whole(data: Path, unbroken: Path) -> None:
    assert timeless(data) == timeless(unbroken)
    assert captures(data) == captures(unbroken)
    assert len(captures(data)) == len(set(captures(data)))
    checked = certhound("verify", "--data", str(data))
    assert checked.returncode == 0, checked.stdout + checked.stderr


def kill_and_compare(practice: Practice, unbroken: Path, folder: Path, moments: int) -> None:
    whole = seconds_of(practice, folder / "timed")
    choose = random.Random(20261123)
    for number in range(moments):
        data = folder / f"killed{number}"
        kill_once(practice, data, choose.uniform(0.3, whole))
        finish(practice, data)
        assert_whole(data, unbroken)


def test_a_random_moment(practice: Practice, unbroken: Path, tmp_path: Path) -> None:
    kill_and_compare(practice, unbroken, tmp_path, 1)


@pytest.mark.long
def test_twenty_random_moments(practice: Practice, unbroken: Path, tmp_path: Path) -> None:
    kill_and_compare(practice, unbroken, tmp_path, 20)


def test_killed_again_and_again(practice: Practice, unbroken: Path, tmp_path: Path) -> None:
    data = tmp_path / "often"
    after = 1.5
    for _start in range(MOST_STARTS):
        if not kill_once(practice, data, after) or is_complete(data):
            break
        after *= 1.3
    finish_unless_done = (
        practice.run(data) if not list(data.glob("reports/*/hitlist.json")) else None
    )
    assert finish_unless_done is None or finish_unless_done.returncode == 0
    assert_whole(data, unbroken)
