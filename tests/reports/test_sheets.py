"""Workbooks hold what they are given, whatever it is."""

from datetime import UTC, datetime
from io import BytesIO

import openpyxl
from hypothesis import given
from hypothesis import strategies as st

from crawler.printing import plain
from reports.sheets import Book, Column, Note

AT = datetime(2026, 3, 1, tzinfo=UTC)


@given(st.text(max_size=60))
def test_any_text_stays_the_text_it_is(text: str) -> None:
    shown = plain(text)
    book = Book("t", AT)
    book.add("a", "t", (), (Column("x", 10),), ((shown,),))
    sheet = openpyxl.load_workbook(BytesIO(book.content())).worksheets[0]
    cell = sheet["A3"]
    assert cell.data_type != "f"
    assert (cell.value or "") == shown


def test_long_text_is_cut_and_says_so() -> None:
    book = Book("t", AT)
    book.add(
        "a", "t", (Note("x" * 40_000),), (Column("x", 9), Column("z", 9)), (("y" * 40_000, 1),)
    )
    sheet = openpyxl.load_workbook(BytesIO(book.content())).worksheets[0]
    for name in ("A2", "A4"):
        assert str(sheet[name].value).endswith("（余下从略）")
        assert len(str(sheet[name].value)) < 32_767


def test_name_that_excel_forbids_is_made_to_fit() -> None:
    book = Book("t", AT)
    book.add("Registry / registrar: whoever holds the name", "t", (), (Column("x", 10),), ())
    names = openpyxl.load_workbook(BytesIO(book.content())).sheetnames
    assert names == ["Registry   registrar  whoever h"]
