"""The only SQL: what runs find, see and think, and what people decide, in one SQLite file."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from time import sleep
from typing import Self

from sqlite_utils import Database

from crawler.errors import StoreError
from crawler.language import _, said_by_system
from crawler.store.base import BUSY, told
from crawler.store.cases import CaseRecord
from crawler.store.decisions import DecisionStore, JudgedAs
from crawler.store.fifth_schema import MIGRATIONS
from crawler.store.leads import LeadStore
from crawler.store.lists import Place, place_of
from crawler.store.marks import MarkStore
from crawler.store.query_words import QueryWordStore
from crawler.store.retired import Expired, RetiredStore
from crawler.store.schema import is_anothers, is_newer
from crawler.store.sums import prepare

__all__ = ["CaseRecord", "Expired", "JudgedAs", "Place", "Store", "place_of"]

_FILE = "certhound.db"
_PAUSE = 0.05
# A run's longest step, completing a day of a hundred thousand cases, takes seconds.
_BUSY_SECONDS = 60


class Store(LeadStore, DecisionStore, RetiredStore, MarkStore, QueryWordStore):
    """Everything a data folder knows; methods are questions, answers are nouns of the house."""

    @staticmethod
    def is_in(data: Path) -> bool:
        """Whether a data folder holds a store."""
        return (data / _FILE).is_file()

    @classmethod
    def open(cls, data: Path, *, create: bool = True) -> Self:
        """The store in a data folder, brought up to our schema.

        Raises `StoreError` where the folder cannot be written, the database is damaged or was
        written by a newer version, or where there is none and `create` is not set.
        """
        path = data / _FILE
        if create:
            _make_folder(data)
        elif not cls.is_in(data):
            said = _("{folder} 中没有数据，请先执行 certhound run 或用 --data 指定数据文件夹")
            raise StoreError(said.format(folder=data))
        _refuse_what_lost_its_database(data)
        with told(path):
            connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)
            try:
                store = cls(path, connection)
                store._prepare()
            except BaseException:
                connection.close()
                raise
        return store

    def _prepare(self) -> None:
        self._connection.row_factory = sqlite3.Row
        prepare(self._connection)
        self._connection.execute("PRAGMA foreign_keys = ON")
        database = Database(self._connection, recursive_triggers=False, execute_plugins=False)
        if is_anothers(database):
            said = _("{file} 不是 certhound 的数据库，请用 --data 指定数据文件夹")
            raise StoreError(said.format(file=self._path))
        if is_newer(database):
            said = _("数据库 {file} 由更新版本的 certhound 写成，请先升级本程序")
            raise StoreError(said.format(file=self._path))
        self._log_ahead()
        if not self.migrations_are_sound():
            said = _("数据库 {file} 的版本记录已被改动，请从备份恢复，原文件请保留")
            raise StoreError(said.format(file=self._path))
        if MIGRATIONS.pending(database):
            with self._transaction():  # two programs may open a new folder at once
                MIGRATIONS.apply(database)
                self._after_migrations()

    def _log_ahead(self) -> None:
        """Let readers go on while others write.

        SQLite refuses at once, whatever the timeout, where another program does so at this moment.
        """
        waited = 0.0
        while True:
            try:
                self._connection.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError as problem:
                if problem.sqlite_errorcode not in BUSY or waited >= _BUSY_SECONDS:
                    raise
                sleep(_PAUSE)
                waited += _PAUSE
            else:
                return

    def integrity(self, *, quick: bool = False) -> tuple[str, ...]:
        """What SQLite finds wrong with the file, one line each; empty for a sound one.

        A `quick` check leaves out whether indexes say what their tables say.
        """
        rows = self._rows("PRAGMA quick_check" if quick else "PRAGMA integrity_check")
        return tuple(row[0] for row in rows if row[0] != "ok")

    def copy_to(self, path: Path) -> None:
        """Write the database as it is at one moment into a new file; writers go on meanwhile.

        Raises `StoreError` where the file cannot be written or what was copied is damaged.
        """
        with told(path):
            copy = sqlite3.connect(path, isolation_level=None)
            try:
                self._connection.backup(copy)
                # A copy is one file: what is in its log goes into it, and it is read as it is.
                copy.execute("PRAGMA journal_mode = DELETE")
                found = [row[0] for row in copy.execute("PRAGMA quick_check")]
            finally:
                copy.close()
        if found != ["ok"]:
            said = _("数据库 {file} 已损坏（{problem}），请从备份恢复，原文件请保留")
            raise StoreError(said.format(file=self._path, problem=found[0]))

    def close(self) -> None:
        """Let go of the file; the store cannot be used afterwards."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_problem: object) -> None:
        self.close()


def _make_folder(data: Path) -> None:
    try:
        data.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        said = _("无法使用数据文件夹 {folder}（{problem}），请检查路径和权限")
        raise StoreError(said.format(folder=data, problem=said_by_system(problem))) from problem


def _refuse_what_lost_its_database(data: Path) -> None:
    """A new database beside old evidence would tell every case as new and forget every decision."""
    path = data / _FILE
    is_gone = not path.exists() or (path.is_file() and not path.stat().st_size)
    if is_gone and any((data / "blobs").glob("*")):
        said = _("{folder} 有证据文件而数据库丢失或为空，请从备份恢复到新的文件夹，原文件请保留")
        raise StoreError(said.format(folder=data))
