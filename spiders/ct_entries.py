"""Entries of certificate logs: the certificates in a data tile or in an answer to `get-entries`."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass

TILE = 256
"""Entries of a full tile."""
_LEAF = b"\x00\x00"
"""Version 1 and «timestamped entry», which begin a MerkleTreeLeaf (RFC 6962, section 3.4)."""


class EntryError(ValueError):
    """Bytes end within an entry, or hold none."""


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One certificate of a log, or the one that was shown to it before it was issued."""

    logged_ms: int
    """When, in milliseconds since 1970."""
    certificate: bytes
    """DER; a precertificate has the same names as what is issued on it."""
    leaf: bytes
    """The MerkleTreeLeaf that the log's hash covers."""


def tile_path(level: str, number: int, width: int = TILE) -> str:
    """Where a tile is, below the log's address; `level` is `data` or a figure.

    >>> tile_path("data", 1234067)
    'tile/data/x001/x234/067'
    >>> tile_path("0", 273, 112)
    'tile/0/273.p/112'
    """
    parts = [f"{number % 1000:03}"]
    while number >= 1000:
        number //= 1000
        parts.append(f"x{number % 1000:03}")
    partial = "" if width == TILE else f".p/{width}"
    return f"tile/{level}/{'/'.join(reversed(parts))}{partial}"


class _Bytes:
    """Bytes that are read from the front."""

    def __init__(self, data: bytes, place: int = 0) -> None:
        self.data = data
        self.place = place

    def take(self, size: int) -> bytes:
        """The next bytes, all or an `EntryError`."""
        end = self.place + size
        if end > len(self.data):
            raise EntryError(f"cut off at byte {len(self.data)}")
        found = self.data[self.place : end]
        self.place = end
        return found

    def number(self, size: int) -> int:
        """A big-endian number."""
        return int.from_bytes(self.take(size))

    def vector(self, size: int) -> bytes:
        """Bytes behind their length, which is a number of `size` bytes."""
        return self.take(self.number(size))


def read_tile(body: bytes) -> Iterator[LogEntry]:
    """The entries of a static log's data tile, in order; raises `EntryError` after the whole ones.

    Each is a TileLeaf of c2sp.org/static-ct-api.
    """
    tile = _Bytes(body)
    while tile.place < len(body):
        start = tile.place
        logged, issued, certificate = _timestamped(tile)
        leaf = _LEAF + body[start : tile.place]
        if not issued:
            certificate = tile.vector(3)
        tile.vector(2)  # fingerprints of the chain
        yield LogEntry(logged, certificate, leaf)


def read_entries(body: bytes) -> Iterator[LogEntry]:
    """The entries of an answer to `get-entries` (RFC 6962, section 4.6), likewise."""
    try:
        entries = json.loads(body)["entries"]
    except (ValueError, KeyError, TypeError, RecursionError) as problem:
        raise EntryError("not a list of entries") from problem
    if not isinstance(entries, list) or not entries:
        raise EntryError("no entries")
    for entry in entries:
        try:
            leaf = base64.b64decode(entry["leaf_input"], validate=True)
            extra = base64.b64decode(entry["extra_data"], validate=True)
        except (ValueError, KeyError, TypeError) as problem:
            raise EntryError("an entry that is none") from problem
        read = _Bytes(leaf)
        if read.take(2) != _LEAF:
            raise EntryError("an entry of another kind")
        logged, issued, certificate = _timestamped(read)
        yield LogEntry(logged, certificate if issued else _Bytes(extra).vector(3), leaf)


def _timestamped(read: _Bytes) -> tuple[int, bool, bytes]:
    """The moment of a TimestampedEntry, whether it is issued, and the certificate if it is."""
    logged, kind = read.number(8), read.number(2)
    if kind > 1:
        raise EntryError(f"an entry of type {kind}")
    if kind == 1:
        read.take(32)  # hash of the issuer's key
    certificate = read.vector(3)
    read.vector(2)  # extensions
    return logged, kind == 0, certificate
