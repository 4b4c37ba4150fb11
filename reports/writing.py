"""Files are written whole or not at all: a temporary file beside the real one, then renamed."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from crawler.errors import StoreError
from crawler.language import _


def write_files(folder: Path, files: Mapping[str, bytes | Iterable[bytes]]) -> tuple[Path, ...]:
    """Write named files into a folder, which is made where it is missing; returns their paths.

    Every byte is on disk before the first file takes its name. A name may hold folders
    (`captures/a.bin`); a long file may come in pieces. Raises `StoreError` where the folder cannot
    be written.
    """
    ready: list[tuple[Path, Path]] = []
    try:
        for name, content in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
            ready.append((temporary, path))
            _write(temporary, content)
        for temporary, path in ready:
            temporary.replace(path)
    except BaseException as problem:
        for temporary, _path in ready:
            temporary.unlink(missing_ok=True)
        if not isinstance(problem, OSError):
            raise
        said = _("无法写入文件夹 {folder}（{problem}），请检查权限和剩余空间")
        raise StoreError(said.format(folder=folder, problem=problem)) from problem
    return tuple(path for _temporary, path in ready)


def _write(path: Path, content: bytes | Iterable[bytes]) -> None:
    with path.open("wb") as stream:
        stream.writelines((content,) if isinstance(content, bytes) else content)
        stream.flush()
        os.fsync(stream.fileno())
