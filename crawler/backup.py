"""A data folder in one file and back: consistent while a run writes, whole or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from crawler.clock import beijing, stamp
from crawler.custody import Inspection, inspect_chain
from crawler.errors import BackupError, CerthoundError, StoreError, UsageError
from crawler.evidence import Blobs
from crawler.language import _, said_by_system
from crawler.locks import locked
from crawler.model import MACHINE
from crawler.store import Store

_SCHEMA = 1
_DATABASE = "certhound.db"
_MANIFEST = "manifest.json"
_BLOB = re.compile(r"blobs/([0-9a-f]{2})/([0-9a-f]{62})")
_REPORT = re.compile(r"reports(?:/(?!\.\.?(?:/|$))[^/\\\x00]+)+")
_PIECE = 1024 * 1024
_LARGEST_MANIFEST = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class BackUp:
    """What was put into a backup."""

    file: Path
    size: int
    sha256: str
    blobs: int
    damaged: tuple[str, ...]
    """Blobs that were damaged in the data folder already; they are in it as they were found."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What came out of a backup."""

    made_at: str
    blobs: int
    chain: Inspection


def back_up(data: Path, target: Path, at: datetime) -> BackUp:
    """Write a data folder into a new file, while a run may be writing.

    In it are the database as of one moment, every blob that it names, and the papers; logs are not.
    The file appears whole or not at all. Raises `UsageError` where it exists, `StoreError` where
    the folder has no data, the database is damaged or the disk is full.
    """
    if target.exists():
        said = _("备份文件 {file} 已存在，请换一个文件名")
        raise UsageError(said.format(file=target))
    with Store.open(data, create=False) as store, locked(data / "keep.lock", shared=True):
        with _scratch(target) as (part, copy):
            store.copy_to(copy)
            # Listed after the copy: a blob is on disk before the row that names it.
            names = list(Blobs(data / "blobs").names())
            damaged = _pack(part, copy, data, names, at)
            digest, size = _digest_of_file(part), part.stat().st_size
            _to_disk(part)
            part.replace(target)
        store.add_custody(at, MACHINE, "backed up", target.name, digest)
    return BackUp(target, size, digest, len(names), damaged)


@contextmanager
def _scratch(target: Path) -> Iterator[tuple[Path, Path]]:
    """Two files beside the target that are gone afterwards, whatever happens."""
    part = target.with_name(f".{target.name}.part")
    copy = target.with_name(f".{target.name}.db")
    try:
        for path in (part, copy):
            path.unlink(missing_ok=True)  # left by one that was killed
        copy.touch()  # told here, a folder that is not there is no fault of the database
        yield part, copy
    except OSError as problem:
        said = _("无法写入备份文件 {file}（{problem}），请检查权限和磁盘空间")
        raise StoreError(said.format(file=target, problem=said_by_system(problem))) from problem
    finally:
        for path in (part, copy, copy.with_name(f"{copy.name}-journal")):
            path.unlink(missing_ok=True)


def _pack(
    part: Path, copy: Path, data: Path, names: Iterable[str], at: datetime
) -> tuple[str, ...]:
    listed: dict[str, str] = {}
    damaged = []
    count, blobs = 0, hashlib.sha256()
    with ZipFile(part, "x", ZIP_DEFLATED, compresslevel=1) as archive:
        listed[_DATABASE] = _add(archive, copy, _DATABASE, at)
        for name in names:
            found = _add(archive, data / "blobs" / name[:2] / name[2:], _blob(name), at)
            count += 1
            blobs.update(f"{name}\n".encode())
            if found != name:
                damaged.append(name)
        for path in _papers(data / "reports"):
            inside = path.relative_to(data).as_posix()
            listed[inside] = _add(archive, path, inside, at)
        manifest = {
            "schema": _SCHEMA,
            "made_at": stamp(at),
            "files": listed,
            "blobs": {"count": count, "sha256": blobs.hexdigest(), "damaged": damaged},
        }
        text = json.dumps(manifest, ensure_ascii=False, indent=1)
        archive.writestr(_member(_MANIFEST, at), text.encode("utf-8", "surrogatepass"))
    return tuple(damaged)


def _blob(name: str) -> str:
    return f"blobs/{name[:2]}/{name[2:]}"


def _papers(folder: Path) -> list[Path]:
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and not path.is_symlink() and not path.name.endswith(".part")
    )


