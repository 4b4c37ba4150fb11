import json
import socket
import ssl
import struct
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import brotli
import dns.message
import dns.query
import pytest

import rehearsal
from rehearsal.dns import is_official
from rehearsal.hostile import Behaviour, HostileWeb, behaviours
from rehearsal.hostile_wire import WIRES

KNOWN = behaviours()
WITH_A_PAGE = [each for each in KNOWN if not each.service_only]
# These say nothing, or hardly anything, for as long as a client waits.
QUIET = {"silence", "drip-headers", "drip-body"}
LONG = {
    "gzip-bomb": 50_000,
    "endless-body": 3_000_000,
    "length-absurd": 3_000_000,
    "chunk-absurd": 3_000_000,
    "chunk-endless": 3_000_000,
    "endless-headers": 1_000_000,
    "endless-header-line": 3_000_000,
    "endless-continue": 1_000_000,
    "dom-huge": 10_000_000,
    "download-header": 10_000_000,
    "many-links": 5_000_000,
}


@pytest.fixture(scope="module")
def hostile() -> Iterator[HostileWeb]:
    with HostileWeb() as web:
        yield web


def take(web: HostileWeb, where: str, size: int = 1_000_000, seconds: float = 5) -> bytes:
    """The first bytes that come, at most so many, until the end or the time is over."""
    parts = urlsplit(where)
    port = web.ports.tls if parts.scheme == "https" else web.ports.http
    raw = socket.create_connection(("127.0.0.1", port), seconds)
    if parts.scheme == "https":
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        raw = context.wrap_socket(raw, server_hostname=parts.hostname)
    got = bytearray()
    with raw:
        head = f"GET {parts.path} HTTP/1.1\r\nHost: {parts.hostname}\r\nConnection: close\r\n\r\n"
        raw.sendall(head.encode())
        try:
            while len(got) < size and (piece := raw.recv(65536)):
                got += piece
        except TimeoutError:
            pass
    return bytes(got)


def found(name: str) -> Behaviour:
    return next(each for each in KNOWN if each.name == name)


def test_there_are_enough_and_each_is_described() -> None:
    names = [each.name for each in KNOWN]
    assert len(names) >= 100
    assert len(set(names)) == len(names)
    assert all(each.expect.endswith(".") for each in KNOWN)
    assert set(WIRES) <= set(names)


@pytest.mark.parametrize("each", WITH_A_PAGE, ids=lambda each: each.name)
def test_each_answers_in_its_way(hostile: HostileWeb, each: Behaviour) -> None:
    seconds = 0.4 if each.name in QUIET else 8
    got = take(hostile, each.where, LONG.get(each.name, 1_000_000), seconds)
    if each.name == "silence":
        assert got == b""
    elif each.location:
        assert f"Location: {each.location}\r\n".encode() in got
    elif each.html:
        assert each.html.encode() in got
    else:
        assert len(got) >= LONG.get(each.name, 10)
    assert b"well behaved" not in got
    assert b"well behaved" in take(hostile, f"http://{each.host}/")


def body(got: bytes) -> bytes:
    return got.partition(b"\r\n\r\n")[2]


def test_bombs_are_small_and_grow(hostile: HostileWeb) -> None:
    packed = body(take(hostile, found("gzip-bomb").where, 50_000))
    assert len(zlib.decompressobj(31).decompress(packed, 30_000_000)) == 30_000_000
    packed = body(take(hostile, found("brotli-bomb").where))
    assert len(packed) < 100_000
    assert len(brotli.decompress(packed)) == 200 * 1024 * 1024
    picture = body(take(hostile, found("image-bomb").where + "/big.png"))
    assert struct.unpack("!II", picture[16:24]) == (20_000, 20_000)
    assert len(picture) < 200_000


def test_zip_in_deflate_opens_to_a_bomb(hostile: HostileWeb) -> None:
    outer = body(take(hostile, found("deflate-zip").where, seconds=30))
    inner = zlib.decompressobj().decompress(outer, 1_000_000)
    assert len(zlib.decompressobj(31).decompress(inner, 30_000_000)) == 30_000_000


def test_redirects_lead_on(hostile: HostileWeb) -> None:
    where = found("redirect-endless").where
    assert b"Location: /redirect-endless/1\r\n" in take(hostile, where)
    assert b"Location: /redirect-endless/100\r\n" in take(hostile, where + "/99")
    fan = found("redirect-fan").where
    assert body(take(hostile, fan)).count(b"<img") == 500
    assert b"//r3.huaidan-yanlian.com/redirect-fan/7/4" in take(hostile, fan + "/7/3")


def test_names_rebind(hostile: HostileWeb) -> None:
    def ask(name: str) -> str:
        query = dns.message.make_query(name, "A")
        reply = dns.query.udp(query, "127.0.0.1", port=hostile.ports.dns, timeout=5)
        return str(reply.answer[0][0])

    assert {ask("rebind-yanlian.com") for _ in range(2)} == {"203.0.113.66", "127.0.0.1"}


@pytest.mark.parametrize(
    "each", [b for b in KNOWN if b.name.startswith("tls-")], ids=lambda b: b.name
)
def test_tls_that_cannot_be_spoken(hostile: HostileWeb, each: Behaviour) -> None:
    if each.service_only:
        with pytest.raises((OSError, TimeoutError)):
            take(hostile, each.where, seconds=0.5)
    else:
        assert each.html.encode() in take(hostile, each.where)


def test_invented_hosts_only() -> None:
    known = {each.host for each in rehearsal.truth()}
    for each in KNOWN:
        assert each.host.endswith("-yanlian.com")
        assert each.host not in known
        assert not is_official(each.host)


def _ports(path: Path) -> dict[str, int]:
    end = time.monotonic() + 15
    while not path.exists():
        assert time.monotonic() < end
        time.sleep(0.05)
    ports: dict[str, int] = json.loads(path.read_text(encoding="utf-8"))
    return ports


def test_the_server_itself_stays_small(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "rehearsal", "--hostile", "--with-parent"]
    command += ["--ports-file", str(tmp_path / "ports")]
    root = Path(rehearsal.__file__).parent.parent
    with subprocess.Popen(command, cwd=root, stdout=subprocess.DEVNULL) as process:
        try:
            web = HostileWeb()
            web.ports = type(web.ports)(**_ports(tmp_path / "ports"))
            for name in ("endless-body", "dom-huge", "download-header", "endless-headers"):
                assert len(take(web, found(name).where, 60_000_000)) >= 60_000_000
            for name in ("gzip-bomb", "brotli-bomb", "image-bomb"):
                take(web, found(name).where + "/x", 5_000_000)
            status = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
            peak = next(line for line in status.splitlines() if line.startswith("VmHWM"))
            assert int(peak.split()[1]) < 200_000  # kilobytes
        finally:
            process.terminate()
