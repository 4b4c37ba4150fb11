"""Days on which a source dies, recovers and lies: each turn is told once, and since when."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from crawler.clock import beijing_date
from rehearsal.server import Rehearsal
from tests.base.test_notices import Robot, serving
from tests.run.month import SCHOOL, page_of, site
from tests.run.practice import hit_list

HOSTS = [f"shoujian{number:02d}.top" for number in range(12)]
CONTROL = "duizhao-zhan.top"
NAME = "searxng"

# What the engine does from a day on, and the turn that this day tells.
STORY: Mapping[int, tuple[str, str]] = {
    1: ("answers", ""),
    7: ("dead", "正常 → 失明"),
    10: ("answers", "失明 → 正常"),
    13: ("lies", "正常 → 沉默"),
    16: ("answers", "沉默 → 正常"),
    17: ("captcha", "正常 → 失明"),
    18: ("no network", "失明 → 未知"),
    19: ("answers", "未知 → 正常"),
    21: ("limits", "正常 → 失明"),
    23: ("answers", "失明 → 正常"),
}
DAYS = 24


class Engine(ThreadingHTTPServer):
    """What stands where the office's SearXNG should be, in one mode a day."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), EngineHandler)
        self.mode = "answers"


class EngineHandler(BaseHTTPRequestHandler):
    server: Engine

    def do_GET(self) -> None:
        found = [{"url": f"http://{host}/", "title": "页", "content": ""} for host in HOSTS]
        mode = self.server.mode
        if mode == "dead":
            self.connection.close()
            return
        status, body = 200, json.dumps({"query": "", "results": found}).encode()
        if mode == "lies":
            body = json.dumps({"query": "", "results": []}).encode()
        elif mode == "captcha":
            body = "<html><title>安全验证</title>请输入验证码</html>".encode()
        elif mode == "limits":
            status, body = 429, b""
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_said: object) -> None:
        """Keep the tests' output clean."""


class Office:
    """One data folder, with an engine, a robot that takes its messages, and a small web."""

    def __init__(self, web: Rehearsal, folder: Path, engine: Engine, robot: Robot) -> None:
        self._folder, self._engine, self._robot = folder, engine, robot
        school = page_of(SCHOOL)
        for host in (*HOSTS, CONTROL):
            web.sites.put(replace(site(host, school), host=host))
        head, _search, _rest = (
            web.write_profile(folder).read_text(encoding="utf-8").partition("[sources.searxng]")
        )
        before, network, after = head.partition("[network]")
        control = f'{before}{network}\ncontrol = ["http://{CONTROL}/"]{after}'
        text = f"""{control}
[notify]
webhook = "wecom"
url_env = "ROBOT"
[sources.searxng]
enabled = true
url = "http://127.0.0.1:{engine.server_port}"
max_queries = 3
delay = 0.0
"""
        (folder / "alive.toml").write_text(text, encoding="utf-8")
        dead = text.replace(f":{web.ports.dns}", ":9")
        (folder / "dead.toml").write_text(dead, encoding="utf-8")
        self.data = folder / "data"

    def live(self, day: int, mode: str) -> tuple[int, list[str]]:
        """A day's run; its exit code, and the turns of sources that the robot was told."""
        self._engine.mode = "dead" if mode == "no network" else mode
        told = len(self._robot.asked)
        launcher = str(Path(__file__).with_name("another_day.py"))
        profile = self._folder / ("dead.toml" if mode == "no network" else "alive.toml")
        command = [sys.executable, launcher, str(day), "run", "--json"]
        done = subprocess.run(
            [*command, "--profile", str(profile), "--data", str(self.data)],
            env={
                **os.environ,
                "PYTHONPATH": str(Path(__file__).parents[2]),
                "CERTHOUND_BROWSER": str(self._folder / "none"),
                "ROBOT": self._robot.url,
            },
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
        assert done.returncode in (0, 3), done.stderr
        texts = [str(body["text"]) for _path, body in self._robot.asked[told:]]
        assert len(texts) == (0 if day == 1 else 1)
        lines = [line for text in texts for line in text.split("\\n")]
        return done.returncode, [line for line in lines if "→" in line]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    engine, robot = Engine(), Robot(b'{"errcode": 0}')
    with Rehearsal(sites=()) as web, serving(engine), serving(robot):
        yield Office(web, tmp_path, engine, robot)


def assert_day(office: Office, day: int, mode: str, turn: str) -> None:
    _code, turns = office.live(day, mode)
    assert len(turns) == (1 if turn and day > 1 else 0), (day, turns)
    assert all(NAME in line and turn in line for line in turns), (day, turns)
    listed = hit_list(office.data)
    (source,) = (each for each in listed["sources"] if each["source"] == "searxng")
    reasons = [reason for reason in listed["degraded_reasons"] if NAME in reason]
    assert bool(reasons) == (source["status"] != "done"), day
    since = beijing_date(datetime.fromisoformat(source["since"]))
    assert all(f"{since} 起" in reason for reason in reasons)


def test_a_source_dies_and_comes_back(office: Office) -> None:
    assert_day(office, 1, "answers", "")
    assert_day(office, 2, "dead", "正常 → 失明")
    assert_day(office, 3, "no network", "失明 → 未知")
    assert_day(office, 4, "answers", "未知 → 正常")


@pytest.mark.long
def test_twenty_four_days(office: Office) -> None:
    mode = ""
    for day in range(1, DAYS + 1):
        mode, turn = STORY.get(day, (mode, ""))
        assert_day(office, day, mode, turn)
