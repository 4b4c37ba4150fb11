"""Reads one picture, bytes in, frozen Picture out: what breaks is unknown, never «no code»."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256

from PIL import Image

from crawler.masking import mask_identity
from crawler.model import Knowledge, Picture
from detectors.images.codes import find_codes
from detectors.images.looks import look_of
from detectors.images.opening import UnreadableError, open_picture

SMALLEST = 48
"""Pixels of the longer side of a picture that is no icon any more.

Founders' judgement: no code that leads anywhere is read from fewer.
"""

ReadWords = Callable[[Image.Image], str]
"""The words in a picture, one line each."""


def read_picture(data: bytes, url: str, read_words: ReadWords | None = None) -> Picture:
    """What can be read in a picture; never raises for anything that its bytes hold.

    `read_words` is asked only where words are wanted; identity numbers are masked at once.
    """
    digest = sha256(data).hexdigest()
    try:
        opened = open_picture(data)
    except UnreadableError as problem:
        return Picture(url, digest, len(data), Knowledge.UNKNOWN, str(problem))
    known = Picture(
        url,
        digest,
        len(data),
        Knowledge.KNOWN,
        format=opened.format,
        width=opened.width,
        height=opened.height,
    )
    if max(opened.width, opened.height) < SMALLEST:
        return known
    found = find_codes(opened)
    text = mask_identity(read_words(opened.colour)) if read_words is not None else None
    return Picture(
        url,
        digest,
        len(data),
        Knowledge.KNOWN,
        format=opened.format,
        width=opened.width,
        height=opened.height,
        codes=found.codes,
        unread=found.unread,
        look=look_of(opened.colour.convert("L")),
        text=text,
    )
