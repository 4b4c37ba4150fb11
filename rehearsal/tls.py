"""HTTPS with a certificate for every host, good or bad, made when it is first asked for."""

import asyncio
import contextlib
import socket
import ssl
import tempfile
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from rehearsal.dns import is_official
from rehearsal.journal import Journal
from rehearsal.registry import Registry

Client = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[None, None, None]]

HANDSHAKE_SECONDS = 10.0
WIRE_FAULTS = frozenset({"garbage", "hang", "drop", "plain"})


def _name(text: str) -> x509.Name:
    # A common name holds 64 characters at most; the alternative name carries the whole host.
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text[:64])])


class Authority:
    """An authority signs the certificates of the practice web and of nothing else."""

    def __init__(self, now: datetime | None = None) -> None:
        self._now = now or datetime.now(UTC)
        self._key = ec.generate_private_key(ec.SECP256R1())
        subject = _name("Rehearsal Practice Authority")
        self.certificate = (
            self._builder(subject, self._key, subject, days=3650)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .sign(self._key, hashes.SHA256())
        )

    @property
    def pem(self) -> bytes:
        """The authority's own certificate."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    def _builder(
        self,
        subject: x509.Name,
        key: ec.EllipticCurvePrivateKey,
        issuer: x509.Name,
        *,
        days: int,
    ) -> x509.CertificateBuilder:
        """A certificate without its extensions; negative days make it end in the past."""
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(self._now - timedelta(days=90))
            .not_valid_after(self._now + timedelta(days=days))
        )

    def issue(
        self,
        host: str,
        *,
        days: int = 300,
        self_signed: bool = False,
        purpose: x509.ObjectIdentifier | None = None,
        further: tuple[str, ...] = (),
    ) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
        """A key and certificate for one host, and for the further names.

        `purpose` makes it one for that use only.
        """
        key = ec.generate_private_key(ec.SECP256R1())
        issuer = _name(host) if self_signed else self.certificate.subject
        builder = self._builder(_name(host), key, issuer, days=days)
        if purpose:
            use = x509.ExtendedKeyUsage([purpose])
            builder = builder.add_extension(use, critical=True)
        else:
            names = x509.SubjectAlternativeName([x509.DNSName(name) for name in (host, *further)])
            builder = builder.add_extension(names, critical=False)
        return key, builder.sign(key if self_signed else self._key, hashes.SHA256())

    def context(self, host: str, certificate: str, further: tuple[str, ...] = ()) -> ssl.SSLContext:
        """A server context for a host with the named kind of certificate."""
        name = "qita-yuming-yanlian.com" if certificate == "wrong_name" else host
        key, made = self.issue(
            name,
            days=-3 if certificate == "expired" else 300,
            self_signed=certificate == "self_signed",
            further=further,
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with tempfile.TemporaryDirectory() as folder:  # ssl reads certificates from files only
            file = Path(folder) / "both.pem"
            file.write_bytes(
                key.private_bytes(
                    serialization.Encoding.PEM,
                    serialization.PrivateFormat.PKCS8,
                    serialization.NoEncryption(),
                )
                + made.public_bytes(serialization.Encoding.PEM)
                + (b"" if certificate == "self_signed" else self.pem)
            )
            context.load_cert_chain(file)
        return context


def server_name(hello: bytes) -> str:
    """The server name in a TLS ClientHello; empty when it holds none or is none."""
    with contextlib.suppress(IndexError, UnicodeDecodeError):
        if hello[0] != 22 or hello[5] != 1:
            return ""
        place = 5 + 4 + 2 + 32
        place += 1 + hello[place]
        place += 2 + int.from_bytes(hello[place : place + 2], "big")
        place += 1 + hello[place]
        end = place + 2 + int.from_bytes(hello[place : place + 2], "big")
        place += 2
        while place + 4 <= min(end, len(hello)):
            kind = int.from_bytes(hello[place : place + 2], "big")
            size = int.from_bytes(hello[place + 2 : place + 4], "big")
            if kind == 0:
                return hello[place + 9 : place + 4 + size].decode("ascii").lower()
            place += 4 + size
    return ""


class TlsServer:
    """A TLS server shows each host its certificate, and breaks as the host's site says."""

    def __init__(
        self, registry: Registry, journal: Journal, authority: Authority, client: Client
    ) -> None:
        self._registry = registry
        self._journal = journal
        self._authority = authority
        self._client = client
        self._contexts: dict[tuple[str, str], ssl.SSLContext] = {}
        self._door = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._socket: socket.socket | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def port(self) -> int:
        """The port it listens on; 0 before it is opened."""
        return int(self._socket.getsockname()[1]) if self._socket else 0

    def open(self, address: str, port: int) -> None:
        """Listen, and take connections on the running loop."""
        self._socket = socket.create_server((address, port), backlog=256)
        self._socket.setblocking(False)
        self._keep(self._accept(self._socket))

    def close(self) -> None:
        """Take no more connections and drop those that are open."""
        for task in tuple(self._tasks):
            task.cancel()
        if self._socket:
            self._socket.close()

    def _keep(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _accept(self, listener: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            connection, _ = await loop.sock_accept(listener)
            self._keep(self._greet(connection))

    async def _greet(self, connection: socket.socket) -> None:
        """Look at the name asked for without taking it off the wire, then speak TLS or break."""
        try:
            async with asyncio.timeout(HANDSHAKE_SECONDS):
                await _readable(connection)
            name = server_name(connection.recv(16384, socket.MSG_PEEK))
        except (OSError, TimeoutError):
            connection.close()
            return
        site = self._registry.site(name)
        kind = site.tls if site else "valid" if is_official(name) else "refused"
        self._journal.note("tls", name=name, certificate=kind)
        if kind in WIRE_FAULTS:
            await _break(connection, kind)
        else:
            await self._speak(connection, name, kind)

    async def _speak(self, connection: socket.socket, name: str, kind: str) -> None:
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader(loop=loop)
        protocol = asyncio.StreamReaderProtocol(reader, self._client, loop=loop)
        try:
            await loop.connect_accepted_socket(
                lambda: protocol,
                connection,
                # A context without a certificate answers with a handshake failure.
                ssl=self._door if kind == "refused" else self._context(name, kind),
                ssl_handshake_timeout=HANDSHAKE_SECONDS,
            )
        except OSError:
            connection.close()  # a client that does not like the certificate

    def _context(self, name: str, kind: str) -> ssl.SSLContext:
        key = (name, kind)
        if key not in self._contexts:
            site = self._registry.site(name)
            further = site.certified if site else ()
            self._contexts[key] = self._authority.context(name, kind, further)
        return self._contexts[key]


async def _readable(connection: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    loop.add_reader(connection, ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(connection)


async def _break(connection: socket.socket, kind: str) -> None:
    """Answer a ClientHello with what is no TLS, or with nothing."""
    loop = asyncio.get_running_loop()
    try:
        if kind == "garbage":
            await loop.sock_sendall(connection, b"\x16\x03\x03\xff\xff" + bytes(range(256)) * 300)
        elif kind == "plain":
            await loop.sock_sendall(connection, b"HTTP/1.1 400 Bad Request\r\n\r\n")
        elif kind == "hang":
            await asyncio.sleep(300)
    except OSError:
        pass  # the client has left
    finally:
        connection.close()
