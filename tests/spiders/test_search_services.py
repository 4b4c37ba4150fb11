"""Paid search services: what they find are leads, what they refuse is blindness."""

import asyncio
import json
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scrapy.http import TextResponse

from crawler.clock import now
from crawler.model import KeyWord, Lead, SourceStatus, WordState
from crawler.querying import yield_of
from crawler.store import Store
from rehearsal.server import Rehearsal
from seeds import load_watchlist
from spiders.base import Errand
from spiders.bocha import BochaSpider
from spiders.qianfan import QianfanSpider
from spiders.search_service import ServiceOptions, ServiceSpider
from tests.run.practice import call, hit_list

AT = datetime(2026, 3, 10, 1, 0, tzinfo=UTC)
KEY = "sk-0001-secret"
HOSTS = ("http://cx-mem-gov-zjcxpt8.cn/", "http://www.xuefeng-anquan-peixun0.com.cn/")
ANSWERS: dict[type[ServiceSpider], Any] = {
    QianfanSpider: {
        "request_id": "1",
        "references": [
            {"id": 1, "url": HOSTS[0], "title": "查询", "date": "2026-03-01 08:00:00"},
            {"id": 2, "url": "http://cx.mem.gov.cn/", "title": "官网"},
            {"id": 3, "url": HOSTS[1], "title": "培训"},
        ],
    },
    BochaSpider: {
        "code": 200,
        "data": {
            "webPages": {
                "value": [
                    {"name": "查询", "url": HOSTS[0], "datePublished": "2026-03-01T08:00:00+08:00"},
                    {"name": "官网", "url": "http://cx.mem.gov.cn/"},
                    {"name": "培训", "url": HOSTS[1]},
                ]
            }
        },
    },
}
BOTH = pytest.mark.parametrize("kind", list(ANSWERS))


def spider_of(kind: type[ServiceSpider], leads: list[Lead], **marks: str) -> ServiceSpider:
    options = ServiceOptions(True, "http://service.test/", kind.service_key, 50, 0.0)
    return kind(Errand(options, load_watchlist(), AT, leads.append, marks=marks))


def answer(body: bytes, status: int = 200, **headers: str) -> TextResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return TextResponse("http://service.test/", status=status, body=body, headers=named)


@BOTH
def test_results_are_leads_but_for_official_hosts(kind: type[ServiceSpider]) -> None:
    leads: list[Lead] = []
    spider = spider_of(kind, leads)
    list(spider.parse(answer(json.dumps(ANSWERS[kind]).encode()), "电工证 免考"))
    assert [lead.url for lead in leads] == list(HOSTS)
    assert leads[0].reasons[0].detail == "电工证 免考: 查询"
    state = spider.outcome()
    assert (state.status, state.requests) == (SourceStatus.DONE, 1)
    assert state.newest == datetime(2026, 3, 1, 0, 0, tzinfo=UTC)


@BOTH
def test_an_answer_without_results_is_an_answer(kind: type[ServiceSpider]) -> None:
    spider = spider_of(kind, [])
    none: dict[str, Any] = (
        {"references": []} if kind is QianfanSpider else {"data": {"webPages": {"value": []}}}
    )
    list(spider.parse(answer(json.dumps(none).encode()), "q"))
    assert spider.outcome().status is SourceStatus.DONE


@BOTH
@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (401, b"{}", "密钥"),
        (403, b"no", "密钥"),
        (429, b"", "限流"),
        (500, b"", "500"),
        (200, b"<html>captcha</html>", "JSON"),
        (200, b"\x1f\x8b\x08garbled", "JSON"),
        (200, b"[]", "结果列表"),
        (200, b'{"code": 216302, "message": "expired"}', "216302"),
        (200, b'{"references": null, "data": null}', "结果列表"),
        (200, b'{"references": [{"title": "x"}], "data": {"webPages": {"value": [{}]}}}', "网址"),
    ],
)
def test_what_is_no_answer_is_blindness(
    kind: type[ServiceSpider], status: int, body: bytes, said: str
) -> None:
    leads: list[Lead] = []
    spider = spider_of(kind, leads)
    list(spider.parse(answer(body, status), "q"))
    state = spider.outcome()
    assert state.status is SourceStatus.BLIND
    assert said in state.detail
    assert not leads


@pytest.mark.parametrize(
    ("header", "said"),
    [("120", "120 秒"), ("Tue, 10 Mar 2026 01:05:00 GMT", "稍后"), ("soon", "稍后")],
)
def test_how_long_to_wait_is_told(header: str, said: str) -> None:
    spider = spider_of(BochaSpider, [])
    list(spider.parse(answer(b"", 429, Retry_After=header), "q"))
    assert said in spider.outcome().detail


def test_a_wait_until_a_moment_is_told_in_seconds() -> None:
    spider = spider_of(BochaSpider, [])
    moment = format_datetime(datetime.now(UTC) + timedelta(seconds=300), usegmt=True)
    list(spider.parse(answer(b"", 429, Retry_After=moment), "q"))
    said = spider.outcome().detail
    assert "300 秒" in said or "299 秒" in said


@settings(deadline=None)
@given(st.binary(max_size=200), st.sampled_from(list(ANSWERS)))
def test_any_body_is_read(body: bytes, kind: type[ServiceSpider]) -> None:
    spider = spider_of(kind, [])
    list(spider.parse(answer(body), "q"))
    assert spider.outcome().requests == 1


class Service(ThreadingHTTPServer):
    """A search service on loopback that wants a key."""

    daemon_threads = True

    def __init__(self, answers: dict[str, Any], limit: int) -> None:
        super().__init__(("127.0.0.1", 0), ServiceHandler)
        self.answers, self.limit = answers, limit
        self.asked: list[tuple[str, dict[str, Any]]] = []


