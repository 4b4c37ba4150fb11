"""The one place where tips meet the reader of pictures, `detectors.images`, where that is there."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec


def codes_in(picture: bytes) -> tuple[str, ...] | None:
    """The texts of the codes in a picture; `None` where it, or any picture, cannot be read.

    «No code» is an empty tuple, and never said of a picture that nobody could open.
    """
    if find_spec("detectors.images") is None:
        return None
    opening, codes = (import_module(f"detectors.images.{name}") for name in ("opening", "codes"))
    try:
        found = codes.find_codes(opening.open_picture(picture))
    except opening.UnreadableError:
        return None
    if found.unread and not found.codes:
        return None
    return tuple(code.text for code in found.codes)
