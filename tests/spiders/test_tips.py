"""Tips and names as offices save them; a poisoned row costs nobody else's tip."""

import asyncio
import base64
import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from PIL import Image

from crawler.model import Lead, SourceState, SourceStatus
from crawler.receipts import receipt_in, receipt_of
from seeds import load_watchlist
from spiders.base import Errand, SourceSpider
from spiders.files import FileOptions
from spiders.names import NamesOptions, NamesSpider
from spiders.tip_files import read_tips
from spiders.tip_mails import read_mail
from spiders.tips import TipsSpider

RECEIPT = receipt_of(None, "http://demo-yanlian.com/a", "办证", "")
START = datetime(2026, 11, 20, tzinfo=UTC)
ROWS = (
    "url,text,received_at,from\r\n"
    "http://demo-yanlian.com/办证/,电工证三天出证,2026/11/1 8:05,某甲\r\n"
    '"http://two-yanlian.com/?a=1,2","他说""包过""\r\n第二行",2026-11-02 09:00,\r\n'
)


def went(spider: SourceSpider, leads: list[Lead]) -> tuple[list[Lead], SourceState]:
    async def work() -> None:
        async for _request in spider.start():
            raise AssertionError("nothing is asked over HTTP")

    asyncio.run(work())
    return leads, spider.outcome()


def tipped(*files: Path) -> tuple[list[Lead], SourceState]:
    leads: list[Lead] = []
    errand = Errand(FileOptions(enabled=True, files=files), load_watchlist(), START, leads.append)
    return went(TipsSpider(errand), leads)


def named(*files: Path) -> tuple[list[Lead], SourceState]:
    leads: list[Lead] = []
    errand = Errand(NamesOptions(enabled=True, files=files), load_watchlist(), START, leads.append)
    return went(NamesSpider(errand), leads)


def written(folder: Path, content: bytes) -> Path:
    path = folder / "tips.csv"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    "content",
    [
        ROWS.encode(),
        ROWS.encode("utf-8-sig"),
        ROWS.encode("gb18030"),
        ROWS.encode("utf-16"),
        ("sep=,\r\n" + ROWS).encode("utf-8-sig"),
        ROWS.replace("url,", " URL ,").encode("gbk"),
        ROWS.replace("\r\n", "\n").encode(),
    ],
)
def test_a_tip_is_read_in_every_charset_that_a_spreadsheet_writes(
    tmp_path: Path, content: bytes
) -> None:
    leads, state = tipped(written(tmp_path, content))
    assert [lead.url for lead in leads] == [
        "http://demo-yanlian.com/%E5%8A%9E%E8%AF%81/",
        "http://two-yanlian.com/?a=1,2",
    ]
    (reason,) = leads[0].reasons
    assert reason.detail.endswith("〕电工证三天出证")
    assert reason.at == datetime(2026, 11, 1, 0, 5, tzinfo=UTC)
    assert "某甲" not in repr(leads)
    assert (state.status, state.requests, state.failures) == (SourceStatus.DONE, 1, 0)


@pytest.mark.parametrize("separator", [";", "\t", "，"])
def test_other_separators_are_seen_in_the_heading(tmp_path: Path, separator: str) -> None:
    rows = "url,text\nhttp://demo-yanlian.com/a,办证\n".replace(",", separator)
    leads, _state = tipped(written(tmp_path, rows.encode("gb18030")))
    assert [(lead.url, lead.reasons[0].detail) for lead in leads] == [
        (
            "http://demo-yanlian.com/a",
            f"〔{receipt_of(None, 'http://demo-yanlian.com/a', '办证', '')}〕办证",
        )
    ]


