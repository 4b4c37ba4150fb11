"""Reads tips from a workbook (XLSX) as hotlines keep them, within bounds."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from itertools import islice

from openpyxl import load_workbook

from crawler.clock import BEIJING
from spiders.tip_files import Tip, tips_in

# Founders' judgement: a year of a busy hotline, and what its workbook has unpacked.
_MOST_ROWS = 200_000
_MOST_UNPACKED = 100_000_000
_HEADS_WITHIN = 10
"""Rows at the top among which the headings stand, below a title."""


class SheetError(ValueError):
    """A file that is no workbook, or unpacks to more than any workbook of tips."""


def read_sheet(content: bytes) -> list[Tip] | None:
    """The tips of all sheets, or `None` where no column is headed `url`; raises `SheetError`."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as packed:
            unpacked = sum(part.file_size for part in packed.infolist())
    except (zipfile.BadZipFile, ValueError, OSError) as problem:
        raise SheetError(str(problem)[:120]) from problem
    if unpacked > _MOST_UNPACKED:
        raise SheetError(f"{unpacked} bytes")
    try:
        book = load_workbook(BytesIO(content), read_only=True, data_only=True)
        try:
            found = [tips for sheet in book.worksheets if (tips := _tips(sheet.iter_rows(
                max_row=_MOST_ROWS, values_only=True))) is not None]  # fmt: skip
        finally:
            book.close()
    except Exception as problem:  # whatever hostile bytes make of the library
        raise SheetError(f"{type(problem).__name__}: {problem}"[:120]) from problem
    return [tip for tips in found for tip in tips] if found else None


def _tips(rows: Iterator[tuple[object, ...]]) -> list[Tip] | None:
    for row in islice(rows, _HEADS_WITHIN):
        heads = [_text(cell).strip().lower() for cell in row]
        if "url" in heads:
            return list(tips_in(heads, ([_text(cell) for cell in each] for each in rows)))
    return None


def _text(cell: object) -> str:
    if isinstance(cell, datetime):
        return cell.replace(tzinfo=BEIJING).isoformat()
    return "" if cell is None else str(cell)
