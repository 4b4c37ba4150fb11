"""What one run found, as its three written forms share it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from crawler.language import _
from crawler.model import (
    Case,
    ChangeKind,
    Offence,
    Precision,
    Run,
    SourceState,
    SourceStatus,
    Verdict,
)
from crawler.printing import plain
from crawler.telling import titled_source
from crawler.wording import name_of
from reports.showing import Describe
from reports.thumbnails import MOST, Pictures, no_pictures


@dataclass(frozen=True, slots=True)
class Tally:
    """How many cases there are of each kind, under one heading."""

    heading: str
    counts: tuple[tuple[str, int], ...]
    """Name of the kind and number of cases; kinds without a case are left out."""

    def __str__(self) -> str:
        """The tally as one line."""
        counts = "，".join(f"{name} {count}" for name, count in self.counts) or "0"
        return f"{self.heading}：{counts}"


@dataclass(frozen=True, slots=True)
class HitList:
    """What one run found, ready to be written down."""

    run: Run
    sources: tuple[SourceState, ...]
    cases: tuple[Case, ...]
    """Gravest first."""
    generated_at: datetime
    describe: Describe
    pictures: Pictures = no_pictures
    precision: tuple[Precision, ...] = ()
    """How often people confirmed the gravest of the cases that they lately decided."""

    @property
    def blind(self) -> tuple[SourceState, ...]:
        """The sources whose silence means nothing."""
        return tuple(item for item in self.sources if item.status is not SourceStatus.DONE)

    @property
    def degraded(self) -> bool:
        """Whether the list may lack cases because something did not work."""
        return bool(self.run.degraded or self.blind)

    @property
    def warnings(self) -> tuple[str, ...]:
        """Why the list may lack cases, one sentence each; empty for a whole run."""
        said = [plain(reason) for reason in self.run.degraded]
        for item in self.blind:
            # The run tells of most of its sources itself; none is told of twice.
            if not any(item.source in reason for reason in said):
                text = _("来源 {source} {status}：{detail}")
                source = titled_source(item.source)
                detail = plain(item.detail) or _("原因未记录")
                status = name_of(item.status)
                said.append(text.format(source=source, status=status, detail=detail))
        return tuple(said)

    def shown(self, most: int) -> Iterator[tuple[Case, bytes]]:
        """The gravest cases with their pictures (JPEG, or empty), at most `most` of them."""
        for number, case in enumerate(self.cases[:most]):
            yield case, self.pictures(case) if number < MOST else b""

    def turns(self) -> tuple[str, ...]:
        """The sources that are in another state than in the run before, one sentence each."""
        said = _("来源 {source}：{was} → {status}")
        return tuple(
            said.format(
                source=titled_source(item.source),
                was=name_of(item.was),
                status=name_of(item.status),
            )
            for item in self.sources
            if item.was is not None
        )

    def told_of(self, source: SourceState) -> str:
        """What is said beside a source: its state in words, and how much it read."""
        return "；".join(plain(text) for text in (source.detail, source.covered) if text)

    def agreement(self) -> str:
        """How often people lately agreed with the machine, in one sentence."""
        if not self.precision:
            return _("近 30 天没有人复核过案件，清单的准确率未知。")
        each = _("前 {decided} 个中确认 {confirmed} 个")
        shares = "，".join(
            each.format(decided=item.decided, confirmed=item.confirmed) for item in self.precision
        )
        return _("近 30 天复核过的案件按严重程度排列，{shares}。").format(shares=shares)

    def tallies(self) -> tuple[Tally, ...]:
        """The cases counted by verdict, offence and change."""
        facts = [case.facts for case in self.cases]
        return (
            _tally(_("结论"), Verdict, (item.verdict for item in facts)),
            _tally(_("行为"), Offence, (item.offence for item in facts)),
            _tally(_("变化"), ChangeKind, (case.change.kind for case in self.cases)),
        )


def _tally(heading: str, kinds: Iterable[StrEnum], values: Iterable[StrEnum]) -> Tally:
    counted = Counter(values)
    found = tuple((name_of(kind), counted[kind]) for kind in kinds if counted[kind])
    return Tally(heading, found)
