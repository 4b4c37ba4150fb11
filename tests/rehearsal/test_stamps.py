import http.client
import shutil
import subprocess
from pathlib import Path

import pytest

from rehearsal.der import elements, integer, oid
from rehearsal.server import Rehearsal
from rehearsal.stamps import read_question

OPENSSL = shutil.which("openssl")


def query(folder: Path, *more: str) -> tuple[Path, bytes]:
    if OPENSSL is None:
        pytest.skip("no openssl on this machine, which judges our stamps")
    (folder / "data").write_bytes(b"a blob")
    command = [OPENSSL, "ts", "-query", "-data", str(folder / "data"), "-sha256", *more]
    done = subprocess.run(command, capture_output=True, check=True)
    (folder / "query.tsq").write_bytes(done.stdout)
    return folder / "query.tsq", done.stdout


def stamp(web: Rehearsal, question: bytes) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", web.ports.tsa, timeout=5)
    headers = {"Content-Type": "application/timestamp-query"}
    connection.request("POST", "/", question, headers)
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response.status, body


def verify(web: Rehearsal, folder: Path, asked: Path, reply: bytes, *more: str) -> str:
    assert OPENSSL
    (folder / "reply.tsr").write_bytes(reply)
    (folder / "ca.pem").write_bytes(web.authority.pem)
    command = [OPENSSL, "ts", "-verify", "-queryfile", str(asked), "-in", str(folder / "reply.tsr")]
    command += ["-CAfile", str(folder / "ca.pem"), *more]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def test_a_stamp_verifies(web: Rehearsal, tmp_path: Path) -> None:
    asked, question = query(tmp_path, "-cert")
    status, reply = stamp(web, question)
    assert status == 200
    assert "Verification: OK" in verify(web, tmp_path, asked, reply)


def test_no_certificate_unless_asked_for(web: Rehearsal, tmp_path: Path) -> None:
    asked, question = query(tmp_path, "-no_nonce")
    _, reply = stamp(web, question)
    _, with_certificate = stamp(web, query(tmp_path, "-no_nonce", "-cert")[1])
    assert len(with_certificate) > len(reply) + 300
    asked, question = query(tmp_path, "-no_nonce")
    assert "Verification: FAILED" in verify(web, tmp_path, asked, reply)


def test_it_can_refuse_and_lie(tmp_path: Path) -> None:
    asked, question = query(tmp_path, "-cert")
    with Rehearsal() as web:
        web.stamps.mode = "wrong_digest"
        assert "FAILED" in verify(web, tmp_path, asked, stamp(web, question)[1])
        web.stamps.mode = "reject"
        assert "refuses today" in verify(web, tmp_path, asked, stamp(web, question)[1])
        web.stamps.mode = "garbage"
        assert stamp(web, question) == (200, b"no stamp")
        web.stamps.mode = "unavailable"
        assert stamp(web, question)[0] == 503
        assert len(web.journal.entries("stamp")) == 4


def test_what_is_no_question_is_rejected(web: Rehearsal) -> None:
    for body in (b"", b"\x30", b"\x30\x03\x02\x01\x01", b"\x30\x84\xff\xff\xff\xff"):
        with pytest.raises(ValueError, match=r"."):
            read_question(body)
        assert b"no time-stamp request" in stamp(web, body)[1]


def test_der_of_known_values() -> None:
    assert oid("1.2.840.113549.1.7.2").hex() == "06092a864886f70d010702"
    assert [integer(n).hex() for n in (0, 127, 128)] == ["020100", "02017f", "02020080"]
    assert elements(bytes.fromhex("0201000101ff")) == [
        (2, b"\0", b"\x02\x01\0"),
        (1, b"\xff", b"\x01\x01\xff"),
    ]
