"""The digests are those of the standards, whatever library computes them."""

from __future__ import annotations

import hashlib

import pytest

from crawler.digests import sha256, sm3


@pytest.mark.parametrize(
    ("data", "digest"),
    [  # GB/T 32905-2016, appendix A
        (b"abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
        (b"abcd" * 16, "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"),
    ],
)
def test_sm3_is_the_standards(data: bytes, digest: str) -> None:
    assert sm3(data) == digest


def test_sha256_is_the_standards() -> None:
    assert sha256(b"abc") == hashlib.new("sha256", b"abc").hexdigest()
