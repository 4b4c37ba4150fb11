"""Search engines on loopback: their names in DNS, TLS, their pages, and their faults."""

import json
import socket
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import dns.message
import dns.rrset

from rehearsal.tls import Authority

ROOT = Path(__file__).parents[2]
HOSTS = {
    "www.baidu.com": "baidu",
    "www.sogou.com": "sogou",
    "www.so.com": "so",
    "www.bing.com": "bing",
    "cn.bing.com": "bing",
}
PARAMETERS = {"baidu": "wd", "sogou": "query", "so": "q", "bing": "q"}


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server sends."""

    body: str | bytes = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    drips: bool = False
    missing: int = 0
    """Bytes that are promised and do not come."""


Page = Callable[[str], Reply]
"""Makes an engine's answer to a query."""


def page(title: str, body: str) -> str:
    return (
        f'<html><head><meta charset="utf-8"><title>{title}</title></head><body>{body}</body></html>'
    )


def baidu(query: str, *results: str) -> Reply:
    """A result page; `/link…` is a redirect, anything else a true address."""
    boxes = "".join(
        f'<div class="result c-container"{"" if it.startswith("/") else f" mu={it!r}"}>'
        f'<h3><a href="{it if it.startswith("/") else "/link?url=Z"}">{query}</a></h3></div>'
        for it in results
    )
    return Reply(page(f"{query}_百度搜索", f'<div id="content_left">{boxes}</div>'))


def sogou(query: str, *results: str) -> Reply:
    boxes = "".join(
        f'<div class="vrwrap"><h3><a href="{it}">{query}</a></h3></div>' for it in results
    )
    return Reply(page(f"{query} - 搜狗搜索", f'<div class="results">{boxes}</div>'))


def so(query: str, *results: str) -> Reply:
    boxes = "".join(
        f'<li class="res-list"><h3 class="res-title"><a href="https://www.so.com{it}">{query}</a></h3>'
        if it.startswith("/")
        else f'<li class="res-list"><h3 class="res-title"><a href="https://www.so.com/link?m=z"'
        f' data-mdurl="{it}">{query}</a></h3></li>'
        for it in results
    )
    return Reply(page(f"{query}_360搜索", f"<ul>{boxes}</ul>"))


def bing(query: str, *results: str) -> Reply:
    boxes = "".join(
        f'<li class="b_algo"><h2><a href="{it}">{query}</a></h2></li>' for it in results
    )
    return Reply(page(f"{query} - 搜索", f'<ol id="b_results">{boxes}</ol>'))


@dataclass
class Engines:
    """What is answered, and what was asked when."""

    pages: dict[str, Page] = field(default_factory=dict)
    """By engine."""
    links: dict[str, Reply] = field(default_factory=dict)
    """By path and query."""
    robots: Reply = field(default_factory=lambda: Reply(status=404))
    asked: dict[str, list[tuple[float, str]]] = field(default_factory=lambda: defaultdict(list))
    at_once: int = 0
    most_at_once: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    tls: int = 0
    dns: int = 0

    def queries(self, engine: str) -> list[str]:
        """The queries that an engine was asked, in order."""
        found = (parse_qs(urlsplit(path).query) for path in self.paths(engine))
        return [each[PARAMETERS[engine]][0] for each in found if PARAMETERS[engine] in each]

    def paths(self, engine: str) -> list[str]:
        return [path for _at, path in self.asked[engine]]

    def answer(self, engine: str, path: str) -> Reply:
        if path == "/robots.txt":
            return self.robots
        if path in self.links:
            return self.links[path]
        query = parse_qs(urlsplit(path).query).get(PARAMETERS[engine], [""])[0]
        return self.pages[engine](query) if query else Reply("no such page", 404)


@contextmanager
def engines() -> Iterator[Engines]:
    """Engines that run until the block ends."""
    own = Engines()
    busy: dict[str, int] = defaultdict(int)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            engine = HOSTS[self.headers["Host"]]
            own.asked[engine].append((time.monotonic(), self.path))
            busy[engine] += 1
            own.most_at_once[engine] = max(own.most_at_once[engine], busy[engine])
            try:
                self._give(own.answer(engine, self.path))
            finally:
                busy[engine] -= 1

        def _give(self, reply: Reply) -> None:
            body = reply.body.encode() if isinstance(reply.body, str) else reply.body
            self.send_response(reply.status)
            for name, value in {"Content-Type": "text/html", **reply.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body) + reply.missing))
            self.end_headers()
            if reply.drips:
                for at in range(8):
                    self.wfile.write(body[at : at + 1])
                    time.sleep(1)
            self.wfile.write(body)
            if reply.missing:
                self.close_connection = True

        def log_message(self, *_arguments: object) -> None:
            pass

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, *_arguments: object) -> None:
            """A spider that hangs up on a slow page is what is tested."""

    server = Quiet(("127.0.0.1", 0), Handler)
    context = Authority().context("www.baidu.com", "self_signed")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    names = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    names.bind(("127.0.0.1", 0))
    own.tls, own.dns = server.server_port, names.getsockname()[1]
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    threading.Thread(target=_resolve, args=(names,), daemon=True).start()
    try:
        yield own
    finally:
        server.shutdown()
        server.server_close()
        names.sendto(b"", names.getsockname())
        names.close()


def _resolve(names: socket.socket) -> None:
    while True:
        try:
            wire, client = names.recvfrom(4096)
        except OSError:
            return
        if not wire:
            return
        query = dns.message.from_wire(wire)
        reply = dns.message.make_response(query)
        (question,) = query.question
        if question.name.to_text().rstrip(".") in HOSTS and question.rdtype == 1:
            reply.answer.append(dns.rrset.from_text(question.name, 60, "IN", "A", "127.0.0.1"))
        names.sendto(reply.to_wire(), client)


def sent(
    own: Engines, folder: Path, *names: str, marks: dict[str, str] | None = None, **keys: Any
) -> dict[str, Any]:
    """What the source finds, asked to ask these engines."""
    options = {"engines": list(names), "delay": 2, "max_queries": 1, "robots": "ignore", **keys}
    written = "".join(f"{key} = {json.dumps(value)}\n" for key, value in options.items())
    profile = folder / "p.toml"
    profile.write_text(
        f'[network]\nallow_private = true\ndns = "127.0.0.1:{own.dns}"\n'
        f'hosts_to = "127.0.0.1:1"\ntls_to = "127.0.0.1:{own.tls}"\n'
        "[run]\ntimeout = 3\nper_host_delay = 0\n"
        f"[sources.live_results]\nenabled = true\n{written}",
        encoding="utf-8",
    )
    command = [sys.executable, "-m", "tests.spiders.sent_out", str(profile), "live_results"]
    done = subprocess.run(
        [*command, json.dumps(marks or {})],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=90,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    found["marks"] = {**(marks or {}), **found["marks"]}
    return found
