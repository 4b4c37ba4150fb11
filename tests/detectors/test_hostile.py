"""Text and markup made to stall a detector: a page takes seconds, however it is written."""

import time

import pytest

from detectors.pages import read_page
from detectors.rules import load_rules
from detectors.structure import read_structure
from detectors.text import read_text

pytestmark = pytest.mark.long  # they hold a clock, which a busy machine breaks
LENGTH = 1_000_000
_SECONDS = 30  # the slowest takes 3 s alone; the bound leaves room for a loaded machine


@pytest.mark.parametrize(
    "unit", ["谨防假证，办理高压电工证微信号：", "证", "1", "一", " ", "证.", "先拿证后付款", "V信"]
)
def test_a_million_characters(unit: str) -> None:
    book = load_rules()
    written = (unit * LENGTH)[:LENGTH]
    began = time.monotonic()
    read_text(written, book, "text")
    assert time.monotonic() - began < _SECONDS


def test_twenty_thousand_contacts() -> None:
    book = load_rules()
    written = "".join(f"办证加微信abc{number:05d}，" for number in range(20_000))
    began = time.monotonic()
    found = read_text(written, book, "text")
    assert time.monotonic() - began < _SECONDS
    assert len(found.contacts) == 200


def test_headers_within_headers() -> None:
    nested = "<div class=header>证" * 10_000
    began = time.monotonic()
    structure = read_structure(nested, "http://a.example/")
    assert time.monotonic() - began < _SECONDS
    assert structure.header == ("证",)


def test_one_long_line_is_cut() -> None:
    page = read_page(f"<title>{'证' * LENGTH}</title><p>{'证' * LENGTH}", "http://a.example/")
    assert 199_000 < len(page.text) <= 200_000
    assert len(page.title) == 1000
