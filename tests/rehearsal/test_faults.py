import gzip
import http.client
import socket
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import dns.exception
import dns.flags
import dns.message
import dns.query
import pytest

from rehearsal.server import Rehearsal
from tests.rehearsal.conftest import PLAIN_PAGE, MakeSite

WIRE = "<p>一二三四五六七八</p>".encode()


def served(make_site: MakeSite, fault: str) -> Rehearsal:
    return Rehearsal(folder=make_site(f"{PLAIN_PAGE}fault = {{{fault}}}\n"))


Ask = Callable[..., http.client.HTTPResponse]


@pytest.fixture
def ask() -> Iterator[Ask]:
    with ExitStack() as stack:

        def asked(web: Rehearsal, **headers: str) -> http.client.HTTPResponse:
            connection = http.client.HTTPConnection("127.0.0.1", web.ports.http, timeout=5)
            stack.callback(connection.close)
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request("GET", "/", headers={"Host": "demo-yan.com", **named})
            response = connection.getresponse()
            stack.callback(response.close)
            return response

        yield asked


def test_busy_for_a_while(make_site: MakeSite, ask: Ask) -> None:
    with served(make_site, 'kind = "busy", times = 2, seconds = 3') as web:
        first, second, third = ask(web), ask(web), ask(web)
        assert (first.status, first.headers["Retry-After"]) == (429, "3")
        assert (second.status, third.status) == (429, 200)


def test_slow_to_begin(make_site: MakeSite, ask: Ask) -> None:
    with served(make_site, 'kind = "slow", seconds = 0.3') as web:
        begun = time.monotonic()
        assert ask(web).read() == WIRE
        assert time.monotonic() - begun >= 0.3


def test_drip_comes_byte_by_byte_and_whole(make_site: MakeSite, ask: Ask) -> None:
    with served(make_site, 'kind = "drip", seconds = 0.01') as web:
        begun = time.monotonic()
        assert ask(web).read() == WIRE
        assert time.monotonic() - begun >= 0.009 * (len(WIRE) - 1)  # timers may be early


@pytest.mark.parametrize("kind", ["drop", "long_length"])
def test_less_than_promised(make_site: MakeSite, kind: str, ask: Ask) -> None:
    with served(make_site, f'kind = "{kind}"') as web:
        response = ask(web)
        with pytest.raises(http.client.IncompleteRead):
            response.read()


def test_more_than_promised(make_site: MakeSite, ask: Ask) -> None:
    with served(make_site, 'kind = "short_length"') as web:
        assert ask(web).read() == WIRE[: len(WIRE) // 2]


def test_endless(make_site: MakeSite, ask: Ask) -> None:
    with served(make_site, 'kind = "endless"') as web:
        response = ask(web)
        assert len(response.read(3_000_000)) == 3_000_000


def test_a_bomb_grows_a_thousandfold(make_site: MakeSite, ask: Ask) -> None:
    with served(make_site, 'kind = "gzip_bomb"') as web:
        response = ask(web)
        assert response.headers["Content-Encoding"] == "gzip"
        wire = response.read(100_000)
        assert len(zlib.decompressobj(31).decompress(wire)) > 50_000_000
        with pytest.raises(EOFError):
            gzip.decompress(wire)


def test_pages_differ_by_visitor(make_site: MakeSite, ask: Ask) -> None:
    def seen_if(name: str, condition: str) -> str:
        return PLAIN_PAGE.replace("index", name) + f"when = {{{condition}}}\n"

    toml = (
        PLAIN_PAGE
        + seen_if("wechat", 'user_agent = "MicroMessenger"')
        + seen_if("found", 'referer = ["baidu.com", "sogou.com"]')
    )
    with Rehearsal(folder=make_site(toml, wechat="w", found="f")) as web:
        assert ask(web).read() == WIRE
        assert ask(web, user_agent="Mozilla/5.0 micromessenger/8.0").read() == b"w"
        assert ask(web, referer="https://www.sogou.com/web?query=x").read() == b"f"
        assert ask(web, referer="https://example.com/").read() == WIRE


def resolve(web: Rehearsal, name: str, *, tcp: bool = False) -> dns.message.Message:
    query = dns.message.make_query(name, "A")
    how = dns.query.tcp if tcp else dns.query.udp
    return how(query, "127.0.0.1", port=web.ports.dns, timeout=1)


def named(make_site: MakeSite, line: str) -> Rehearsal:
    return Rehearsal(folder=make_site(f"[dns]\n{line}\n{PLAIN_PAGE}"))


def test_truncated_means_ask_again_over_tcp(make_site: MakeSite) -> None:
    with named(make_site, 'fault = "truncated"') as web:
        short = resolve(web, "demo-yan.com")
        assert short.flags & dns.flags.TC
        assert not short.answer
        assert resolve(web, "demo-yan.com", tcp=True).answer


def test_too_many_addresses_are_truncated_too(make_site: MakeSite) -> None:
    many = ", ".join(f'"203.0.113.{n}"' for n in range(1, 201))
    with named(make_site, f"addresses = [{many}]") as web:
        assert resolve(web, "demo-yan.com").flags & dns.flags.TC
        assert len(resolve(web, "demo-yan.com", tcp=True).answer[0]) == 200


def test_silence_and_nonsense(make_site: MakeSite) -> None:
    with named(make_site, 'fault = "timeout"') as web, pytest.raises(dns.exception.Timeout):
        resolve(web, "demo-yan.com")


def test_malformed_is_no_dns(make_site: MakeSite) -> None:
    with named(make_site, 'fault = "malformed"') as web, pytest.raises(dns.exception.DNSException):
        resolve(web, "demo-yan.com", tcp=True)


def test_a_name_that_points_at_itself(make_site: MakeSite) -> None:
    with named(make_site, 'fault = "loop"') as web:
        answer = resolve(web, "demo-yan.com").answer[0]
        assert answer.to_text().endswith("CNAME demo-yan.com.")


def test_rebinding_alternates(make_site: MakeSite) -> None:
    with named(make_site, 'rotating = [["203.0.113.9"], ["127.0.0.1"]]') as web:
        seen = [resolve(web, "demo-yan.com").answer[0][0].to_text() for _ in range(3)]
    assert seen == ["203.0.113.9", "127.0.0.1", "203.0.113.9"]


def whois(web: Rehearsal, size: int) -> bytes:
    with socket.create_connection(("127.0.0.1", web.ports.whois), 0.7) as raw:
        raw.sendall(b"demo-yan.com\r\n")
        got = b""
        while len(got) < size and (piece := raw.recv(65536)):
            got += piece
        return got


def registered(make_site: MakeSite, whois_fault: str) -> Rehearsal:
    return Rehearsal(folder=make_site(f'[registration]\nwhois = "{whois_fault}"\n{PLAIN_PAGE}'))


def test_whois_garbage_and_endless(make_site: MakeSite) -> None:
    with registered(make_site, "garbage") as web:
        assert whois(web, 1 << 20) == bytes(range(256)) * 40


def test_whois_without_end(make_site: MakeSite) -> None:
    with registered(make_site, "endless") as web:
        assert len(whois(web, 1 << 20)) >= 1 << 20


def test_whois_that_hangs(make_site: MakeSite) -> None:
    with registered(make_site, "hang") as web, pytest.raises(TimeoutError):
        whois(web, 1)


def test_whois_that_hangs_up(make_site: MakeSite) -> None:
    with registered(make_site, "drop") as web:
        assert whois(web, 1) == b""


def test_whois_that_drips(make_site: MakeSite) -> None:
    with registered(make_site, "drip") as web:
        assert whois(web, 1) == b" "
