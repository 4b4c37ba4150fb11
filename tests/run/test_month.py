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


def live_through(month: Month, day: int, number: int, kill: random.Random | None) -> int:
    """A day's run to its end, killed once on the way where `kill` says so; its exit code.

    `number` is how many runs will have completed then.
    """
    month.dawn(day)
    if kill is not None:
        run_for(month, day, kill.uniform(0.5, 14))
        with Store.open(month.data) as store:
            last = store.last_completed_run()
            if last is not None and len(store.completed_runs()) == number:
                return 3 if last.degraded else 0  # the kill came when all was done
    code, errors = run_for(month, day, MOST_SECONDS)
    assert code in (0, 3), errors
    return code


def run_for(month: Month, day: int, seconds: float) -> tuple[int, str]:
    """A day's run, killed after so many seconds; its exit code and what it said."""
    with subprocess.Popen(
        month.command(day),
        env=month.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        try:
            _out, errors = running.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            running.send_signal(signal.SIGKILL)
            _out, errors = running.communicate()
        return running.returncode, errors


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
    for number, day in enumerate(days, 1):
        killed = kills is not None and kills.random() < 0.5
        code = live_through(month, day, number, kills if killed else None)
        assert_day(month, day, code, browser=browser)
    assert_whole(month.data, len(days))


def test_four_days(server: Rehearsal, tmp_path: Path) -> None:
    month = Month(server, tmp_path, browser=False)
    live(month, [1, 2, 3, 4], None, browser=False)
    (moved,) = (each for each in hit_list(month.data)["cases"] if "huanhao16" in each["case"])
    phones = [each for each in moved["sightings"] if each["kind"] == "phone"]
    days = {each["value"]: (each["first_seen"][:10], each["last_seen"][:10]) for each in phones}
    assert days["13800007801"][1] < days["13900007802"][0] < days["13900007802"][1]


@pytest.mark.long
def test_thirty_days(server: Rehearsal, tmp_path: Path) -> None:
    month = Month(server, tmp_path, browser=True)
    live(month, list(range(1, DAYS + 1)), None, browser=True)


@pytest.mark.long
def test_thirty_days_killed_every_other_day(server: Rehearsal, tmp_path: Path) -> None:
    kills = random.Random(20261126)
    month = Month(server, tmp_path, browser=False)
    live(month, list(range(1, DAYS + 1)), kills, browser=False)
