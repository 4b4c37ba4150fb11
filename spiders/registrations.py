"""New registrations in bulk: lists, tables and zone files, of which lookalikes become leads."""

from __future__ import annotations

import hashlib
from pathlib import Path

from crawler.language import _, said_by_system
from crawler.model import SourceState
from crawler.screening import screen_stream
from detectors.names import NameScreen, ScreenCount
from spiders.base import Errand
from spiders.files import FileSpider
from spiders.name_files import NameFileError, NameStream, open_names

_PATTERN = frozenset("*?[")


class RegistrationsSpider(FileSpider):
    """Reads every file once, however large, and names the hosts that look like a regulator's."""

    name = "registrations"

    def __init__(self, errand: Errand) -> None:
        super().__init__(errand)
        self._screen = NameScreen(errand.watchlist)
        self._count = ScreenCount()
        self._known = 0

    def read(self, path: Path) -> None:
        """Name the lookalikes in one file, or in all that a pattern such as `new/*.zip` names."""
        paths = _matching(path)
        if not paths:
            self.asked(_("没有与 {pattern} 相符的文件").format(pattern=path))
        for each in paths:
            try:
                digest = _digest(each)
                if self.remembered(digest):
                    self._known += 1
                    self.asked()
                elif self._read(each):
                    # Only what was read whole is left alone in the next run.
                    self.marks[digest] = each.name
            except OSError as problem:
                said = _("无法读取名单文件 {file}（{problem}）")
                self.asked(said.format(file=each, problem=said_by_system(problem)))

    def outcome(self) -> SourceState:
        """What was read, with how much of it was known."""
        said = _("读了 {names} 个域名；此前已读过的 {known} 个文件未重读")
        self._covered = said.format(names=self._count.read, known=self._known)
        return super().outcome()

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
