"""The one writer: gathers Visits and stores them in batches, each blob on disk before its row."""

from __future__ import annotations

import asyncio
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from crawler.errors import StoreError
from crawler.evidence import Blobs
from crawler.model import Visit
from crawler.store import Store

# Founders' judgement: a batch of 16 halves the cost of a commit per Visit many times over, and
# half a second is all that a killed run has to look at again.
_BATCH = 16
_SECONDS = 0.5


class VisitWriter:
    """Stores Visits in the order they end; `close` stores what is left."""

    def __init__(self, data: Path, blobs: Blobs, min_free_gb: float) -> None:
        """Write into the store of a data folder, through a connection of its own."""
        blobs.hold()
        self.blobs = blobs
        self._data = data
        self._store: Store | None = None
        # A disk's slowness must not stop the loop; SQLite wants one thread for one connection.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="writer")
        self._min_free = int(min_free_gb * 1_000_000_000)
        self._waiting: list[Visit] = []
        self._timer: asyncio.TimerHandle | None = None
        self._flushing: set[asyncio.Task[None]] = set()
        self._problem: StoreError | None = None
        self._stopped = False

    async def put(self, visit: Visit) -> None:
        """Take a Visit; raises the `StoreError` that an earlier batch met."""
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
            await asyncio.get_running_loop().run_in_executor(self._thread, self._save, waiting)

    def _save(self, visits: list[Visit]) -> None:
        self.blobs.settle()
        if self._store is None:
            self._store = Store.open(self._data, create=False)
        self._store.save_visits(visits)

    def _timed(self) -> None:
        self._timer = None
        task = asyncio.ensure_future(self._flush_quietly())
        self._flushing.add(task)
        task.add_done_callback(self._flushing.discard)

    async def _flush_quietly(self) -> None:
        try:
            await self.flush()
        except StoreError as problem:
            self._problem = problem  # told by the next `put` or by `close`

    async def close(self) -> None:
        """Store what is left; raises the `StoreError` that a timed flush met."""
        await asyncio.gather(*self._flushing)
        await self.flush()
        await asyncio.get_running_loop().run_in_executor(self._thread, self._let_go)
        if self._problem is not None:
            raise self._problem

    def _let_go(self) -> None:
        try:
            self.blobs.settle()
        finally:
            if self._store is not None:
                self._store.close()
                self._store = None

    async def stop(self) -> None:
        """Store what is left and take no more: the run ends before its time."""
        self._stopped = True
        await self.close()
