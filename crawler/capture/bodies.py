"""Undoes content encodings within a size budget: a bomb yields its first bytes and no more."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import brotli


@dataclass(frozen=True, slots=True)
class Body:
    """The decoded bytes of an answer."""

    content: bytes
    truncated: bool
    """Whether the content was cut at the budget, or ended before its encoding did."""
    readable: bool
    """Whether the content encoding could be undone at all."""


def decode_content(raw: bytes, encoding: str, limit: int) -> Body:
    """The body behind a Content-Encoding header, at most `limit` bytes of it.

    Knows gzip, deflate (with and without zlib's header, as servers send both) and br; several
    encodings in a row are undone from the last. An unknown one makes the body unreadable.
    """
    content, truncated = raw, False
    for name in reversed([part.strip().lower() for part in encoding.split(",") if part.strip()]):
        if name == "identity":
            continue
        undone = _undo(content, name, limit)
        if undone is None:
            return Body(raw[:limit], truncated=len(raw) > limit, readable=False)
        content, cut = undone
        truncated = truncated or cut
    return Body(content[:limit], truncated=truncated or len(content) > limit, readable=True)


def _undo(content: bytes, name: str, limit: int) -> tuple[bytes, bool] | None:
    if name in ("gzip", "x-gzip"):
        return _inflate(content, zlib.MAX_WBITS | 16, limit)
    if name == "deflate":
        wrapped = _inflate(content, zlib.MAX_WBITS, limit)
        return wrapped or _inflate(content, -zlib.MAX_WBITS, limit)
    if name == "br":
        return _unbrotli(content, limit)
    return None


def _inflate(content: bytes, bits: int, limit: int) -> tuple[bytes, bool] | None:
    inflater = zlib.decompressobj(bits)
    try:
        plain = inflater.decompress(content, limit)
    except zlib.error:
        return None
    return plain, not inflater.eof


def _unbrotli(content: bytes, limit: int) -> tuple[bytes, bool] | None:
    decoder = brotli.Decompressor()
    try:
        plain = decoder.process(content, output_buffer_limit=limit)
    except brotli.error:
        return None
    return plain, not decoder.is_finished()
