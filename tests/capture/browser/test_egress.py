"""The browser's way out: what is let through, what is refused, what is cut."""

from __future__ import annotations

import asyncio
import ssl
from typing import TYPE_CHECKING

import pytest

from crawler.capture.egress import egress
from crawler.capture.passages import Budget, Passage
from crawler.model import Failure

if TYPE_CHECKING:
    from tests.capture.browser.conftest import Asked, Web, Writer

TIGHT = Budget(requests=6, seconds=1.0, head_bytes=4_096, answer_bytes=100_000, total_bytes=250_000)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


async def drip(_asked: Asked, writer: Writer) -> None:
    writer.write(HEAD + b"\r\n")
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.05)


async def slow_head(_asked: Asked, writer: Writer) -> None:
    for byte in HEAD * 100:
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0.05)


async def endless_head(_asked: Asked, writer: Writer) -> None:
    writer.write(HEAD)
    while True:
        writer.write(b"X-Filler: " + b"y" * 1_000 + b"\r\n")
        await writer.drain()


async def endless_body(_asked: Asked, writer: Writer) -> None:
    writer.write(HEAD + b"\r\n")
    while True:
        writer.write(b"z" * 10_000)
        await writer.drain()


async def garbage(_asked: Asked, writer: Writer) -> None:
    writer.write(b"\x00\x01SSH-2.0 hello\r\n\r\n")


async def interim(_asked: Asked, writer: Writer) -> None:
    writer.write(b"HTTP/1.1 103 Early Hints\r\n\r\n" + HEAD + b"Content-Length: 2\r\n\r\nok")


async def only_interim(_asked: Asked, writer: Writer) -> None:
    writer.write(b"HTTP/1.1 100 Continue\r\n\r\n" * 50)


async def two_answers(_asked: Asked, writer: Writer) -> None:
    one = HEAD + b"Connection: keep-alive\r\nContent-Length: 2\r\n\r\nok"
    writer.write(one + b"HTTP/1.1 200 OK\r\nSet-Cookie: stolen=1\r\n\r\n")
    await asyncio.sleep(5)


async def hang_up(_asked: Asked, writer: Writer) -> None:
    writer.transport.abort()


@pytest.fixture(scope="module", autouse=True)
def pages(web: Web) -> None:
    web.pages |= {
        "/": "ok",
        "/drip": drip,
        "/slow-head": slow_head,
        "/endless-head": endless_head,
        "/endless-body": endless_body,
        "/garbage": garbage,
        "/interim": interim,
        "/only-interim": only_interim,
        "/two": two_answers,
        "/hang-up": hang_up,
    }


class Client:
    """A browser reduced to its proxy connection."""

    def __init__(self, loop: asyncio.AbstractEventLoop, web: Web) -> None:
        self.loop, self.web = loop, web
        self.passages: list[Passage] = []

    def send(self, *requests: str, direct: bool = False, budget: Budget = TIGHT) -> list[bytes]:
        return self.loop.run_until_complete(self._send(requests, direct, budget))

    async def _send(self, requests: tuple[str, ...], direct: bool, budget: Budget) -> list[bytes]:
        async with egress(self.web.router(direct=direct), budget) as way:
            answers = []
            for request in requests:
                reader, writer = await asyncio.open_connection("127.0.0.1", way.port)
                writer.write(request.encode())
                answers.append(await asyncio.wait_for(reader.read(), 5))
                writer.close()
            await way.cut()
            self.passages = way.passages
        return answers


@pytest.fixture
def client(loop: asyncio.AbstractEventLoop, web: Web) -> Client:
    web.asked.clear()
    web.strays.clear()
    return Client(loop, web)


def get(url: str, *headers: str) -> str:
    return "\r\n".join([f"GET {url} HTTP/1.1", "Host: other-yanlian.cn", *headers, "", ""])


