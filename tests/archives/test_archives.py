"""Archives as others make them, whole, broken, hostile: what can be read is, the rest counted."""

import base64
import gzip
import hashlib
import io
import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import brotli
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.archives import ArchivedPage, Found, LeftOut, archive_files, read_archive
from crawler.archives import warc as warc_reader
from crawler.archives.har import read_har
from crawler.archives.warc import read_warc
from crawler.errors import InputError

PAGE = "<html><title>演练页</title><body>特种作业操作证 三天出证</body></html>"
AT = datetime(2026, 10, 2, 3, 4, 5, tzinfo=UTC)


def record(kind: str, content_type: str, block: bytes, **headers: str) -> bytes:
    """One record of ISO 28500."""
    named = {key.replace("_", "-"): value for key, value in headers.items()}
    named |= {"Content-Type": content_type, "Content-Length": str(len(block))}
    lines = [f"WARC-Type: {kind}", *(f"{key}: {value}" for key, value in named.items())]
    return ("WARC/1.0\r\n" + "\r\n".join(lines) + "\r\n\r\n").encode() + block + b"\r\n\r\n"


def response(url: str, body: bytes, **headers: str) -> bytes:
    head = "".join(f"{key}: {value}\r\n" for key, value in headers.items())
    digest = "sha1:" + base64.b32encode(hashlib.sha1(body, usedforsecurity=False).digest()).decode()
    return record(
        "response",
        "application/http; msgtype=response",
        f"HTTP/1.1 200 OK\r\n{head}\r\n".encode() + body,
        WARC_Target_URI=url,
        WARC_Date="2026-10-02T03:04:05Z",
        WARC_IP_Address="192.0.2.7",
        WARC_Payload_Digest=digest,
    )


def warc(
    pages: dict[str, bytes], *, packed: bool = True, headers: dict[str, str] | None = None
) -> bytes:
    """A WARC file as a crawler writes it: warcinfo, responses, and a picture."""
    sent = {"Content-Type": "text/html; charset=utf-8", **(headers or {})}
    records = [
        record("warcinfo", "application/warc-fields", b"software: practice/1\r\n"),
        *(response(url, body, **sent) for url, body in pages.items()),
        response("http://a.example/p.png", b"\x89PNG", **{"Content-Type": "image/png"}),
    ]
    return b"".join(gzip.compress(each) if packed else each for each in records)


def pages(found: list[Found]) -> list[ArchivedPage]:
    return [each for each in found if isinstance(each, ArchivedPage)]


def losses(found: list[Found]) -> list[LeftOut]:
    return [each for each in found if isinstance(each, LeftOut) and each.broken]


def read(data: bytes) -> list[Found]:
    return list(read_warc(io.BytesIO(data)))


@pytest.mark.parametrize("packed", [True, False])
def test_a_warc_is_read_with_what_it_says_of_itself(packed: bool) -> None:
    found = read(warc({"http://a.example/1": PAGE.encode()}, packed=packed))
    (page,) = pages(found)
    assert (page.url, page.status, page.address, page.by) == (
        "http://a.example/1", 200, "192.0.2.7", "practice/1",
    )  # fmt: skip
    assert page.at == AT
    assert page.body.decode() == PAGE
    assert not losses(found)
    assert sum(isinstance(each, LeftOut) for each in found) == 1  # the picture


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [("gzip", gzip.compress(PAGE.encode(), mtime=0)), ("br", brotli.compress(PAGE.encode()))],
)
def test_content_encodings_are_undone(encoding: str, packed: bytes) -> None:
    (page,) = pages(
        read(warc({"http://a.example/": packed}, headers={"Content-Encoding": encoding}))
    )
    assert page.body.decode() == PAGE


def test_chunks_are_put_together() -> None:
    body = PAGE.encode()
    chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    (page,) = pages(
        read(warc({"http://a.example/": chunked}, headers={"Transfer-Encoding": "chunked"}))
    )
    assert page.body == body


@pytest.mark.parametrize("packed", [True, False])
def test_a_torn_warc_gives_what_stands_before_the_tear(packed: bool) -> None:
    whole = warc({f"http://a.example/{n}": PAGE.encode() * 20 for n in range(3)}, packed=packed)
    found = read(whole[: int(len(whole) * 0.6)])
    assert pages(found)
    assert losses(found)


def test_a_record_without_its_digest_is_left_out() -> None:
    whole = warc({"http://a.example/1": PAGE.encode(), "http://a.example/2": b"two"}, packed=False)
    found = read(whole.replace("三天出证".encode(), "三天出正".encode()))
    assert [page.url for page in pages(found)] == ["http://a.example/2"]
    assert len(losses(found)) == 1


def test_a_bomb_yields_its_first_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = brotli.compress(b"A" * 50_000_000)
    (page,) = pages(read(warc({"http://a.example/": bomb}, headers={"Content-Encoding": "br"})))
    assert len(page.body) == 5_000_000
    assert page.truncated
    # A line that does not end, in a gzip member of kilobytes.
    (lost,) = losses(read(gzip.compress(b"WARC/1.0\r\nX: " + b"a" * 50_000_000)))
    assert "line" in lost.reason
    heads = b"WARC/1.0\r\n" + b"X: y\r\n" * 2_000_000
    (lost,) = losses(read(gzip.compress(heads)))
    assert "head" in lost.reason
    monkeypatch.setattr(warc_reader, "_MOST_BYTES", 100_000)
    assert losses(read(warc({"http://a.example/": b"b" * 200_000})))


