"""Reads what a ZIP archive that was cut off still begins with."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import BinaryIO

_BLOCK = 1 << 20
# PKWARE's APPNOTE, section 4.3.7: the header before each file.
_HEADER = struct.Struct("<4s5H3I2H")
_SIGNATURE = b"PK\x03\x04"
_STORED, _DEFLATED = 0, 8
_ENCRYPTED, _UTF8 = 0x1, 0x800


def unpacked_members(raw: BinaryIO) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Name and bytes of each file from the front on, for as long as their headers can be followed.

    The bytes of the last one end with `zlib.error` or `EOFError` where they are cut off. Each must
    be read before the next is asked for.
    """
    while True:
        header = raw.read(_HEADER.size)
        if len(header) < _HEADER.size or header[:4] != _SIGNATURE:
            return
        _sign, _version, flags, method, _time, _day, _crc, packed, _size, named, extra = (
            _HEADER.unpack(header)
        )
        name = raw.read(named).decode("utf-8" if flags & _UTF8 else "cp437", "replace")
        raw.read(extra)
        if flags & _ENCRYPTED or method not in (_STORED, _DEFLATED):
            return
        start = raw.tell()
        yield name, _stored(raw, packed) if method == _STORED else _inflated(raw)
        if not packed or packed == 0xFFFFFFFF:
            return  # its length stands behind it, or elsewhere
        raw.seek(start + packed)


def _stored(raw: BinaryIO, left: int) -> Iterator[bytes]:
    while left:
        block = raw.read(min(_BLOCK, left))
        if not block:
            raise EOFError("cut off")
        left -= len(block)
        yield block


def _inflated(raw: BinaryIO) -> Iterator[bytes]:
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    packed = b""
    while not stream.eof:
        packed = stream.unconsumed_tail or raw.read(1 << 16)
        if not packed:
            raise EOFError("cut off")
        block = stream.decompress(packed, _BLOCK)
        if block:
            yield block
