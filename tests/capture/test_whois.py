"""The WHOIS transport against servers on loopback that behave and misbehave."""

import asyncio
from collections.abc import Iterator

import pytest

from crawler.capture.registry_pace import RegistryPace
from crawler.capture.whois import WhoisError, WhoisTransport
from crawler.config import Endpoint
from rehearsal.server import Rehearsal
from tests.capture.registries import PROTECTED, Answer, dialler, named, whois_servers

NAMES = {
    "whois.iana.org": "127.0.0.2",
    "whois.denic.de": "127.0.0.3",
    "whois.yanlian-registry.top": "127.0.0.3",
    PROTECTED: "127.0.0.3",
}


@pytest.fixture(scope="module")
def web() -> Iterator[Rehearsal]:
    with named(NAMES) as running:
        yield running


def own(answer: Answer, timeout: float = 1.0) -> tuple[bytes, list[str]]:
    """What the operator's own server, which answers so, is asked and heard to say."""

    async def work() -> tuple[bytes, list[str]]:
        async with whois_servers({"127.0.0.1": lambda _question: answer}) as servers:
            endpoint = Endpoint("127.0.0.1", servers.port)
            transport = WhoisTransport(
                endpoint, timeout, dialler(allow_private=False), RegistryPace(0)
            )
            server = await transport.server_of("lizi-yanlian.cn")
            reply = await transport.query(server, "lizi-yanlian.cn")
            return reply, servers.questions["127.0.0.1"]

    return asyncio.run(work())


def test_the_question_is_one_line_and_the_reply_is_whole() -> None:
    reply, asked = own("Domain Name: lizi-yanlian.cn\r\nROID: 1\r\n")
    assert reply == b"Domain Name: lizi-yanlian.cn\r\nROID: 1\r\n"
    assert asked == ["lizi-yanlian.cn"]


async def pour(writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(b"x" * 65_536)
        await writer.drain()


def test_an_endless_reply_is_cut() -> None:
    assert len(own(pour)[0]) == 64 * 1024


def test_bytes_are_kept_as_they_are() -> None:
    assert own(bytes(range(256)))[0] == bytes(range(256))


async def hang(_writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(5)


async def drip(writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(b".")
        await writer.drain()
        await asyncio.sleep(0.05)


async def drop(writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


@pytest.mark.parametrize("answer", ["", " \r\n", hang, drip, drop])
def test_no_usable_reply_is_an_error(answer: Answer) -> None:
    with pytest.raises(WhoisError):
        own(answer, timeout=0.4)


def test_a_closed_port_is_an_error() -> None:
    transport = WhoisTransport(Endpoint("127.0.0.1", 1), 1.0, dialler(), RegistryPace(0))
    with pytest.raises(WhoisError):
        asyncio.run(transport.query("127.0.0.1", "lizi-yanlian.cn"))


def iana(question: str) -> str:
    servers = {"de": "whois.denic.de", "top": "whois.yanlian-registry.top"}
    return f"domain:  {question.upper()}\nwhois:   {servers.get(question, '')}\n"


def test_iana_names_the_server_once_and_each_is_asked_in_its_way(web: Rehearsal) -> None:
    async def work() -> dict[str, list[str]]:
        registries = {"127.0.0.2": iana, "127.0.0.3": lambda name: f"Domain: {name}\n"}
        async with whois_servers(registries) as servers:
            transport = WhoisTransport(
                None, 1.0, dialler(web.ports.dns), RegistryPace(0), port=servers.port
            )
            for name in ("lizi.de", "lizi.top", "pingguo.top"):
                await transport.query(await transport.server_of(name), name)
            with pytest.raises(WhoisError, match="IANA names no WHOIS server"):
                await transport.server_of("lizi.cn")
            return servers.questions

    assert asyncio.run(work()) == {
        "127.0.0.2": ["de", "top", "cn"],
        "127.0.0.3": ["-T dn,ace lizi.de", "lizi.top", "pingguo.top"],
    }


@pytest.mark.parametrize(
    ("server", "why"),
    [
        ("127.0.0.3", "loopback"),
        ("whois.yanlian-registry.top", "loopback"),
        ("169.254.169.254", "link-local"),
        ("2130706433", "loopback"),
        ("10.0.0.1", "private"),
        ("::1", "loopback"),
        (PROTECTED, "protected"),
        ("nobody-yan.com", "no such name"),
    ],
)
@pytest.mark.parametrize("has_own", [True, False])
def test_a_server_that_the_guard_refuses_is_never_reached(
    web: Rehearsal, server: str, why: str, has_own: bool
) -> None:
    async def work() -> dict[str, list[str]]:
        answers = {"127.0.0.1": lambda _: "x\n", "127.0.0.3": lambda _: "x\n"}
        async with whois_servers(answers) as servers:
            endpoint = Endpoint("127.0.0.1", servers.port) if has_own else None
            guarded = dialler(web.ports.dns, allow_private=False)
            transport = WhoisTransport(endpoint, 1.0, guarded, RegistryPace(0), port=servers.port)
            with pytest.raises(WhoisError, match=why):
                await transport.query(server, "lizi.top", named_by_reply=True)
            return servers.questions

    assert asyncio.run(work()) == {"127.0.0.1": [], "127.0.0.3": []}
