"""Days in a changing web: every change is right and told once, whatever happens to us meanwhile."""

from __future__ import annotations

import random
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.store import Store
from rehearsal.server import Rehearsal
from tests.run.month import DAYS, DEAD_DAY, Month, told_on
from tests.run.practice import certhound, hit_list

MOST_SECONDS = 180


@pytest.fixture
def server() -> Iterator[Rehearsal]:
    with Rehearsal(sites=()) as running:
        yield running


def live_through(month: Month, day: int, kill: random.Random | None) -> int:
    """A day's run to its end, killed on the way where `kill` says so; its exit code."""
    month.dawn(day)
    while True:
        with subprocess.Popen(
            month.command(day),
            env=month.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        ) as running:
            after = kill.uniform(0.5, 14) if kill is not None else MOST_SECONDS
            try:
                _out, errors = running.communicate(timeout=after)
            except subprocess.TimeoutExpired:
                running.send_signal(signal.SIGKILL)
                assert kill is not None, f"day {day} took too long"
                kill = None  # once a day is enough
                continue
        assert running.returncode in (0, 3), errors
        return running.returncode


def changes(data: Path) -> dict[str, str]:
    return {
        case["case"]: case["change"] + "*" * case["flapping"] for case in hit_list(data)["cases"]
    }


def assert_day(month: Month, day: int, code: int, *, browser: bool) -> None:
    told = changes(month.data)
    assert told == told_on(day, month.known), f"day {day}"
    listed = hit_list(month.data)
    conditions = {case["page_condition"] for case in listed["cases"]}
    outage = [reason for reason in listed["degraded_reasons"] if "网络中断" in reason]
    if day == DEAD_DAY:
        assert (code, len(outage), conditions) == (3, 1, {"unknown"})
    else:
        assert (outage, "unknown" in conditions) == ([], False)
        assert code == (0 if browser else 3)


def assert_whole(data: Path, days: int) -> None:
    with Store.open(data) as store:
        assert len(store.completed_runs()) == days
        assert store.unfinished_run() is None
    checked = certhound("verify", "--data", str(data))
    assert checked.returncode == 0, checked.stdout


def live(month: Month, days: list[int], kills: random.Random | None, *, browser: bool) -> None:
    for day in days:
        killed = kills is not None and kills.random() < 0.5
        code = live_through(month, day, kills if killed else None)
        assert_day(month, day, code, browser=browser)
    assert_whole(month.data, len(days))


def test_four_days(server: Rehearsal, tmp_path: Path) -> None:
    month = Month(server, tmp_path, browser=False)
    live(month, [1, 2, 3, 4], None, browser=False)


@pytest.mark.long
def test_thirty_days(server: Rehearsal, tmp_path: Path) -> None:
    month = Month(server, tmp_path, browser=True)
    live(month, list(range(1, DAYS + 1)), None, browser=True)


@pytest.mark.long
def test_thirty_days_killed_every_other_day(server: Rehearsal, tmp_path: Path) -> None:
    kills = random.Random(20261126)
    month = Month(server, tmp_path, browser=False)
    live(month, list(range(1, DAYS + 1)), kills, browser=False)
