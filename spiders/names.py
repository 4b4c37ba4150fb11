"""Names from files, one a line: every one is a lead, or only those that look like a regulator's."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from crawler.charsets import decode
from crawler.config import read_files
from crawler.language import _, said_by_system
from crawler.screening import screen_file
from crawler.tables import Table
from detectors.names import NameScreen, ScreenCount
from spiders.base import Errand
from spiders.files import FileOptions, FileSpider


@dataclass(frozen=True, slots=True)
class NamesOptions(FileOptions):
    """`[sources.names]` in a profile."""

    screen: bool = False
    """Whether only names that screen as lookalikes become leads (bulk feeds)."""


class NamesSpider(FileSpider):
    """Reads host names; `#` begins a comment."""

    name = "names"
    options = NamesOptions

    def __init__(self, errand: Errand) -> None:
        super().__init__(errand)
        assert isinstance(errand.options, NamesOptions)  # noqa: S101 - read_options made it
        self._screen = NameScreen(errand.watchlist) if errand.options.screen else None

    @classmethod
    def read_options(cls, table: Table, folder: Path) -> NamesOptions:
        """The options in `[sources.names]`; an enabled source needs `files`."""
        enabled = table.take("enabled", bool, False)
        files = read_files(table, folder, enabled=enabled)
        options = NamesOptions(enabled, files, table.take("screen", bool, False))
        table.finish()
        return options

    def read(self, path: Path) -> None:
        """Name the hosts in one file."""
        try:
            if self._screen is not None:
                self._sift(path, self._screen)
                return
            text, _codec = decode(path.read_bytes(), "")
            self._read(path.name, text.removeprefix("\ufeff").splitlines())
        except OSError as problem:
            said = _("无法读取名单文件 {file}（{problem}）")
            self.asked(said.format(file=path, problem=said_by_system(problem)))
        else:
            self.asked()

    def _sift(self, path: Path, screen: NameScreen) -> None:
        """Name the lookalikes among names of any number; lines that hold no name are told."""
        count = ScreenCount()
        for part in screen_file(path, screen, processes=1):
            count.add(part.count)
            for hit in part.hits:
                self.found(hit.name, f"{path.name} {hit.technique} ~ {hit.imitates}")
        self._skipped += count.bad
        said = _("{file} 里没有一行是域名")
        self.asked(said.format(file=path) if count.bad and count.bad == count.read else "")

    def _read(self, file: str, lines: Iterable[str]) -> None:
        for number, line in enumerate(lines, 1):
            name = line.partition("#")[0].strip()
            if name:
                self.found(name, f"{file}:{number}")
