"""Puts a page and the frames inside it together, as a person sees them: one page."""

from __future__ import annotations

import re
from collections.abc import Sequence

# A parser that meets a frameset takes no text after it; its frames' own documents follow instead.
_FRAME_TAGS = re.compile(r"</?(?:frameset|frame|noframes|iframe|html|body)\b[^>]*>", re.IGNORECASE)


_TAG = re.compile(r"(?s)<(script|style)\b.*?</\1>|<[^>]*>")


def joined(main: str, frames: Sequence[str]) -> str:
    """One document of all, the one that says most first: it gives the page its title.

    The main one alone where it has no frames.
    """
    if not frames:
        return main
    ranked = sorted((main, *frames), key=_length, reverse=True)
    return "\n".join(_FRAME_TAGS.sub("\n", document) for document in ranked)


def _length(document: str) -> int:
    return len("".join(_TAG.sub(" ", document).split()))