def _member(name: str, at: datetime) -> ZipInfo:
    member = ZipInfo(name, beijing(at).timetuple()[:6])
    member.compress_type = ZIP_DEFLATED
    member.external_attr = 0o600 << 16
    return member


def _add(archive: ZipFile, path: Path, name: str, at: datetime) -> str:
    """Put a file into the archive; returns its SHA-256."""
    with path.open("rb") as source, archive.open(_member(name, at), "w", force_zip64=True) as sink:
        return _copied(source, sink)


def _copied(source: IO[bytes], sink: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while piece := source.read(_PIECE):
        digest.update(piece)
        sink.write(piece)
    return digest.hexdigest()


def _digest_of_file(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _to_disk(path: Path) -> None:
    with path.open("rb") as stream:
        os.fsync(stream.fileno())


def restore(source: Path, data: Path, at: datetime) -> Restored:
    """Put a backup into a folder that is empty or not there yet.

    Everything is unpacked and checked beside it first; the folder appears whole or not at all.
    Raises `UsageError` where the folder holds something, `BackupError` where the file is no backup,
    was cut off or changed, `StoreError` where the disk refuses or we are older than the data.
    """
    if data.exists() and (not data.is_dir() or any(data.iterdir())):
        said = _("数据文件夹 {folder} 不是空的，请恢复到一个新的文件夹")
        raise UsageError(said.format(folder=data))
    made = data.absolute().with_name(f".{data.absolute().name}.restoring")
    try:
        shutil.rmtree(made, ignore_errors=True)  # left by one that was killed
        made.mkdir(parents=True)
        restored = _unpack_all(source, made, at)
        os.sync()
        if data.exists():
            data.rmdir()
        made.rename(data)
    except OSError as problem:
        said = _("无法写入数据文件夹 {folder}（{problem}），请检查权限和磁盘空间")
        raise StoreError(said.format(folder=data, problem=said_by_system(problem))) from problem
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return restored


def _unpack_all(source: Path, made: Path, at: datetime) -> Restored:
    try:
        stream = source.open("rb")
    except OSError as problem:
        said = _("无法读取备份文件 {file}（{problem}），请检查路径和权限")
        raise BackupError(said.format(file=source, problem=said_by_system(problem))) from problem
    with stream:
        try:
            with ZipFile(stream) as archive:
                made_at, count = _unpack(archive, made, source)
        except (OSError, CerthoundError):
            raise
        except BadZipFile as problem:
            raise _broken(source, _("不是完整的 ZIP 文件")) from problem
        # A damaged archive makes zipfile and zlib raise whatever they happen to stumble over.
        except Exception as problem:
            raise _broken(source, str(problem)) from problem
    with Store.open(made, create=False) as store:
        chain = inspect_chain(store)
        store.add_custody(at, MACHINE, "restored", source.name, _digest_of_file(source))
    return Restored(made_at, count, chain)


def _unpack(archive: ZipFile, made: Path, source: Path) -> tuple[str, int]:
    with archive.open(_MANIFEST) as stream:
        manifest = json.loads(stream.read(_LARGEST_MANIFEST).decode("utf-8", "surrogatepass"))
    if manifest["schema"] != _SCHEMA:
        said = _("备份文件 {file} 由更新版本的 certhound 写成，请先升级本程序")
        raise BackupError(said.format(file=source))
    listed = dict(manifest["files"])
    damaged = frozenset(manifest["blobs"]["damaged"])
    count, blobs = 0, hashlib.sha256()
    for member in archive.infolist():
        name = member.filename
        if name == _MANIFEST:
            continue
        blob = _BLOB.fullmatch(name)
        expected = blob[1] + blob[2] if blob else listed.pop(name, "")
        if not blob and name != _DATABASE and not _REPORT.fullmatch(name):
            raise _broken(source, name)
        path = made / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(member) as packed, path.open("xb") as sink:
            found = _copied(packed, sink)
        if found != expected and expected not in damaged:
            raise _broken(source, name)
        if blob:
            count += 1
            blobs.update(f"{expected}\n".encode())
    if listed or (count, blobs.hexdigest()) != (
        manifest["blobs"]["count"],
        manifest["blobs"]["sha256"],
    ):
        raise _broken(source, _("缺少文件"))
    (made / "blobs").mkdir(exist_ok=True)
    return str(manifest["made_at"]), count


def _broken(source: Path, problem: str) -> BackupError:
    said = _("备份文件 {file} 已损坏或不完整（{problem}），没有恢复任何数据，请换一份备份")
    return BackupError(said.format(file=source, problem=problem))
