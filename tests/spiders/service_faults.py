"""A search service on loopback that speaks SearXNG, Qianfan and Bocha, and fails in their ways."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY = "sk-0001-secret"
FOUND = "http://qwzt7719kd.top/"
CAPTCHA = "<html><title>百度安全验证</title>请完成下方验证后继续操作</html>".encode()

Headers = dict[str, str]
Answer = tuple[int, bytes, Headers]


def results(source: str, *urls: str, date: str = "2026-11-20T08:00:00+08:00") -> bytes:
    """A whole answer with these results, in the form of a service."""
    forms: dict[str, Any] = {
        "searxng": {
            "query": "q",
            "results": [{"url": url, "title": "页", "publishedDate": date} for url in urls],
            "unresponsive_engines": [],
        },
        "qianfan": {"references": [{"url": url, "title": "页", "date": date} for url in urls]},
        "bocha": {
            "code": 200,
            "data": {
                "webPages": {
                    "value": [{"url": url, "name": "页", "datePublished": date} for url in urls]
                }
            },
        },
    }
    return json.dumps(forms[source], ensure_ascii=False).encode()


@dataclass
class Faulty:
    """What is answered, first the ones in `first`, and what was asked when."""

    usual: Answer
    first: list[Answer] = field(default_factory=list)
    drip: bool = False
    """Whether each byte comes a fifth of a second after the one before."""
    asked: list[tuple[str, float]] = field(default_factory=list)
    """Path and moment of each question."""
    sent: int = 0
    """Bytes of bodies that went out."""


@contextmanager
def serving(own: Faulty) -> Iterator[int]:
    """The port at which it answers."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            own.asked.append((self.path, time.monotonic()))
            status, body, headers = own.first.pop(0) if own.first else own.usual
            self.send_response(status)
            for name, value in {
                "Connection": "close",
                "Content-Length": str(len(body)),
                **headers,
            }.items():
                self.send_header(name, value)
            self.end_headers()
            pieces = [body[at : at + 1] for at in range(len(body))] if own.drip else [body]
            with suppress(OSError):  # a client that has had enough
                for piece in pieces:
                    self.wfile.write(piece)
                    own.sent += len(piece)
                    time.sleep(0.2 if own.drip else 0)

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *_said: object) -> None:
            """Say nothing."""

    with listening(Handler) as port:
        yield port


@contextmanager
def listening(handler: type[BaseHTTPRequestHandler]) -> Iterator[int]:
    """The port of a server on loopback; what still drips when it ends is left behind."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    server.block_on_close = False
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
