"""Search result pages that a person saved from a browser: Baidu, Sogou, so.com, Bing."""

from __future__ import annotations

from pathlib import Path

from crawler.language import _, said_by_system
from crawler.model import SourceState
from spiders.base import Errand
from spiders.files import FileSpider
from spiders.result_pages import PageState, read_result_page


class SavedResultsSpider(FileSpider):
    """Reads saved result pages; a captcha, a garbled or a strange page is blindness.

    An engine's own redirect is never a lead: nothing is asked here, so where it leads is not known.
    """

    name = "saved_results"

    def __init__(self, errand: Errand) -> None:
        super().__init__(errand)
        self._unresolved = 0

    def read(self, path: Path) -> None:
        """Name the true addresses on one page."""
        self.asked(self._read(path))

    def _read(self, path: Path) -> str:
        try:
            body = path.read_bytes()
        except OSError as problem:
            said = _("无法读取搜索结果页 {file}（{problem}）")
            return said.format(file=path, problem=said_by_system(problem))
        page = read_result_page(body)
        if page.state not in (PageState.RESULTS, PageState.NO_RESULTS):
            return f"{path.name}: {page.detail}"
        known = [result for result in page.results if not result.redirect]
        for result in known:
            self.found(result.url, f"{page.engine}: {result.title}")
        left = len(page.results) - len(known)
        self._unresolved += left
        return f"{path.name}: {_told(left)}" if left and not known else ""

    def outcome(self) -> SourceState:
        """What was read, with the results whose true address the pages do not hold."""
        self._covered = _told(self._unresolved) if self._unresolved else ""
        return super().outcome()


def _told(count: int) -> str:
    return _("{count} 条结果只有跳转链接，真实网址未知").format(count=count)
