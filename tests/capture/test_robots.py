"""What a host's robots.txt is recorded as: rules, none, or not known."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.capture.robots import RobotsBook
from crawler.evidence import Blobs
from crawler.model import Exchange, Failure, Knowledge, Robots

AT = datetime(2026, 11, 20, tzinfo=UTC)
URL = "http://a-yanlian.cn/page?id=1"
RULES = b"User-agent: *\nDisallow: /page\n"
Answers = dict[str, tuple[int | None, bytes, dict[str, str]]]


def ask(folder: Path, answers: Answers, *urls: str) -> tuple[list[Robots], list[str]]:
    asked: list[str] = []

    async def fetch(url: str, via: str) -> tuple[Exchange, bytes]:
        asked.append(url)
        status, body, headers = answers.get(url, (404, b"", {}))
        failure = Failure.TIMEOUT if status is None else None
        return Exchange(url, status, tuple(headers.items()), AT, via, failure=failure), body

    async def work() -> list[Robots]:
        book = RobotsBook(Blobs(folder))
        return list(await asyncio.gather(*(book.ask(url, fetch) for url in urls or (URL,))))

    return asyncio.run(work()), asked


@pytest.mark.parametrize(
    ("status", "body", "state", "allows"),
    [
        (200, RULES, Knowledge.KNOWN, False),
        (200, b"User-agent: certhound\nAllow: /\n\n" + RULES, Knowledge.KNOWN, True),
        (200, b"", Knowledge.KNOWN, True),
        (200, "\ufeffUser-agent: *\nDisallow: /".encode(), Knowledge.KNOWN, False),
        (200, b"<!DOCTYPE html><html>404", Knowledge.ABSENT, None),
        (404, b"", Knowledge.ABSENT, None),
        (403, RULES, Knowledge.ABSENT, None),
        (429, b"", Knowledge.UNKNOWN, None),
        (500, RULES, Knowledge.UNKNOWN, None),
        (None, b"", Knowledge.UNKNOWN, None),
        (200, b"Disallow: /" + b"*a" * 400, Knowledge.UNKNOWN, None),
        (200, b"Disallow: /a\n" * 9_000, Knowledge.UNKNOWN, None),
    ],
)
def test_what_it_says(
    tmp_path: Path, status: int | None, body: bytes, state: Knowledge, allows: bool | None
) -> None:
    (said,), _asked = ask(tmp_path, {"http://a-yanlian.cn/robots.txt": (status, body, {})})
    assert (said.origin, said.state, said.allows) == ("http://a-yanlian.cn", state, allows)
    assert (said.body is not None) == (status == 200 and state is not Knowledge.ABSENT)


def test_a_host_is_asked_once(tmp_path: Path) -> None:
    answers: Answers = {"http://a-yanlian.cn/robots.txt": (200, RULES, {})}
    said, asked = ask(tmp_path, answers, URL, "http://a-yanlian.cn/other", URL)
    assert asked == ["http://a-yanlian.cn/robots.txt"]
    assert [each.allows for each in said] == [False, True, False]


def test_redirects_are_followed_and_end(tmp_path: Path) -> None:
    answers: Answers = {
        f"http://a-yanlian.cn/{name}": (301, b"", {"Location": there})
        for name, there in [("robots.txt", "/1"), ("1", "//b-yanlian.cn/robots.txt")]
    }
    answers["http://b-yanlian.cn/robots.txt"] = (200, RULES, {})
    (said,), asked = ask(tmp_path, answers)
    assert (said.state, len(said.exchanges)) == (Knowledge.KNOWN, 3)
    loop: Answers = {"http://a-yanlian.cn/robots.txt": (302, b"", {"location": "/robots.txt"})}
    (said,), asked = ask(tmp_path, loop)
    assert (said.state, len(asked)) == (Knowledge.UNKNOWN, 6)


def test_a_compressed_file_is_read_and_a_long_one_cut(tmp_path: Path) -> None:
    long = RULES + b"#" * 2_000_000
    (said,), _asked = ask(tmp_path, {"http://a-yanlian.cn/robots.txt": (200, long, {})})
    assert said.body is not None
    assert (said.body.size, said.allows) == (512_000, False)
    unreadable = {"Content-Encoding": "zstd"}
    (said,), _asked = ask(tmp_path, {"http://a-yanlian.cn/robots.txt": (200, RULES, unreadable)})
    assert said.state is Knowledge.UNKNOWN
