"""The pictures of a page come out of what was frozen of it, and icons leave no record."""

from __future__ import annotations

import asyncio
import base64
import os
from collections.abc import Sequence
from email.mime.image import MIMEImage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

from crawler.capture.pictures import (
    SCREENSHOT,
    Shown,
    gather,
    in_archive,
    in_document,
    with_pictures,
)
from crawler.model import Capture, Code, Knowledge, Picture
from tests.detectors.conftest import capture

ONE, TWO = os.urandom(900), os.urandom(400)


def archive(*parts: tuple[str, bytes]) -> bytes:
    whole = MIMEMultipart("related", boundary="----MultipartBoundary--x----")
    whole.attach(MIMEText("<html><img src=a.png></html>", "html"))
    for url, data in parts:
        part = MIMEImage(data, "png")
        part["Content-Location"] = url
        whole.attach(part)
    return whole.as_bytes().replace(b"\n", b"\r\n")


def test_pictures_come_out_of_the_archive_as_they_were_sent() -> None:
    made = archive(("http://a.test/1.png", ONE), ("http://a.test/2.png", TWO))
    assert list(in_archive(made)) == [
        Shown("http://a.test/1.png", ONE),
        Shown("http://a.test/2.png", TWO),
    ]


def test_what_is_no_archive_holds_none() -> None:
    for data in (b"", b"\0" * 5_000, b'boundary="x"\r\n\r\n--x\r\n', archive()):
        assert list(in_archive(data)) == []


def test_pictures_written_into_the_document_count() -> None:
    written = base64.b64encode(ONE).decode()
    kinds = ("png", "svg+xml")
    html = "".join(f'<img src="data:image/{kind};base64,{written}">' for kind in kinds)
    assert list(in_document(html)) == [Shown("inline 1", ONE)]


def test_each_is_gathered_once_the_largest_first_and_no_more_than_sixty() -> None:
    parts = [(f"http://a.test/{n}.png", os.urandom(300 + n)) for n in range(70)]
    shown, left = gather("", archive(*parts, *parts), b"picture of all")
    assert [each.url for each in shown[:2]] == ["http://a.test/69.png", "http://a.test/68.png"]
    assert (len(shown), shown[-1].url, left) == (61, SCREENSHOT, 10)


def known(url: str, width: int, height: int, *codes: Code) -> Picture:
    return Picture(url, "0" * 64, 9, Knowledge.KNOWN, width=width, height=height, codes=codes)


PLACE = (300, 50, 400, 50, 400, 150, 300, 150)
CARD = known("card", 640, 400, Code("QRCode", "x", PLACE))
LARGE, ICON, SHOT = known("large", 800, 900), known("icon", 32, 32), known(SCREENSHOT, 1366, 900)
UNKNOWN = Picture("unknown", "0" * 64, 9, Knowledge.UNKNOWN, "broken")


def read_for_words(html: str, *pictures: Picture) -> tuple[Capture, list[str]]:
    asked: list[str] = []

    async def read(shown: Sequence[Shown], words: bool) -> tuple[Picture, ...]:
        if words:
            asked.extend(each.url for each in shown)
        found = {each.url: each for each in pictures}
        return tuple(found[each.url] for each in shown)

    shown = [Shown(each.url, each.url.encode()) for each in pictures]
    first = capture(html, "http://a.test/")
    return asyncio.run(with_pictures(first, shown, 3, read)), asked


def test_icons_leave_no_record_and_unread_pictures_do() -> None:
    seen, _asked = read_for_words("", LARGE, ICON, UNKNOWN, SHOT)
    assert [each.url for each in seen.pictures] == ["large", "unknown", SCREENSHOT]
    assert seen.pictures_left == 3


def test_words_are_read_where_the_page_says_little() -> None:
    assert read_for_words("<p>办证</p>", CARD, LARGE, ICON, SHOT)[1] == ["large", "card"]
    assert read_for_words("<p>办证</p>", ICON, SHOT)[1] == [SCREENSHOT]
    assert read_for_words(f"<p>{'字' * 60}</p>", ICON, SHOT)[1] == []


def test_of_a_page_with_text_only_cards_are_read() -> None:
    assert read_for_words(f"<p>{'字' * 400}</p>", CARD, LARGE, SHOT)[1] == ["card"]
