"""Lists asked for over HTTP from a server that behaves as forums do, badly too."""

import gzip
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

ROOT = Path(__file__).parents[2]
ITEM = '<li><a href="/t/{n}">操作证 {n}</a><i>{day}</i></li>'
NUMBER = "11010119900307123X"


def listed(*numbers: int, following: str = "") -> str:
    items = "".join(ITEM.format(n=n, day="2026-11-2" + str(n % 6)) for n in numbers)
    link = f"<a class=next href='{following}'>下一页</a>" if following else ""
    return f"<meta charset=utf-8><title>演练</title><ul>{items}</ul>{link}"


@dataclass
class Forum:
    """What is answered to which path, and what was asked when."""

    port: int = 0
    pages: dict[str, str] = field(default_factory=dict)
    robots: tuple[int, str] = (404, "")
    busy: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    """Status and Retry-After of the first answers to a path."""
    drip: tuple[str, ...] = ()
    asked: list[tuple[str, float, dict[str, str]]] = field(default_factory=list)

    def paths(self) -> list[str]:
        return [path for path, _at, _headers in self.asked]


@pytest.fixture
def forum() -> Iterator[Forum]:
    own = Forum()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            own.asked.append((self.path, time.monotonic(), dict(self.headers)))
            if own.busy.get(self.path):
                status, wait = own.busy[self.path].pop(0)
                self._give(status, b"", **{"Retry-After": wait})
            elif self.path == "/robots.txt":
                self._give(own.robots[0], own.robots[1].encode())
            elif self.path in own.drip:
                self.send_response(200)
                self.send_header("Content-Length", "100000")
                self.end_headers()
                time.sleep(8)
            elif self.path.startswith("/moved"):
                self._give(302, b"", Location="/login?from=moved")
            elif self.path == "/bomb":
                self._give(200, gzip.compress(b"A" * 60_000_000), **{"Content-Encoding": "gzip"})
            else:
                body = own.pages.get(self.path)
                self._give(200 if body else 404, (body or "none").encode())

        def _give(self, status: int, body: bytes, **headers: str) -> None:
            self.send_response(status)
            for name, value in {"Content-Type": "text/html", **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.block_on_close = False
    own.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield own
    server.shutdown()
    server.server_close()
    thread.join()


def sent(
    folder: Path, forum: Forum, *entries: str, marks: str = "{}", private: bool = True, **keys: Any
) -> dict[str, Any]:
    """What the source finds with one site for each entry."""
    sites = folder / "listings"
    sites.mkdir(exist_ok=True)
    for number, entry in enumerate(entries):
        url = entry if entry.startswith("http") else f"http://127.0.0.1:{forum.port}{entry}"
        (sites / f"s{number}.toml").write_text(
            f'entries = ["{url}"]\nitems = "li"\nlink = "a::attr(href)"\ntitle = "a"\n'
            f'date = "i"\nnext = "a.next::attr(href)"\ndelay = {keys.pop("delay", 0)}\n',
            encoding="utf-8",
        )
    options = "".join(f"{key} = {value}\n" for key, value in keys.items())
    (folder / "p.toml").write_text(
        f"[network]\nallow_private = {str(private).lower()}\n[run]\ntimeout = 3\n"
        f"per_host_delay = 0\n[sources.listings]\nenabled = true\n{options}",
        encoding="utf-8",
    )
    command = [sys.executable, "-m", "tests.spiders.sent_out", str(folder / "p.toml"), "listings"]
    done = subprocess.run(
        [*command, marks], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_pages_are_turned_and_every_item_is_a_lead(tmp_path: Path, forum: Forum) -> None:
    forum.pages = {
        "/list": listed(1, 2, following="/list?p=2").replace("操作证 2", f"证 {NUMBER}"),
        "/list?p=2": listed(3, 4, following="/list?p=3"),
        "/list?p=3": listed(3, 4, following="/list?p=4"),  # the last page, again and again
    }
    found = sent(tmp_path, forum, "/list", delay=0.3)
    urls = [urlsplit(url).path for url in found["leads"]]
    assert urls == ["/t/1", "/t/2", "/t/3", "/t/4"]
    assert NUMBER not in json.dumps(found)
    assert found["state"]["status"] == "done"
    assert found["state"]["newest"] is not None
    assert forum.paths() == ["/robots.txt", "/list", "/list?p=2", "/list?p=3"]
    times = [at for _path, at, _headers in forum.asked]
    assert all(later - earlier > 0.25 for earlier, later in pairwise(times))
    headers = forum.asked[1][2]
    assert headers["User-Agent"].startswith("certhound/")
    assert "Cookie" not in headers


def test_what_robots_forbid_is_not_read(tmp_path: Path, forum: Forum) -> None:
    forum.pages = {"/list": listed(1), "/open": listed(2, following="/list")}
    forum.robots = (200, "User-agent: *\nDisallow: /list\n")
    found = sent(tmp_path, forum, "/open", "/list")
    assert forum.paths() == ["/robots.txt", "/open"]
    assert found["state"]["status"] == "partial"
    assert "robots.txt" in found["state"]["detail"]


def test_where_the_rules_cannot_be_had_nothing_is_read(tmp_path: Path, forum: Forum) -> None:
    forum.pages = {"/list": listed(1)}
    forum.robots = (503, "")
    found = sent(tmp_path, forum, "/list")
    assert set(forum.paths()) == {"/robots.txt"}
    assert (found["leads"], found["state"]["status"]) == ({}, "blind")


def test_a_busy_server_is_left_alone_as_long_as_it_asks(tmp_path: Path, forum: Forum) -> None:
    forum.pages = {"/soon": listed(1), "/late": listed(2)}
    forum.busy = {"/soon": [(429, "2")]}
    found = sent(tmp_path, forum, "/soon")
    first, second = (at for path, at, _headers in forum.asked if path == "/soon")
    assert second - first >= 1.9
    assert len(found["leads"]) == 1
    forum.asked.clear()
    forum.busy = {"/late": [(429, "3600")]}
    found = sent(tmp_path, forum, "/late")
    assert forum.paths().count("/late") == 1
    assert (found["leads"], found["state"]["status"]) == ({}, "blind")
    assert "要求过一阵再来" in found["state"]["detail"]


@pytest.mark.parametrize("wall", ["/robots.txt", "/late"])
def test_a_host_is_left_alone_in_later_runs_too(tmp_path: Path, forum: Forum, wall: str) -> None:
    forum.pages = {"/late": listed(2), "/later": listed(3)}
    forum.busy = {wall: [(503, "3600")]}
    marks = sent(tmp_path, forum, "/late")["marks"]
    until = datetime.fromisoformat(marks["until:127.0.0.1"])
    assert timedelta(seconds=3500) < until - datetime.now(UTC) <= timedelta(seconds=3600)
    forum.asked.clear()
    found = sent(tmp_path, forum, "/late", "/later", marks=json.dumps(marks))
    assert forum.asked == []
    assert (found["leads"], found["state"]["status"]) == ({}, "blind")
    assert "站点 s1：曾拒绝访问" in found["state"]["detail"]


def test_a_host_whose_time_is_over_is_asked_again(tmp_path: Path, forum: Forum) -> None:
    forum.pages = {"/late": listed(2)}
    forum.busy = {"/late": [(503, "1")]}  # waited for within the run, and not remembered
    over = (datetime.now(UTC) - timedelta(seconds=1)).isoformat()
    found = sent(tmp_path, forum, "/late", marks=json.dumps({"until:127.0.0.1": over}))
    assert (len(found["leads"]), found["state"]["status"]) == (1, "done")
    assert found["marks"]["until:127.0.0.1"] == ""


def test_faults_of_one_site_blind_the_others_not(tmp_path: Path, forum: Forum) -> None:
    forum.pages = {
        "/good": listed(1),
        "/captcha": "<meta charset=utf-8><title>安全验证</title>请完成安全验证后继续访问",
        "/login?from=moved": "<meta charset=utf-8><title>欢迎</title><input type=password>",
        "/new": "<meta charset=utf-8><title>演练</title>" + "<div>新版页面</div>" * 50,
    }
    forum.drip = ("/slow",)
    paths = ("/good", "/captcha", "/moved", "/new", "/slow", "/bomb", "/gone")
    protected = "http://cx.mem.gov.cn/list"
    found = sent(tmp_path, forum, *paths, protected)
    assert [urlsplit(url).path for url in found["leads"]] == ["/t/1"]
    state = found["state"]
    assert (state["status"], state["failures"]) == ("partial", 7)
    for number in range(1, 8):
        assert f"站点 s{number}：" in state["detail"]
    for said in ("验证", "登录", "改版", "404", "受保护"):
        assert said in state["detail"]


def test_budgets_hold_and_the_next_run_begins_where_they_ended(
    tmp_path: Path, forum: Forum
) -> None:
    forum.pages = {f"/{n}": listed(n, following="/more") for n in range(4)}
    found = sent(tmp_path, forum, "/0", "/1", "/2", "/3", max_requests=2)
    assert len([path for path in forum.paths() if path != "/robots.txt"]) == 2
    assert found["marks"]["next"] in ("s2", "s0")
    assert "s2" in found["state"]["covered"]
    forum.asked.clear()
    sent(tmp_path, forum, "/0", "/1", "/2", "/3", max_requests=2, marks='{"next": "s2"}')
    assert forum.paths()[1:] == ["/2", "/3"]


def test_private_addresses_are_refused(tmp_path: Path, forum: Forum) -> None:
    forum.pages = {"/list": listed(1)}
    found = sent(tmp_path, forum, "/list", private=False)
    assert forum.asked == []
    assert found["state"]["status"] == "blind"
