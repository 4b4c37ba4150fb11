"""Reads pages that a person saved from a browser: HTML with a remark on its address, and MHTML."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime

_HEAD = 5000
"""Bytes at a page's beginning in which the remark stands."""
_SAVED_FROM = re.compile(r"<!--\s*saved from url=\(\d+\)(\S+)\s*-->", re.IGNORECASE)
"""What Chromium and Internet Explorer write (the «mark of the web»)."""
_SINGLE_FILE = re.compile(
    r"<!--\s*Page saved with SingleFile\s+url:\s*(?P<url>\S+)"
    r"(?:\s+saved date:\s*(?P<date>[^<>(]{10,60}))?"
)
_JAVASCRIPT_DATE = "%a %b %d %Y %H:%M:%S GMT%z"
_MOST_PARTS = 2000
"""Parts of one MHTML file that are looked at; recorded ones have hundreds. Founders' judgement."""


@dataclass(frozen=True, slots=True)
class SavedDocument:
    """One document inside a file that a browser saved."""

    body: bytes
    content_type: str
    url: str
    """As the file says, unchecked, or the empty string."""
    at: datetime | None = None
    """When it was saved, UTC, or `None` where the file does not say."""
    by: str = ""
    """The program that the file names."""


def read_saved_html(body: bytes) -> SavedDocument:
    """The page in an HTML file, with the address and time that its saver remarked."""
    head = body[:_HEAD].decode("utf-8", "replace")
    if found := _SAVED_FROM.search(head):
        return SavedDocument(body, "text/html", found[1])
    single = _SINGLE_FILE.search(head)
    if single is None:
        return SavedDocument(body, "text/html", "")
    at = None
    with suppress(ValueError):
        at = datetime.strptime((single["date"] or "").strip(), _JAVASCRIPT_DATE).astimezone(UTC)
    return SavedDocument(body, "text/html", single["url"], at, "SingleFile")


def read_saved_archive(body: bytes) -> Iterator[SavedDocument]:
    """The HTML documents of an MHTML file, the page first, then its frames; none in a broken one.

    RFC 2557; `Snapshot-Content-Location` is Chromium's.
    """
    message = email.message_from_bytes(body, policy=email.policy.compat32)
    page = _header(message, "Snapshot-Content-Location") or _header(message, "Content-Location")
    by, at = _header(message, "From").strip("<>"), None
    with suppress(ValueError, TypeError, OverflowError):
        at = parsedate_to_datetime(_header(message, "Date")).astimezone(UTC)
    first = True
    for number, part in enumerate(message.walk()):
        if number > _MOST_PARTS:
            return
        if part.get_content_type() not in ("text/html", "application/xhtml+xml"):
            continue
        content = part.get_payload(decode=True)
        own = _header(part, "Content-Location")
        url, first = (page or own) if first else own, False
        data = content if isinstance(content, bytes) else b""
        yield SavedDocument(data, _header(part, "Content-Type"), url, at, by)


def _header(part: Message, name: str) -> str:
    return " ".join(str(part.get(name) or "").split())
