"""Content encodings are undone within a budget."""

import gzip
import zlib

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.capture.bodies import decode_content

TEXT = "特种作业操作证查询".encode() * 50


def raw_deflate(data: bytes) -> bytes:
    deflater = zlib.compressobj(wbits=-15)
    return deflater.compress(data) + deflater.flush()


@pytest.mark.parametrize(
    ("raw", "encoding"),
    [
        (TEXT, ""),
        (TEXT, "identity"),
        (gzip.compress(TEXT, mtime=0), "gzip"),
        (gzip.compress(TEXT, mtime=0), "GZip"),
        (zlib.compress(TEXT), "deflate"),
        (raw_deflate(TEXT), "deflate"),
        (brotli.compress(TEXT), "br"),
        (gzip.compress(brotli.compress(TEXT), mtime=0), "br, gzip"),
    ],
    # gzip writes the time into its header: bytes are no stable names for tests.
    ids=["none", "identity", "gzip", "GZip", "zlib", "deflate", "br", "br-gzip"],
)
def test_the_body_comes_out(raw: bytes, encoding: str) -> None:
    body = decode_content(raw, encoding, 1_000_000)
    assert body.readable
    assert not body.truncated
    assert body.content == TEXT


@pytest.mark.parametrize(
    ("compress", "encoding"),
    [(gzip.compress, "gzip"), (zlib.compress, "deflate"), (brotli.compress, "br")],
)
def test_a_bomb_yields_its_first_bytes_and_no_more(compress: object, encoding: str) -> None:
    assert callable(compress)
    body = decode_content(compress(b"A" * 50_000_000), encoding, 100_000)
    assert body.readable
    assert body.truncated
    assert 0 < len(body.content) <= 100_000


def test_a_body_that_ends_early_is_kept_and_said_to_be_cut() -> None:
    body = decode_content(gzip.compress(TEXT * 40)[:-40], "gzip", 1_000_000)
    assert body.readable
    assert body.truncated
    assert body.content.startswith(TEXT)


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate", "compress"])
def test_garbage_is_unreadable_not_empty(encoding: str) -> None:
    body = decode_content(b"\x07not compressed at all", encoding, 1000)
    assert not body.readable
    assert body.content


@given(st.binary(max_size=300), st.sampled_from(["gzip", "deflate", "br", "x", "gzip, br", ""]))
def test_any_bytes_are_contained(raw: bytes, encoding: str) -> None:
    assert len(decode_content(raw, encoding, 100).content) <= 100
