"""Judges Visits in a pool of processes, so that one page that is slow to read delays no other."""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import re
import signal
from collections.abc import AsyncIterator, Iterable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from types import TracebackType
from typing import Self

from crawler.errors import CerthoundError
from crawler.language import _, language, set_language
from crawler.model import (
    Assessment,
    Capture,
    Findings,
    Offence,
    PageCondition,
    Step,
    Verdict,
    Visit,
)
from crawler.processes import end_with_parent, uninterrupted
from detectors import Detectors, load_detectors
from detectors.likeness import Reference
from detectors.scoring import Policy
from seeds import load_watchlist

logger = logging.getLogger(__name__)

UNJUDGED = ""
"""The policy named by an opinion that our own failure left empty."""

_detectors: Detectors | None = None
_seconds = 0.0


# Founders' judgement, both: honest pages have far less markup without their pictures, and take
# milliseconds to judge. What is longer is judged by its first part; what takes longer is unknown.
_LONGEST = 1_000_000
SECONDS = 20.0
_INLINE_DATA = re.compile(
    r"(data:[a-z0-9.+/;=-]{0,80}?base64,)[A-Za-z0-9+/=%]{200,}", re.IGNORECASE
)


class _TooSlowError(Exception):
    """A page whose reading did not end in time."""


def _prepare(
    name: str, seconds: float, references: tuple[Reference, ...], policy: Policy | None
) -> None:
    """Load what we know, in the parent's language, and end with the parent however it ends."""
    global _detectors, _seconds
    _seconds = seconds
    signal.signal(signal.SIGALRM, _too_slow)
    set_language(name)
    end_with_parent()
    _detectors = load_detectors(load_watchlist(), references, policy)


def _too_slow(_number: int, _frame: object) -> None:
    raise _TooSlowError(f"not judged in {_seconds:g} s")


def _readable(capture: Capture) -> Capture:
    """The capture with as much of its markup as is judged; pictures inside it are no words."""
    if len(capture.html) <= _LONGEST:
        return capture
    return replace(capture, html=_INLINE_DATA.sub(r"\1", capture.html)[:_LONGEST])


def _judge(visit: Visit) -> Assessment:
    """The opinion on a Visit, or none on one that our own reading breaks on, or does not end with.

    Such a page would stop this run and every restart of it, if its error were let through.
    """
    assert _detectors is not None  # noqa: S101 - set by _prepare
    try:
        signal.setitimer(signal.ITIMER_REAL, _seconds)
        try:
            return _detectors.assess(visit)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    except Exception as problem:
        reason = f"{type(problem).__name__}: {problem}"[:200]
        return Assessment(
            visit=visit.id,
            verdict=Verdict.UNKNOWN,
            offence=Offence.NONE,
            page_condition=PageCondition.UNKNOWN,
            score=0.0,
            imitates="",
            findings=Findings(PageCondition.UNKNOWN),
            steps=(Step("unjudged", 0.0, reason),),
            policy=UNJUDGED,
        )


def _logged(assessment: Assessment) -> Assessment:
    """The assessment, its failure logged in the process that has the log."""
    if assessment.policy == UNJUDGED:
        logger.error("could not judge %s: %s", assessment.visit, assessment.steps[0].reason)
    return assessment


def _nothing() -> None:
    """A task whose only use is that a process is started for it."""


class JudgePool:
    """A pool of judging processes, which load what they know while the first pages are opened."""

    def __init__(
        self,
        processes: int,
        references: tuple[Reference, ...] = (),
        seconds: float = SECONDS,
        policy: Policy | None = None,
    ) -> None:
        """Start so many processes; a page is given so many seconds.

        `policy` takes the place of the one that comes with the program.
        """
        self._processes = processes
        # Spawned, not forked: a fork would copy the reactor, the database and the run's lock.
        context = multiprocessing.get_context("spawn")
        self._pool = ProcessPoolExecutor(
            processes,
            mp_context=context,
            initializer=_prepare,
            initargs=(language(), seconds, references, policy),
        )
        with uninterrupted():
            for _process in range(processes):
                self._pool.submit(_nothing)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._pool.shutdown(wait=problem is None, cancel_futures=True)
        if problem is not None:
            for process in multiprocessing.active_children():
                process.kill()  # whatever page is being read there, nobody waits for it

    async def judge_one(self, visit: Visit) -> Assessment:
        """The assessment of one Visit; raises `CerthoundError` where a judging process died."""
        async for assessment in self.judge([visit]):
            return assessment
        raise AssertionError("one Visit has one assessment")

    async def judge(self, visits: Iterable[Visit]) -> AsyncIterator[Assessment]:
        """The assessment of each Visit in its order; a few are in memory at a time.

        Raises `CerthoundError` where a judging process died.
        """
        loop = asyncio.get_running_loop()
        waiting: list[asyncio.Future[Assessment]] = []
        try:
            for visit in visits:
                short = replace(visit, captures=tuple(map(_readable, visit.captures)))
                waiting.append(loop.run_in_executor(self._pool, _judge, short))
                if len(waiting) >= 2 * self._processes:
                    yield _logged(await waiting.pop(0))
            for future in waiting:
                yield _logged(await future)
        except BrokenProcessPool as problem:
            said = _("一个判定进程意外退出，本次运行中止；请重新运行，已完成的部分会保留")
            raise CerthoundError(said) from problem
