"""DNS against a real server: an absent name and a silent server are two things."""

import asyncio
import socket
from pathlib import Path

import pytest

from crawler.capture.resolve import Resolver
from crawler.config import Endpoint
from crawler.model import DnsAnswer, Knowledge
from rehearsal.server import Rehearsal

SITE = """
[registration]
registered_on = 10
[dns]
{dns}
[[pages]]
path = "/"
file = "index.html"
"""


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> object:
    folder = tmp_path_factory.mktemp("sites")
    for host, dns in (
        ("up-yanlian.cn", 'addresses = ["203.0.113.9", "203.0.113.8"]'),
        ("fail-yanlian.cn", 'addresses = "servfail"'),
    ):
        write(folder / host, dns)
    with Rehearsal(folder=folder) as web:
        yield web


def write(folder: Path, dns: str) -> None:
    folder.mkdir()
    (folder / "site.toml").write_text(SITE.format(dns=dns), encoding="utf-8")
    (folder / "index.html").write_text("<p>示例</p>", encoding="utf-8")


def ask(port: int, *hosts: str) -> list[DnsAnswer]:
    async def work() -> list[DnsAnswer]:
        resolver = Resolver(Endpoint("127.0.0.1", port))
        return await asyncio.gather(*(resolver.resolve(host) for host in hosts))

    return asyncio.run(work())


def test_known_absent_and_unknown(web: Rehearsal) -> None:
    up, gone, fail = ask(web.ports.dns, "up-yanlian.cn", "nobody-yanlian.cn", "fail-yanlian.cn")
    assert (up.state, up.addresses) == (Knowledge.KNOWN, ("203.0.113.8", "203.0.113.9"))
    assert gone.state is Knowledge.ABSENT
    assert fail.state is Knowledge.UNKNOWN


def test_an_address_needs_no_asking() -> None:
    assert ask(9, "192.0.2.7")[0].addresses == ("192.0.2.7",)


def test_a_server_that_does_not_answer_is_unknown() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        answer = ask(silent.getsockname()[1], "up-yanlian.cn")[0]
    assert answer.state is Knowledge.UNKNOWN


def test_a_name_is_asked_once_a_run(web: Rehearsal) -> None:
    first, second = ask(web.ports.dns, "up-yanlian.cn", "up-yanlian.cn")
    assert first is second