def test_a_wrong_length_writes_nothing_to_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    whole = warc({"http://a.example/1": PAGE.encode()}, packed=False)
    found = read(whole.replace(b"\r\n\r\nWARC/1.0\r\n", b"junk\x1b[2J\r\n\r\nWARC/1.0\r\n"))
    assert losses(found)
    assert capsys.readouterr() == ("", "")


@settings(max_examples=60)
@given(st.binary(max_size=400), st.integers(0, 2000), st.integers(0, 255))
def test_any_bytes_are_read_to_their_end(junk: bytes, at: int, value: int) -> None:
    read(junk)
    list(read_har(junk))
    whole = bytearray(warc({"http://a.example/1": PAGE.encode()}, packed=False))
    whole[at % len(whole)] = value
    read(bytes(whole))


def har(**content: object) -> bytes:
    entry = {
        "startedDateTime": "2026-10-02T11:04:05.000+08:00",
        "serverIPAddress": "192.0.2.7",
        "request": {
            "method": "GET",
            "url": "http://a.example/x",
            "headers": [{"name": "User-Agent", "value": "Mobile MicroMessenger/8"}],
        },
        "response": {"status": 200, "headers": [], "content": {"mimeType": "text/html", **content}},
    }
    log = {"creator": {"name": "practice", "version": "2"}, "entries": [entry, {"request": 1}]}
    return json.dumps({"log": log}).encode()


@pytest.mark.parametrize(
    "content",
    [
        {"text": PAGE},
        {"text": base64.b64encode(PAGE.encode()).decode(), "encoding": "base64"},
    ],
)
def test_a_har_is_read(content: dict[str, object]) -> None:
    found = list(read_har(har(**content)))
    (page,) = pages(found)
    assert (page.url, page.at, page.by) == ("http://a.example/x", AT, "practice 2")
    assert "MicroMessenger" in page.agent
    assert PAGE in page.body.decode()
    assert len(losses(found)) == 1  # the torn entry


@pytest.mark.parametrize(
    "content", [har(text="!!", encoding="base64"), har(), b"{", b"[]", b"[" * 100_000, b'{"log":1}']
)
def test_a_broken_har_is_told(content: bytes) -> None:
    found = list(read_har(content))
    assert not pages(found)
    assert losses(found)


MHTML = (
    "From: <Saved by Blink>\r\nSnapshot-Content-Location: http://a.example/x\r\n"
    "Date: Fri, 2 Oct 2026 03:04:05 -0000\r\nMIME-Version: 1.0\r\n"
    'Content-Type: multipart/related; type="text/html"; boundary="b"\r\n\r\n'
    "--b\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n"
    "Content-Location: http://a.example/x\r\n\r\n"
    + base64.b64encode(PAGE.encode()).decode()
    + "\r\n--b--\r\n"
)
SINGLE_FILE = (
    "<!DOCTYPE html> <html><!--\n Page saved with SingleFile \n url: http://a.example/x \n"
    " saved date: Fri Oct 02 2026 11:04:05 GMT+0800 (China Standard Time)\n-->" + PAGE
)
OF_THE_WEB = "<!-- saved from url=(0018)http://a.example/x -->" + PAGE


@pytest.mark.parametrize(
    ("name", "content", "at"),
    [
        ("a.mhtml", MHTML.encode(), AT),
        ("a.html", SINGLE_FILE.encode(), AT),
        ("a.HTM", OF_THE_WEB.encode(), None),
    ],
)
def test_what_a_browser_saved_is_read(
    tmp_path: Path, name: str, content: bytes, at: datetime | None
) -> None:
    (tmp_path / name).write_bytes(content)
    (page,) = pages(list(read_archive(tmp_path / name)))
    assert (page.url, page.at) == ("http://a.example/x", at)
    assert PAGE.encode() in page.body


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.html", PAGE.encode()),  # says not where it is from
        ("a.mhtml", b"\xff\x00"),
        ("a.wacz", b"PK\x03\x04"),
        ("a.exe", b"MZ"),
    ],
)
def test_what_cannot_be_read_is_told(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    found = list(read_archive(tmp_path / name))
    assert not pages(found)
    assert losses(found)


def test_a_wacz_is_read_part_by_part_and_a_torn_one_told(tmp_path: Path) -> None:
    path = tmp_path / "a.wacz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("datapackage.json", "{}")
        archive.writestr("archive/1.warc.gz", warc({"http://a.example/1": PAGE.encode()}))
        archive.writestr("archive/2.warc.gz", warc({"http://a.example/2": PAGE.encode()}))
    found = list(read_archive(path))
    assert [page.url[-1] for page in pages(found)] == ["1", "2"]
    assert pages(found)[0].where.startswith("archive/1.warc.gz#")
    whole = bytearray(path.read_bytes())
    at = whole.index(b"archive/2.warc.gz") + 300
    whole[at : at + 40] = b"\x00" * 40
    path.write_bytes(whole)
    found = list(read_archive(path))
    assert [page.url[-1] for page in pages(found)][:1] == ["1"]
    assert losses(found)
    path.write_bytes(whole[: len(whole) // 2])
    assert losses(list(read_archive(path)))


def test_folders_are_looked_through(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.html").touch()
    (tmp_path / "in" / "a.txt").touch()
    assert archive_files([tmp_path]) == [tmp_path / "in" / "a.html"]
    with pytest.raises(InputError, match="none"):
        archive_files([tmp_path / "none"])
