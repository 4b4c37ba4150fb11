"""What every source keeps towards those it asks, by the servers' own logs.

Elsewhere, and not repeated here: captures and browser keep a second between two requests to a host
and whatever its `Retry-After` says (tests/run/test_manners.py); listings obey robots.txt, keep
`Retry-After` and their budget of requests (test_listings_asked.py); search services and
certificate logs keep `Retry-After` from run to run (test_search_faults.py, test_ct.py); paid
services keep their daily budget (test_search_services.py), logs theirs of bytes (test_ct.py);
registries have a pace of their own (tests/capture/test_registry_pace.py); what suspects and
innocents point to (tests/run/test_led_on.py); the guard itself (tests/capture/test_guard.py).
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler
from itertools import pairwise
from pathlib import Path

import pytest

from rehearsal.server import Rehearsal
from rehearsal.site import Fault, Page, Registration, Site
from spiders import sources
from tests.run.practice import call
from tests.spiders.sending import Sent, send
from tests.spiders.service_faults import KEY, listening, results

SLACK = 0.05
"""Seconds by which two clocks and a timer may differ."""
SLOW = 0.3
"""Seconds that each answer takes."""
OFFICIAL = ("cx.mem.gov.cn", "www.mem.gov.cn", "yjglt.gov.cn", "12350.gov.cn")
LIST = "<meta charset=utf-8><title>演练</title><ul>{items}</ul>{more}"


@dataclass
class Server:
    """Answers everything in one way, slowly, and logs when each answer began and ended."""

    body: bytes = b""
    paths: list[str] = field(default_factory=list)
    began: list[float] = field(default_factory=list)
    ended: list[float] = field(default_factory=list)
    sent: int = 0

    def gaps(self) -> list[float]:
        """From the end of an answer to the next question, robots.txt and its answer left out."""
        times = zip(self.began, self.ended, self.paths, strict=True)
        asked = [(began, ended) for began, ended, path in times if path != "/robots.txt"]
        return [later[0] - earlier[1] for earlier, later in pairwise(asked)]


@contextmanager
def serving(own: Server) -> Iterator[int]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            own.paths.append(self.path)
            own.began.append(time.monotonic())
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            time.sleep(SLOW)
            rules = b"User-agent: *\nDisallow: /closed\n"
            body = rules if self.path == "/robots.txt" else own.body
            own.sent += len(body)
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Connection", "close")
            self.end_headers()
            own.ended.append(time.monotonic())
            self.wfile.write(body)

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *_said: object) -> None:
            """Say nothing."""

    with listening(Handler) as port:
        yield port


def asked_of(own: Server, source: str, options: str, queries: int = 4) -> Sent:
    """A search source sent out with a profile that would let sixteen requests be under way."""
    own.body = results(source, "http://qwzt7719kd.top/")
    with serving(own) as port:
        head = f'url = "http://127.0.0.1:{port}"\nmax_queries = {queries}\n{options}'
        if source != "searxng":
            head += 'key_env = "SERVICE_KEY"\n'
        return send(source, f"{head}[run]\nconcurrency = 16\n", None, {"SERVICE_KEY": KEY})


@pytest.mark.parametrize("source", ["searxng", "qianfan", "bocha"])
def test_a_search_service_has_one_question_at_a_time_and_no_more_than_the_budget(
    source: str,
) -> None:
    own = Server()
    brought = asked_of(own, source, "delay = 0\n")
    assert brought.status == "done"
    assert len(own.paths) == (8 if source == "searxng" else 4)  # two pages a query
    assert min(own.gaps()) >= 0
    # Services that one runs or pays for are asked by leave, not by rules for crawlers.
    assert "/robots.txt" not in own.paths


@pytest.mark.parametrize("source", ["qianfan", pytest.param("bocha", marks=pytest.mark.long)])
def test_a_paid_service_is_asked_once_a_second_unless_the_profile_says_otherwise(
    source: str,
) -> None:
    own = Server()
    asked_of(own, source, "", queries=3)
    assert min(b - a for a, b in pairwise(own.began)) >= 1 - SLACK


def listed(folder: Path, own: Server, keys: str, options: str, sites: int = 1) -> Sent:
    """Lists of one host, each a site of its own."""
    (folder / "listings").mkdir()
    with serving(own) as port:
        for number in range(sites):
            (folder / "listings" / f"s{number}.toml").write_text(
                f'entries = ["http://127.0.0.1:{port}/{number}"]\nitems = "li"\n'
                f'link = "a::attr(href)"\nnext = "a.next::attr(href)"\n{keys}',
                encoding="utf-8",
            )
        head = f'folder = "{folder / "listings"}"\n{options}'
        tail = "[network]\nallow_private = true\n[run]\nconcurrency = 16\nper_host_delay = 0\n"
        return send("listings", head + tail)


def test_lists_of_one_host_are_read_one_after_the_other(tmp_path: Path) -> None:
    own = Server(LIST.format(items="<li><a href=/t/1>证</a></li>", more="").encode())
    brought = listed(tmp_path, own, "delay = 0.5\n", "", sites=3)
    assert (brought.status, len(own.paths)) == ("done", 4)
    assert min(b - a for a, b in pairwise(own.began)) >= 0.5 - SLACK
    assert min(own.gaps()) >= 0


@pytest.mark.long
def test_a_list_is_read_every_two_seconds_unless_its_file_says_otherwise(tmp_path: Path) -> None:
    own = Server(LIST.format(items="<li><a href=/t/1>证</a></li>", more="").encode())
    listed(tmp_path, own, "", "", sites=3)
    assert min(b - a for a, b in pairwise(own.began[1:])) >= 2 - SLACK


def test_lists_take_no_more_bytes_than_their_budget_and_one_page(tmp_path: Path) -> None:
    items = "<li><a href=/t/1>证</a></li>" + "<!-- -->" * 20_000
    own = Server(LIST.format(items=items, more="").encode())
    brought = listed(tmp_path, own, "delay = 0\n", "max_mb = 0.3\n", sites=8)
    page = len(own.body)
    assert own.sent <= 300_000 + page * 2
    assert "预算用完" in brought.covered
    assert len(own.paths) < 8


def test_every_source_that_asks_over_http_says_whether_it_obeys_robots() -> None:
    asking = [kind for kind in sources().values() if kind.custom_settings is not None]
    assert len(asking) >= 5
    for kind in asking:
        assert "ROBOTSTXT_OBEY" in (kind.custom_settings or {}), kind.name


def site(host: str, *pages: Page) -> Site:
    return Site(host, Registration(host), pages)


def page(path: str, body: str = "", **more: object) -> Page:
    text = f"<meta charset=utf-8><title>演练</title>{body or '<p>课程安排。</p>' * 30}"
    return Page(path, text.encode(), **more)  # type: ignore[arg-type]


def moved(path: str, host: str) -> Page:
    return page(path, status=302, headers=(("Location", f"http://{host}/"),))


NAMED = LIST.format(
    items="".join(f"<li><a href=http://{host}/>证</a></li>" for host in OFFICIAL), more=""
)
SITES = [
    site("luntan-yanlian.com", moved("/moved", OFFICIAL[0]), page("/list", NAMED)),
    site("zhuanwang-yanlian.top", moved("/*", OFFICIAL[1])),
    site(
        "man-yanlian.cn",
        *(page(f"/{n}", fault=Fault("slow", seconds=1)) for n in range(3)),
    ),
]


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    """The practice web after a run whose every source names official hosts."""
    folder = tmp_path_factory.mktemp("polite")
    with Rehearsal(sites=SITES) as server:
        profile = server.write_profile(folder)
        text = profile.read_text(encoding="utf-8").replace(
            "per_host_delay = 0.05", "concurrency = 16"
        )
        text = text.replace("[sources.searxng]\nenabled = true", "[sources.searxng]")
        listings = 'enabled = true\nfolder = "lists"\n'
        profile.write_text(f"{text}\n[sources.listings]\n{listings}", encoding="utf-8")
        (folder / "lists").mkdir()
        for path in ("moved", "list"):
            (folder / "lists" / f"{path}.toml").write_text(
                f'entries = ["http://luntan-yanlian.com/{path}"]\nitems = "li"\n'
                'link = "a::attr(href)"\ndelay = 0\n',
                encoding="utf-8",
            )
        (folder / "names.txt").write_text("\n".join(OFFICIAL), encoding="utf-8")
        tips = [
            *(f"http://{host}/cx" for host in OFFICIAL),
            "http://zhuanwang-yanlian.top/",
            *(f"http://man-yanlian.cn/{n}" for n in range(3)),
        ]
        rows = ["url,text,received_at,from", *(f"{url},,," for url in tips)]
        (folder / "tips.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
        launcher = ["env", "CERTHOUND_BROWSER=none", "PYTHONPATH=.", sys.executable, "-m"]
        run = ["crawler.cli", "run", "--profile", str(profile), "--data", str(folder / "data")]
        done = call([*launcher, *run])
        assert done.returncode == 3, done.stderr
        yield server


def test_official_hosts_are_never_asked_nor_their_names_resolved(web: Rehearsal) -> None:
    asked = {str(entry["host"]) for entry in web.journal.entries("http")}
    resolved = {str(entry["name"]) for entry in web.journal.entries("dns")}
    assert {"luntan-yanlian.com", "zhuanwang-yanlian.top", "man-yanlian.cn"} <= asked & resolved
    assert not [host for host in asked | resolved if host.endswith("gov.cn")]
    assert not [e for e in web.journal.entries("tls") if str(e["name"]).endswith("gov.cn")]


def test_a_slow_host_is_asked_again_only_after_it_has_answered(web: Rehearsal) -> None:
    """By default a second after the end of its answer, though sixteen may be under way."""
    times = [
        datetime.fromisoformat(str(entry["time"]))
        for entry in web.journal.entries("http")
        if entry["host"] == "man-yanlian.cn" and str(entry["target"]) != "/robots.txt"
    ]
    assert len(times) == 3
    assert min((b - a).total_seconds() for a, b in pairwise(times)) >= 2 - SLACK
