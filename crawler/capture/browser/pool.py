"""Browsers taken in turn: a fresh context for every visit, a new browser for every fifty."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from playwright.async_api import BrowserContext, Error

from crawler.capture.browser.engine import CLOSE_SECONDS, Engine, EngineLostError
from crawler.capture.browser.look import BrowserLook, LeftOut
from crawler.capture.browser.visit import VISIT_SECONDS, Visit
from crawler.capture.egress import Egress, egress
from crawler.capture.http import Router, RouteRefusedError
from crawler.capture.passages import Budget
from crawler.clock import now
from crawler.model import Failure, Vantage

logger = logging.getLogger(__name__)


_TRIES = 3
"""Founders' judgement: a browser that dies takes its neighbours along, who are not to blame."""
_ROOM_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class PoolLimits:
    """How much a pool does at once and how long it trusts one browser."""

    pages: int = 6
    """Open at once. Founders' judgement: most of a visit is waiting, so more than cores."""
    pictures: int = 2
    """Frozen at once; that is work, so as many as a small machine has cores."""
    visits_per_browser: int = 50
    """Founders' judgement: it bounds what a browser and its driver can leak."""
    staff_bytes: int = 250_000_000
    """What browser and driver may hold beside their pages before they are exchanged for others.
    Founders' judgement: twice what new ones hold."""
    tree_bytes: int = 400_000_000
    """What they and all open pages may hold before the next page has to wait. Founders' judgement:
    it leaves nearly as much again for pages that grow once open."""
    visit_seconds: float = VISIT_SECONDS
    budget: Budget = field(default_factory=Budget)


