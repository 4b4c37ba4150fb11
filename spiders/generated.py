"""Names that we make ourselves, as an imitator would: those that DNS knows are leads."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from scrapy import Request

from crawler.capture.asking import NameAsker
from crawler.config import SourceOptions
from crawler.language import _
from crawler.model import Knowledge
from crawler.tables import Table
from detectors.names import NameScreen
from detectors.names.generate import LikelyName, likely_names
from spiders.base import NO_REQUESTS, Errand, SourceSpider


@dataclass(frozen=True, slots=True)
class GeneratedOptions(SourceOptions):
    """`[sources.generated]` in a profile."""

    limit: int = 2_000
    """Names asked about in one run, the likeliest first. Founders' judgement."""


class GeneratedSpider(SourceSpider):
    """Asks DNS about the likeliest imitations of all protected hosts; opens none of them."""

    name = "generated"
    options = GeneratedOptions

    def __init__(self, errand: Errand) -> None:
        super().__init__(errand)
        assert isinstance(errand.options, GeneratedOptions)  # noqa: S101 - read_options made it
        self._own = errand.options

    @classmethod
    def read_options(cls, table: Table, folder: Path) -> GeneratedOptions:  # noqa: ARG003
        """The options in `[sources.generated]`."""
        enabled = table.take("enabled", bool, False)
        limit = table.take("limit", int, GeneratedOptions().limit)
        if limit < 1:
            raise table.fail("limit", _("应为正整数"))
        table.finish()
        return GeneratedOptions(enabled, limit)

    async def requests(self) -> AsyncIterator[Request]:
        """Ask DNS; no request is made over HTTP."""
        watchlist = self._errand.watchlist
        likely = likely_names(watchlist, NameScreen(watchlist), self._own.limit)
        made = {each.name: each for each in likely}
        failed: Counter[str] = Counter()
        async for asked in NameAsker(self._errand.dns).ask(made):
            answer = asked.answer
            if answer.state is Knowledge.UNKNOWN:
                failed[answer.detail] += 1
                self.asked(_("DNS 没有可用的答复（{reason}）").format(reason=answer.detail))
                continue
            self.asked()
            if answer.state is Knowledge.KNOWN and not asked.wildcard:
                self.found(answer.name, _detail(made[answer.name]))
        for request in NO_REQUESTS:
            yield request


def _detail(made: LikelyName) -> str:
    return f"{made.technique} ~ {made.imitates}"
