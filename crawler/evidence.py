"""Bytes on disk under their SHA-256: written whole or not at all, checked when read."""

from __future__ import annotations

import os
import threading
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from crawler.charsets import decode
from crawler.digests import sha256, sm3
from crawler.documents import joined
from crawler.errors import EvidenceError, StoreError
from crawler.language import _, said_by_system
from crawler.model import BlobRef, Capture, Failure, Visit
from crawler.store import Store

_NAME_LENGTH = 64
_MOST_HELD = 8_000_000
"""Bytes that wait in memory for `settle` (founders' judgement): some hundred pages."""
_SYNCS_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Unsettled:
    """What was put and would not survive a power cut: bytes, and files that are not synced."""

    held: tuple[tuple[str, bytes], ...]
    """Each with its SHA-256."""
    files: frozenset[Path]


class Blobs:
    """A folder of content-addressed bytes: `ab/cdef…` holds what hashes to `abcdef…`.

    `put` writes, `settle` makes what was put survive a power cut: a row that names a blob is
    written after both. Bytes are made durable in batches, for a disk takes as long over one file
    as over many. Who settles elsewhere may `hold`: then what is put waits in memory, and no slow
    disk delays who puts it. Another process settles what it is handed: `hand_over` here,
    `take_over` and `settle` there, then `let_go` here.
    """

    def __init__(self, folder: Path) -> None:
        """Use a folder, made where there is none; raises `StoreError` where it cannot be."""
        self.folder = folder
        self._lock = threading.Lock()
        self._settling = threading.Lock()
        self._unsettled: set[Path] = set()
        self._held: dict[str, bytes] = {}
        self._handed: set[str] = set()
        self._room = 0
        self._number = 0
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as problem:
            raise _unwritable(folder, problem) from problem

    def hold(self) -> None:
        """From now on let `settle` write what is put, as long as it is not too much.

        What is held when the process dies is lost, and no row names it.
        """
        self._room = _MOST_HELD

    def put(self, data: bytes, media_type: str) -> BlobRef:
        """Store bytes; the same bytes are stored once.

        Safe in several threads at once. Raises `StoreError` where the disk refuses.
        """
        name = sha256(data)
        if not self._holds_back(name, data):
            self._write(name, data)
        return BlobRef(name, len(data), media_type, sm3(data))

    def _holds_back(self, name: str, data: bytes) -> bool:
        with self._lock:
            if name not in self._held:
                if len(data) >= self._room:
                    return False
                self._room -= len(data)
                self._held[name] = data
        return True

    def _write(self, name: str, data: bytes) -> None:
        path = self._path(name)
        try:
            if not _holds(path, data):
                self._write_whole(path, data)
        except OSError as problem:
            raise _unwritable(path, problem) from problem
        with self._lock:
            # One that was there already may have been put by a run that was broken off.
            self._unsettled.add(path)

    def settle(self) -> None:
        """Make all that was put survive a power cut; raises `StoreError` where the disk refuses."""
        with self._settling:  # whoever comes second waits for what the first has taken up
            with self._lock:
                held = list(self._held.items())
            for name, data in held:
                self._write(name, data)
                with self._lock:
                    self._room += len(self._held.pop(name))
            with self._lock:
                paths, self._unsettled = self._unsettled, set()
            try:
                _sync_all({*paths, *(each.parent for each in paths), self.folder} if paths else ())
            except StoreError:
                with self._lock:
                    self._unsettled |= paths
                raise

    def hand_over(self) -> Unsettled:
        """What was put since the last time, for another process; here it can still be read."""
        with self._lock:
            held = tuple(each for each in self._held.items() if each[0] not in self._handed)
            self._handed.update(name for name, _data in held)
            files, self._unsettled = self._unsettled, set()
        return Unsettled(held, frozenset(files))

    def take_over(self, unsettled: Unsettled) -> None:
        """Hold what another process has handed over until `settle` has written it."""
        with self._lock:
            self._held.update(unsettled.held)
            self._unsettled.update(unsettled.files)

    def let_go(self, unsettled: Unsettled) -> None:
        """Hold no longer what the other process has settled."""
        with self._lock:
            for name, data in unsettled.held:
                if self._held.pop(name, None) is not None:
                    self._room += len(data)
                self._handed.discard(name)

    def get(self, blob: BlobRef | str) -> bytes:
        """The bytes of a blob, or of a SHA-256 in hex.

        Raises `EvidenceError` naming the blob where it is missing or not what was written.
        """
        name = blob if isinstance(blob, str) else blob.sha256
        with self._lock:
            held = self._held.get(name)
        if held is not None:
            return held
        try:
            data = self._path(name).read_bytes()
        except FileNotFoundError as problem:
            raise EvidenceError(_("证据文件 {blob} 缺失").format(blob=name)) from problem
        except OSError as problem:
            said = _("无法读取证据文件 {blob}（{problem}）")
            raise EvidenceError(
                said.format(blob=name, problem=said_by_system(problem))
            ) from problem
        if sha256(data) != name:
            raise EvidenceError(_("证据文件 {blob} 的内容已被改动").format(blob=name))
        return data

    def remove(self, sha256: str) -> bool:
        """Take a blob away; `False` where it was not there. Raises `StoreError`."""
        path = self._path(sha256)
        try:
            path.unlink()
        except FileNotFoundError:
            return False
        except OSError as problem:
            raise _unwritable(path, problem) from problem
        return True

    def names(self) -> Iterator[str]:
        """The SHA-256 of every blob on disk, in order; half-written files are left out."""
        for path in sorted(self.folder.glob("[0-9a-f][0-9a-f]/*")):
            name = path.parent.name + path.name
            if len(name) == _NAME_LENGTH:
                yield name

    def _path(self, name: str) -> Path:
        return self.folder / name[:2] / name[2:]

    def _write_whole(self, path: Path, data: bytes) -> None:
        """Write under another name first: under its own, a blob is whole or not there at all."""
        with self._lock:
            self._number += 1
            part = path.with_name(f".{self._number}.{os.getpid()}.part")
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        try:
            descriptor = os.open(part, flags, 0o600)
        except FileNotFoundError:
            path.parent.mkdir(exist_ok=True)
            descriptor = os.open(part, flags, 0o600)
        try:
            with os.fdopen(descriptor, "wb", buffering=0) as stream:
                stream.write(data)
            part.replace(path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise


def _holds(path: Path, data: bytes) -> bool:
    try:
        return path.stat().st_size == len(data) and path.read_bytes() == data
    except FileNotFoundError:
        return False


def _sync_all(paths: Collection[Path]) -> None:
    """Make files' bytes and folders' names survive a power cut, in whatever order."""
    if paths:
        # A disk that is asked for many at once makes them safe by one flush: one after another,
        # sixteen captures' files took a busy disk twenty times as long (measured).
        with ThreadPoolExecutor(min(_SYNCS_AT_ONCE, len(paths))) as threads:
            for _done in threads.map(_sync, paths):
                pass


def _sync(path: Path) -> None:
    try:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as problem:
        raise _unwritable(path, problem) from problem


def _unwritable(path: Path, problem: OSError) -> StoreError:
    said = _("无法写入证据文件 {file}（{problem}），请检查权限和磁盘空间")
    return StoreError(said.format(file=path, problem=said_by_system(problem)))


def load_visit(store: Store, blobs: Blobs, visit_id: str) -> Visit:
    """The Visit of an id with the HTML of its captures decoded.

    Raises `StoreError` where there is no such Visit, `EvidenceError` where a body is damaged.
    """
    visit = store.visit(visit_id)
    return replace(visit, captures=tuple(_with_html(blobs, capture) for capture in visit.captures))


def load_what_is_whole(store: Store, blobs: Blobs, visit_id: str) -> tuple[Visit, tuple[str, ...]]:
    """The Visit of an id, and one sentence for each capture whose stored bytes are damaged.

    Such a capture comes as one that failed by our fault: it says nothing of its page. Raises
    `StoreError` where there is no such Visit.
    """
    visit = store.visit(visit_id)
    captures, damages = [], []
    for capture in visit.captures:
        try:
            captures.append(_with_html(blobs, capture))
        except EvidenceError as problem:
            damages.append(str(problem))
            captures.append(replace(capture, failure=Failure.OUR_FAULT, detail=str(problem)))
    return replace(visit, captures=tuple(captures)), tuple(damages)


def _with_html(blobs: Blobs, capture: Capture) -> Capture:
    if capture.rendered is not None:
        seen = [blobs.get(blob).decode("utf-8", "replace") for blob in _documents(capture)]
        return replace(capture, html=joined(seen[0], seen[1:]))
    if capture.body is None or capture.is_picture:
        return capture
    return replace(capture, html=_decoded(blobs.get(capture.body), capture))


def _documents(capture: Capture) -> Iterator[BlobRef]:
    if capture.rendered is not None:
        yield capture.rendered
    yield from capture.frames


def _decoded(body: bytes, capture: Capture) -> str:
    if capture.encoding:
        try:
            return body.decode(capture.encoding, "replace")
        except LookupError:
            pass  # recorded by another Python; judged anew below
    named = {name.lower(): value for name, value in reversed(capture.headers)}
    return decode(body, named.get("content-type", ""))[0]