def test_an_answer_comes_through_from_the_pinned_address(client: Client, web: Web) -> None:
    headers = ("Proxy-Connection: keep-alive", "User-Agent: browser/1")
    (answer,) = client.send(get("http://a-yanlian.cn/?q=1", *headers))
    assert answer.startswith(b"HTTP/1.1 200 OK")
    assert answer.endswith(b"\r\n\r\nok")
    (asked,) = web.asked
    # The Host header is the URL's own, whatever the browser was talked into.
    assert (asked.host, asked.path) == ("a-yanlian.cn", "/?q=1")
    assert asked.headers["user-agent"] == "browser/1"
    assert "proxy-connection" not in asked.headers
    (passage,) = client.passages
    assert (passage.status, passage.address, passage.failure) == (200, "192.31.196.9", None)
    assert passage.received == len(answer) - len("Connection: close\r\n")


@pytest.mark.parametrize(
    ("request_text", "failure"),
    [
        (get("http://www.mem.gov.cn/logo.png"), Failure.PROTECTED_HOST),
        (get("http://user:word@MEM.gov.cn./"), Failure.PROTECTED_HOST),
        ("CONNECT www.mem.gov.cn:443 HTTP/1.1\r\n\r\n", Failure.PROTECTED_HOST),
        ("CONNECT www.mem.gov.cn:80 HTTP/1.1\r\n\r\n", Failure.PROTECTED_HOST),
        (get("http://private-yanlian.cn/"), Failure.REFUSED_ADDRESS),
        (get("http://metadata-yanlian.cn/"), Failure.REFUSED_ADDRESS),
        (get("http://mixed-yanlian.cn/"), Failure.REFUSED_ADDRESS),
        (get("http://127.0.0.1/"), Failure.REFUSED_ADDRESS),
        (get("http://[::1]/"), Failure.REFUSED_ADDRESS),
        (get("http://[::ffff:127.0.0.1]/"), Failure.REFUSED_ADDRESS),
        ("CONNECT 169.254.169.254:443 HTTP/1.1\r\n\r\n", Failure.REFUSED_ADDRESS),
        (get("http://absent-yanlian.cn/"), Failure.NAME_ABSENT),
        ("POST http://a-yanlian.cn/ HTTP/1.1\r\nContent-Length: 1\r\n\r\nx", Failure.NOT_SENT),
        ("DELETE http://a-yanlian.cn/ HTTP/1.1\r\n\r\n", Failure.NOT_SENT),
        (get("https://a-yanlian.cn/"), Failure.UNSUPPORTED),
        (get("ftp://a-yanlian.cn/"), Failure.UNSUPPORTED),
        (get("file:///etc/hostname"), Failure.UNSUPPORTED),
        (get("/"), Failure.UNSUPPORTED),
        (get("http://a-yanlian.cn:99999/"), Failure.UNSUPPORTED),
        ("CONNECT http://a-yanlian.cn/ HTTP/1.1\r\n\r\n", Failure.UNSUPPORTED),
        ("CONNECT a-yanlian.cn HTTP/1.1\r\n\r\n", Failure.UNSUPPORTED),
        ("CONNECT x@www.mem.gov.cn:443 HTTP/1.1\r\n\r\n", Failure.UNSUPPORTED),
    ],
)
def test_refused_with_the_reason_and_never_contacted(
    client: Client, web: Web, request_text: str, failure: Failure
) -> None:
    (answer,) = client.send(request_text)
    assert answer.startswith(b"HTTP/1.1 403 ")
    assert [passage.failure for passage in client.passages] == [failure]
    assert client.passages[0].detail.encode() in answer
    assert web.asked == []


def test_a_rebound_name_keeps_its_first_address(client: Client, web: Web) -> None:
    client.send(*[get("http://rebind-yanlian.cn/")] * 3)
    assert {passage.address for passage in client.passages} == {"192.31.196.9"}
    assert web.names.count("rebind-yanlian.cn") == 1


