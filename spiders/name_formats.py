"""Tells plain lists, CSV and zone files apart, and brings each to one name a line."""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from collections.abc import Iterator
from itertools import chain

from crawler.charsets import decode
from detectors.names import NameScreen

_SAMPLE = 1 << 16
_ROWS = 200
"""Rows by which a column is chosen."""
_LONGEST = 1 << 16
"""Bytes of a line beyond which it holds no name and is not kept whole."""
_DELIMITERS = ",\t;|"
_TITLE = re.compile(r"domain|域名|host", re.IGNORECASE)
# RFC 1035, section 5, as ICANN's zone files have it: owner, time to live, class, type, data.
_RECORD = re.compile(rb"^([^\s;]+)[ \t]+\d+[ \t]+in[ \t]+(\w+)[ \t]", re.IGNORECASE | re.MULTILINE)
_NO_RECORD = re.compile(rb"[ \t]*(?:[;$].*)?\r?")


def names_in(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """The names in the bytes of a file, in whole lines of UTF-8.

    Lines that hold no name come through, so that whoever screens them can count them. Where the
    blocks end in an error, that comes after all the whole lines before it.
    """
    lines = _in_lines(blocks)
    first = next(lines, b"")
    whole = chain((first,), lines)
    start = first[:_SAMPLE]
    start = start[: start.rfind(b"\n") + 1] or start
    if _is_zone(start):
        return _zone_names(whole)
    codec = decode(start, "")[1]
    table = _table_of(start.decode(codec, "replace"))
    if table is not None:
        return _column(whole, codec, *table)
    if codec in ("utf-8", "cp1252"):
        return whole
    return (text.encode("utf-8", "replace") for text in _decoded(whole, codec))


def _in_lines(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """The blocks cut behind a line's end; what a block that never came would have ended is lost."""
    rest = b""
    for block in blocks:
        whole, newline, tail = block.rpartition(b"\n")
        if newline:
            yield rest + whole + newline
            rest = b""
        rest = (rest + tail)[:_LONGEST]
    if rest:
        yield rest + b"\n"


def _decoded(blocks: Iterator[bytes], codec: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(codec)("replace")
    for block in blocks:
        yield decoder.decode(block)


def _is_zone(start: bytes) -> bool:
    lines = [line for line in start.split(b"\n") if not _NO_RECORD.fullmatch(line)]
    return bool(lines) and len(_RECORD.findall(start)) * 2 > len(lines)


def _zone_names(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """The names that a zone delegates, each once; lines that are no record as they are."""
    last = b""
    for block in blocks:
        records = _RECORD.findall(block)
        names: list[bytes] = []
        for owner, kind in records:
            if kind in (b"ns", b"NS") and owner != last:
                last = owner
                names.append(owner.rstrip(b"."))
        # The zone's own servers are no delegation.
        found = [name for name in names if b"." in name]
        if len(records) < block.count(b"\n"):
            found += (
                line
                for line in block.splitlines()
                if not _NO_RECORD.fullmatch(line) and not _RECORD.match(line)
            )
        if found:
            yield b"\n".join(found) + b"\n"


def _table_of(start: str) -> tuple[str, int] | None:
    """The delimiter of a table and the column with its domains, or `None` for a plain list."""
    lines = [line for line in start.splitlines()[:_ROWS] if line.strip() and line[0] != "#"]
    quoted = sum(line.startswith('"') for line in lines) * 2 > len(lines)
    for delimiter in _DELIMITERS:
        rows = [_cells(line, delimiter) for line in lines]
        width = Counter(map(len, rows)).most_common(1)[0][0] if rows else 0
        whole = [row for row in rows if len(row) == width]
        if (width < 2 and not quoted) or len(whole) * 5 < len(rows) * 4:
            continue
        hosts = [sum(NameScreen.clean(row[at]) is not None for row in whole) for at in range(width)]
        titled = [at for at in range(width) if _TITLE.search(whole[0][at])]
        chosen = max(range(width), key=lambda at: (hosts[at] * 2 > len(whole), at in titled, -at))
        if hosts[chosen] * 2 >= len(whole):
            return delimiter, chosen
    return None


def _cells(line: str, delimiter: str) -> list[str]:
    if '"' not in line:
        return line.split(delimiter)
    try:
        return next(csv.reader((line,), delimiter=delimiter), [])
    except csv.Error:
        return [line]


def _column(blocks: Iterator[bytes], codec: str, delimiter: str, column: int) -> Iterator[bytes]:
    """One column of a table; rows without it come through as they are."""
    first = True
    for text in _decoded(blocks, codec):
        found = []
        for line in text.splitlines():
            if not line.strip() or line.startswith("#"):
                continue
            row = _cells(line.lstrip("\ufeff") if first else line, delimiter)
            # A title is no bad line.
            if not (first and len(row) > column and NameScreen.clean(row[column]) is None):
                found.append(row[column].strip() if len(row) > column else line)
            first = False
        yield "".join(f"{name}\n" for name in found).encode("utf-8", "replace")