class BrowserPool:
    """Captures addresses with a browser that reaches the world only through the guard."""

    def __init__(
        self, executable: Path, router: Router, *, user_agent: str, limits: PoolLimits | None = None
    ) -> None:
        self._executable = executable
        self._router = router
        self._agent = user_agent
        self._limits = limits or PoolLimits()
        self._slots = asyncio.Semaphore(self._limits.pages)
        self._turn = asyncio.Semaphore(self._limits.pictures)
        self._starting = asyncio.Lock()
        self._engine: Engine | None = None
        self._ending: set[asyncio.Task[None]] = set()
        self._closed = False
        self.started = 0
        """Browsers started so far."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    @property
    def process(self) -> int:
        """The process id of the browser at work, or 0."""
        return self._engine.pid if self._engine is not None else 0

    async def capture(self, url: str, vantage: Vantage) -> BrowserLook:
        """What an address shows from one vantage. Never raises for anything a site does."""
        async with self._slots:
            for _attempt in range(_TRIES):
                try:
                    return await self._attempt(url, vantage)
                except EngineLostError as problem:
                    logger.warning("a browser was lost at %s: %s", url[:200], problem)
            at = now()
            detail = f"the browser was lost {_TRIES} times"
            return BrowserLook(
                url, vantage, at, url, None, (), failure=Failure.OUR_FAULT, detail=detail
            )

    async def close(self, patience: float = CLOSE_SECONDS) -> None:
        """End all browsers; those that do not close in so many seconds are killed."""
        self._closed = True
        engine, self._engine = self._engine, None
        if engine is not None:
            self._retire(engine, patience)
        while self._ending:
            await asyncio.gather(*self._ending)

    async def _attempt(self, url: str, vantage: Vantage) -> BrowserLook:
        at, clock = now(), asyncio.get_running_loop().time
        start = clock()
        async with egress(self._router, self._limits.budget) as way:
            visit = Visit(url, vantage, way, self._agent, self._turn)
            try:
                await way.admit(url)
            except RouteRefusedError as refusal:
                visit.failure, visit.detail = refusal.failure, str(refusal)
                return visit.look(at, clock() - start)
            seconds = self._limits.visit_seconds
            for left_out in LeftOut:
                # All tries together have one budget of requests, of bytes and of time.
                visit = Visit(url, vantage, way, self._agent, self._turn, left_out)
                seconds = await self._visit(visit, way, seconds)
                broken = visit.failure is not None and visit.gate.crashed.is_set()
                if not broken or way.spent() or seconds <= 0:
                    break
            return visit.look(at, clock() - start)

    async def _visit(self, visit: Visit, way: Egress, seconds: float) -> float:
        """Fill a visit within so many seconds; how many are left."""
        engine = await self._take()
        clock = asyncio.get_running_loop().time
        end = clock() + seconds
        contexts: list[BrowserContext] = []
        try:
            async with asyncio.timeout(seconds):
                await _unless_lost(engine, _run(engine, visit, contexts))
        except TimeoutError:
            visit.failure = visit.failure or Failure.TIMEOUT
            visit.detail = visit.detail or f"not done in {self._limits.visit_seconds:g} s"
        except (Error, OSError) as problem:
            raise EngineLostError(_first_line(problem)) from problem
        except Exception as problem:
            # Playwright's driver ends its own way: a bare Exception, «Connection closed».
            if engine.lost or type(problem) is Exception:
                raise EngineLostError(_first_line(problem)) from problem
            raise
        finally:
            await way.cut()
            await self._leave(engine, contexts)
        return max(end - clock(), 0.0)

    async def _take(self) -> Engine:
        async with self._starting:
            if self._closed:
                raise EngineLostError("the browsers have been closed")
            engine = self._engine
            if engine is not None:
                await self._room(engine)
            if engine is not None and (engine.lost or self._is_worn(engine)):
                self._engine = None
                if not engine.busy:
                    self._retire(engine)
                engine = None
            if engine is None:
                engine = self._engine = await Engine.start(self._executable)
                self.started += 1
            engine.served += 1
            engine.busy += 1
            return engine

    def _is_worn(self, engine: Engine) -> bool:
        served, staff = engine.served, engine.memory.staff
        return served >= self._limits.visits_per_browser or staff > self._limits.staff_bytes

    async def _room(self, engine: Engine) -> None:
        """Wait until the pages that are open leave room for another; one alone always has room."""
        while engine.busy and engine.memory.held > self._limits.tree_bytes and not engine.lost:
            await asyncio.sleep(_ROOM_SECONDS)

    async def _leave(self, engine: Engine, contexts: list[BrowserContext]) -> None:
        try:
            for context in contexts if not engine.lost else ():
                await asyncio.wait_for(context.close(), CLOSE_SECONDS)
        except TimeoutError:
            logger.warning("a context did not close: the browser is ended")
            engine.kill()
        except Exception as problem:
            # A browser that dies while it closes has closed; its driver raises bare Exceptions.
            logger.info("a context was gone before it closed: %s", _first_line(problem))
            engine.gone.set()
        finally:
            engine.busy -= 1
            if engine is not self._engine and not engine.busy:
                self._retire(engine)

    def _retire(self, engine: Engine, patience: float = CLOSE_SECONDS) -> None:
        task = asyncio.ensure_future(engine.stop(patience))
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)


async def _run(engine: Engine, visit: Visit, contexts: list[BrowserContext]) -> None:
    context = await engine.browser.new_context(**visit.context_options())
    contexts.append(context)
    visit.browser = f"Chromium {engine.browser.version}"
    await visit.run(context)


async def _unless_lost(engine: Engine, work: Coroutine[None, None, None]) -> None:
    """Do the work, but give it up where the browser is lost under it."""
    task = asyncio.ensure_future(work)
    gone = asyncio.ensure_future(engine.gone.wait())
    try:
        await asyncio.wait({task, gone}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise EngineLostError("the browser went away")
        await task
    finally:
        task.cancel()
        gone.cancel()
        await asyncio.gather(task, gone, return_exceptions=True)


def _first_line(problem: Exception) -> str:
    """What happened, without the browser's own log that the driver appends."""
    return str(problem).partition("\n")[0][:200]
