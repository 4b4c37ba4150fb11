"""Ctrl+C and SIGTERM end a run soon, in one sentence; nothing is lost, nothing left running."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from crawler.store import Store
from tests.run.hostile import birth, family
from tests.run.practice import Practice, captures, certhound, timeless

LONGEST = 10.0
"""Seconds, on a machine that does other things too; alone it takes one or two."""


def has_run(data: Path) -> bool:
    return (data / "run.lock").exists() and (data / "logs").exists()


def has_visits(data: Path) -> bool:
    if not (data / "certhound.db").exists():
        return False
    with Store.open(data) as store:
        return len(store.visit_ids()) >= 20


def stop(
    practice: Practice, data: Path, number: signal.Signals, ready: Callable[[Path], bool]
) -> tuple[int, str, float, list[int]]:
    """Start a run, wait until it is ready, send the signal as a terminal does to all of it."""
    with subprocess.Popen(
        practice.command(data),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as running:
        while not ready(data):
            assert running.poll() is None, "the run was over before it was stopped"
            time.sleep(0.05)
        seen = {pid: birth(pid) for pid in family(running.pid)}
        start = time.monotonic()
        if number is signal.SIGINT:
            os.killpg(running.pid, number)
        else:
            running.send_signal(number)
        try:
            _out, said = running.communicate(timeout=60)
        finally:
            running.kill()
        seconds = time.monotonic() - start
    time.sleep(1)  # children of a process that ended go a moment later
    left = [pid for pid, born in seen.items() if born and born == birth(pid)]
    return running.returncode, said, seconds, left


@pytest.mark.parametrize(
    ("number", "code", "ready"),
    [
        (signal.SIGINT, 130, has_visits),
        pytest.param(signal.SIGTERM, 143, has_visits, marks=pytest.mark.long),
        (signal.SIGTERM, 143, has_run),
    ],
)
def test_a_stopped_run(
    practice: Practice,
    unbroken: Path,
    tmp_path: Path,
    number: signal.Signals,
    code: int,
    ready: Callable[[Path], bool],
) -> None:
    data = tmp_path / "data"
    returned, said, seconds, left = stop(practice, data, number, ready)
    assert returned == code, said
    assert seconds < LONGEST
    assert left == []
    lines = [line for line in said.splitlines() if line.strip()]
    assert "运行已中止，已完成的部分已保存" in lines[-1], said
    assert "Traceback" not in said
    assert "Exception" not in said
    checked = certhound("verify", "--data", str(data))
    assert checked.returncode == 0, checked.stdout
    before = set(captures_so_far(data))
    again = practice.run(data)
    assert again.returncode == 0, again.stderr
    assert timeless(data) == timeless(unbroken)
    assert before <= set(captures(data)) == set(captures(unbroken))


def captures_so_far(data: Path) -> list[str]:
    with Store.open(data) as store:
        visits = [store.visit(each) for each in store.visit_ids()]
        return [
            capture.id.removeprefix(visit.run) for visit in visits for capture in visit.captures
        ]
