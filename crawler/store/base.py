"""The connection under every stage of the store: transactions, errors told in one sentence."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from crawler.errors import StoreError
from crawler.language import _

Value = str | int | float | None
Parameters = Sequence[Value] | Mapping[str, Value]

BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
"""SQLite's codes for a file that another program is writing."""
_SHUT = {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY}
"""What a folder brings about that is not there or may not be written: readers write there too."""
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


class StoreBase:
    """One SQLite file; used by one thread."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self._path = path
        self._connection = connection

    @property
    def folder(self) -> Path:
        """The data folder that the store is in."""
        return self._path.parent

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """Write all or nothing; other writers wait until it ends."""
        with told(self._path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """See the file as the first question finds it, whatever others write; for reading only."""
        with told(self._path):
            self._connection.execute("BEGIN")
            try:
                yield
            finally:
                self._connection.execute("ROLLBACK")

    def _write(self, sql: str, parameters: Parameters = ()) -> int:
        """Run one statement inside a transaction; returns how many rows it touched."""
        return self._connection.execute(sql, parameters).rowcount

    def _rows(self, sql: str, parameters: Parameters = ()) -> list[sqlite3.Row]:
        with told(self._path):
            try:
                return self._connection.execute(sql, parameters).fetchall()
            except UnicodeEncodeError:
                return []  # asked for what is no text; nothing stored is

    def _each(self, sql: str, parameters: Parameters = ()) -> Iterator[sqlite3.Row]:
        """The rows one by one, for tables that do not belong into memory whole."""
        with told(self._path):
            yield from self._connection.execute(sql, parameters)

    def _row(self, sql: str, parameters: Parameters = ()) -> sqlite3.Row | None:
        rows = self._rows(sql, parameters)
        return rows[0] if rows else None


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turn SQLite's failures into a `StoreError` that says what to do."""
    try:
        yield
    except (sqlite3.IntegrityError, sqlite3.ProgrammingError):
        raise  # our own mistake, not the user's: the traceback is wanted
    except sqlite3.DatabaseError as problem:
        raise StoreError(_sentence(path, problem)) from problem
    except UnicodeDecodeError as problem:
        # What SQLite says of a damaged file may quote bytes out of it.
        said = _("数据库 {file} 已损坏（{problem}），请从备份恢复，原文件请保留")
        raise StoreError(said.format(file=path, problem=problem.reason)) from problem


def _sentence(path: Path, problem: sqlite3.DatabaseError) -> str:
    code = getattr(problem, "sqlite_errorcode", 0) & 0xFF
    if code in _DAMAGED:
        said = _("数据库 {file} 已损坏（{problem}），请从备份恢复，原文件请保留")
    elif code in BUSY:
        said = _("数据库 {file} 正被其他程序占用（{problem}），请稍后重试")
    elif code in _SHUT:
        said = _("打不开数据库 {file}（{problem}）；其文件夹须存在且可写，只读的请先复制到别处")
    elif code == sqlite3.SQLITE_FULL:
        said = _("写不下数据库 {file}（{problem}），请腾出磁盘空间后重试")
    else:
        said = _("无法读写数据库 {file}（{problem}），请检查路径、权限和磁盘空间")
    return said.format(file=path, problem=problem)
