"""Tips of the hotline: CSV and workbooks, mails, and pictures of codes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from crawler.language import _, said_by_system
from crawler.receipts import marked
from spiders.files import FileSpider
from spiders.tip_files import COLUMNS, Tip, read_tips
from spiders.tip_mails import read_mail, read_photo
from spiders.tip_sheets import SheetError, read_sheet

_BOOKS = frozenset({".xlsx", ".xlsm"})
_PICTURES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp"})
_KINDS = frozenset({".csv", ".txt", ".eml", *_BOOKS, *_PICTURES})
_LARGEST = 50_000_000
"""Bytes of one file; a mail with photographs has a tenth of that. Founders' judgement."""


class TipsSpider(FileSpider):
    """Reads tips; only an address is needed, and the tipster's name is not kept."""

    name = "tips"

    def read(self, path: Path) -> None:
        """Name what one file, or each file in a folder, holds."""
        for file in _inside(path):
            self.asked(self._read(file))

    def _read(self, path: Path) -> str:
        read = read_tip_file(path)
        for tip in read.tips:
            if tip.received_at is not None:
                self.saw(tip.received_at)
            self.found(tip.url, marked(tip.receipt, tip.text), tip.received_at)
        return read.problem


@dataclass(frozen=True, slots=True)
class TipFile:
    """What one file of tips holds."""

    tips: tuple[Tip, ...] = ()
    problem: str = ""
    """Why not all could be read, in one sentence, or the empty string."""


def _inside(path: Path) -> list[Path]:
    """The path itself, or the tips in a folder, such as a mail folder saved file by file."""
    if not path.is_dir():
        return [path]
    return sorted(p for p in path.rglob("*") if p.is_file() and p.suffix.lower() in _KINDS)


def read_tip_file(path: Path) -> TipFile:
    """The tips in a CSV, a workbook, a mail or a picture, by the file's ending; never raises."""
    try:
        if path.stat().st_size > _LARGEST:
            return TipFile(problem=_("举报文件 {file} 过大，没有读取").format(file=path))
        content = path.read_bytes()
    except OSError as problem:
        said = _("无法读取举报文件 {file}（{problem}）")
        return TipFile(problem=said.format(file=path, problem=said_by_system(problem)))
    kind = path.suffix.lower()
    if kind == ".eml":
        mail, unread = read_mail(content)
        said = _("邮件 {file} 有 {count} 张图片读不出").format(file=path, count=unread)
        return TipFile(tuple(mail), said if unread else "")
    if kind in _PICTURES:
        photo = read_photo(content)
        said = _("图片 {file} 读不出").format(file=path)
        return TipFile(tuple(photo or ()), said if photo is None else "")
    try:
        rows = read_sheet(content) if kind in _BOOKS else read_tips(content)
    except SheetError as problem:
        said = _("举报文件 {file} 不是完好的工作簿（{problem}）")
        return TipFile(problem=said.format(file=path, problem=problem))
    if rows is None:
        said = _("举报文件 {file} 没有 url 列，表头应为 {columns}")
        return TipFile(problem=said.format(file=path, columns=",".join(COLUMNS)))
    return TipFile(tuple(rows))
