"""Reads the codes in pictures that come with tips."""

from __future__ import annotations

from detectors.images.codes import find_codes
from detectors.images.opening import UnreadableError, open_picture


def codes_in(picture: bytes) -> tuple[str, ...] | None:
    """The texts of the codes in a picture; `None` where it, or every code in it, cannot be read.

    «No code» is an empty tuple, and never said of a picture that nobody could open.
    """
    try:
        found = find_codes(open_picture(picture))
    except UnreadableError:
        return None
    if found.unread and not found.codes:
        return None
    return tuple(code.text for code in found.codes)
