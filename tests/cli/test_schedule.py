"""The units that `certhound schedule` prints are what systemd and cron understand."""

import configparser
import getpass
import json
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from crawler.cli import main


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    with pytest.raises(SystemExit) as ended:
        main(["schedule", *arguments])
    said = capsys.readouterr()
    assert (ended.value.code, said.err) == (0, "")
    return said.out


@pytest.fixture
def odd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder whose name tempts everybody who reads it."""
    folder = tmp_path / '猎证 100% "x" $HOME'
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def test_the_service_names_whole_paths_and_takes_an_incomplete_run_for_done(
    odd: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = printed(capsys, "service", "--profile", "live.toml", "--data", "d")
    unit = configparser.RawConfigParser(strict=False)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read_string(text)
    service = unit["Service"]
    assert service["SuccessExitStatus"] == "3"
    assert service["User"] == getpass.getuser()
    command = shlex.split(service["ExecStart"].replace("%%", "%").replace("$$", "$"))
    assert command[-4:] == ["--profile", str(odd / "live.toml"), "--data", str(odd / "d")]
    assert "100%%" in service["WorkingDirectory"]


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd")
def test_systemd_accepts_both_units(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    units = []
    for kind in ("service", "timer"):
        path = tmp_path / f"certhound.{kind}"
        path.write_text(printed(capsys, kind, "--profile", "live.toml"), "utf-8")
        units.append(str(path))
    done = subprocess.run(
        ["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False
    )
    assert "certhound" not in done.stderr, done.stderr


def test_the_line_of_cron_runs_in_its_folder(odd: Path, capsys: pytest.CaptureFixture[str]) -> None:
    zone, line = printed(
        capsys, "cron", "--at", "06:05", "--profile", "live.toml", "--data", "d"
    ).splitlines()
    assert zone == "CRON_TZ=Asia/Shanghai"
    assert line.startswith("5 6 * * * cd ")
    command = line.removeprefix("5 6 * * * ").replace("\\%", "%")
    told = subprocess.run(
        ["sh", "-c", command.replace(" -m crawler.cli", " -c 'import os; print(os.getcwd())'")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.strip() == str(odd)


@pytest.mark.parametrize("at", ["24:00", "6", "06:60", "０６:00", "06:00; rm"])
def test_a_time_that_is_none_is_told(at: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["schedule", "timer", "--at", at, "--profile", "live.toml"])
    assert ended.value.code == 2
    assert "--at" in capsys.readouterr().err


def test_the_timer_keeps_beijing_time(capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(capsys, "timer", "--at", "06:05", "--profile", "live.toml")
    assert "OnCalendar=*-*-* 06:05:00 Asia/Shanghai" in text


@pytest.mark.parametrize("kind", ["service", "timer", "cron"])
def test_machines_are_given_the_text_and_the_command_word_by_word(
    odd: Path, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    arguments = (kind, "--profile", "live.toml", "--data", "d")
    said = json.loads(printed(capsys, *arguments, "--json"))
    assert said["text"] == printed(capsys, *arguments)
    assert (said["kind"], said["folder"]) == (kind, str(odd))
    assert said["command"][-4:] == ["--profile", str(odd / "live.toml"), "--data", str(odd / "d")]
