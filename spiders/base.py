"""What every source shares: naming leads, counting, and saying when it was blind."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from scrapy import Request, Spider

from crawler.addresses import AddressError, host_of, lead_id, normalise
from crawler.config import SourceOptions
from crawler.guard import Guard
from crawler.language import _
from crawler.masking import mask_identity
from crawler.model import Lead, LeadReason, SourceState, SourceStatus, Watchlist
from crawler.tables import Table

logger = logging.getLogger(__name__)
_DETAIL = 200
"""Characters kept of what a source saw."""


NO_REQUESTS: tuple[Request, ...] = ()
"""What Scrapy has to fetch for a source that reads files."""


@dataclass(frozen=True, slots=True)
class Errand:
    """What one source is sent out with."""

    options: SourceOptions
    watchlist: Watchlist
    at: datetime
    """Start of the run, UTC; queries rotate by its Beijing day."""
    take: Callable[[Lead], None]
    """Receives each lead."""


class SourceSpider(Spider):
    """A source of leads; a subclass has its own file, `name` and `options`."""

    options: ClassVar[type[SourceOptions]] = SourceOptions

    def __init__(self, errand: Errand) -> None:
        super().__init__()
        self._errand = errand
        self._guard = Guard(errand.watchlist)
        self._leads = 0
        self._requests = 0
        self._failures = 0
        self._skipped = 0
        self._detail = ""

    @classmethod
    def read_options(cls, table: Table, folder: Path) -> SourceOptions:
        """The options in the source's table of a profile; unknown keys are errors."""
        raise NotImplementedError(f"{cls.__name__} reads no options from {table} in {folder}")

    @classmethod
    def pace(cls, options: SourceOptions) -> float | None:  # noqa: ARG003
        """Seconds between two requests to one host, or `None` for the profile's own."""
        return None

    def found(self, text: str, detail: str, at: datetime | None = None) -> bool:
        """Name an address as a lead; false for one that is none, or is an official host's."""
        try:
            url = normalise(text)
        except AddressError as problem:
            self._skipped += 1
            logger.info("%s: %s", self.name, problem)
            return False
        if self._guard.protects(host_of(url), self._errand.at):
            return False
        reason = LeadReason(self.name, mask_identity(detail)[:_DETAIL], at or self._errand.at)
        self._leads += 1
        self._errand.take(Lead(lead_id(url), url, (reason,)))
        return True

    def asked(self, problem: str = "") -> None:
        """Count one request or file; `problem` says why it gave nothing usable, if so."""
        self._requests += 1
        if problem:
            self._failures += 1
            self._detail = problem
            logger.warning("%s: %s", self.name, problem)

    def outcome(self) -> SourceState:
        """What the source saw; all failures, or not one request, is blindness."""
        status = SourceStatus.DONE
        detail = self._detail
        if self._failures:
            whole = self._failures >= self._requests
            status = SourceStatus.BLIND if whole else SourceStatus.PARTIAL
        elif not self._requests:
            status, detail = SourceStatus.BLIND, detail or _("没有发出任何请求")
        if self._skipped:
            said = _("{count} 个地址无法识别，已跳过").format(count=self._skipped)
            detail = f"{detail}；{said}".removeprefix("；")
        return SourceState(self.name, status, self._leads, self._requests, self._failures, detail)