@pytest.mark.parametrize(
    "poison",
    [
        'http://evil-yanlian.com/,"3000元包过,2026-11-01,',
        "http://evil-yanlian.com/," + "假" * 200_000,
        'http://evil-yanlian.com/,"a"b,,',
        'http://evil-yanlian.com/,\x00\x1b[2J"',
        '=HYPERLINK("http://evil-yanlian.com/"),x',
        "file:///etc/passwd,x",
        "javascript:alert(1),x",
        "http://[::1,x",
    ],
)
def test_a_poisoned_row_hides_no_other_tip(tmp_path: Path, poison: str) -> None:
    rows = ["url,text", "http://one-yanlian.com/,甲", poison, "http://two-yanlian.com/,乙", ""]
    leads, state = tipped(written(tmp_path, "\n".join(rows).encode()))
    told = [lead.url for lead in leads if "evil" not in lead.url]
    assert told == ["http://one-yanlian.com/", "http://two-yanlian.com/"]
    assert {lead.url for lead in leads} - set(told) <= {"http://evil-yanlian.com/"}
    assert state.status is SourceStatus.DONE
    # The row is a lead or counted; it never goes without a word.
    assert len(leads) == 3 or "1 个地址无法识别" in state.detail


@pytest.mark.parametrize(
    "content", [b"", b"\n", "网址,内容\nhttp://a.com/,x\n".encode(), b"\xff\xfe"]
)
def test_a_file_without_the_column_is_blindness(tmp_path: Path, content: bytes) -> None:
    leads, state = tipped(written(tmp_path, content))
    assert (leads, state.status) == ([], SourceStatus.BLIND)
    assert "url,text,received_at,from" in state.detail
    assert tipped(tmp_path / "none.csv")[1].status is SourceStatus.BLIND


@given(st.binary(max_size=300), st.text(alphabet='",\n\r;a\x00', max_size=60))
def test_any_file_is_read_to_its_end(content: bytes, rows: str) -> None:
    list(read_tips(content) or ())
    urls = [tip.url for tip in read_tips(f"url\n{rows}\nhttp://last.com/\n".encode()) or ()]
    assert urls
    assert "http://last.com/" in urls[-1]


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_chinese_names_are_read_in_every_charset(tmp_path: Path, codec: str) -> None:
    path = tmp_path / "names.txt"
    path.write_bytes("特种作业证查询演练.中国  # 举报\n\ndemo-yanlian.com\n".encode(codec))
    leads, state = named(path)
    assert [lead.url for lead in leads][1:] == ["http://demo-yanlian.com/"]
    assert leads[0].url.startswith("http://xn--")
    assert (state.status, state.detail) == (SourceStatus.DONE, "")


def booked(folder: Path, *rows: tuple[object, ...]) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    path = folder / "tips.xlsx"
    book.save(path)
    return path


def test_a_workbook_is_read_with_its_dates_below_a_title(tmp_path: Path) -> None:
    path = booked(
        tmp_path,
        ("热线登记表",),
        ("序号", "URL", "text", "received_at", "from"),
        (1, "http://demo-yanlian.com/", "电工证", datetime(2026, 11, 1, 8, 5), "某甲"),  # noqa: DTZ001 - as workbooks keep them
        (2, None, "群里发 http://two-yanlian.com/a，还有three-yanlian.top。", "2026-11-02", "某乙"),
        (None, None, None, None, None),
        (3, "=HYPERLINK(1)", "x", None, None),
    )
    leads, state = tipped(path)
    assert [lead.url for lead in leads] == [
        "http://demo-yanlian.com/", "http://two-yanlian.com/a", "http://three-yanlian.top/",
    ]  # fmt: skip
    assert leads[0].reasons[0].at == datetime(2026, 11, 1, 0, 5, tzinfo=UTC)
    assert "某" not in repr(leads)
    receipts = [receipt_in(lead.reasons[0].detail) for lead in leads]
    assert receipts[0].startswith("20261101-")
    assert receipts[1] == receipts[2] != receipts[0]  # one tip, one number
    assert state.status is SourceStatus.DONE
    assert "1 个地址" in state.detail


