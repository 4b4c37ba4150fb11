"""Runs a coroutine on Scrapy's loop, and ends it soon and in good order when a signal asks."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from scrapy.crawler import AsyncCrawlerProcess

from crawler.errors import CerthoundError, StoppedError
from crawler.language import _

T = TypeVar("T")

_GARBAGE = 5_000
"""New containers that pass between two searches for cycles. At Python's 700 the search took a
tenth of a capture's time (measured); a request makes some hundreds, and few of them are cycles."""
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def stop_by_signals() -> None:
    """From now on, Ctrl+C and SIGTERM raise `StoppedError` wherever the process is."""

    def stop(number: int, _frame: object) -> None:
        raise _stopped(number)

    for number in _SIGNALS:
        signal.signal(number, stop)


def _stopped(number: int) -> StoppedError:
    said = _("运行已中止，已完成的部分已保存；再次运行会从中断处继续")
    return StoppedError(said, number)


def in_reactor(
    settings: dict[str, object], work: Callable[[AsyncCrawlerProcess], Awaitable[T]]
) -> T:
    """Run a coroutine on Scrapy's loop and give back its value or its error.

    At Ctrl+C or SIGTERM the coroutine is cancelled and `StoppedError` raised: what it must store
    it stores while it is being cancelled. A second signal ends the process where it stands.
    """
    process = AsyncCrawlerProcess(settings)
    # Scrapy asks for a line on every answer; each is in the store already.
    logging.getLogger("scrapy").setLevel(logging.INFO)
    # The reactor exists from here on and must not be imported before.
    from twisted.internet import reactor as installed  # noqa: PLC0415

    reactor: Any = installed  # zope's interfaces are no types to mypy

    results: list[T] = []
    problems: list[BaseException] = []
    tasks: list[asyncio.Future[None]] = []
    signals: list[int] = []

    def stop(number: int) -> None:
        signals.append(number)
        if len(signals) > 1:
            os._exit(128 + number)
        tasks[0].cancel()

    async def whole() -> None:
        loop = asyncio.get_running_loop()
        for number in _SIGNALS:
            loop.add_signal_handler(number, stop, number)
        try:
            results.append(await work(process))
        except asyncio.CancelledError:
            problems.append(_stopped(signals[0] if signals else signal.SIGTERM))
        except Exception as problem:
            problems.append(problem)
        finally:
            if signals:
                reactor.crash()  # `stop` would wait for every request under way
            elif reactor.running:
                reactor.stop()

    reactor.callWhenRunning(lambda: tasks.append(asyncio.ensure_future(whole())))
    gc.freeze()  # programs and lists that are loaded by now are no garbage
    gc.set_threshold(_GARBAGE)
    try:
        # Scrapy's own handlers would wait for what is under way, for as long as that takes.
        process.start(stop_after_crawl=False, install_signal_handlers=False)
    finally:
        gc.unfreeze()  # or libraries that count what is theirs at the end would complain
    if signals:
        reactor.getThreadPool().stop()  # its threads would outlive the crash
    if problems:
        raise problems[0]
    if not results:
        raise CerthoundError(_("运行被中断；再次运行会从中断处继续"))
    return results[0]
