"""Many names against a real DNS server: wildcards, failures, disagreement."""

import asyncio
import socket

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest

from crawler.capture.asking import AskedName, NameAsker
from crawler.config import Endpoint
from crawler.model import Knowledge
from rehearsal.server import Rehearsal

SITE = '[registration]\nregistered_on = 10\n[dns]\n{dns}\n[[pages]]\npath = "/"\nfile = "i.html"\n'


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> object:
    folder = tmp_path_factory.mktemp("sites")
    for host, dns_facts in (
        ("up-yanlian.cn", 'addresses = ["203.0.113.9"]'),
        ("fail-yanlian.cn", 'addresses = "servfail"'),
        ("silent-yanlian.cn", 'addresses = "timeout"'),
    ):
        (folder / host).mkdir()
        (folder / host / "site.toml").write_text(SITE.format(dns=dns_facts), encoding="utf-8")
        (folder / host / "i.html").write_text("<p>示例</p>", encoding="utf-8")
    with Rehearsal(folder=folder) as web:
        yield web


def ask(port: int, *hosts: str) -> dict[str, AskedName]:
    async def work() -> dict[str, AskedName]:
        asker = NameAsker(Endpoint("127.0.0.1", port))
        return {each.answer.name: each async for each in asker.ask(hosts)}

    return asyncio.run(work())


def test_known_absent_unknown_and_wildcard(web: Rehearsal) -> None:
    # Every name below an official suffix has one address there: a wildcard.
    said = ask(
        web.ports.dns, "up-yanlian.cn", "nobody-yanlian.cn", "fail-yanlian.cn", "anything.gov.cn"
    )
    assert said["up-yanlian.cn"].answer.state is Knowledge.KNOWN
    assert said["up-yanlian.cn"].answer.addresses == ("203.0.113.9",)
    assert not said["up-yanlian.cn"].wildcard
    assert said["nobody-yanlian.cn"].answer.state is Knowledge.ABSENT
    assert said["fail-yanlian.cn"].answer.state is Knowledge.UNKNOWN
    assert said["anything.gov.cn"].answer.state is Knowledge.KNOWN
    assert said["anything.gov.cn"].wildcard


@pytest.mark.long
def test_silence_is_unknown(web: Rehearsal) -> None:
    said = ask(web.ports.dns, "silent-yanlian.cn")
    assert said["silent-yanlian.cn"].answer.state is Knowledge.UNKNOWN


class _Turns(asyncio.DatagramProtocol):
    """A DNS server that gives its answers by turns to the A questions of each name."""

    def __init__(self, turns: list[str]) -> None:
        self._turns = turns
        self._asked: dict[str, int] = {}

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.DatagramTransport | asyncio.BaseTransport)
        self._transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        query = dns.message.from_wire(data)
        name = query.question[0].name.to_text()
        turn = self._asked.get(name, 0)
        self._asked[name] = turn + 1
        said = self._turns[turn % len(self._turns)] if not name.startswith("q") else "absent"
        reply = dns.message.make_response(query)
        if said == "absent":
            reply.set_rcode(dns.rcode.NXDOMAIN)
        elif said == "fail":
            reply.set_rcode(dns.rcode.SERVFAIL)
        else:
            reply.answer.append(dns.rrset.from_text(query.question[0].name, 60, "IN", "A", said))
        self._transport.sendto(reply.to_wire(), addr)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("turns", "state"),
    [
        (["203.0.113.9"], Knowledge.KNOWN),
        (["absent"], Knowledge.ABSENT),
        (["absent", "203.0.113.9", "203.0.113.9"], Knowledge.KNOWN),
        (["203.0.113.9", "absent", "absent"], Knowledge.ABSENT),
    ],
)
def test_two_of_three_answers_decide(turns: list[str], state: Knowledge) -> None:
    async def work() -> AskedName:
        loop = asyncio.get_running_loop()
        transport, _server = await loop.create_datagram_endpoint(
            lambda: _Turns(turns), local_addr=("127.0.0.1", 0)
        )
        try:
            port = transport.get_extra_info("sockname")[1]
            asker = NameAsker(Endpoint("127.0.0.1", port))
            (said,) = [each async for each in asker.ask(["up-yanlian.cn"])]
            return said
        finally:
            transport.close()

    said = asyncio.run(work())
    assert said.answer.state is state
    assert not said.wildcard


def test_a_dead_server_makes_everything_unknown() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as spare:
        spare.bind(("127.0.0.1", 0))
        port = spare.getsockname()[1]
    said = ask(port, "up-yanlian.cn")
    assert said["up-yanlian.cn"].answer.state is Knowledge.UNKNOWN
