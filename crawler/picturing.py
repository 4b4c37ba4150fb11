"""Reads pictures in processes of their own, so that a decoder that breaks costs one picture."""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import os
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from hashlib import sha256
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import Self

from crawler.capture.pictures import Shown
from crawler.model import Knowledge, Picture
from crawler.processes import end_with_parent, uninterrupted
from detectors.images import can_read_words, read_picture, read_words

logger = logging.getLogger(__name__)

SECONDS = 10.0
"""Founders' judgement: a picture is read in a tenth of a second, its words in two."""
_WORD_SECONDS = 40.0
"""The same with words; the first time the models are loaded, too."""
_REMEMBERED = 2_000
"""Founders' judgement: the same pictures stand on a seller's every page."""


def _serve(pipe: Connection) -> None:
    """Read pictures until the other end closes."""
    end_with_parent()
    with suppress(EOFError, OSError):
        while True:
            url, data, words = pipe.recv()
            pipe.send(_read(data, url, words=words))
    os._exit(0)  # libraries that tidy up behind themselves may print


def _read(data: bytes, url: str, *, words: bool) -> Picture:
    try:
        return read_picture(data, url, read_words if words else None)
    except Exception as problem:  # of our own reading, or of the recogniser
        return _unknown(url, data, f"{type(problem).__name__}: {problem}")


def _unknown(url: str, data: bytes, why: str) -> Picture:
    digest = sha256(data).hexdigest()
    return Picture(url, digest, len(data), Knowledge.UNKNOWN, why[:200])


class _Lane:
    """One reading process, started when it is needed first and again after each that broke."""

    def __init__(self) -> None:
        self._process: SpawnProcess | None = None
        self._pipe: Connection | None = None
        self._closed = False

    def ask(self, shown: Shown, seconds: float, *, words: bool) -> Picture:
        """What was read; a process that dies or does not answer makes the picture unknown."""
        if self._closed:
            return _unknown(shown.url, shown.data, "the run has been ended")
        try:
            pipe = self._started()
            pipe.send((shown.url, shown.data, words))
            if pipe.poll(seconds):
                answer: Picture = pipe.recv()
                return answer
            why = f"not read in {seconds:g} s"
        except (EOFError, OSError):
            why = "its decoder broke down"
        self._end()
        return _unknown(shown.url, shown.data, why)

    def _started(self) -> Connection:
        if self._pipe is None:
            # Spawned, not forked: a fork would copy the reactor, the database and the run's lock.
            context = multiprocessing.get_context("spawn")
            here, there = context.Pipe()
            self._process = context.Process(target=_serve, args=(there,), daemon=True)
            with uninterrupted():
                self._process.start()
            there.close()
            self._pipe = here
        return self._pipe

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.join()
        if self._pipe is not None:
            self._pipe.close()
        self._process, self._pipe = None, None

    def close(self) -> None:
        """End the process, whatever it is reading; who waits for it is told «unknown»."""
        self._closed = True
        if self._process is not None:
            self._process.kill()


class PicturePool:
    """Reads pictures in a few processes; the same bytes once in a run."""

    def __init__(self, processes: int, seconds: float = SECONDS) -> None:
        """Use so many processes; a picture is given so many seconds."""
        self._lanes = [_Lane() for _process in range(processes)]
        self._free: asyncio.Queue[_Lane] = asyncio.Queue()
        for lane in self._lanes:
            self._free.put_nowait(lane)
        self._seconds = seconds
        self._known: OrderedDict[tuple[str, bool], Picture] = OrderedDict()
        self.unread = 0
        """Pictures that could not be read so far."""
        self.has_words = can_read_words()
        """Whether words can be read at all."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_problem: object) -> None:
        for lane in self._lanes:
            lane.close()

    async def read(self, shown: Sequence[Shown], words: bool) -> tuple[Picture, ...]:
        """One Picture for each, in their order; never raises for anything they hold."""
        return tuple([await self._read_one(each, words=words) for each in shown])

    async def _read_one(self, shown: Shown, *, words: bool) -> Picture:
        words = words and self.has_words
        key = sha256(shown.data).hexdigest(), words
        if key in self._known:
            self._known.move_to_end(key)
            return replace(self._known[key], url=shown.url)
        lane = await self._free.get()
        try:
            seconds = self._seconds + (_WORD_SECONDS if words else 0)
            picture = await asyncio.to_thread(lane.ask, shown, seconds, words=words)
        finally:
            self._free.put_nowait(lane)
        if picture.state is Knowledge.UNKNOWN:
            self.unread += 1
            logger.info("%s: picture not read: %s", shown.url[:200], picture.detail)
        self._known[key] = picture
        if len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        return picture