def test_no_private_server_is_reached_without_a_profile_that_maps_hosts(
    client: Client, web: Web
) -> None:
    where = f"private-yanlian.cn:{web.decoy}"
    client.send(get(f"http://{where}/"), f"CONNECT {where} HTTP/1.1\r\n\r\n", direct=True)
    assert {passage.failure for passage in client.passages} == {Failure.REFUSED_ADDRESS}
    assert web.strays == []


@pytest.mark.parametrize(
    ("path", "failure", "most"),
    [
        ("/drip", Failure.TIMEOUT, 200),
        ("/slow-head", Failure.TIMEOUT, 0),
        ("/endless-head", Failure.BROKEN_ANSWER, 0),
        ("/endless-body", Failure.BUDGET_SPENT, 200_000),
        ("/garbage", Failure.BROKEN_ANSWER, 100),
        ("/only-interim", Failure.BROKEN_ANSWER, 200),
        ("/hang-up", Failure.NO_CONNECTION, 0),
    ],
)
def test_an_answer_without_end_or_form_is_cut(
    client: Client, path: str, failure: Failure, most: int
) -> None:
    (answer,) = client.send(get(f"http://a-yanlian.cn{path}"))
    (passage,) = client.passages
    assert passage.failure is failure
    assert passage.received <= most
    assert len(answer) <= most + 100


def test_an_interim_answer_is_swallowed(client: Client) -> None:
    (answer,) = client.send(get("http://a-yanlian.cn/interim"))
    assert answer.startswith(b"HTTP/1.1 200 OK")
    assert client.passages[0].status == 200


def test_the_budget_of_requests_and_of_bytes_ends_a_visit(client: Client, web: Web) -> None:
    client.send(*[get("http://a-yanlian.cn/")] * 8)
    assert [p.failure for p in client.passages] == [None] * 6 + [Failure.BUDGET_SPENT] * 2
    assert len(web.asked) == 6
    client.send(*[get("http://a-yanlian.cn/endless-body")] * 5)
    assert sum(passage.received for passage in client.passages) < TIGHT.total_bytes + 70_000
    assert client.passages[-1].received == 0


def test_tls_passes_end_to_end_and_nothing_else_does(
    loop: asyncio.AbstractEventLoop, web: Web
) -> None:
    async def work() -> tuple[bytes, bytes, list[Passage]]:
        trust = ssl.create_default_context()
        trust.check_hostname, trust.verify_mode = False, ssl.CERT_NONE
        async with egress(web.router(), TIGHT) as way:
            reader, writer = await asyncio.open_connection("127.0.0.1", way.port)
            writer.write(b"CONNECT a-yanlian.cn:443 HTTP/1.1\r\nHost: a-yanlian.cn:443\r\n\r\n")
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200 ")
            await writer.start_tls(trust, server_hostname="a-yanlian.cn")
            writer.write(b"GET / HTTP/1.1\r\nHost: a-yanlian.cn\r\n\r\n")
            inside = await reader.read()
            writer.close()
            plain, out = await asyncio.open_connection("127.0.0.1", way.port)
            out.write(b"CONNECT a-yanlian.cn:80 HTTP/1.1\r\n\r\n")
            await plain.readuntil(b"\r\n\r\n")
            out.write(b"GET /chat HTTP/1.1\r\nHost: a-yanlian.cn\r\nUpgrade: websocket\r\n\r\n")
            outside = await plain.read()
            out.close()
            await way.cut()
            return inside, outside, way.passages

    web.asked.clear()
    inside, outside, passages = loop.run_until_complete(work())
    assert inside.endswith(b"ok")
    assert outside == b""
    assert [asked.path for asked in web.asked] == ["/"]
    assert [passage.failure for passage in passages] == [None, Failure.NOT_SENT]


def test_a_second_answer_on_the_same_connection_reaches_nobody_else(
    client: Client,
) -> None:
    """Each exchange has its own connection, so smuggled bytes end with it."""
    first, second = client.send(get("http://a-yanlian.cn/two"), get("http://a-yanlian.cn/"))
    assert first.count(b"HTTP/1.1 200") == 2
    assert b"stolen" not in second
