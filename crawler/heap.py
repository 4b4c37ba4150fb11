"""Has this process give memory back that it no longer needs, however much it once took."""

from __future__ import annotations

import ctypes
from contextlib import suppress

_MMAP_THRESHOLD = -3
"""The parameter's number in glibc's malloc.h (mallopt(3), M_MMAP_THRESHOLD)."""
_BYTES = 262_144
"""Founders' judgement: hardly a page is larger, and every bomb is."""


def give_back_memory() -> None:
    """Return blocks above 256 kB to the system as soon as they are free.

    By itself glibc raises that limit to the largest block freed so far, up to 32 MB, and keeps what
    lies between the pieces still in use: one bomb's memory would stay ours for the whole run.
    Elsewhere nothing happens.
    """
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(_MMAP_THRESHOLD, _BYTES)
