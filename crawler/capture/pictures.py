"""Gathers the pictures of a page from what was frozen of it; nothing is asked for anew."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from email.parser import BytesHeaderParser

from crawler.documents import parse, visible
from crawler.model import Capture, Knowledge, Picture

SCREENSHOT = "screenshot"
# Founders' judgement: no page needs more pictures to be understood, and each takes a tenth of a
# second to read.
_MOST = 60
_LEAST_BYTES = 150
"""Founders' judgement: smaller files are dots and lines; the smallest code takes two hundred."""
# Founders' judgement: an icon is smaller; see `detectors.images.SMALLEST`.
_ICON = 48
# Founders' judgement: words that are meant to be read need so many pixels, on either side.
_LARGE = 200
_THIN = 300
"""Visible characters, as in `plan`: a page with less may say the rest in pictures."""
_SAYS_NOTHING = 40
"""Founders' judgement: visible characters of a page that scripts may have drawn as a picture."""
_MOST_READ = 3
"""Founders' judgement: pictures of one page that are read for words; each takes a second."""
_INLINE = re.compile(
    rb"data:image/(?!svg)[a-z0-9.+-]{1,20};base64,([A-Za-z0-9+/=\s%]{100,9000000})"
)
_BOUNDARY = re.compile(rb'boundary="([^"\r\n]{1,200})"', re.IGNORECASE)
_NO_PICTURE = ("text/", "image/svg", "application/javascript", "application/json", "font/")


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture's bytes and where they came from."""

    url: str
    data: bytes


ReadPictures = Callable[[Sequence[Shown], bool], Awaitable[tuple[Picture, ...]]]
"""Reads pictures, one Picture each in their order; the second argument asks for words, too."""


def in_archive(mhtml: bytes) -> Iterator[Shown]:
    """The pictures in a page's MHTML (RFC 2557), as the servers sent them."""
    head, _blank, _rest = mhtml[:4_000].partition(b"\r\n\r\n")
    boundary = _BOUNDARY.search(head)
    if boundary is None:
        return
    for part in mhtml.split(b"--" + boundary[1])[1:]:
        lines, blank, body = part.lstrip(b"\r\n").partition(b"\r\n\r\n")
        said = BytesHeaderParser().parsebytes(lines[:8_000])
        kind = str(said.get("Content-Type", "")).strip().lower()
        if not blank or not kind or kind.startswith(_NO_PICTURE):
            continue
        if str(said.get("Content-Transfer-Encoding", "")).strip().lower() != "base64":
            continue
        data = _decoded(body)
        if data:
            yield Shown(str(said.get("Content-Location", "")).strip()[:2_000], data)


def in_document(html: str) -> Iterator[Shown]:
    """The pictures written into a document as `data:` addresses."""
    for number, found in enumerate(_INLINE.finditer(html.encode("utf-8", "replace")), 1):
        data = _decoded(found[1])
        if data:
            yield Shown(f"inline {number}", data)


def _decoded(written: bytes) -> bytes:
    try:
        return base64.b64decode(written.replace(b"%2B", b"+").replace(b"%2F", b"/"))
    except (binascii.Error, ValueError):
        return b""


def gather(html: str, mhtml: bytes, screenshot: bytes) -> tuple[tuple[Shown, ...], int]:
    """The pictures of a page, and how many were left out.

    Each once, the largest files first, the screenshot last.
    """
    found: dict[bytes, Shown] = {}
    for shown in (*in_archive(mhtml), *in_document(html)):
        if len(shown.data) >= _LEAST_BYTES:
            found.setdefault(shown.data, shown)
    ordered = sorted(found.values(), key=lambda each: (-len(each.data), each.url))
    kept = ordered[:_MOST]
    if screenshot:
        kept.append(Shown(SCREENSHOT, screenshot))
    return tuple(kept), max(0, len(ordered) - _MOST)


async def with_pictures(
    capture: Capture, shown: Sequence[Shown], left: int, read: ReadPictures
) -> Capture:
    """The capture with what was read in its pictures; icons leave no record.

    Words are read in large pictures of pages that say little otherwise, and in those that show a
    card with a code.
    """
    pictures = list(await read(shown, False))
    wanted = _wanting_words(pictures, len(visible(parse(capture.html))))
    if wanted:
        again = await read([shown[number] for number in wanted], True)
        for number, picture in zip(wanted, again, strict=True):
            # A picture that cannot be read for words keeps what was read before.
            if picture.state is Knowledge.KNOWN:
                pictures[number] = picture
    kept = tuple(each for each in pictures if not _is_icon(each))
    return replace(capture, pictures=kept, pictures_left=left)


def _is_icon(picture: Picture) -> bool:
    known = picture.state is Knowledge.KNOWN
    return known and max(picture.width, picture.height) < _ICON


def _wanting_words(pictures: Sequence[Picture], text: int) -> list[int]:
    """The numbers of the pictures to be read for words, beside so many characters of text."""
    own = [
        number
        for number, each in enumerate(pictures)
        if each.url != SCREENSHOT and min(each.width, each.height) >= _LARGE
    ]
    if text >= _THIN:
        own = [number for number in own if pictures[number].is_card]
    elif not own and text < _SAYS_NOTHING:
        # What scripts draw is on the screenshot alone.
        own = [number for number, each in enumerate(pictures) if each.url == SCREENSHOT]
    return sorted(own, key=lambda number: -pictures[number].area)[:_MOST_READ]
