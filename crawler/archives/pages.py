"""What archives made by others hold: pages with what the file says of them, and what was left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

MOST_BODY = 5_000_000
"""Bytes kept of one page, as of one that we capture ourselves by default."""
_PAGES = frozenset({"text/html", "application/xhtml+xml", "text/plain"})


@dataclass(frozen=True, slots=True)
class ArchivedPage:
    """One page as somebody else captured it; all of it is the file's word, unproved."""

    url: str
    """As the file says, unchecked."""
    body: bytes
    """After transfer and content decoding, at most `MOST_BODY`."""
    where: str
    """Where in the file it stands, e.g. `#12`."""
    content_type: str = ""
    at: datetime | None = None
    """When it was captured, UTC, or `None` where the file does not say."""
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    address: str = ""
    """IP address that answered, or the empty string."""
    agent: str = ""
    """User agent that asked, or the empty string."""
    by: str = ""
    """The program that the file names as its maker, or the empty string."""
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class LeftOut:
    """One thing in a file that is no page to judge."""

    where: str
    reason: str
    """One sentence."""
    broken: bool
    """Whether something is lost that should have been read; a picture beside a page is not."""


Found = ArchivedPage | LeftOut


def is_page(content_type: str) -> bool:
    """Whether a Content-Type is that of a page or text; an empty one may be."""
    kind = content_type.partition(";")[0].strip().lower()
    return not kind or kind in _PAGES
