"""A small fast web on loopback, in a process of its own: pages, their names and their registry."""

from __future__ import annotations

import asyncio
import multiprocessing
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

PAGE = (
    "<!DOCTYPE html><html lang=zh><head><meta charset=utf-8><title>{host}</title></head><body>"
    "<h1>{host}</h1>"
    + "".join(
        f"<p>第{n}段：本站发布安全生产培训、考试安排和操作规程的说明，供企业和从业人员查阅。</p>"
        f"<a href='/page/{n}'>第{n}页</a>"
        for n in range(60)
    )
    + "{more}</body></html>"
)
WHOIS = (
    "Domain Name: {domain}\r\nROID: 20260101s10001s10000000-cn\r\nDomain Status: ok\r\n"
    "Registrant: 演练\r\nSponsoring Registrar: 演练注册商\r\nName Server: ns1.{domain}\r\n"
    "Name Server: ns2.{domain}\r\nRegistration Time: 2026-10-01 10:00:00\r\n"
    "Expiration Time: 2027-10-01 10:00:00\r\nDNSSEC: unsigned\r\n"
)
_HEAD = (
    "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {size}\r\n\r\n"
)


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the servers listen on 127.0.0.1."""

    http: int
    dns: int
    whois: int


class _Pages(asyncio.Protocol):
    """Answers every GET at once, on a connection that stays open."""

    more = ""

    def connection_made(self, transport: Any) -> None:
        self._out, self._got = transport, b""

    def data_received(self, data: bytes) -> None:
        self._got += data
        while b"\r\n\r\n" in self._got:
            head, _, self._got = self._got.partition(b"\r\n\r\n")
            lines = head.decode("latin-1").split("\r\n")
            named = [line[5:].strip() for line in lines if line.lower().startswith("host:")]
            body = PAGE.format(host=named[0] if named else "", more=self.more).encode()
            self._out.write(_HEAD.format(size=len(body)).encode() + body)


class _Names(asyncio.DatagramProtocol):
    """Says that every name is at 127.0.0.1."""

    def connection_made(self, transport: Any) -> None:
        self._out = transport

    def datagram_received(self, data: bytes, address: Any) -> None:
        end = data.index(b"\0", 12) + 5  # the question: name, type, class (RFC 1035, 4.1.2)
        answer = b"\xc0\x0c" + struct.pack("!HHIH", 1, 1, 60, 4) + b"\x7f\x00\x00\x01"
        head = data[:2] + struct.pack("!HHHHH", 0x8180, 1, 1, 0, 0)
        self._out.sendto(head + data[12:end] + answer, address)


async def _registry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    domain = (await reader.readline()).decode("ascii", "replace").strip()
    writer.write(WHOIS.format(domain=domain).encode())
    await writer.drain()
    writer.close()


async def _serve(told: Connection, more: str) -> None:
    loop = asyncio.get_running_loop()
    pages = type("_More", (_Pages,), {"more": more})
    http = await loop.create_server(pages, "127.0.0.1", 0, backlog=1024)
    names, _ = await loop.create_datagram_endpoint(_Names, local_addr=("127.0.0.1", 0))
    whois = await asyncio.start_server(_registry, "127.0.0.1", 0)
    told.send(
        Ports(
            http.sockets[0].getsockname()[1],
            names.get_extra_info("sockname")[1],
            whois.sockets[0].getsockname()[1],
        )
    )
    await asyncio.Event().wait()


def _main(told: Connection, more: str) -> None:
    asyncio.run(_serve(told, more))


@contextmanager
def loopback_web(more: str = "") -> Iterator[Ports]:
    """The web's ports as long as the block lasts; `more` is put at the end of every page."""
    ours, theirs = multiprocessing.Pipe()
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=_main, args=(theirs, more), daemon=True)
    process.start()
    try:
        yield ours.recv()
    finally:
        process.terminate()
        process.join()
