"""Certificates as they are issued: names that look like a regulator's, from public logs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.addresses import parts
from crawler.certificates import NamedCertificate, read_certificate
from crawler.clock import beijing_date, now, shown
from crawler.config import SourceOptions, read_amount, read_positive
from crawler.language import _
from crawler.tables import Table
from detectors.names import NameHit, NameScreen, ScreenCount
from spiders.base import Errand, SourceSpider
from spiders.ct_entries import EntryError, LogEntry
from spiders.ct_heads import HeadError
from spiders.ct_list import CertificateLog, read_log, shipped_logs
from spiders.ct_reading import LogReading, Step
from spiders.ct_tree import TreeError
from spiders.retry_after import UNTIL, left_alone, peace_until, seconds_to_wait

# Founders' judgement: a log whose head is a day old stands still (RFC 6962 allows a day at most for
# a certificate to appear); one that is five minutes ahead, or our own clock, is wrong.
_OLD = timedelta(days=1)
_AHEAD = timedelta(minutes=5)
# Founders' judgement, as for captures: half a minute can be waited for, more is another day's.
_PATIENCE = 30
_PAUSE = 2
"""Seconds before a question that failed is asked once more."""
_NEIGHBOURS = 20
"""Domains on one certificate beyond which they are a host's customers, not one owner's. Founders'
judgement."""


@dataclass(frozen=True, slots=True)
class CtOptions(SourceOptions):
    """`[sources.ct]` in a profile."""

    budget_mb: int = 200
    """Millions of bytes read in one run, all logs together, unpacked. Founders' judgement: some
    60,000 certificates, a few minutes."""
    delay: float = 0.2
    """Seconds between two questions to one log. They are made to be read by machines."""
    timeout: float = 60.0
    """Seconds for one answer, which may be a megabyte."""
    logs: tuple[CertificateLog, ...] = ()


class CtSpider(SourceSpider):
    """Reads what is new in certificate logs, the newest first to be reached within a budget."""

    name = "ct"
    options = CtOptions
    custom_settings: dict[str, Any] | None = {
        "ROBOTSTXT_OBEY": False,  # an interface for machines, which the log must offer
        "RETRY_ENABLED": False,  # asked once more by ourselves, after what Retry-After says
        "REDIRECT_ENABLED": False,
    }

    def __init__(self, errand: Errand) -> None:
        super().__init__(errand)
        assert isinstance(errand.options, CtOptions)  # noqa: S101 - read_options made it
        self._own = errand.options
        self._screen = NameScreen(errand.watchlist)
        self._readings: list[LogReading] = []

    @classmethod
    def read_options(cls, table: Table, folder: Path) -> CtOptions:  # noqa: ARG003
        """The options in `[sources.ct]`; without logs of its own those that come with us."""
        default = CtOptions()
        enabled = table.take("enabled", bool, False)
        named = tuple(read_log(each) for each in table.take_tables("logs"))
        options = CtOptions(
            enabled=enabled,
            budget_mb=read_positive(table, "budget_mb", default.budget_mb),
            delay=read_amount(table, "delay", default.delay),
            timeout=read_amount(table, "timeout", default.timeout, least=0.1, most=600),
            logs=named or (shipped_logs() if enabled else ()),
        )
        table.finish()
        return options

    @classmethod
    def pace(cls, options: SourceOptions) -> float | None:
        """The delay that the profile sets between two questions to one log."""
        return options.delay if isinstance(options, CtOptions) else None

    async def requests(self) -> AsyncIterator[Request]:
        """One question for the head of each log; each answer brings the next question."""
        today = beijing_date(self._errand.at)
        logs = [
            log for log in self._own.logs if log.expires_until is None or today < log.expires_until
        ]
        if not logs:
            said = _("日志清单中的证书日志都已到期，请在配置中写明新的 [[sources.ct.logs]]")
            self.asked(said)
        for log in logs:
            until = left_alone(self.remembered(_peace_of(log)), self._errand.at)
            if until is not None:
                said = _("服务要求 {until} 之后再问").format(until=shown(until))
                self.asked(f"{log.name}: {said}")
                continue
            self.marks[_peace_of(log)] = ""
            budget = self._own.budget_mb * 1_000_000 // len(logs)
            reading = LogReading(log, budget, self.remembered)
            self._readings.append(reading)
            yield self._ask(reading, reading.first())

    def _ask(self, reading: LogReading, step: Step, tries: int = 1) -> Request:
        return Request(
            f"{reading.log.url}/{step.path}",
            callback=self.parse,
            errback=self.failed,
            cb_kwargs={"reading": reading, "step": step, "tries": tries},
            meta={
                "handle_httpstatus_all": True,
                "download_timeout": self._own.timeout,
                "download_maxsize": 32_000_000,  # 256 entries with 100,000 bytes each
            },
            dont_filter=True,
        )

    async def parse(
        self, response: Response, reading: LogReading, step: Step, tries: int
    ) -> AsyncIterator[Request]:
        """Take what one answer holds, and ask on."""
        if response.status != 200:
            if response.status == 404 and step.otherwise is not None:
                yield self._ask(reading, step.otherwise)
                return
            said = _("服务返回 HTTP 状态 {status}").format(status=response.status)
            wait = _PAUSE if response.status >= 500 else 0
            if response.status in (429, 503):
                wait = seconds_to_wait(response.headers.get("Retry-After"), now())
                if wait:
                    said = _("{said}，要求 {wait} 秒后再来").format(said=said, wait=wait)
                if wait > _PATIENCE:
                    self.marks[_peace_of(reading.log)] = peace_until(wait, now())
                wait = wait or _PAUSE
            elif step.entries and not wait:
                self.marks |= reading.stumbled()
            async for request in self._again(reading, step, tries, said, wait):
                yield request
            return
        problem = self._read(reading, step, response.body)
        self._tell_coverage()
        if problem:
            self._tell(reading, problem)
        else:
            self.asked()
            for request in self._next(reading):
                yield request

    def _next(self, reading: LogReading) -> Iterator[Request]:
        """The next question to a log; what it did to its own past is told."""
        rewritten = reading.rewritten
        try:
            following = reading.following()
        except TreeError as problem:
            self._tell(reading, _broken(problem))
            return
        if reading.rewritten and not rewritten:
            self._tell(reading, _rewritten())
        self.marks |= reading.marks()
        if following is not None:
            yield self._ask(reading, following)

    def _tell(self, reading: LogReading, problem: str) -> None:
        self.asked(f"{reading.log.name}: {problem}")

    async def failed(self, failure: Failure) -> AsyncIterator[Request]:
        """Ask once more what nobody answered."""
        request = failure.request  # type: ignore[attr-defined]
        said = _("没有应答（{reason}）").format(reason=type(failure.value).__name__)
        async for again in self._again(**request.cb_kwargs, said=said, wait=_PAUSE):
            yield again

    async def _again(
        self, reading: LogReading, step: Step, tries: int, said: str, wait: int
    ) -> AsyncIterator[Request]:
        """Ask once more where that is worth it; else this log has to wait for the next run."""
        if tries < 2 and 0 < wait <= _PATIENCE:
            await asyncio.sleep(wait)
            yield self._ask(reading, step, tries + 1)
            return
        self._tell_coverage()
        self._tell(reading, f"{step.path}: {said}")

    def _read(self, reading: LogReading, step: Step, body: bytes) -> str:
        """Take what an answer holds; why it is not what it should be, or the empty string."""
        try:
            if step.entries:
                self._take(reading, step, body)
            elif step.level >= 0:
                reading.take_hashes(step, body)
            else:
                reading.take_head(body)
                self._look_at_head(reading)
        except (HeadError, TreeError) as broken:
            return _broken(broken)
        except EntryError as broken:
            self.marks |= reading.stumbled()
            said = _("{path} 被截断或无法读取（{reason}）")
            return said.format(path=step.path, reason=broken)
        return ""

    def _look_at_head(self, reading: LogReading) -> None:
        """Tell what is wrong with a head, though it does not keep the log from being read."""
        assert reading.head is not None  # noqa: S101 - it was just taken
        at = reading.head.made_at
        if reading.rewritten:
            self._tell(reading, _rewritten())
        if at > now() + _AHEAD:
            said = _("日志的时间 {at} 晚于本机时钟，其中一个不准")
            self._tell(reading, said.format(at=shown(at)))
        elif at < now() - _OLD:
            self._tell(reading, _("日志自 {at} 起没有更新").format(at=shown(at)))

    def _take(self, reading: LogReading, step: Step, body: bytes) -> None:
        entries = reading.entries(step, body)
        self._sift(reading, entries)
        self.marks |= reading.took(len(entries), len(body))

    def _sift(self, reading: LogReading, entries: list[LogEntry]) -> None:
        """Name the lookalikes among the names of some certificates."""
        lines: list[str] = []
        owners: list[tuple[int, NamedCertificate]] = []
        for index, entry in enumerate(entries, reading.next):
            read = read_certificate(entry.certificate)
            if read is None:
                self._skipped += 1
                continue
            lines += read.names
            owners += [(index, read)] * len(read.names)
        if not lines:
            return
        block = "".join(f"{line}\n" for line in lines).encode()
        for line, hit in self._screen.screen_block(block, ScreenCount()):
            self._name(reading.log, *owners[line], hit)
        newest = max(entry.logged_ms for entry in entries) / 1000
        if newest <= now().timestamp() + _AHEAD.total_seconds():
            self.saw(min(datetime.fromtimestamp(newest, UTC), self._errand.at))

    def _name(self, log: CertificateLog, index: int, read: NamedCertificate, hit: NameHit) -> None:
        where = f"{log.name} #{index}"
        issued = f"{read.issuer[:60]} {read.not_before:%Y-%m-%d}"
        self.found(hit.name, f"{where} {hit.technique} ~ {hit.imitates}, {issued}")
        others = [name for name in read.names if name != hit.name]
        if len({parts(name).registrable for name in others}) > _NEIGHBOURS:
            return
        for other in others:
            self.found(other, _("{where} 与 {name} 同一证书").format(where=where, name=hit.name))

    def _tell_coverage(self) -> None:
        self._covered = "；".join(
            _("{log}：读了 {total} 条中的 {read} 条").format(
                log=each.log.name, total=each.fresh, read=each.read
            )
            for each in self._readings
            if each.head is not None
        )


def _peace_of(log: CertificateLog) -> str:
    """The mark of the moment until which a log wants to be left alone."""
    return f"{log.id.hex()}.{UNTIL}"


def _broken(problem: ValueError) -> str:
    return _("与签名或公钥不符，未采信（{reason}）").format(reason=problem)


def _rewritten() -> str:
    return _("日志的内容与上次不一致，曾被回滚或改写")
