"""Runs of the real command over the practice web, and what they left behind."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crawler.store import Store
from rehearsal.server import Rehearsal

RUN_SECONDS = 180
_PASSING = {"generated_at", "run", "first_seen", "last_seen", "at", "seen_at", "since"}


@dataclass(frozen=True, slots=True)
class Practice:
    """The practice web with its profile."""

    server: Rehearsal
    profile: Path

    def command(self, data: Path) -> list[str]:
        """The command line of one run into a data folder."""
        run = [sys.executable, "-m", "crawler.cli", "run", "--json"]
        return [*run, "--profile", str(self.profile), "--data", str(data)]

    def run(self, data: Path) -> subprocess.CompletedProcess[str]:
        """One whole run."""
        return call(self.command(data))


def call(command: list[str]) -> subprocess.CompletedProcess[str]:
    """A command of ours, run to its end."""
    return subprocess.run(command, capture_output=True, text=True, timeout=RUN_SECONDS, check=False)


def certhound(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The command `certhound` with these arguments, run to its end."""
    return call([sys.executable, "-m", "crawler.cli", *arguments])


def hit_list(data: Path) -> dict[str, Any]:
    """The newest hit list in a data folder."""
    path = max(data.glob("reports/*/hitlist.json"))
    whole: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return whole


def timeless(data: Path) -> Any:
    """The newest hit list without times and without the run's id, wherever they stand."""
    whole = hit_list(data)
    return _strip(whole, whole["run"])


def _strip(value: Any, run: str) -> Any:
    if isinstance(value, dict):
        return {key: _strip(item, run) for key, item in value.items() if key not in _PASSING}
    if isinstance(value, list):
        return [_strip(item, run) for item in value]
    return value.replace(run, "RUN") if isinstance(value, str) else value


def captures(data: Path) -> list[str]:
    """The ids of all captures of the newest run, run id left out, sorted."""
    with Store.open(data) as store:
        run = store.last_completed_run()
        assert run is not None
        return sorted(
            capture.id.removeprefix(run.id)
            for visit, _assessment in store.assessments(run.id)
            for capture in visit.captures
        )
