"""A certificate log on loopback that speaks both interfaces, signs its heads, and can fail."""

import base64
import gzip
import json
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ORIGIN = "log.example.test/2027h1"
KEY = ec.generate_private_key(ec.SECP256R1())


@cache
def certificate(*names: str, precertificate: bool = False) -> bytes:
    """A certificate for these names in DER."""
    start = datetime(2026, 11, 1, tzinfo=UTC)

    def name(common: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common)])

    builder = (
        x509.CertificateBuilder()
        .subject_name(name(names[0]))
        .issuer_name(name("Example CA 1"))
        .public_key(KEY.public_key())
        .serial_number(len(names) + 7)
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=90))
    )
    if len(names) > 1 or precertificate:
        hosts = [x509.DNSName(each) for each in names]
        builder = builder.add_extension(x509.SubjectAlternativeName(hosts), critical=False)
    if precertificate:
        builder = builder.add_extension(x509.PrecertPoison(), critical=True)
    return builder.sign(KEY, SHA256()).public_bytes(Encoding.DER)


@dataclass
class Log:
    """Entries, a clock and the faults of a log."""

    entries: list[bytes] = field(default_factory=list)
    """Certificates; every third was logged before it was issued."""
    key: ec.EllipticCurvePrivateKey = KEY
    signs_with: ec.EllipticCurvePrivateKey = KEY
    ahead: timedelta = timedelta(0)
    status: dict[str, list[tuple[int, dict[str, str]]]] = field(default_factory=dict)
    """Answers that are given once each instead of those to a path that begins so."""
    bodies: dict[str, bytes] = field(default_factory=dict)
    drip: str = ""
    asked: list[str] = field(default_factory=list)
    moments: list[float] = field(default_factory=list)
    most: int = 256
    """Entries given at once by `get-entries`."""

    @property
    def spki(self) -> bytes:
        return self.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    @property
    def id(self) -> bytes:
        return sha256(self.spki).digest()

    def options(self, port: int, api: str = "static", more: str = "") -> str:
        origin = f'origin = "{ORIGIN}"\n' if api == "static" else ""
        return (
            f"delay = 0.0\n{more}\n[[sources.ct.logs]]\n"
            f'name = "示例日志"\napi = "{api}"\nurl = "http://127.0.0.1:{port}/mon"\n{origin}'
            f'key = "{base64.b64encode(self.spki).decode()}"\n'
        )

    def leaf(self, index: int) -> bytes:
        """TimestampedEntry."""
        der = self.entries[index]
        head = struct.pack(">Q", int((time.time() - 60) // 3600 * 3600_000))
        extensions = b"\x00\x08" + b"\x00\x00\x05" + index.to_bytes(5)
        if index % 3 == 0:
            tbs = b"not read"
            body = b"\x00\x01" + b"\x05" * 32 + len(tbs).to_bytes(3) + tbs
        else:
            body = b"\x00\x00" + len(der).to_bytes(3) + der
        return head + body + extensions

    def outside(self, index: int) -> bytes:
        der = self.entries[index]
        return len(der).to_bytes(3) + der if index % 3 == 0 else b""

    def hashes(self) -> list[bytes]:
        leaves = range(len(self.entries))
        return [sha256(b"\x00\x00\x00" + self.leaf(index)).digest() for index in leaves]

    def head(self) -> tuple[int, int, bytes, bytes]:
        """Timestamp, size, root, signature."""
        stamp = int((datetime.now(UTC) + self.ahead).timestamp() * 1000)
        root = mth(self.hashes())
        signed = b"\x00\x01" + struct.pack(">QQ", stamp, len(self.entries)) + root
        signature = self.signs_with.sign(signed, ec.ECDSA(SHA256()))
        whole = b"\x04\x03" + len(signature).to_bytes(2) + signature
        return stamp, len(self.entries), root, whole

    def checkpoint(self) -> bytes:
        stamp, size, root, signature = self.head()
        own = sha256(f"{ORIGIN}\n".encode() + b"\x05" + self.id).digest()[:4]
        signed = base64.b64encode(own + struct.pack(">Q", stamp) + signature).decode()
        text = f"{ORIGIN}\n{size}\n{base64.b64encode(root).decode()}\n"
        witness = base64.b64encode(b"abcdwitness").decode()
        return f"{text}\n— witness.example.test {witness}\n— {ORIGIN} {signed}\n".encode()

    def answer(self, path: str) -> tuple[int, bytes]:
        split = urlsplit(path)
        what = split.path.removeprefix("/mon/")
        if what == "checkpoint":
            return 200, self.checkpoint()
        if what == "ct/v1/get-sth":
            stamp, size, root, signature = self.head()
            said = {
                "tree_size": size,
                "timestamp": stamp,
                "sha256_root_hash": base64.b64encode(root).decode(),
                "tree_head_signature": base64.b64encode(signature).decode(),
            }
            return 200, json.dumps(said).encode()
        if what == "ct/v1/get-entries":
            query = parse_qs(split.query)
            start, end = int(query["start"][0]), int(query["end"][0])
            wanted = range(start, min(end + 1, start + self.most, len(self.entries)))
            entries = [
                {
                    "leaf_input": base64.b64encode(b"\x00\x00" + self.leaf(each)).decode(),
                    "extra_data": base64.b64encode(self.outside(each)).decode(),
                }
                for each in wanted
            ]
            return 200, json.dumps({"entries": entries}).encode()
        return self.tile(what)

    def tile(self, what: str) -> tuple[int, bytes]:
        _tile, level, rest = what.split("/", 2)
        place, _p, width = rest.partition(".p/")
        number = int("".join(part.lstrip("x") for part in place.split("/")))
        scale = 1 if level == "data" else 256 ** int(level)
        there = len(self.entries) // scale - number * 256
        wanted = int(width or 256)
        # A partial tile is gone when the full one is there.
        if there < wanted or (width and there >= 256):
            return 404, b""
        start = number * 256
        if level == "data":
            rows = range(start, start + wanted)
            chain = b"\x00\x20" + b"\x07" * 32
            return 200, b"".join(self.leaf(row) + self.outside(row) + chain for row in rows)
        hashes = self.hashes()
        rows = range(start, start + wanted)
        return 200, b"".join(mth(hashes[row * scale : (row + 1) * scale]) for row in rows)


def mth(hashes: list[bytes]) -> bytes:
    """The Merkle Tree Hash over the hashes of leaves, as RFC 6962, section 2.1 defines it."""
    if not hashes:
        return sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    cut = 1 << (len(hashes) - 1).bit_length() - 1
    return sha256(b"\x01" + mth(hashes[:cut]) + mth(hashes[cut:])).digest()


@contextmanager
def serving(log: Log) -> Iterator[int]:
    """The port at which a log answers."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            log.asked.append(self.path.removeprefix("/mon/"))
            log.moments.append(time.monotonic())
            what = log.asked[-1]
            faults = next((log.status[each] for each in log.status if what.startswith(each)), [])
            status, body = 200, b""
            headers: dict[str, str] = {}
            if faults:
                status, headers = faults.pop(0)
            else:
                status, body = log.answer(self.path)
                body = log.bodies.get(what, body)
            if what.startswith("tile/data") and status == 200:
                body, headers = gzip.compress(body), {"Content-Encoding": "gzip"}
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if log.drip and what.startswith(log.drip):
                for byte in body[:40]:
                    self.wfile.write(bytes([byte]))
                    time.sleep(0.2)
                return
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
