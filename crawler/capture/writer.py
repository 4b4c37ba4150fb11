"""The one writer: gathers Visits and stores them in batches, each blob on disk before its row."""

from __future__ import annotations

import asyncio
import multiprocessing
import shutil
import signal
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from pathlib import Path

from crawler.errors import StoreError
from crawler.evidence import Blobs, Unsettled
from crawler.language import _, language, set_language
from crawler.model import Visit
from crawler.processes import end_with_parent, uninterrupted
from crawler.store import Store

# Founders' judgement: a batch of 16 halves the cost of a commit per Visit many times over, and
# half a second is all that a killed run has to look at again.
_BATCH = 16
_SECONDS = 0.5


class _Desk:
    """The writing process's side: one connection, and the blobs it has been handed."""

    def __init__(self, data: Path, folder: Path) -> None:
        self._data = data
        self._blobs = Blobs(folder)
        self._store: Store | None = None

    def save(self, unsettled: Unsettled, visits: list[Visit]) -> None:
        """Write blobs, then rows; what a full disk refused is tried again the next time."""
        self._blobs.take_over(unsettled)
        self._blobs.settle()
        if visits:
            if self._store is None:
                self._store = Store.open(self._data, create=False)
            self._store.save_visits(visits)

    def let_go(self, unsettled: Unsettled) -> None:
        """Write what blobs are left and close the database."""
        try:
            self.save(unsettled, [])
        finally:
            if self._store is not None:
                self._store.close()
                self._store = None


_desk: _Desk | None = None


def _prepare(name: str, data: Path, folder: Path) -> None:
    """Begin to write, in the parent's language, and end with the parent however it ends."""
    global _desk
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # the parent has more to store before it ends
    set_language(name)
    end_with_parent()
    _desk = _Desk(data, folder)


def _save(unsettled: Unsettled, visits: list[Visit]) -> None:
    assert _desk is not None  # noqa: S101 - set by _prepare
    _desk.save(unsettled, visits)


def _let_go(unsettled: Unsettled, _visits: list[Visit]) -> None:
    assert _desk is not None  # noqa: S101 - set by _prepare
    _desk.let_go(unsettled)


_Work = Callable[[Unsettled, list[Visit]], None]


def _nothing() -> None:
    """A task whose only use is that a process is started for it."""


class VisitWriter:
    """Stores Visits in the order they end; `close` stores what is left."""

    def __init__(self, data: Path, blobs: Blobs, min_free_gb: float) -> None:
        """Write into the store of a data folder, by a process of its own.

        It costs the loop nothing but the sending: in a thread, every statement and every file
        would take Python's lock from the loop, which made captures a third slower (measured).
        """
        blobs.hold()
        self.blobs = blobs
        self._data = data
        self._pool: ProcessPoolExecutor | None = None
        self._min_free = int(min_free_gb * 1_000_000_000)
        self._waiting: list[Visit] = []
        self._timer: asyncio.TimerHandle | None = None
        self._flushing: set[asyncio.Task[None]] = set()
        self._problem: Exception | None = None
        self._stopped = False

    def begin(self) -> None:
        """Start the process, unless it is there; it gets ready while the first pages are opened."""
        if self._pool is None:
            # Spawned, not forked: a fork would copy the reactor, the database and the run's lock.
            self._pool = ProcessPoolExecutor(
                1,
                mp_context=multiprocessing.get_context("spawn"),
                initializer=_prepare,
                initargs=(language(), self._data, self.blobs.folder),
            )
            with uninterrupted(signal.SIGTERM):
                self._pool.submit(_nothing)

    async def put(self, visit: Visit) -> None:
        """Take a Visit; raises what an earlier batch met, a `StoreError` as a rule."""
        if self._problem is not None:
            raise self._problem
        if self._stopped:
            return  # the run has been ended by a signal and will look again
        self._waiting.append(visit)
        if len(self._waiting) >= _BATCH:
            await self.flush()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_SECONDS, self._timed)

    def has_room(self) -> bool:
        """Whether the disk has more room than the profile's `min_free_gb`."""
        return shutil.disk_usage(self.blobs.folder).free >= self._min_free

    async def flush(self) -> None:
        """Store all that waits, in one transaction, once its blobs are safe on disk."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        waiting, self._waiting = self._waiting, []
        if waiting:
            await self._do(_save, waiting)

    async def _do(self, work: _Work, visits: list[Visit]) -> None:
        """Have the process do its work, in the order in which it was told."""
        self.begin()
        unsettled = self.blobs.hand_over()
        try:
            doing = asyncio.get_running_loop().run_in_executor(self._pool, work, unsettled, visits)
            doing.add_done_callback(partial(self._done, unsettled))
            # What has been handed over must arrive, whoever waits for it: later rows count on it.
            await asyncio.shield(doing)
        except BrokenProcessPool as problem:
            said = _("写入数据库的进程意外退出，本次运行中止；请重新运行，已完成的部分会保留")
            raise StoreError(said) from problem

    def _done(self, unsettled: Unsettled, doing: asyncio.Future[None]) -> None:
        if not doing.cancelled() and doing.exception() is None:
            self.blobs.let_go(unsettled)

    def _timed(self) -> None:
        self._timer = None
        task = asyncio.ensure_future(self._flush_quietly())
        self._flushing.add(task)
        task.add_done_callback(self._flushing.discard)

    async def _flush_quietly(self) -> None:
        try:
            await self.flush()
        except Exception as problem:  # whatever stops the writing must stop the run
            self._problem = problem  # told by the next `put` or by `close`

    async def close(self) -> None:
        """Store what is left; raises what a timed flush met, a `StoreError` as a rule."""
        await asyncio.gather(*self._flushing)
        await self.flush()
        await self._do(_let_go, [])
        if self._problem is not None:
            raise self._problem

    async def stop(self) -> None:
        """Store what is left and take no more: the run ends before its time."""
        self._stopped = True
        await self.close()

    def end(self) -> None:
        """Let the process end once it has written what it was told."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._pool is not None:
            self._pool.shutdown(wait=False)
            self._pool = None