class ServiceHandler(BaseHTTPRequestHandler):
    server: Service

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((self.headers["Authorization"], body))
        limited = len(self.server.asked) > self.server.limit
        self.send_response(429 if limited else 200)
        if limited:
            self.send_header("Retry-After", "3600")
        self.end_headers()
        if not limited:
            self.wfile.write(json.dumps(self.server.answers).encode())

    def log_message(self, *_said: object) -> None:
        """Keep the tests' output clean."""


@contextmanager
def service(answers: dict[str, Any], limit: int = 1000) -> Iterator[Service]:
    with Service(answers, limit) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server
        finally:
            server.shutdown()


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with Rehearsal() as server:
        path = server.write_profile(tmp_path_factory.mktemp("profile"))
        yield path.read_text(encoding="utf-8").partition("[sources.searxng]")[0]


def run(web: str, folder: Path, server: Service, name: str, days: int = 0) -> dict[str, Any]:
    text = f"""{web}
[sources.{name}]
enabled = true
url = "http://127.0.0.1:{server.server_port}/search"
key_env = "SERVICE_KEY"
max_queries = 4
delay = 0.0
"""
    profile = folder / "p.toml"
    profile.write_text(text, encoding="utf-8")
    launcher = Path(__file__).parents[1] / "run" / "another_day.py"
    done = call(["env", f"SERVICE_KEY={KEY}", "PYTHONPATH=.", "CERTHOUND_BROWSER=none",
                 sys.executable, str(launcher), str(days), "run",
                 "--profile", str(profile), "--data", str(folder / "data")])  # fmt: skip
    assert done.returncode == 3, done.stderr  # no browser
    assert KEY not in done.stdout + done.stderr
    (source,) = hit_list(folder / "data")["sources"]
    return dict(source)


def test_a_day_has_its_budget_however_often_one_runs(web: str, tmp_path: Path) -> None:
    with service(ANSWERS[QianfanSpider]) as server:
        first = run(web, tmp_path, server, "qianfan")
        assert first["status"] == "done"
        assert len(server.asked) == 4
        assert {key for key, _body in server.asked} == {f"Bearer {KEY}"}
        second = run(web, tmp_path, server, "qianfan")
        assert "今日的 4 次查询已用完" in second["covered"]
        assert len(server.asked) == 4
        run(web, tmp_path, server, "qianfan", days=1)
        assert len(server.asked) == 8
    logs = (path for path in (tmp_path / "data").rglob("*") if path.is_file())
    assert not any(KEY.encode() in path.read_bytes() for path in logs)


def test_an_accepted_word_is_asked_for_and_counted(web: str, tmp_path: Path) -> None:
    with Store.open(tmp_path / "data") as store:
        store.propose_words([KeyWord("带钢印", 30.0, 5, 6, 0, 60)], AT)
        store.propose_words([KeyWord("入库保真", 20.0, 5, 6, 0, 60)], AT)
        store.decide_words(["带钢印"], WordState.ACCEPTED, "张三", AT)
    with service(ANSWERS[QianfanSpider]) as server:
        run(web, tmp_path, server, "qianfan")
        asked = [body["messages"][0]["content"] for _key, body in server.asked]
    assert [query.endswith(" 带钢印") for query in asked].count(True) == 1
    assert not any("入库保真" in query for query in asked)
    with Store.open(tmp_path / "data") as store:
        assert [count for _at, count in store.asked_for("带钢印", AT)] == [1]
        (accepted, _other) = store.query_words()
        # The page on the practice web is an imitation, first named by this query or by another one.
        brought = yield_of(store, accepted, now())
        assert brought.asked == 1
        assert brought.rests_until is None
        assert list(store.unsound_rows()) == []


def test_a_query_is_counted_before_it_is_sent() -> None:
    """A run that is killed while it waits has spent what it asked."""
    kept: list[dict[str, str]] = []
    leads: list[Lead] = []
    options = ServiceOptions(True, "http://service.test/", "K", 50, 0.0)

    def keep() -> None:
        kept.append(dict(spider.marks))

    spider: ServiceSpider = QianfanSpider(
        Errand(options, load_watchlist(), AT, leads.append, keep=keep)
    )
    spider._left.extend(["一", "二"])
    assert len(list(spider._next())) == 1
    assert [marks["spent"] for marks in kept] == ["1"]


def test_a_limit_is_kept_and_told(web: str, tmp_path: Path) -> None:
    with service(ANSWERS[BochaSpider], limit=1) as server:
        source = run(web, tmp_path, server, "bocha")
    assert source["status"] == "partial"
    assert "3600 秒" in source["detail"]
    assert len(server.asked) == 2
    with Store.open(tmp_path / "data") as store:
        urls = {store.lead(each).url for each in store.seen_leads()}
    assert urls >= set(HOSTS)


def test_a_missing_key_is_blindness_by_its_name() -> None:
    spider = spider_of(QianfanSpider, [])

    async def ask() -> list[object]:
        return [request async for request in spider.requests()]

    assert asyncio.run(ask()) == []
    assert "QIANFAN_API_KEY" in spider.outcome().detail
    assert spider.outcome().status is SourceStatus.BLIND


def test_fresh_things_tell_how_fresh_a_source_is() -> None:
    spider = spider_of(BochaSpider, [])
    spider.saw(AT - timedelta(days=2))
    spider.saw(AT - timedelta(days=9))
    spider.saw(AT + timedelta(days=1))
    assert spider.outcome().newest == AT - timedelta(days=2)
