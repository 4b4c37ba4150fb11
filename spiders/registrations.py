"""New registrations in bulk: lists, tables and zone files, of which lookalikes become leads."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from scrapy import Request

from crawler.config import SourceOptions, read_files
from crawler.language import _
from crawler.screening import screen_stream
from crawler.tables import Table
from detectors.names import NameScreen, ScreenCount
from spiders.base import NO_REQUESTS, Errand, SourceSpider
from spiders.name_files import NameFileError, NameStream, open_names

_PATTERN = frozenset("*?[")


@dataclass(frozen=True, slots=True)
class RegistrationsOptions(SourceOptions):
    """`[sources.registrations]` in a profile."""

    patterns: tuple[Path, ...] = ()
    """Files, or patterns such as `new/*.zip` for files that are added every day."""


class RegistrationsSpider(SourceSpider):
    """Reads every file once, however large, and names the hosts that look like a regulator's."""

    name = "registrations"
    options = RegistrationsOptions

    def __init__(self, errand: Errand) -> None:
        super().__init__(errand)
        assert isinstance(errand.options, RegistrationsOptions)  # noqa: S101 - read_options made it
        self._own = errand.options
        self._screen = NameScreen(errand.watchlist)
        self._count = ScreenCount()

    @classmethod
    def read_options(cls, table: Table, folder: Path) -> RegistrationsOptions:
        """The options in `[sources.registrations]`; an enabled source needs `files`."""
        enabled = table.take("enabled", bool, False)
        options = RegistrationsOptions(enabled, read_files(table, folder, enabled=enabled))
        table.finish()
        return options

    async def requests(self) -> AsyncIterator[Request]:
        """Read every file; no request is made."""
        known = 0
        for pattern in self._own.patterns:
            paths = _matching(pattern)
            if not paths:
                self.asked(_("没有与 {pattern} 相符的文件").format(pattern=pattern))
            for path in paths:
                try:
                    digest = _digest(path)
                    if self.remembered(digest):
                        known += 1
                        self.asked()
                    elif self._read(path):
                        # Only what was read whole is left alone in the next run.
                        self.marks[digest] = path.name
                except OSError as problem:
                    said = _("无法读取名单文件 {file}（{problem}）")
                    self.asked(said.format(file=path, problem=problem.strerror or problem))
        said = _("读了 {names} 个域名；此前已读过的 {known} 个文件未重读")
        self._covered = said.format(names=self._count.read, known=known)
        for request in NO_REQUESTS:
            yield request

    def _read(self, path: Path) -> bool:
        """Read a file and all files in it; whether that was possible to the end."""
        whole = True
        try:
            for stream in open_names(path):
                problem = self._sift(stream)
                self.asked(problem)
                whole = whole and not problem
        except NameFileError as problem:
            self.asked(str(problem))
            return False
        return whole

    def _sift(self, stream: NameStream) -> str:
        """Name the lookalikes in a stream; why it was no use to the end, or the empty string."""
        count = ScreenCount()
        for part in screen_stream(stream.lines, self._screen):
            count.add(part.count)
            for hit in part.hits:
                self.found(hit.name, f"{stream.label} {hit.technique} ~ {hit.imitates}")
        self._count.add(count)
        self._skipped += count.bad
        if stream.made_at is not None and count.read > count.bad:
            self.saw(stream.made_at)
        if problem := stream.ended():
            return problem
        if not count.read or count.bad == count.read:
            return _("{file} 里没有一行是域名").format(file=stream.label)
        return ""


def _matching(pattern: Path) -> list[Path]:
    """The files that a path or pattern names, oldest name first."""
    if not _PATTERN & set(pattern.name):
        return [pattern]
    return sorted(path for path in pattern.parent.glob(pattern.name) if path.is_file())


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
