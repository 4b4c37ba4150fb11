"""The lines of a block of names, found and told apart without touching each of them in Python."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

LONGEST_LINE = 4_096
"""Bytes; a longer line is no host name, whatever it holds."""
_LONGEST_LABEL = 63
_LONGEST_NAME = 253

_CHUNK = 256
_NEWLINE, _HYPHEN_MARK = b"\n-"

# Bits of the class of a byte: what it is, and what may not stand behind it.
_MARK, _HYPHEN, _END, _ODD = 0x01, 0x02, 0x04, 0x80
_WRONG = _MARK | _HYPHEN | _ODD
_NOT_BEHIND = 4
_CLASSES = bytes(
    0
    if byte < 128 and (chr(byte).isalnum() or byte == ord("_"))
    else {
        ord("-"): _HYPHEN | _MARK << _NOT_BEHIND,
        ord("."): _MARK | (_MARK | _HYPHEN) << _NOT_BEHIND,
        _NEWLINE: _MARK | _END | (_MARK | _HYPHEN) << _NOT_BEHIND,
    }.get(byte, _ODD)
    for byte in range(256)
)
_WORDS = np.dtype("<u8")
"""Bits of a block are worked on 64 at once, the first byte's lowest."""


class Lines:
    """The lines of a block; each ends with a newline.

    Only newlines are counted, chunk by chunk: listing their places takes ten times as long.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        chunks = -(-len(data) // _CHUNK)
        newlines = np.zeros(chunks * _CHUNK, np.bool_)
        np.equal(np.frombuffer(data, np.uint8), _NEWLINE, out=newlines[: len(data)])
        # Eight counters of a byte each are added up at once; none has more than 32 to count.
        lanes = newlines.view(_WORDS).reshape(chunks, _CHUNK // 8).sum(axis=1)
        counts = lanes.view(np.uint8).reshape(chunks, 8).sum(axis=1, dtype=np.int64)
        self._before: list[int] = [0, *np.cumsum(counts).tolist()]

    def __len__(self) -> int:
        return self._before[-1]

    def at(self, place: int) -> int:
        """The index of the line that holds the byte at a place, or its newline."""
        chunk = place // _CHUNK
        return self._before[chunk] + self._data.count(b"\n", chunk * _CHUNK, place)

    def bounds(self, index: int) -> tuple[int, int]:
        """Where a line begins, and where its newline stands."""
        start = 0
        if index:
            chunk = bisect_left(self._before, index) - 1
            start = chunk * _CHUNK
            for _newline in range(index - self._before[chunk]):
                start = self._data.index(b"\n", start) + 1
        return start, self._data.index(b"\n", start)

    def line(self, index: int) -> bytes:
        """One line, without its newline."""
        start, end = self.bounds(index)
        return self._data[start:end]


def double_hyphens(data: bytes) -> Iterator[int]:
    """The places of two hyphens in a row."""
    hyphens = np.frombuffer(data, np.uint8) == _HYPHEN_MARK
    double = (hyphens[:-1] & hyphens[1:]).tobytes()
    place = double.find(1)
    while place >= 0:
        yield place
        place = double.find(1, place + 1)


def odd_lines(data: bytes, lines: Lines) -> frozenset[int]:
    """Indices of the lines that are no plain host name: URLs, blanks, and whatever else."""
    classes = np.frombuffer(data.translate(_CLASSES), np.uint8)
    refused = classes[:-1] >> _NOT_BEHIND
    wrong = classes[1:] & (refused | _ODD) & _WRONG
    places = (np.flatnonzero(wrong != 0) + 1).tolist() if wrong.any() else []
    if classes[0] & _WRONG:
        places.append(0)  # as behind a newline
    found = {lines.at(place) for place in places}
    marks, ends = _bits(classes & _MARK), _bits(classes & _END)
    found.update(map(lines.at, _without_dot(marks, ends)))
    end = -1
    for place in sorted(_runs_of(~marks, 32, len(data)) + _runs_of(~ends, 64, len(data))):
        if place <= end:
            continue  # a long line holds many, and is measured once
        index = lines.at(place)
        start, end = lines.bounds(index)
        longest = max(map(len, data[start:end].split(b".")))
        if longest > _LONGEST_LABEL or end - start > _LONGEST_NAME:
            found.add(index)
    return frozenset(found)


_Bits = NDArray[np.uint64]


def _bits(classes: NDArray[np.integer[Any]]) -> _Bits:
    """One bit for each byte, set where it is not 0, in whole words."""
    packed = np.packbits(classes, bitorder="little")
    return np.frombuffer(packed.tobytes() + bytes(-len(packed) % 16), _WORDS)


def _without_dot(marks: _Bits, ends: _Bits) -> list[int]:
    """The newlines before which no dot stands in their line.

    To the bits of all bytes that are no mark, the first bit of each line is added; it is carried up
    to the first mark of its line, which must be no newline. Carries through a whole word are left
    out: a label of so many letters is odd already.
    """
    letters = ~marks
    starts = ends << np.uint64(1)
    starts[1:] |= ends[:-1] >> np.uint64(63)
    starts[0] |= np.uint64(1)
    carried = letters + starts
    carried[1:] += carried[:-1] < letters[:-1]
    return _places(carried & marks & ends)


def _places(bits: _Bits) -> list[int]:
    words = np.flatnonzero(bits)
    if not len(words):
        return []
    rows = np.unpackbits(bits[words].view(np.uint8).reshape(-1, 8), axis=1, bitorder="little")
    word, bit = np.nonzero(rows)
    found: list[int] = (words[word] * 64 + bit).tolist()
    return found


def _runs_of(bits: _Bits, size: int, length: int) -> list[int]:
    """Places of chunks of so many bits, 32 or 64, that are all set; runs twice as long hold one."""
    chunks = bits.view(f"<u{size // 8}")
    full = chunks == np.iinfo(chunks.dtype).max
    found: list[int] = (np.flatnonzero(full) * size).tolist()
    return [place for place in found if place < length]
