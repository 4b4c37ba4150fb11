"""The WHOIS transport against servers on loopback that behave and misbehave."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from crawler.capture.whois import WhoisError, WhoisTransport
from crawler.config import Endpoint

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def query(serve: Serve, domain: str = "lizi-yanlian.cn", timeout: float = 1.0) -> bytes:
    async def work() -> bytes:
        async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                await serve(reader, writer)
            except ConnectionError:
                pass
            finally:
                writer.close()

        server = await asyncio.start_server(client, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            transport = WhoisTransport(Endpoint("127.0.0.1", port), timeout)
            return (await transport.query(domain))[1]

    return asyncio.run(work())


def test_the_question_is_one_line_and_the_reply_is_whole() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = await reader.readline()
        writer.write(b"Domain Name: " + line.strip() + b"\r\nROID: 1\r\n")

    assert query(serve) == b"Domain Name: lizi-yanlian.cn\r\nROID: 1\r\n"


def test_an_endless_reply_is_cut() -> None:
    async def serve(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            writer.write(b"x" * 65_536)
            await writer.drain()

    assert len(query(serve)) == 64 * 1024


async def say_nothing(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    return


async def hang(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    await reader.read()


async def drip(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(b".")
        await writer.drain()
        await asyncio.sleep(0.05)


@pytest.mark.parametrize("serve", [say_nothing, hang, drip])
def test_no_usable_reply_is_an_error(serve: Serve) -> None:
    with pytest.raises(WhoisError):
        query(serve, timeout=0.4)


def test_a_closed_port_is_an_error() -> None:
    async def work() -> None:
        await WhoisTransport(Endpoint("127.0.0.1", 1), 1.0).query("lizi-yanlian.cn")

    with pytest.raises(WhoisError):
        asyncio.run(work())
