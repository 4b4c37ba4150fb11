"""Sends one source out through Scrapy, in a process of its own: its reactor starts only once."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Sent:
    """What a source brought back."""

    urls: list[str]
    details: list[str]
    marks: dict[str, str]
    status: str
    detail: str
    covered: str
    newest: datetime | None
    failures: int


def send(
    source: str,
    options: str,
    marks: Mapping[str, str] | None = None,
    environment: Mapping[str, str] | None = None,
) -> Sent:
    """Send a source out with what its table in a profile says; further tables may follow it."""
    before = dict(marks or {})
    with TemporaryDirectory() as folder:
        profile = Path(folder) / "p.toml"
        profile.write_text(f"[sources.{source}]\nenabled = true\n{options}", encoding="utf-8")
        command = [sys.executable, "-m", "tests.spiders.sent_out", str(profile), source]
        done = subprocess.run(
            [*command, json.dumps(before)],
            check=False,
            capture_output=True,
            text=True,
            cwd=ROOT,
            timeout=120,
            env={**os.environ, **(environment or {})},
        )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    state = said["state"]
    return Sent(
        urls=list(said["leads"]),
        details=list(said["leads"].values()),
        marks={**before, **said["marks"]},
        status=state["status"],
        detail=state["detail"],
        covered=state["covered"],
        newest=datetime.fromisoformat(state["newest"]) if state["newest"] else None,
        failures=state["failures"],
    )
