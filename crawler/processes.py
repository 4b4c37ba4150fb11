"""Starts child processes that Ctrl+C does not reach, and lets them end with their parent."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import wait


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Start processes in here that Ctrl+C never reaches; the parent decides when they end.

    A process inherits the signals that the thread which starts it has blocked (POSIX, exec); one
    that ignores them only once it runs would be interrupted on its way there, and print where.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def end_with_parent() -> None:
    """End this process as soon as the one that started it is gone.

    A killed run must leave no process behind that holds its files.
    """
    parent = multiprocessing.parent_process()
    if parent is not None:
        watch = threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True)
        watch.start()


def _end_with(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)
