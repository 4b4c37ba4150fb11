"""Registries on loopback for tests: WHOIS servers with names of their own, behind a real DNS."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from crawler.capture.dial import Dialler
from crawler.capture.resolve import Resolver
from crawler.config import Endpoint
from crawler.guard import Guard
from rehearsal.server import Rehearsal
from rehearsal.site import Registration, Site
from seeds import load_watchlist

Answer = str | bytes | Callable[[asyncio.StreamWriter], Awaitable[None]]
Answers = Callable[[str], Answer]

PROTECTED = "www.mem.gov.cn"


def dialler(dns: int = 1, *, allow_private: bool = True) -> Dialler:
    """A dialler that asks the DNS on a port of loopback."""
    return Dialler(Resolver(Endpoint("127.0.0.1", dns)), Guard(load_watchlist(), allow_private))


def named(addresses: Mapping[str, str]) -> Rehearsal:
    """The practice web, not started yet, whose DNS knows these names only."""
    return Rehearsal(
        sites=[
            Site(host, Registration(host, 30), addresses=(address,))
            for host, address in addresses.items()
        ]
    )


@dataclass(slots=True)
class Servers:
    """WHOIS servers that run, and what each was asked."""

    port: int
    questions: dict[str, list[str]] = field(default_factory=dict)


def free_port() -> int:
    """A port that is free on every address of loopback."""
    with socket.socket() as probe:
        probe.bind(("0.0.0.0", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def whois_servers(answers: Mapping[str, Answers]) -> AsyncIterator[Servers]:
    """A WHOIS server at each address, all on one port, as they are in the world."""
    servers = Servers(free_port())
    async with AsyncExitStack() as stack:
        for address, answer in answers.items():
            asked: list[str] = []
            servers.questions[address] = asked
            client = _client(answer, asked)
            running = await asyncio.start_server(client, address, servers.port)
            await stack.enter_async_context(running)
        yield servers


def _client(
    answer: Answers, asked: list[str]
) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            question = (await reader.readline()).decode().strip()
            asked.append(question)
            said = answer(question)
            if callable(said):
                await said(writer)
            else:
                writer.write(said.encode() if isinstance(said, str) else said)
                await writer.drain()
        except OSError:
            pass
        finally:
            writer.close()

    return serve
