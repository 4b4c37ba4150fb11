"""What a machine does to a run: a small disk, one turned read-only, dead DNS, a wrong clock.

Each is told in one sentence with the right exit code, and the next run heals it or says how.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from crawler.clock import now
from crawler.model import Lead, LeadReason
from crawler.store import Store
from tests.casework.conftest import CLEAR, look
from tests.run.practice import Practice, call, certhound, hit_list
from tests.run.test_faults import profile, run

NAMES = """
[network]
hosts_to = "127.0.0.1:{http}"
dns = "127.0.0.1:{dns}"
whois = "127.0.0.1:{whois}"
allow_private = true
[sources.names]
enabled = true
files = ["few.txt"]
[run]
timeout = 2
per_host_delay = 0
"""


def assert_told(done: subprocess.CompletedProcess[str], code: int, *words: str) -> None:
    """One error in one line with these words after the lines of progress, no traceback."""
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr + done.stdout
    told = [line for line in done.stderr.splitlines() if line.startswith("错误：")]
    assert told == done.stderr.splitlines()[-1:], done.stderr
    for word in words:
        assert word in told[0]


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture
def few(practice: Practice, tmp_path: Path) -> Callable[..., Path]:
    """A profile over a handful of the practice sites."""

    def made(count: int = 3, **ports: int) -> Path:
        names = (practice.profile.parent / "names.txt").read_text("utf-8").split()[:count]
        (tmp_path / "few.txt").write_text("\n".join(names), encoding="utf-8")
        own = practice.server.ports
        known = {"http": own.http, "dns": own.dns, "whois": own.whois}
        return profile(tmp_path, NAMES.format(**{**known, **ports}))

    return made


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    """A file system of its own with little room."""
    folder.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)],
        capture_output=True,
        check=False,
    )
    if done.returncode:
        pytest.skip("this user may not mount a file system")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_small_disk_is_told_and_more_room_heals(few: Callable[..., Path], tmp_path: Path) -> None:
    path = few()
    path.write_text(path.read_text("utf-8") + "min_free_gb = 0\n", encoding="utf-8")
    with small_disk(tmp_path / "disk", "400k") as disk:
        done = run(path, disk / "data")
        assert_told(done, 1, str(disk))
        remounted = ["mount", "-o", "remount,size=300m", str(disk)]
        subprocess.run(remounted, check=True)
        again = run(path, disk / "data")
        assert again.returncode == 0, again.stderr
        assert certhound("verify", "--data", str(disk / "data")).returncode == 0


def test_too_little_room_stops_captures_and_degrades(
    few: Callable[..., Path], tmp_path: Path
) -> None:
    path = few()
    with small_disk(tmp_path / "disk", "60m") as disk:  # far below a gigabyte
        done = run(path, disk / "data")
        assert done.returncode == 3, done.stderr
        listed = hit_list(disk / "data")
    assert any("低于下限" in reason for reason in listed["degraded_reasons"])
    assert listed["cases"] == []


def test_a_disk_that_turned_read_only_is_told(few: Callable[..., Path], tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "100m") as disk:
        first = run(few(), disk / "data")
        assert first.returncode in (0, 3), first.stderr
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        assert_told(run(few(), disk / "data"), 1, str(disk))
        assert_told(certhound("review", "list", "--data", str(disk / "data")), 1, str(disk))
        subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
        assert run(few(), disk / "data").returncode in (0, 3)


def test_dead_dns_is_our_outage_and_no_site_is_down(
    few: Callable[..., Path], tmp_path: Path
) -> None:
    data = tmp_path / "data"
    assert run(few(6), data).returncode == 0
    before = {case["case"]: case for case in hit_list(data)["cases"]}
    with Store.open(data) as store:  # all are due again
        for lead in store.due_leads("none", now() + timedelta(days=8)):
            store.ask_for(lead.id, now())
    done = run(few(6, dns=free_port()), data)
    assert done.returncode == 3, done.stderr
    assert "Traceback" not in done.stderr
    listed = hit_list(data)
    assert any("网络中断" in reason for reason in listed["degraded_reasons"])
    assert {case["case"] for case in listed["cases"]} == set(before)
    assert not {"down", "back"} & {case["change"] for case in listed["cases"]}


def test_a_clock_that_went_back_is_told_once_and_pages_put_off_are_opened(
    few: Callable[..., Path], tmp_path: Path
) -> None:
    """A run two years ahead, as a battery that ran out leaves it; then the right time."""
    data, path = tmp_path / "data", few()
    ahead = now() + timedelta(days=700)
    with Store.open(data) as store:
        early = store.start_run(ahead)
        name = (tmp_path / "few.txt").read_text("utf-8").split()[0]
        url = f"http://{name}/"
        visit, opinion = look(early.id, url, CLEAR, ahead)
        store.add_leads(early.id, [Lead(visit.lead, url, (LeadReason("names", "", ahead),))])
        store.save_visits([visit])
        store.save_assessments(early.id, [(opinion, ahead + timedelta(days=7))])
        store.complete_run(early.id, ahead, ())
    done = run(path, data)
    assert done.returncode == 3, done.stderr
    reasons = json.loads(certhound_json(data))["degraded_reasons"]
    assert any("早于已有记录" in reason for reason in reasons)
    with Store.open(data) as store:
        last = store.last_completed_run()
        assert last is not None
        assert visit.lead in {seen.lead for seen, _opinion in store.assessments(last.id)}
    assert run(path, data).returncode == 0


def certhound_json(data: Path) -> str:
    """The hit list that was written last."""
    paths = sorted(data.glob("reports/*/hitlist.json"), key=lambda path: path.stat().st_mtime_ns)
    return paths[-1].read_text("utf-8")


def test_without_a_browser_a_run_is_degraded_and_says_what_to_do(
    few: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CERTHOUND_BROWSER", str(tmp_path / "none"))
    done = run(few(), tmp_path / "data")
    assert done.returncode == 3, done.stderr
    reasons = hit_list(tmp_path / "data")["degraded_reasons"]
    assert any("certhound doctor" in reason for reason in reasons)


def test_a_damaged_database_heals_from_a_backup(
    practice: Practice, unbroken: Path, tmp_path: Path
) -> None:
    backup, data = tmp_path / "b.zip", tmp_path / "data"
    shutil.copytree(unbroken, data)
    assert certhound("backup", str(backup), "--data", str(data)).returncode == 0
    database = data / "certhound.db"
    content = bytearray(database.read_bytes())
    content[4096:] = os.urandom(len(content) - 4096)
    database.write_bytes(content)
    for extra in data.glob("certhound.db-*"):
        extra.unlink()
    assert_told(call(practice.command(data)), 1, "certhound.db", "备份")
    data.rename(tmp_path / "kept")
    assert certhound("restore", str(backup), "--data", str(data)).returncode == 0
    assert certhound("verify", "--data", str(data)).returncode == 0
    again = practice.run(data)
    assert again.returncode == 0, again.stderr


@pytest.mark.parametrize(
    "arguments", [["review", "list"], ["verify"], ["review", "list", "--json"]]
)
def test_output_that_cannot_be_written_is_told(unbroken: Path, arguments: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "crawler.cli", *arguments, "--data", str(unbroken)],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            timeout=120,
        )
    assert (done.returncode, done.stderr.count("\n")) == (1, 1), done.stderr
    assert "标准输出" in done.stderr
