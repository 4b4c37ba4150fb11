"""What a careless user and a broken machine do to a run: one sentence each, nothing lost."""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from crawler.model import PageCondition, Verdict
from crawler.store import Store
from tests.run.practice import Practice, call, certhound, hit_list

ROOT = Path(__file__).parents[2]
PACKAGES = ("crawler", "spiders", "detectors", "seeds", "reports", "rehearsal")


def assert_told(done: subprocess.CompletedProcess[str], code: int, *words: str) -> None:
    """One sentence on standard error with these words, this exit code, no traceback."""
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr + done.stdout
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    assert len(lines) == 1, done.stderr
    for word in words:
        assert word in lines[0]


def profile(folder: Path, text: str) -> Path:
    path = folder / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return path


def run(profile: Path, data: Path) -> subprocess.CompletedProcess[str]:
    return certhound("run", "--profile", str(profile), "--data", str(data))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[network", ("mine.toml", "TOML")),
        ("[sources.searxng]\nenable = true", ("mine.toml", "sources.searxng.enable", "enabled")),
        ("[source.names]\nenabled = true", ("mine.toml", "source", "sources")),
        ("", ("mine.toml", "enabled")),
        ('[network]\ndns = "a:²"', ("mine.toml", "network.dns")),
        ("x = " + "[" * 100_000, ("mine.toml", "TOML")),
        ("[run]\nprocesses = 100_000", ("mine.toml", "run.processes", "64")),
        ("[run]\ntimeout = 0", ("mine.toml", "run.timeout", "1 到 120")),
        ("[run]\ntimeout = 1e6", ("mine.toml", "run.timeout", "1 到 120")),
        ("[run]\nmax_body_mb = 0", ("mine.toml", "run.max_body_mb", "0.1 到 50")),
        ("[run]\nmax_body_mb = nan", ("mine.toml", "run.max_body_mb")),
        ("[run]\nconcurrency = 65", ("mine.toml", "run.concurrency", "64")),
    ],
)
def test_a_broken_profile(tmp_path: Path, text: str, words: tuple[str, ...]) -> None:
    done = run(profile(tmp_path, text), tmp_path / "data")
    assert_told(done, 2, *words)
    assert not (tmp_path / "data").exists()


def test_a_missing_profile(tmp_path: Path) -> None:
    assert_told(run(tmp_path / "none.toml", tmp_path / "data"), 2, "none.toml")


def test_no_profile_named(tmp_path: Path) -> None:
    done = certhound("run", "--data", str(tmp_path / "data"))
    assert done.returncode == 2
    assert "--profile" in done.stderr


def test_a_missing_names_file_makes_its_source_blind(tmp_path: Path) -> None:
    path = profile(tmp_path, '[sources.names]\nenabled = true\nfiles = ["gone.txt"]')
    done = run(path, tmp_path / "data")
    assert done.returncode == 3, done.stderr
    assert "Traceback" not in done.stderr
    listed = hit_list(tmp_path / "data")
    assert listed["degraded"]
    assert any("gone.txt" in reason for reason in listed["degraded_reasons"])
    assert [source["status"] for source in listed["sources"]] == ["blind"]


def test_a_dead_search_service_is_blind_and_the_others_go_on(
    practice: Practice, tmp_path: Path
) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    text = practice.profile.read_text(encoding="utf-8")
    alive = f"http://127.0.0.1:{practice.server.ports.search}"
    assert alive in text
    folder = practice.profile.parent / "dead"
    shutil.copytree(practice.profile.parent, folder, ignore=shutil.ignore_patterns("dead"))
    path = folder / "profile.toml"
    path.write_text(text.replace(alive, f"http://127.0.0.1:{port}"), encoding="utf-8")
    done = run(path, tmp_path / "data")
    assert done.returncode == 3, done.stderr
    listed = hit_list(tmp_path / "data")
    states = {source["source"]: source["status"] for source in listed["sources"]}
    assert states["searxng"] == "blind"
    assert states["names"] == "done"
    assert listed["cases"]