def test_a_workbook_that_is_none_or_bursts_is_blindness(tmp_path: Path) -> None:
    path = tmp_path / "tips.xlsx"
    path.write_bytes(b"PK\x03\x04 torn")
    assert tipped(path)[1].status is SourceStatus.BLIND
    booked(tmp_path, ("网址",), ("http://a-yanlian.com",))
    assert tipped(path)[1].status is SourceStatus.BLIND
    whole = booked(tmp_path, ("url",), ("http://a-yanlian.com",)).read_bytes()
    out = io.BytesIO(whole)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/media/bomb", b"0" * 101_000_000)
    path.write_bytes(out.getvalue())
    assert len(out.getvalue()) < 1_000_000
    leads, state = tipped(path)
    assert (leads, state.status) == ([], SourceStatus.BLIND)


HTML = base64.b64encode(
    "<p>我是某甲，电话 13800005678</p><a href='http://link-yanlian.com/x'>点这里</a>".encode("gbk")
).decode()
MAIL = (
    "From: =?utf-8?B?5p+Q55Sy?= <tipster@mail-yanlian.com>\r\nTo: 12350@office-yanlian.com\r\n"
    "Subject: =?gb18030?B?vtmxqLzZ1qQ=?=\r\nDate: Sun, 01 Nov 2026 08:05:00 +0800\r\n"
    'Content-Type: multipart/mixed; boundary="b"\r\n\r\n'
    "--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    "办证网站 http://text-yanlian.com/a?b=1。\r\n"
    "--b\r\nContent-Type: text/html; charset=gbk\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    f"{HTML}\r\n"
    "{picture}--b--\r\n"
)
PICTURE = "--b\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA\r\n"


def test_a_mail_gives_its_addresses_and_nobody_s_name(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "1.eml").write_bytes(MAIL.format(picture="").encode())
    (tmp_path / "in" / "notes.doc").touch()
    leads, state = tipped(tmp_path / "in")
    assert [lead.url for lead in leads] == [
        "http://link-yanlian.com/x", "http://text-yanlian.com/a?b=1",
    ]  # fmt: skip
    reason = leads[0].reasons[0]
    assert reason.detail.endswith("〕举报假证")
    assert reason.at == datetime(2026, 11, 1, 0, 5, tzinfo=UTC)
    for private in ("某甲", "tipster", "13800005678"):
        assert private not in repr(leads)
    assert (state.status, state.newest) == (SourceStatus.DONE, reason.at)


def test_a_picture_that_nobody_can_read_is_told(tmp_path: Path) -> None:
    path = tmp_path / "1.eml"
    path.write_bytes(MAIL.format(picture=PICTURE).encode())
    leads, state = tipped(path)
    assert len(leads) == 2
    assert state.status is not SourceStatus.DONE
    assert "1 张图片" in state.detail
    photo = tmp_path / "a.jpg"
    photo.write_bytes(b"\xff\xd8 torn")
    assert tipped(photo)[1].status is SourceStatus.BLIND


@given(st.binary(max_size=400))
def test_any_mail_is_read_to_its_end(content: bytes) -> None:
    tips, _unread = read_mail(content)
    assert tips
    read_mail(b"Content-Type: text/html; charset=klingon\r\nSubject: =?x?B?!?=\r\n\r\n" + content)


def coded(text: str) -> bytes:
    """A PNG of a QR code."""
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode)
    out = io.BytesIO()
    Image.fromarray(code.to_image(scale=6)).convert("RGB").save(out, "PNG")
    return out.getvalue()


def test_the_code_in_a_picture_is_a_tip_alone_and_in_a_mail(tmp_path: Path) -> None:
    photo = tmp_path / "card.png"
    photo.write_bytes(coded("http://qr-yanlian.com/v?id=1"))
    leads, state = tipped(photo)
    assert [lead.url for lead in leads] == ["http://qr-yanlian.com/v?id=1"]
    assert receipt_in(leads[0].reasons[0].detail)
    assert state.status is SourceStatus.DONE
    picture = PICTURE.replace("AAAA", base64.b64encode(photo.read_bytes()).decode())
    mail = tmp_path / "1.eml"
    mail.write_bytes(MAIL.format(picture=picture).encode())
    leads, state = tipped(mail)
    assert leads[-1].url == "http://qr-yanlian.com/v?id=1"
    assert (len(leads), state.status) == (3, SourceStatus.DONE)
