"""The two digests under which evidence is kept: SHA-256 for the world, SM3 for China's courts."""

from __future__ import annotations

import hashlib
from pathlib import Path

from cryptography.hazmat.primitives import hashes


def sha256(data: bytes) -> str:
    """SHA-256 in 64 hex digits (FIPS 180-4)."""
    return hashlib.sha256(data).hexdigest()


def sm3(data: bytes) -> str:
    """SM3 in 64 hex digits (GB/T 32905-2016).

    >>> sm3(b"abc")
    '66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0'
    """
    digest = hashes.Hash(hashes.SM3())
    digest.update(data)
    return digest.finalize().hex()


def digests_of_file(path: Path) -> tuple[str, str]:
    """SHA-256 and SM3 of a file of any size; raises `OSError` where it cannot be read."""
    ours, theirs = hashlib.sha256(), hashes.Hash(hashes.SM3())
    with path.open("rb") as stream:
        while data := stream.read(1 << 20):
            ours.update(data)
            theirs.update(data)
    return ours.hexdigest(), theirs.finalize().hex()


def digest_of_parts(*parts: str) -> str:
    """SHA-256 over texts, each with its length before it, so that no two lists share one."""
    written = [part.encode("utf-8", "replace") for part in parts]
    return sha256(b"".join(b"%d:%s" % (len(data), data) for data in written))
