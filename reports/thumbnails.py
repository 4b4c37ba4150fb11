"""Small pictures of stored screenshots for the hit list: pixels only, whatever the file holds."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable
from functools import cache
from io import BytesIO

from PIL import Image

from crawler.errors import EvidenceError, StoreError
from crawler.model import BlobRef, Case, Visit

SIZE = (320, 240)
"""Pixels; twice what a sheet shows, so that a screen of high density stays sharp."""
MOST = 200
"""Founders' judgement: the gravest cases get a picture; more make a list slow to open and mail."""
_LARGEST = 64 * 1024 * 1024
"""Pixels; a screenshot of ours is cut long before. What is larger was not made by us."""

Pictures = Callable[[Case], bytes]
"""From a case to a JPEG of `SIZE`, or to nothing where there is none."""


def no_pictures(_case: Case) -> bytes:
    """No picture for any case."""
    return b""


def pictures_from(visit_of: Callable[[str], Visit], read: Callable[[BlobRef], bytes]) -> Pictures:
    """The pictures of cases by the screenshots of their deciding visits.

    `visit_of` finds a visit by its id, `read` the bytes of a blob; a picture that cannot be read,
    is damaged or was retired is left out: a list must not fail for want of a picture.
    """

    @cache  # sheet and page show the same ones
    def picture_of(visits: tuple[str, ...]) -> bytes:
        for visit_id in visits:
            try:
                blob = _screenshot(visit_of(visit_id))
                if blob is not None:
                    return thumbnail(read(blob))
            except (EvidenceError, StoreError):
                continue
        return b""

    return lambda case: picture_of(case.facts.visits)


def _screenshot(visit: Visit) -> BlobRef | None:
    found: Iterable[BlobRef | None] = (capture.screenshot for capture in visit.captures)
    return next((blob for blob in found if blob is not None), None)


def thumbnail(png: bytes) -> bytes:
    """The top of a PNG as a JPEG of `SIZE` without metadata; empty for anything but a sound PNG.

    The same bytes give the same picture.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(BytesIO(png), formats=("PNG",)) as whole:
                if whole.width * whole.height > _LARGEST:
                    return b""
                return _cut(whole)
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError):
        return b""
    except Image.DecompressionBombWarning:
        return b""


def _cut(whole: Image.Image) -> bytes:
    width, height = SIZE
    kept = min(whole.height, max(1, whole.width * height // width))
    # White behind what is transparent, as a browser shows it.
    top = whole.crop((0, 0, whole.width, kept)).convert("RGBA")
    sheet = Image.new("RGBA", top.size, "white")
    sheet.alpha_composite(top)
    small = sheet.convert("RGB").resize(
        (width, max(1, width * kept // whole.width)), Image.Resampling.BOX
    )
    framed = Image.new("RGB", SIZE, "white")
    framed.paste(small.crop((0, 0, width, min(height, small.height))), (0, 0))
    stream = BytesIO()
    framed.save(stream, "JPEG", quality=72, optimize=True)
    return stream.getvalue()
