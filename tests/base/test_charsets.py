"""Bodies are read as they were meant, whatever their declaration says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.charsets import decode

SIMPLE = "特种作业操作证查询平台，请输入证件号码后点击查询，考核合格的信息在三天内可以查到。"
TRADITIONAL = "這個網站說證書可以查詢，請輸入號碼後登錄，沒有學過的人也會拿到電子證書。"
META = '<html><head><meta charset="{}"></head><body>{}</body></html>'


@pytest.mark.parametrize("label", ["gb2312", "GBK", "gb18030"])
def test_all_gb_labels_mean_gb18030(label: str) -> None:
    body = ("㐀" + SIMPLE).encode("gb18030")
    assert decode(body, f"text/html; charset={label}") == ("㐀" + SIMPLE, "gb18030")


def test_header_comes_before_meta() -> None:
    body = META.format("utf-8", SIMPLE).encode("gb18030")
    assert SIMPLE in decode(body, "text/html; charset=gbk")[0]


@pytest.mark.parametrize(
    ("label", "codec"), [("utf-8", "utf-8"), ("gb2312", "gbk"), ("big5", "big5")]
)
def test_meta_is_believed(label: str, codec: str) -> None:
    text = TRADITIONAL if codec == "big5" else SIMPLE
    assert text in decode(META.format(label, text).encode(codec), "text/html")[0]


def test_byte_order_mark_decides() -> None:
    body = b"\xef\xbb\xbf" + META.format("gbk", SIMPLE).encode()
    text, codec = decode(body, "text/html; charset=gbk")
    assert SIMPLE in text
    assert codec == "utf-8"
    assert not text.startswith("\ufeff")


def test_utf16_with_a_mark() -> None:
    assert decode(SIMPLE.encode("utf-16"), "")[0] == SIMPLE


@pytest.mark.parametrize(("text", "codec"), [(SIMPLE, "gbk"), (TRADITIONAL, "big5")])
def test_undeclared_gb_and_big5_are_told_apart(text: str, codec: str) -> None:
    assert decode(f"<p>{text}</p>".encode(codec), "")[0] == f"<p>{text}</p>"


@pytest.mark.parametrize("wrong", ["gbk", "big5", "iso-8859-1"])
def test_utf8_declared_as_something_else_is_found_out(wrong: str) -> None:
    assert SIMPLE in decode(META.format(wrong, SIMPLE).encode(), f"text/html; charset={wrong}")[0]


@pytest.mark.parametrize("wrong", ["utf-8", "big5", "iso-8859-1"])
def test_gbk_declared_as_something_else_is_found_out(wrong: str) -> None:
    body = META.format(wrong, SIMPLE * 3).encode("gbk")
    assert SIMPLE in decode(body, f"text/html; charset={wrong}")[0]


@pytest.mark.parametrize(
    "label", ["no-such-charset", "rot13", "zlib", "undefined", "idna", "\0", "é"]
)
def test_an_unknown_label_is_passed_over(label: str) -> None:
    for codec in ("utf-8", "gbk"):
        assert decode(SIMPLE.encode(codec), f"text/html; charset={label}")[0] == SIMPLE


def test_a_body_cut_inside_a_character_is_still_utf8() -> None:
    text, codec = decode(SIMPLE.encode()[:-1], "")
    assert codec == "utf-8"
    assert text.startswith(SIMPLE[:-1])


@given(st.binary(max_size=400), st.text(max_size=60))
def test_anything_is_decoded(body: bytes, content_type: str) -> None:
    text, codec = decode(body, content_type)
    assert isinstance(text, str)
    assert codec


@given(st.text(alphabet=SIMPLE, min_size=20, max_size=200))
def test_declared_gbk_survives_any_order_of_words(text: str) -> None:
    assert decode(text.encode("gbk"), "text/html; charset=gb2312")[0] == text


@given(st.text(max_size=300))
def test_declared_utf8_survives(text: str) -> None:
    body = text.encode("utf-8", "ignore")
    if not body.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"\0\0")):
        assert decode(body, "text/html; charset=utf-8")[0] == body.decode()
