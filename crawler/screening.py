"""Screens files of host names of any size, in several processes and constant memory."""

from __future__ import annotations

import gc
import multiprocessing
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from detectors.names import NameHit, NameScreen, ScreenCount
from detectors.names.automaton import Keep
from detectors.names.lines import LONGEST_LINE

_BLOCK = 1 << 19
"""Bytes read at once: what is made of them stays in the cache of a processor."""
_SHARD = 2 << 20
"""Bytes of a file that one process is given at once; the last one must not keep others waiting."""
_KEPT = 8
"""Automata kept on disk."""


@dataclass(frozen=True, slots=True)
class ScreenedPart:
    """The hits of one part of a stream of names, in order, and what the part held."""

    hits: tuple[NameHit, ...]
    count: ScreenCount


def screen_file(path: Path, screen: NameScreen, processes: int = 0) -> Iterator[ScreenedPart]:
    """The hits in a file with one name a line, part by part; `processes` 0: as many as cores.

    The parts come in the order of the file, and the hits do not depend on how it was cut. Raises
    `OSError`.
    """
    processes = processes or os.cpu_count() or 1
    with path.open("rb") as stream:
        status = os.fstat(stream.fileno())
        size = status.st_size
        if not stat.S_ISREG(status.st_mode) or processes == 1 or size <= _SHARD:
            yield from screen_stream(stream, screen)
            return
    screen.prepare()
    starts = range(0, size, _SHARD)
    # Forked, so that the automata are built once and their memory is shared.
    context = multiprocessing.get_context("fork")
    with context.Pool(
        min(processes, len(starts)), initializer=_Shard.share, initargs=(screen, path)
    ) as pool:
        yield from pool.imap(_Shard.screen, starts)


def screen_stream(stream: BinaryIO, screen: NameScreen) -> Iterator[ScreenedPart]:
    """The hits in a stream with one name a line, part by part."""
    for block in _blocks(stream.read):
        yield _screened(block, screen)


def _screened(block: bytes, screen: NameScreen) -> ScreenedPart:
    count = ScreenCount()
    hits = tuple(hit for _line, hit in screen.screen_block(block, count))
    return ScreenedPart(hits, count)


class _Shard:
    """What a process of the pool works with."""

    _screen: NameScreen
    _path: Path

    @classmethod
    def share(cls, screen: NameScreen, path: Path) -> None:
        """Take what was made before the process was forked."""
        cls._screen, cls._path = screen, path
        # Names make no cycles, and seeking some takes a fifteenth of the time.
        gc.disable()

    @classmethod
    def screen(cls, start: int) -> ScreenedPart:
        """Screen the lines that begin in one shard, the last of them whole."""
        count = ScreenCount()
        hits: list[NameHit] = []
        with cls._path.open("rb") as stream:
            for block in _blocks(_Span(stream, start, start + _SHARD).read):
                part = _screened(block, cls._screen)
                hits += part.hits
                count.add(part.count)
        return ScreenedPart(tuple(hits), count)


class _Span:
    """The lines of a file that begin between two places."""

    def __init__(self, stream: BinaryIO, start: int, end: int) -> None:
        self._stream = stream
        if start:
            stream.seek(start - 1)
            _end_line(stream)
        self._left = max(0, end - stream.tell())
        self._open = self._left > 0

    def read(self, size: int) -> bytes:
        """The next bytes, none at the end."""
        if self._left:
            data = self._stream.read(min(size, self._left))
            self._left = self._left - len(data) if data else 0
            if not self._left and not data.endswith(b"\n"):
                data += self._stream.readline(size)
            self._open = not data.endswith(b"\n")
            return data
        if not self._open:
            return b""
        data = self._stream.readline(size)
        self._open = bool(data) and not data.endswith(b"\n")
        return data


def _end_line(stream: BinaryIO) -> None:
    while (data := stream.readline(_BLOCK)) and not data.endswith(b"\n"):
        pass


def _blocks(read: Callable[[int], bytes]) -> Iterator[bytes]:
    """Whole lines in blocks; of a line that is too long only so much that this can be seen."""
    rest = b""
    while data := read(_BLOCK):
        whole, newline, tail = data.rpartition(b"\n")
        if newline:
            yield rest + whole + newline
            rest = tail
        else:
            rest += tail
        rest = rest[: LONGEST_LINE + 1]
    if rest:
        yield rest


def cache_folder() -> Path:
    """Where this user's automata are kept: `certhound` in the folder for caches."""
    chosen = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(chosen) if chosen else Path.home() / ".cache") / "certhound"


def kept_in(folder: Path) -> Keep:
    """A keeper of what takes long to build; where the folder fails it, all is built anew.

    What is read back is handed to native code: it must be this user's own and whole.
    """

    def keep(key: str, build: Callable[[], bytes]) -> bytes:
        path = folder / f"names-{key[:32]}"
        data = _read_kept(path)
        if data is None:
            data = build()
            with suppress(OSError):
                _write_kept(path, data)
        return data

    return keep


def _read_kept(path: Path) -> bytes | None:
    try:
        with path.open("rb") as stream:
            status = os.fstat(stream.fileno())
            if status.st_uid != os.getuid() or status.st_mode & 0o022:
                return None
            check, data = stream.read(32), stream.read()
    except OSError:
        return None
    return data if sha256(data).digest() == check else None


def _write_kept(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    new = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        stream.write(sha256(data).digest() + data)
    new.replace(path)
    kept = sorted(path.parent.glob("names-*"), key=lambda each: each.stat().st_mtime)
    for old in kept[:-_KEPT]:
        old.unlink(missing_ok=True)
