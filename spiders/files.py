"""What sources share that read files which people keep; nothing is asked for."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from scrapy import Request

from crawler.config import SourceOptions, read_files
from crawler.tables import Table
from spiders.base import NO_REQUESTS, Errand, SourceSpider


@dataclass(frozen=True, slots=True)
class FileOptions(SourceOptions):
    """The table of a source that reads files."""

    files: tuple[Path, ...] = ()


class FileSpider(SourceSpider):
    """Reads one file after the other; a subclass says how one is read."""

    options = FileOptions

    def __init__(self, errand: Errand) -> None:
        super().__init__(errand)
        assert isinstance(errand.options, FileOptions)  # noqa: S101 - read_options made it
        self._files = errand.options.files

    @classmethod
    def read_options(cls, table: Table, folder: Path) -> FileOptions:
        """The options in the source's table; an enabled source needs `files`."""
        enabled = table.take("enabled", bool, False)
        options = FileOptions(enabled, read_files(table, folder, enabled=enabled))
        table.finish()
        return options

    async def requests(self) -> AsyncIterator[Request]:
        """Read every file; no request is made."""
        for path in self._files:
            self.read(path)
        for request in NO_REQUESTS:
            yield request

    def read(self, path: Path) -> None:
        """Name what a file holds, and count what was asked of it."""
        raise NotImplementedError(f"{type(self).__name__} cannot read {path}")
