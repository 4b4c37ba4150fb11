"""Starts child processes that Ctrl+C does not reach, and lets them end with their parent."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import resource_tracker
from multiprocessing.connection import wait


@contextmanager
def uninterrupted(*others: signal.Signals) -> Iterator[None]:
    """Start processes in here that Ctrl+C never reaches, nor `others`; the parent ends them.

    A process inherits the signals that the thread which starts it has blocked (POSIX, exec); one
    that ignores them only once it runs would be interrupted on its way there, and print where.
    """
    # Python's resource tracker, started with the first such process, lets the signal through again
    # (CPython, multiprocessing/resource_tracker.py): it has to be there before.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, *others})
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
