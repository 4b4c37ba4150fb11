"""Reads back what people entered in a hit list; the file may be edited, broken or hostile."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from openpyxl import load_workbook

from crawler.errors import InputError
from crawler.language import _, in_each_language, said_by_system
from crawler.model import Decision
from crawler.wording import name_of
from reports.hitlist_xlsx import CHOICES, MOST, heading_of

_LARGEST_FILE = 64 * 1024 * 1024
_LARGEST_UNPACKED = 512 * 1024 * 1024
"""Bytes. Founders' judgement: many times the longest list that we write, pictures included."""
_MOST_ROWS = 4 * MOST
"""Several lists may have been put together in one sheet."""
_MOST_COLUMNS = 100
_HEAD_WITHIN = 40
"""Rows above the headings that we look through."""
_LONGEST = 2_000
"""Characters of a reason; a longer one was pasted by mistake."""
_COLUMNS = ("decision", "reason", "case", "version")


@dataclass(frozen=True, slots=True)
class ReviewedRow:
    """One row in which somebody chose something."""

    row: int
    """As the sheet counts, from 1."""
    case: str
    """The key as printed; identity numbers may be masked in it."""
    decision: Decision | None
    reason: str
    run: str
    """The run whose list it was, or the empty string where `problem` says so."""
    version: int
    """The version of the case that the list showed."""
    mark: str
    """`key_mark` of the case that the row was printed for."""
    problem: str = ""
    """Why the row cannot be taken, in one sentence, or the empty string."""


def read_reviewed(path: Path) -> tuple[ReviewedRow, ...]:
    """The rows of a hit list in which somebody decided, in their order.

    Rows without a choice are left out. Formulas are never computed, links never followed, nothing
    in the file is run. Raises `InputError` for what is no workbook, is too large, or is no list of
    ours; a row that cannot be taken says why in itself.
    """
    content = _content(path)
    try:
        _contain(content, path)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl tells of parts that it does not know
            book = load_workbook(BytesIO(content), read_only=True, keep_links=False)
            try:
                return _rows_of(book, path)
            finally:
                book.close()
    except InputError:
        raise
    # zipfile and openpyxl meet broken parts with whatever their innards raise; none is our mistake.
    except Exception as problem:
        raise _no_workbook(path) from problem


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            content = stream.read(_LARGEST_FILE + 1)
    except OSError as problem:
        said = _("无法读取文件 {file}（{problem}），请检查路径和权限")
        raise InputError(said.format(file=path, problem=said_by_system(problem))) from problem
    if len(content) > _LARGEST_FILE:
        raise _too_large(path)
    return content


def _contain(content: bytes, path: Path) -> None:
    """Refuse an archive that would unpack without end or bring XML entities along."""
    left = _LARGEST_UNPACKED
    with ZipFile(BytesIO(content)) as archive:
        for member in archive.infolist():
            # What an archive says of itself may be a lie, so that the bytes are counted.
            with archive.open(member) as stream:
                whole = stream.read(left + 1)
            left -= len(whole)
            if left < 0:
                raise _too_large(path)
            if _has_entities(member.filename, whole):
                raise _no_workbook(path)


def _has_entities(name: str, content: bytes) -> bool:
    """Whether a part of the workbook declares a document type, which no part of one may."""
    if not name.lower().endswith((".xml", ".rels", ".vml")):
        return False
    # ASCII letters stay readable in UTF-16 and UTF-32 once the zero bytes are gone.
    return b"<!" in content.replace(b"\x00", b"").replace(b"<!--", b"").replace(b"<![CDATA[", b"")


def _rows_of(book: Any, path: Path) -> tuple[ReviewedRow, ...]:
    for sheet in book.worksheets:
        rows = enumerate(
            sheet.iter_rows(max_col=_MOST_COLUMNS, max_row=_MOST_ROWS + _HEAD_WITHIN + 1), 1
        )
        columns = _columns(row for _number, row in islice(rows, _HEAD_WITHIN))
        if columns is None:
            continue
        head, places = columns
        found = []
        again = enumerate(
            sheet.iter_rows(
                min_row=head + 1, max_col=_MOST_COLUMNS, max_row=_MOST_ROWS + _HEAD_WITHIN + 1
            ),
            head + 1,
        )
        for number, cells in again:
            if number > _MOST_ROWS + _HEAD_WITHIN:
                raise _too_large(path)
            row = _row(number, cells, places)
            if row is not None:
                found.append(row)
        return tuple(found)
    said = _("{file} 不是本程序写出的清单（缺少“{columns}”列），请使用 hitlist.xlsx")
    headings = "”“".join(heading_of(column) for column in _COLUMNS)
    raise InputError(said.format(file=path, columns=headings))


def _columns(rows: Iterator[Any]) -> tuple[int, Mapping[str, int]] | None:
    """The number of the row of headings, and where our columns stand, in whichever language."""
    languages = in_each_language(lambda: {heading_of(column): column for column in _COLUMNS})
    for number, cells in enumerate(rows, 1):
        texts = [_text(cell) for cell in cells]
        for headings in languages:
            places = {headings[text]: at for at, text in enumerate(texts) if text in headings}
            if len(places) == len(_COLUMNS):
                return number, places
    return None


def _row(number: int, cells: Any, places: Mapping[str, int]) -> ReviewedRow | None:
    chosen = {
        column: cells[place] if place < len(cells) else None for column, place in places.items()
    }
    texts = {column: _text(cell) for column, cell in chosen.items()}
    if not texts["decision"]:
        return None
    run, version, mark = (*texts["version"].split("/"), "", "")[:3]
    decision = _decision(texts["decision"])
    problem = ""
    if any(cell is not None and cell.data_type == "f" for cell in chosen.values()):
        problem = _("含有公式，请填写文字")
    elif decision is None:
        problem = _("“{text}”不是可选的决定").format(text=texts["decision"][:40])
    elif not (texts["case"] and run and mark and version.isdecimal() and version.isascii()):
        problem = _("案件或清单版本已被改动")
    elif len(texts["reason"]) > _LONGEST:
        problem = _("理由超过 {most} 个字").format(most=_LONGEST)
    whole = int(version) if version.isdecimal() and version.isascii() and len(version) < 10 else -1
    return ReviewedRow(
        number, texts["case"][:500], decision, texts["reason"], run[:100], whole, mark[:16], problem
    )


def _text(cell: Any) -> str:
    value = getattr(cell, "value", None)
    return "" if value is None else str(value).strip()


def _decision(text: str) -> Decision | None:
    for names in in_each_language(lambda: {name_of(each).casefold(): each for each in CHOICES}):
        if text.casefold() in names:
            return names[text.casefold()]
    return None


def _too_large(path: Path) -> InputError:
    return InputError(_("文件 {file} 过大，不是本程序写出的清单，请核对").format(file=path))


def _no_workbook(path: Path) -> InputError:
    said = _("文件 {file} 已损坏或不是 XLSX 工作簿，请用表格软件另存为 .xlsx 后重试")
    return InputError(said.format(file=path))
