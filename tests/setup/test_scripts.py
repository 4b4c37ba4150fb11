"""The scripts `run` and `check` around a .venv that only answers what it was asked."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Stands where the interpreter of .venv would: tells a version, and repeats what it should do.
ECHO = """#!/bin/sh
case $1 in
-c) echo 3 11 2 ;;
*) echo "$@"; exit 7 ;;
esac
"""
SHELL = shutil.which("dash") or "/bin/sh"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the project whose set-up is whole, as far as a script can see."""
    for name in ("run", "check", "setup.sh", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, tmp_path / name)
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(ECHO, encoding="utf-8")
    python.chmod(0o755)
    shown = subprocess.run(
        [SHELL, "-c", f'root="{tmp_path}"; . "$root/setup.sh"; fingerprint'],
        capture_output=True,
        text=True,
        check=True,
    )
    (tmp_path / ".venv" / "stamp").write_text(f"run {shown.stdout}\n", encoding="utf-8")
    return tmp_path


def run(tree: Path, *arguments: str, path: str | None = None) -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, "CERTHOUND_LANG": "en", "PATH": path or os.environ["PATH"]}
    return subprocess.run(
        [SHELL, str(tree / "run"), *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=environ,
        cwd=tree.parent,
    )


@pytest.mark.parametrize(
    ("typed", "done"),
    [
        ((), "rehearse --data {tree}/var/rehearsal"),
        (("--profile", "live"), "run --profile {tree}/profiles/live.toml --data {tree}/var/live"),
        (
            ("--profile", "live", "--json"),
            "run --profile {tree}/profiles/live.toml --data {tree}/var/live --json",
        ),
        (("--profile", "my/own.toml"), "run --profile my/own.toml"),
        (("--profile",), "run --profile"),
        (("screen", "names.txt"), "screen names.txt"),
        (("--help",), "--help"),
    ],
)
def test_what_run_does(tree: Path, typed: tuple[str, ...], done: str) -> None:
    said = run(tree, *typed)
    assert said.stdout.strip() == "-m crawler.cli " + done.format(tree=tree)
    assert said.returncode == 7
    assert said.stderr == ""


@pytest.fixture
def bare(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A PATH with the tools that every system has, and neither Python nor uv nor apt."""
    folder = tmp_path_factory.mktemp("bare")
    for tool in ("cat", "cksum", "dirname", "id", "mkdir", "rm"):
        found = shutil.which(tool)
        assert found
        (folder / tool).symlink_to(found)
    return str(folder)


@pytest.mark.parametrize("harm", ["stamp", "pyproject.toml", "constraints.txt", "interpreter"])
def test_a_set_up_that_is_not_whole_is_done_again(tree: Path, bare: str, harm: str) -> None:
    if harm == "stamp":
        (tree / ".venv" / "stamp").unlink()
    elif harm == "interpreter":
        (tree / ".venv" / "bin" / "python").unlink()
    else:
        with (tree / harm).open("a", encoding="utf-8") as file:
            file.write("# newer\n")
    said = run(tree, "screen", path=bare)
    # With nothing to set up from, one sentence is all that happens.
    assert said.returncode == 1
    assert said.stdout == ""
    assert said.stderr.startswith("error: no Python 3.11 or newer found; install it")
    assert len(said.stderr.splitlines()) == 1


def test_a_moved_tree_is_set_up_again(tree: Path, bare: str) -> None:
    moved = tree.rename(tree.with_name("moved"))
    assert run(moved, "screen", path=bare).returncode == 1


def test_check_refuses_an_unknown_argument(tree: Path) -> None:
    done = subprocess.run(
        [SHELL, str(tree / "check"), "--lnog"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "CERTHOUND_LANG": "en"},
    )
    assert done.returncode == 2
    assert "unknown argument --lnog" in done.stderr
