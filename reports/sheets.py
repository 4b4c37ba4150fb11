"""Workbooks that are safe to open: text stays text, no formula, no live link; printable on A4."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from unicodedata import east_asian_width

import xlsxwriter  # type: ignore[import-untyped]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

from crawler.language import _


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture in a cell, which grows to hold it."""

    content: bytes
    """JPEG or PNG; empty for none."""
    width: int
    """Points, as is `height`; what the file itself holds is scaled to it."""
    height: int
    scale: float
    """How many times smaller than its pixels it is shown."""


Cell = str | int | float | Picture
_CELL_LIMIT = 32_000
"""Excel holds 32 767 characters in a cell and XlsxWriter drops a longer text silently."""
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
"""What the name of a sheet may not hold; a translated name might."""
_ROW_LIMIT = 409.0
"""Points; no row of Excel is higher."""
_LINE = 16.5
"""Points that one line of 11-point Chinese text takes."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a sheet."""

    name: str
    width: float
    """In characters of Latin text; a Chinese character takes two."""
    choices: tuple[str, ...] = ()
    """What a person may enter, offered as a list; empty for anything."""
    printed: bool = True
    """Whether it goes on paper; columns that do not stand at the right end."""


@dataclass(frozen=True, slots=True)
class Note:
    """A line above the table; an alarming one is shown in red."""

    text: str
    alarming: bool = False


class Book:
    """A workbook in the making; the same calls give the same bytes."""

    def __init__(self, title: str, created: datetime) -> None:
        self._stream = BytesIO()
        options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self._book = xlsxwriter.Workbook(self._stream, options)
        self._book.set_properties(
            {"title": title, "author": "certhound", "created": created.replace(tzinfo=None)}
        )
        font = {"font_name": "Noto Sans CJK SC", "font_size": 11}
        cell = {**font, "text_wrap": True, "valign": "top", "border": 1, "border_color": "#BFBFBF"}
        self._title = self._book.add_format({**font, "font_size": 15, "bold": True})
        note = {**font, "text_wrap": True, "valign": "vcenter"}
        self._note = self._book.add_format(note)
        self._alarm = self._book.add_format(
            {**note, "font_color": "#9C0006", "bg_color": "#FFE5E5"}
        )
        self._head = self._book.add_format(
            {**cell, "bold": True, "bg_color": "#D9E2F0", "valign": "vcenter"}
        )
        # The number format «@» keeps a text a text even after somebody edits the cell.
        self._text = self._book.add_format({**cell, "num_format": "@"})
        self._number = self._book.add_format(cell)

    def add(
        self,
        name: str,
        title: str,
        notes: Sequence[Note],
        columns: Sequence[Column],
        rows: Sequence[Sequence[Cell]],
    ) -> None:
        """Add a sheet: title, notes, frozen headings with filters, and the rows."""
        sheet = self._book.add_worksheet(_FORBIDDEN.sub(" ", name)[:31])
        printed = [column for column in columns if column.printed]
        sheet.write_string(0, 0, title, self._title)
        sheet.set_row(0, 24)
        for number, note in enumerate(notes, 1):
            style = self._alarm if note.alarming else self._note
            text = _clip(note.text)
            sheet.merge_range(number, 0, number, len(printed) - 1, "", style)
            sheet.write_string(number, 0, text, style)
            height = _LINE * _lines(text, sum(column.width for column in printed)) + 4
            sheet.set_row(number, min(height, _ROW_LIMIT))
        head = len(notes) + 1
        for place, column in enumerate(columns):
            sheet.set_column(place, place, column.width)
            sheet.write_string(head, place, column.name, self._head)
        sheet.set_row(head, 2 * _LINE + 2)
        self._fill(sheet, head + 1, columns, rows)
        last = head + max(len(rows), 1)
        sheet.autofilter(head, 0, last, len(columns) - 1)
        sheet.freeze_panes(head + 1, 0)
        _paper(sheet, head, last, len(printed))

    def _fill(
        self,
        sheet: Worksheet,
        first: int,
        columns: Sequence[Column],
        rows: Sequence[Sequence[Cell]],
    ) -> None:
        for number, row in enumerate(rows, first):
            # The height comes first: a picture is laid over the cells below it otherwise.
            cells = list(zip(columns, row, strict=True))
            height = max(_height(column, value) for column, value in cells)
            sheet.set_row(number, min(height, _ROW_LIMIT))
            for place, (_column, value) in enumerate(cells):
                self._write(sheet, number, place, value)
        for place, column in enumerate(columns):
            if column.choices and rows:
                rule = {
                    "validate": "list",
                    "source": list(column.choices),
                    "error_title": column.name,
                    "error_message": _("请从列表中选择"),
                }
                sheet.data_validation(first, place, first + len(rows) - 1, place, rule)

    def _write(self, sheet: Worksheet, row: int, place: int, value: Cell) -> None:
        if isinstance(value, str):
            sheet.write_string(row, place, _clip(value), self._text)
        elif isinstance(value, Picture):
            sheet.write_blank(row, place, None, self._text)
            if value.content:
                options = {
                    "image_data": BytesIO(value.content),
                    "x_scale": 1 / value.scale,
                    "y_scale": 1 / value.scale,
                    "x_offset": 3,
                    "y_offset": 3,
                    "object_position": 1,  # a filter hides it with its row
                    "decorative": True,
                }
                sheet.insert_image(row, place, f"{row}.jpg", options)
        else:
            sheet.write_number(row, place, value, self._number)

    def content(self) -> bytes:
        """The finished workbook; nothing can be added after it."""
        self._book.close()
        return self._stream.getvalue()


def _paper(sheet: Worksheet, head: int, last: int, width: int) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(head)
    sheet.print_area(0, 0, last, width - 1)
    sheet.set_footer("&C&P / &N")


def _clip(text: str) -> str:
    return text if len(text) <= _CELL_LIMIT else text[:_CELL_LIMIT] + _("…（余下从略）")


def _height(column: Column, value: Cell) -> float:
    if isinstance(value, str):
        return _LINE * _lines(_clip(value), column.width) + 3
    if isinstance(value, Picture) and value.content:
        return value.height + 6
    return _LINE + 3


def _lines(text: str, width: float) -> int:
    """How many lines the text takes in a cell so wide; generous, because fonts differ."""
    room = max(width - 2, 1)
    total = 0
    for line in text.split("\n"):
        taken = sum(2 if east_asian_width(letter) in "WFA" else 1.05 for letter in line)
        total += max(1, -int(-taken // room))
    return total
