"""Tips of the hotline from CSV files with the columns url, text, received_at and from."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from scrapy import Request

from crawler.config import SourceOptions, read_files
from crawler.language import _
from crawler.tables import Table
from spiders.base import NO_REQUESTS, Errand, SourceSpider
from spiders.tip_files import COLUMNS, read_tips


@dataclass(frozen=True, slots=True)
class TipsOptions(SourceOptions):
    """`[sources.tips]` in a profile."""

    files: tuple[Path, ...] = ()


class TipsSpider(SourceSpider):
    """Reads tips; any column but `url` may be empty, and the tipster's name is not kept."""

    name = "tips"
    options = TipsOptions

    def __init__(self, errand: Errand) -> None:
        super().__init__(errand)
        assert isinstance(errand.options, TipsOptions)  # noqa: S101 - read_options made it
        self._own = errand.options

    @classmethod
    def read_options(cls, table: Table, folder: Path) -> TipsOptions:
        """The options in `[sources.tips]`; an enabled source needs `files`."""
        enabled = table.take("enabled", bool, False)
        options = TipsOptions(enabled, read_files(table, folder, enabled=enabled))
        table.finish()
        return options

    async def requests(self) -> AsyncIterator[Request]:
        """Read every file; no request is made."""
        for path in self._own.files:
            self.asked(self._read(path))
        for request in NO_REQUESTS:
            yield request

    def _read(self, path: Path) -> str:
        try:
            tips = read_tips(path.read_bytes())
        except OSError as problem:
            said = _("无法读取举报文件 {file}（{problem}）")
            return said.format(file=path, problem=problem.strerror)
        if tips is None:
            said = _("举报文件 {file} 没有 url 列，表头应为 {columns}")
            return said.format(file=path, columns=",".join(COLUMNS))
        for tip in tips:
            self.found(tip.url, tip.text, tip.received_at)
        return ""
