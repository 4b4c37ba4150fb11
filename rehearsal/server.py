"""The practice web as one object: all servers on a loop and thread of their own."""

import asyncio
import json
import shutil
import threading
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from rehearsal.dns import Resolver, UdpServer, serve_tcp
from rehearsal.hosting import site_handler
from rehearsal.http import Handler, serve_client
from rehearsal.journal import Journal
from rehearsal.profile import profile_text, tips_text
from rehearsal.rdap import rdap_handler
from rehearsal.registry import SITES_FOLDER, Registry, load_sites
from rehearsal.search import search_handler
from rehearsal.site import Site
from rehearsal.stamps import StampAuthority
from rehearsal.tls import Authority, Client, TlsServer
from rehearsal.whois import serve_whois

LOOPBACK = "127.0.0.1"
START_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Ports:
    """The ports of the servers; 0 before the start lets the system choose."""

    http: int = 0
    dns: int = 0
    whois: int = 0
    search: int = 0
    tls: int = 0
    rdap: int = 0
    tsa: int = 0


def _now() -> datetime:
    return datetime.now(UTC)


class Rehearsal:
    """The practice web runs from `start` to `stop`, or inside a `with` block.

    `sites` may be changed while it runs (`put`, `remove`, `reload`), `journal` tells which
    requests arrived, `now` is the clock that registrations are counted back from, `authority`
    signs every certificate, `stamps` is the stamp authority, whose `mode` may be changed.
    """

    def __init__(
        self,
        *,
        log: Path | str | None = None,
        folder: Path | str = SITES_FOLDER,
        ports: Ports | None = None,
        now: Callable[[], datetime] = _now,
        sites: Iterable[Site] | None = None,
    ) -> None:
        self.folder = Path(folder)
        self.sites = Registry.of(load_sites(self.folder) if sites is None else sites)
        self.journal = Journal(Path(log) if log else None)
        self.now = now
        self.ports = ports or Ports()
        self.authority = Authority()
        self.stamps = StampAuthority(self.authority, self.journal, now)
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None
        self._started = threading.Event()
        self._failure: BaseException | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start every server and return when all of them answer."""
        self._thread = threading.Thread(target=self._main, name="rehearsal", daemon=True)
        self._thread.start()
        if not self._started.wait(START_SECONDS):
            raise TimeoutError(f"the practice web did not start in {START_SECONDS} s")
        if self._failure:
            raise self._failure

    def stop(self) -> None:
        """Stop every server and return when the thread has ended."""
        if self._loop and self._stopping and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._stopping.set)
        if self._thread:
            self._thread.join(START_SECONDS)
        self.journal.close()

    def write_profile(self, folder: Path | str) -> Path:
        """Write profile.toml with what it names, and authority.pem; return the profile."""
        target = Path(folder)
        target.mkdir(parents=True, exist_ok=True)
        profile = target / "profile.toml"
        profile.write_text(profile_text(**asdict(self.ports)), encoding="utf-8")
        names = self.folder / "names.txt"
        if names.exists():
            shutil.copyfile(names, target / "names.txt")
        else:
            (target / "names.txt").write_text("", encoding="utf-8")
        tips = tips_text(self.folder / "tips.csv", self.now())
        (target / "tips.csv").write_text(tips, encoding="utf-8")
        (target / "authority.pem").write_bytes(self.authority.pem)
        return profile

    def write_ports(self, path: Path | str) -> None:
        """Write the ports as a JSON object, whole or not at all."""
        target = Path(path)
        part = target.with_name(target.name + ".part")
        part.write_text(json.dumps(asdict(self.ports)) + "\n", encoding="utf-8")
        part.replace(target)

    def _main(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:  # handed to the thread that waits in start
            self._failure = error
        finally:
            self._started.set()

    async def _serve(self) -> None:
        """Open every server, say so, and keep them until asked to stop."""
        self._loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        wanted = self.ports
        page = self.handler()
        http = await self._tcp(_web(page), wanted.http)
        search = await self._tcp(_web(search_handler(self.sites, self.journal)), wanted.search)
        rdap = await self._tcp(_web(rdap_handler(self.sites, self.journal, self.now)), wanted.rdap)
        tsa = await self._tcp(_web(self.stamps.handler(), methods=("POST",)), wanted.tsa)
        whois = await self._tcp(
            lambda r, w: serve_whois(r, w, self.sites, self.journal, self.now), wanted.whois
        )
        dns_tcp, dns_udp = await self._dns(Resolver(self.sites, self.journal))
        tls = TlsServer(self.sites, self.journal, self.authority, _web(page, scheme="https"))
        tls.open(LOOPBACK, wanted.tls)
        self.ports = Ports(
            http=_port(http),
            dns=_port(dns_tcp),
            whois=_port(whois),
            search=_port(search),
            tls=tls.port,
            rdap=_port(rdap),
            tsa=_port(tsa),
        )
        self._started.set()
        await self._stopping.wait()
        dns_udp.close()
        tls.close()
        for server in (http, search, rdap, tsa, whois, dns_tcp):
            server.close()
        # Conversations still open are cancelled by asyncio.run when this returns.

    def handler(self) -> Handler:
        """What answers for the hosts, in HTTP and HTTPS alike."""
        return site_handler(self.sites, self.journal)

    @staticmethod
    async def _tcp(client: Client, port: int) -> asyncio.Server:
        return await asyncio.start_server(client, LOOPBACK, port)

    async def _dns(self, resolver: Resolver) -> tuple[asyncio.Server, asyncio.DatagramTransport]:
        """Open UDP and TCP on one port; a chosen port may be taken for the other, so try again."""
        loop = asyncio.get_running_loop()
        for _ in range(20):
            tcp = await self._tcp(lambda r, w: serve_tcp(r, w, resolver), self.ports.dns)
            try:
                udp, _protocol = await loop.create_datagram_endpoint(
                    lambda: UdpServer(resolver), local_addr=(LOOPBACK, _port(tcp))
                )
            except OSError:
                tcp.close()
                if self.ports.dns:
                    raise
            else:
                return tcp, udp
        raise OSError("no port is free for both UDP and TCP")


def _web(
    handle: Handler, *, scheme: str = "http", methods: tuple[str, ...] = ("GET", "HEAD")
) -> Client:
    return lambda reader, writer: serve_client(
        reader, writer, handle, scheme=scheme, methods=methods
    )


def _port(server: asyncio.Server) -> int:
    return int(server.sockets[0].getsockname()[1])
