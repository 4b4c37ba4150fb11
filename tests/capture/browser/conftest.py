"""A misbehaving web on loopback: DNS, HTTP and TLS with a log of everything that arrives."""

from __future__ import annotations

import asyncio
import datetime
import os
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import dns.message
import dns.rcode
import dns.rrset
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from crawler.browser import find_browser
from crawler.capture.http import Router
from crawler.capture.resolve import Resolver
from crawler.config import Endpoint, Network
from crawler.guard import Guard
from crawler.model import Authority, Watchlist

PUBLIC = "192.31.196.9"
"""An address of a range that RFC 7526 has retired: the guard lets it pass, nobody has it."""

Writer = asyncio.StreamWriter
Answer = Callable[["Asked", Writer], Awaitable[None]]


@dataclass(frozen=True)
class Asked:
    """One request as a server of this web saw it."""

    scheme: str
    method: str
    host: str
    path: str
    headers: dict[str, str]


@dataclass
class Web:
    """The servers' ports, what they answer, and what they were asked."""

    pages: dict[str, str | bytes | Answer]
    asked: list[Asked] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    """Names that DNS was asked for."""
    strays: list[str] = field(default_factory=list)
    """What arrived at a server that only a breach can reach."""
    http: int = 0
    tls: int = 0
    dns: int = 0
    decoy: int = 0
    _open: list[asyncio.DatagramTransport | asyncio.Server] = field(default_factory=list)

    def router(self, *, direct: bool = False) -> Router:
        """A way into this web; `direct` really connects where DNS says."""
        at = {name: Endpoint("127.0.0.1", getattr(self, name)) for name in ("dns", "http", "tls")}
        network = Network(dns=at["dns"])
        if not direct:
            network = Network(dns=at["dns"], hosts_to=at["http"], tls_to=at["tls"])
        return Router(Resolver(at["dns"]), Guard(watchlist()), network)

    async def start(self, folder: Path) -> None:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate(folder))
        self.http = await self.listen(lambda r, w: self.serve("http", r, w))
        self.tls = await self.listen(lambda r, w: self.serve("https", r, w), tls)
        self.decoy = await self.listen(self.stray)
        loop = asyncio.get_running_loop()
        server, _ = await loop.create_datagram_endpoint(
            lambda: NameServer(self), local_addr=("127.0.0.1", 0)
        )
        self.dns = server.get_extra_info("sockname")[1]
        stray, _ = await loop.create_datagram_endpoint(
            lambda: Stray(self), local_addr=("127.0.0.1", self.decoy)
        )
        self._open += [server, stray]

    async def listen(
        self,
        serve: Callable[[asyncio.StreamReader, Writer], Awaitable[None]],
        tls: ssl.SSLContext | None = None,
    ) -> int:
        server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
        self._open.append(server)
        port: int = server.sockets[0].getsockname()[1]
        return port

    def stop(self) -> None:
        for transport in self._open:
            transport.close()

    async def stray(self, reader: asyncio.StreamReader, writer: Writer) -> None:
        self.strays.append((await reader.read(200)).decode("latin-1"))
        writer.close()

    async def serve(self, scheme: str, reader: asyncio.StreamReader, writer: Writer) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            first, *lines = head.split("\r\n")
            method, path, _ = first.split(" ")
            pairs = (line.partition(": ") for line in lines if line)
            headers = {name.lower(): value for name, _, value in pairs}
            asked = Asked(scheme, method, headers.get("host", ""), path, headers)
            self.asked.append(asked)
            page = self.pages.get(path.partition("?")[0], b"nothing here")
            if callable(page):
                await page(asked, writer)
            else:
                await say(writer, page)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the visitor has gone, or the tests are over
        finally:
            writer.transport.abort() if writer.is_closing() else writer.close()


class NameServer(asyncio.DatagramProtocol):
    """Every name is public, but for those that say otherwise."""

    def __init__(self, web: Web) -> None:
        self.web = web

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        query = dns.message.from_wire(data)
        reply = dns.message.make_response(query)
        question = query.question[0]
        name = question.name.to_text().rstrip(".")
        before = self.web.names.count(name)
        self.web.names.append(name)
        addresses = [PUBLIC]
        if name.startswith("private-"):
            addresses = ["127.0.0.1"]
        elif name.startswith("metadata-"):
            addresses = ["169.254.169.254"]
        elif name.startswith("mixed-"):
            addresses = [PUBLIC, "10.0.0.8"]
        elif name.startswith("rebind-"):
            addresses = ["127.0.0.1"] if before else [PUBLIC]
        elif name.startswith("absent-"):
            reply.set_rcode(dns.rcode.NXDOMAIN)
            addresses = []
        if question.rdtype == 1 and addresses:
            reply.answer.append(dns.rrset.from_text(question.name, 0, "IN", "A", *addresses))
        self.transport.sendto(reply.to_wire(), addr)  # type: ignore[attr-defined]


class Stray(asyncio.DatagramProtocol):
    def __init__(self, web: Web) -> None:
        self.web = web

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.web.strays.append(f"udp {data[:20]!r} from {addr}")


async def say(
    writer: Writer, body: str | bytes, *headers: str, status: str = "200 OK", html: bool = True
) -> None:
    raw = body if isinstance(body, bytes) else body.encode()
    kind = ["Content-Type: text/html; charset=utf-8"] if html else []
    lines = [f"HTTP/1.1 {status}", *kind, f"Content-Length: {len(raw)}", *headers, "", ""]
    writer.write("\r\n".join(lines).encode() + raw)
    await writer.drain()


def watchlist() -> Watchlist:
    ministry = Authority("mem", "应急管理部", (), ("mem.gov.cn",), (), (), "example")
    return Watchlist((ministry,), (), (), (), (), ())


def certificate(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "yanlian.cn")])
    today = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(today - datetime.timedelta(days=1))
        .not_valid_after(today + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    path = folder / "site.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture(scope="module")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    """One loop for all tests of a module: servers and browsers outlive a test."""
    with asyncio.Runner() as runner:
        yield runner.get_loop()


@pytest.fixture(scope="module")
def web(loop: asyncio.AbstractEventLoop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """A web without pages; a module puts its own in."""
    web = Web({})
    loop.run_until_complete(web.start(tmp_path_factory.mktemp("tls")))
    yield web
    web.stop()
    loop.run_until_complete(asyncio.sleep(0.05))


@pytest.fixture(scope="session")
def browser() -> Path:
    found = find_browser(os.environ)
    if found is None:
        pytest.fail("no Chromium is installed: run «playwright install chromium»", pytrace=False)
    return found


@pytest.fixture(scope="session")
def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
