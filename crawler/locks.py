"""Locks of the operating system on a file: they vanish with the process that holds them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, LOCK_NB, LOCK_SH, flock
from pathlib import Path

from crawler.errors import BusyError, StoreError
from crawler.language import _, said_by_system


@contextmanager
def locked(path: Path, *, shared: bool = False, busy: str = "") -> Iterator[None]:
    """Hold a lock, alone or shared with others that share it.

    Raises `BusyError`, saying `busy` where that is given, where somebody else holds it otherwise;
    `StoreError` where the file cannot be made.
    """
    try:
        stream = path.open("a")
    except OSError as problem:
        said = _("无法写入 {file}（{problem}），请检查权限")
        raise StoreError(said.format(file=path, problem=said_by_system(problem))) from problem
    with stream:
        try:
            flock(stream, (LOCK_SH if shared else LOCK_EX) | LOCK_NB)
        except OSError as problem:
            said = busy or _("{folder} 中另一项工作正在进行，请等它结束后重试")
            raise BusyError(said.format(folder=path.parent)) from problem
        yield
