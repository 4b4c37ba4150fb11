"""Perceptual hashes: what a picture looks like in 64 bits, the same for its copies."""

from __future__ import annotations

from functools import cache

import numpy
from PIL import Image

_SIDE = 32
_KEPT = 8
NEAR = 8
"""Bits in which copies of one picture may differ.

Founders' judgement.
"""

_Floats = numpy.ndarray[tuple[int, int], numpy.dtype[numpy.float64]]


@cache
def _cosines() -> _Floats:
    """The matrix of the discrete cosine transform (type II), its first rows."""
    k, n = numpy.mgrid[0:_KEPT, 0:_SIDE]
    waves: _Floats = numpy.cos(numpy.pi * k * (2 * n + 1) / (2 * _SIDE))
    return waves


def look_of(grey: Image.Image) -> str:
    """The 64 bits of a greyscale picture as 16 hex digits.

    Zauner's DCT hash (Implementation and benchmarking of perceptual image hash functions, 2010):
    32 × 32 pixels, the 8 × 8 lowest frequencies, each above their median or not.
    """
    small = grey.resize((_SIDE, _SIDE), Image.Resampling.LANCZOS)
    pixels = numpy.asarray(small, dtype=numpy.float64)
    low = _cosines() @ pixels @ _cosines().T
    bits = (low > numpy.median(low)).flatten()
    return f"{int(''.join('1' if bit else '0' for bit in bits), 2):016x}"


def alike(one: str, other: str) -> bool:
    """Whether two hashes are of the same picture; of none, never."""
    return bool(one and other) and (int(one, 16) ^ int(other, 16)).bit_count() <= NEAR