@pytest.mark.parametrize("name", ["authorities.toml", "queries.toml", "certificates.toml"])
def test_empty_seeds_stop_the_run(practice: Practice, tmp_path: Path, name: str) -> None:
    for package in PACKAGES:
        shutil.copytree(
            ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__")
        )
    (tmp_path / "seeds" / name).write_text("", encoding="utf-8")
    command = [sys.executable, "-m", "crawler.cli", "run", "--profile", str(practice.profile)]
    done = subprocess.run(
        [*command, "--data", str(tmp_path / "data")],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert name in done.stderr.splitlines()[-1]


def test_a_folder_that_is_a_file(practice: Practice, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("not a folder", encoding="utf-8")
    done = call(practice.command(tmp_path / "data"))
    assert done.returncode in (1, 2)
    assert "Traceback" not in done.stderr
    assert "data" in done.stderr


def test_a_folder_that_cannot_be_written(practice: Practice) -> None:
    data = Path("/proc/certhound")  # not writable for anybody, root included
    assert_told(call(practice.command(data)), 1, str(data))


def test_a_full_disk_loses_nothing(practice: Practice, unbroken: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    limited = ["sh", "-c", 'ulimit -f 8; exec "$@"', "sh", *practice.command(data)]
    done = call(limited)
    assert done.returncode in (1, 153), done.stderr
    assert "Traceback" not in done.stderr
    again = practice.run(data)
    assert again.returncode == 0, again.stderr
    assert len(hit_list(data)["cases"]) == len(hit_list(unbroken)["cases"])
    assert certhound("verify", "--data", str(data)).returncode == 0


def test_a_second_run_at_once_is_told_to_wait(practice: Practice, tmp_path: Path) -> None:
    data = tmp_path / "data"
    with subprocess.Popen(
        practice.command(data), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as first:
        while not (data / "run.lock").exists():
            assert first.poll() is None
        second = call(practice.command(data))
        assert first.wait(120) == 0
    if second.returncode == 0:
        pytest.fail("the first run was over before the second began")
    assert_told(second, 1, "data")


def test_a_damaged_database_is_told(practice: Practice, unbroken: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(unbroken, data)
    for extra in data.glob("certhound.db-*"):
        extra.unlink()
    database = data / "certhound.db"
    database.write_bytes(b"not a database at all" * 500)
    assert_told(call(practice.command(data)), 1, "certhound.db")


def test_a_damaged_blob_makes_its_page_unknown_and_the_run_goes_on(
    practice: Practice, unbroken: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    shutil.copytree(unbroken, data)
    with Store.open(data) as store:
        run = store.last_completed_run()
        assert run is not None
        suspects = [
            visit
            for visit, opinion in store.assessments(run.id)
            if opinion.verdict is Verdict.SUSPECT and len(visit.captures) == 1
        ]
        hurt = suspects[0]
        rendered = hurt.captures[0].rendered
        assert rendered is not None
    path = data / "blobs" / rendered.sha256[:2] / rendered.sha256[2:]
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    direct = sqlite3.connect(data / "certhound.db")
    with direct:  # as if the run had been broken off before it judged
        direct.execute("DROP TRIGGER assessments_no_delete")
        direct.execute("DELETE FROM assessments")
        direct.execute("DELETE FROM case_records")
        direct.execute("UPDATE runs SET status = 'running'")
        direct.execute("UPDATE runs SET document = replace(document, 'completed', 'running')")
    direct.close()
    done = call(practice.command(data))
    assert done.returncode == 3, done.stderr
    assert "Traceback" not in done.stderr
    assert any("certhound verify" in reason for reason in hit_list(data)["degraded_reasons"])
    with Store.open(data) as store:
        opinions = {visit.id: opinion for visit, opinion in store.assessments(hurt.run)}
    assert opinions[hurt.id].verdict is Verdict.UNKNOWN
    assert opinions[hurt.id].page_condition is PageCondition.UNKNOWN
    assert opinions[suspects[1].id].verdict is Verdict.SUSPECT
