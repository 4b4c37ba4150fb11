"""Opens files of host names, packed or not, as streams with one name a line."""

from __future__ import annotations

import errno
import gzip
import io
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import BinaryIO
from zipfile import BadZipFile, ZipFile, is_zipfile

from crawler.clock import BEIJING
from crawler.language import _
from spiders.name_formats import names_in
from spiders.zip_rest import unpacked_members

_BLOCK = 1 << 20
# Founders' judgement: lists of names shrink to a fifth or a tenth, repeated ones to a fiftieth; the
# zone of .com has some 25 thousand million bytes.
_RATIO = 200
_RATIO_FROM = 64 << 20
"""Bytes below which no ratio is looked at."""
_LARGEST = 100_000_000_000
_MEMBERS = 1_000

_DAY = re.compile(r"(?<!\d)(20\d\d)[-_.]?(0[1-9]|1[0-2])[-_.]?(0[1-9]|[12]\d|3[01])(?!\d)")
_DAMAGED = (BadZipFile, EOFError, zlib.error, gzip.BadGzipFile, NotImplementedError, RuntimeError)
"""What damaged or encrypted archives make the standard library raise; see `_is_damage`."""


class NameFileError(ValueError):
    """A file ends too early, cannot be unpacked, or unpacks to too much; says so in a sentence."""


@dataclass(frozen=True, slots=True)
class NameStream:
    """The names of a file, or of one in an archive."""

    label: str
    lines: BinaryIO
    """One name a line, UTF-8."""
    made_at: datetime | None
    """The day that its name says, else the time that the archive has for it."""
    ended: Callable[[], str]
    """Why the lines ended before the file did, or the empty string; known once all are read."""


def open_names(path: Path) -> Iterator[NameStream]:
    """The streams of names in a file: one, or one for each in a ZIP archive.

    Plain text, CSV and zone files, as they are, in gzip or in ZIP; told by their content. Each
    stream must be read before the next is asked for. Raises `OSError` and `NameFileError`.
    """
    with path.open("rb") as raw:
        start = raw.read(4)
        raw.seek(0)
        if start[:2] == b"\x1f\x8b":
            made_at = _day_in(path.name) or _moment(int.from_bytes(_gzip_time(raw), "little"))
            size = path.stat().st_size
            yield _stream(path.name, _unzipped(raw, size, path.name), made_at)
        elif start == b"PK\x03\x04" or is_zipfile(raw):
            yield from _members(raw, path)
        else:
            raw.seek(0)
            blocks = iter(lambda: raw.read(_BLOCK), b"")
            yield _stream(path.name, blocks, _day_in(path.name))


def _stream(label: str, blocks: Iterator[bytes], made_at: datetime | None) -> NameStream:
    joined = _Joined(names_in(blocks))
    return NameStream(label, io.BufferedReader(joined, _BLOCK), made_at, lambda: joined.problem)


def _gzip_time(raw: BinaryIO) -> bytes:
    raw.seek(4)
    found = raw.read(4)
    raw.seek(0)
    return found


def _unzipped(raw: BinaryIO, size: int, label: str) -> Iterator[bytes]:
    with gzip.GzipFile(fileobj=raw) as stream:
        yield from _limited(iter(lambda: stream.read1(_BLOCK), b""), size, label)


def _members(raw: BinaryIO, path: Path) -> Iterator[NameStream]:
    try:
        archive = ZipFile(raw)
    except (BadZipFile, NotImplementedError, OSError) as problem:
        if not _is_damage(problem):
            raise
        # Its end is missing, where the directory is; what it begins with can still be read.
        raw.seek(0)
        for name, blocks in unpacked_members(raw):
            label = f"{path.name}/{name}"
            limited = _limited(blocks, path.stat().st_size, label)
            yield _stream(label, limited, _day_in(name) or _day_in(path.name))
        said = _("{file} 不完整或已损坏，只读到了开头部分")
        raise NameFileError(said.format(file=path.name)) from None
    with archive:
        members = [each for each in archive.infolist() if not each.is_dir()]
        if len(members) > _MEMBERS:
            said = _("{file} 中的文件超过 {count} 个，没有读取")
            raise NameFileError(said.format(file=path.name, count=_MEMBERS))
        for member in members:
            label = f"{path.name}/{member.filename}"
            made_at = _day_in(member.filename) or _day_in(path.name)
            made_at = made_at or _written(member.date_time)
            try:
                with archive.open(member) as stream:
                    blocks = iter(lambda opened=stream: opened.read1(_BLOCK), b"")  # type: ignore[misc]
                    yield _stream(label, _limited(blocks, member.compress_size, label), made_at)
            except (*_DAMAGED, OSError) as problem:
                if not _is_damage(problem):
                    raise
                raise NameFileError(_damage(label, problem)) from problem


def _limited(blocks: Iterator[bytes], packed: int, label: str) -> Iterator[bytes]:
    """The blocks, as long as they are not those of an archive that is made to burst."""
    size = 0
    try:
        for block in blocks:
            size += len(block)
            if size > _LARGEST or (size > _RATIO_FROM and size > _RATIO * packed):
                said = _("{file} 解压后过大，疑为压缩炸弹，已停止读取")
                raise NameFileError(said.format(file=label))
            yield block
    except (*_DAMAGED, OSError) as problem:
        if not _is_damage(problem):
            raise
        raise NameFileError(_damage(label, problem)) from problem


def _is_damage(problem: Exception) -> bool:
    """Whether a file is to blame, and not the disk: a directory may point before its beginning."""
    return isinstance(problem, _DAMAGED) or getattr(problem, "errno", None) == errno.EINVAL


def _damage(label: str, problem: Exception) -> str:
    said = _("{file} 不完整或无法解压（{reason}），此前读到的照常使用")
    return said.format(file=label, reason=type(problem).__name__)


def _day_in(name: str) -> datetime | None:
    found = _DAY.search(name)
    try:
        return _written(tuple(map(int, found.groups()))) if found else None
    except ValueError:
        return None


def _written(parts: tuple[int, ...]) -> datetime | None:
    """A day or time without a zone, which we take for Beijing's."""
    try:
        clock = time(*parts[3:6]) if parts[3:] else time()  # type: ignore[arg-type]
        return datetime.combine(date(*parts[:3]), clock, BEIJING).astimezone(UTC)
    except ValueError:
        return None


def _moment(seconds: int) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None


class _Joined(io.RawIOBase):
    """Blocks as a stream, which ends where they end in an error."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        super().__init__()
        self._blocks = blocks
        self._rest = memoryview(b"")
        self.problem = ""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while not self._rest:
            try:
                block = next(self._blocks, None)
            except NameFileError as problem:
                self.problem, block = str(problem), None
            if block is None:
                return 0
            self._rest = memoryview(block)
        size = min(len(buffer), len(self._rest))
        buffer[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size
