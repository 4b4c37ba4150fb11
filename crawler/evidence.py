"""Bytes on disk under the name of their SHA-256: written whole or not at all, checked when read."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import NamedTemporaryFile

from crawler.charsets import decode
from crawler.documents import joined
from crawler.errors import EvidenceError, StoreError
from crawler.language import _
from crawler.model import BlobRef, Capture, Visit
from crawler.store import Store

_NAME_LENGTH = 64


class Blobs:
    """A folder of content-addressed bytes: `ab/cdef…` holds what hashes to `abcdef…`."""

    def __init__(self, folder: Path) -> None:
        """Use a folder, made where there is none; raises `StoreError` where it cannot be."""
        self.folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as problem:
            raise _unwritable(folder, problem) from problem

    def put(self, data: bytes, media_type: str) -> BlobRef:
        """Store bytes so that they survive a power cut; the same bytes are stored once.

        Safe in several threads at once. Raises `StoreError` where the disk refuses.
        """
        sha256 = hashlib.sha256(data).hexdigest()
        path = self._path(sha256)
        try:
            path.parent.mkdir(exist_ok=True)
            if not path.is_file() or path.read_bytes() != data:
                _write_whole(path, data)
            for folder in (path.parent, self.folder):
                _sync_folder(folder)
        except OSError as problem:
            raise _unwritable(path, problem) from problem
        return BlobRef(sha256, len(data), media_type)

    def get(self, blob: BlobRef | str) -> bytes:
        """The bytes of a blob, or of a SHA-256 in hex.

        Raises `EvidenceError` naming the blob where it is missing or not what was written.
        """
        sha256 = blob if isinstance(blob, str) else blob.sha256
        try:
            data = self._path(sha256).read_bytes()
        except FileNotFoundError as problem:
            raise EvidenceError(_("证据文件 {blob} 缺失").format(blob=sha256)) from problem
        except OSError as problem:
            said = _("无法读取证据文件 {blob}（{problem}）")
            raise EvidenceError(said.format(blob=sha256, problem=problem.strerror)) from problem
        if hashlib.sha256(data).hexdigest() != sha256:
            raise EvidenceError(_("证据文件 {blob} 的内容已被改动").format(blob=sha256))
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

    def _path(self, sha256: str) -> Path:
        return self.folder / sha256[:2] / sha256[2:]


def _write_whole(path: Path, data: bytes) -> None:
    with NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as stream:
        temporary = Path(stream.name)
        try:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _unwritable(path: Path, problem: OSError) -> StoreError:
    said = _("无法写入证据文件 {file}（{problem}），请检查权限和磁盘空间")
    return StoreError(said.format(file=path, problem=problem.strerror))


def load_visit(store: Store, blobs: Blobs, visit_id: str) -> Visit:
    """The Visit of an id with the HTML of its captures decoded.

    Raises `StoreError` where there is no such Visit, `EvidenceError` where a body is damaged.
    """
    visit = store.visit(visit_id)
    return replace(visit, captures=tuple(_with_html(blobs, capture) for capture in visit.captures))


def _with_html(blobs: Blobs, capture: Capture) -> Capture:
    if capture.rendered is not None:
        seen = [blobs.get(blob).decode("utf-8", "replace") for blob in _documents(capture)]
        return replace(capture, html=joined(seen[0], seen[1:]))
    if capture.body is None:
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
