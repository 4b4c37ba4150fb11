"""Takes in what others captured: frozen and judged as such, and opened by our own next run.

No case is told by it: who hands a file in may have written it, and its time is its own word. Its
addresses become leads, and what our own look shows decides.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from crawler.addresses import AddressError, host_of, lead_id, normalise
from crawler.archives import ArchivedPage, LeftOut, read_archive
from crawler.charsets import decode
from crawler.digests import digests_of_file
from crawler.errors import InputError
from crawler.evidence import Blobs, load_what_is_whole
from crawler.guard import Guard
from crawler.judging import UNJUDGED, JudgePool
from crawler.language import _, said_by_system
from crawler.masking import mask_identity
from crawler.model import (
    Assessment,
    Capture,
    Exchange,
    HandedIn,
    Lead,
    LeadReason,
    RunStatus,
    Vantage,
    Visit,
    Watchlist,
)
from crawler.store import Store

SOURCE = "import"
"""The name under which leads say that others captured them."""
_AT_ONCE = 100
_DETAIL = 200


@dataclass(frozen=True, slots=True)
class Loss:
    """Something in a file that is no page to judge."""

    file: str
    left: LeftOut


@dataclass(slots=True)
class Import:
    """What one import took in."""

    run: str
    judged: list[tuple[Visit, Assessment]] = field(default_factory=list)
    """Visits without their bodies and the opinions of them, in order of their ids."""
    lost: list[Loss] = field(default_factory=list)
    """What should have been read and was not."""
    passed_over: int = 0
    """Pictures, scripts, redirects, and addresses that came twice or are official ones."""

    @property
    def is_whole(self) -> bool:
        """Whether everything was read and judged."""
        return not self.lost and all(each.policy != UNJUDGED for _visit, each in self.judged)


def import_files(
    files: Sequence[Path],
    by: str,
    store: Store,
    blobs: Blobs,
    pool: JudgePool,
    watchlist: Watchlist,
    at: datetime,
    url: str = "",
    step: Callable[[], None] = lambda: None,
) -> Import:
    """Take in files that `by` hands in, and judge each page in them; nothing is fetched.

    `url` is the address of a saved page that does not say its own, told by `by`; `step` is called
    after each page. Raises `StoreError` where the data folder cannot be written,
    `CerthoundError` where a judging process died; what was taken in until then stays.
    """
    intake = _Intake(by, store, blobs, Guard(watchlist), at)
    for file in files:
        intake.take(file, url)
    intake.flush()
    asyncio.run(intake.judge(pool, step))
    return intake.result


class _Intake:
    def __init__(self, by: str, store: Store, blobs: Blobs, guard: Guard, at: datetime) -> None:
        self._by = by
        self._store = store
        self._blobs = blobs
        self._guard = guard
        self._at = at
        self._seen: set[str] = set()
        self._waiting: list[tuple[Lead, Visit]] = []
        self.result = Import(store.start_run(at, RunStatus.IMPORTED).id)

    def take(self, file: Path, url: str) -> None:
        try:
            sums = digests_of_file(file)
        except OSError as problem:
            said = _("无法读取（{problem}）").format(problem=said_by_system(problem))
            self._lose(file, LeftOut("", said, broken=True))
            return
        for found in read_archive(file, url):
            if isinstance(found, LeftOut):
                self._lose(file, found)
            else:
                self._take_page(file, sums, found)
            if len(self._waiting) >= _AT_ONCE:
                self.flush()

    def _lose(self, file: Path, left: LeftOut) -> None:
        if left.broken:
            self.result.lost.append(Loss(file.name, left))
        else:
            self.result.passed_over += 1

    def _take_page(self, file: Path, sums: tuple[str, str], page: ArchivedPage) -> None:
        try:
            url = normalise(page.url)
        except AddressError:
            self._lose(file, LeftOut(page.where, _("网址无法识别"), broken=True))
            return
        lead = lead_id(url)
        if lead in self._seen or self._guard.protects(host_of(url), self._at):
            self.result.passed_over += 1
            return
        self._seen.add(lead)
        handed = HandedIn(self._by, file.name, *sums, page.where, page.by[:_DETAIL], page.at)
        detail = mask_identity(f"{file.name} {page.where}")[:_DETAIL]
        reason = LeadReason(SOURCE, detail, self._at)
        self._waiting.append((Lead(lead, url, (reason,)), self._visit(lead, url, page, handed)))

    def _visit(self, lead: str, url: str, page: ArchivedPage, handed: HandedIn) -> Visit:
        run = self.result.run
        # A time that has not come is nobody's observation.
        at = page.at if page.at is not None and page.at <= self._at else self._at
        vantage = _vantage(page.agent)
        body = self._blobs.put(page.body, page.content_type.partition(";")[0].strip())
        capture = Capture(
            id=f"{run}.{lead}.{vantage.value}",
            run=run,
            lead=lead,
            vantage=vantage,
            url=url,
            final_url=url,
            at=at,
            exchanges=(Exchange(url, page.status, page.headers, at, address=page.address),),
            status=page.status,
            headers=page.headers,
            body=body,
            encoding=decode(page.body, page.content_type)[1],
            truncated=page.truncated,
            agent=page.agent,
            browser=page.by,
            started_at=page.at,
        )
        made_by = f"certhound {version('certhound')}"
        return Visit(
            f"{run}.{lead}", run, lead, url, at, (capture,), made_by=made_by, handed_in=handed
        )

    def flush(self) -> None:
        """Store what waits, each blob on disk before its row."""
        waiting, self._waiting = self._waiting, []
        if waiting:
            self._blobs.settle()
            self._store.add_leads(self.result.run, [lead for lead, _visit in waiting])
            self._store.save_visits([visit for _lead, visit in waiting])

    async def judge(self, pool: JudgePool, step: Callable[[], None]) -> None:
        """Judge all that was taken in; each address is due for a look of our own at once."""
        batch: list[tuple[Assessment, datetime]] = []
        async for opinion in pool.judge(self._visits()):
            batch.append((opinion, self._at))
            step()
            if len(batch) >= _AT_ONCE:
                self._store.save_assessments(self.result.run, batch)
                batch = []
        self._store.save_assessments(self.result.run, batch)
        self.result.judged += self._store.assessments(self.result.run)

    def _visits(self) -> Iterator[Visit]:
        for visit_id in self._store.visits_to_assess(self.result.run):
            yield load_what_is_whole(self._store, self._blobs, visit_id)[0]


def _vantage(agent: str) -> Vantage:
    """How the file says that its maker looked, as far as a user agent tells."""
    if "MicroMessenger" in agent:
        return Vantage.WECHAT
    return Vantage.PHONE if "Mobile" in agent else Vantage.DESKTOP


def named(by: str) -> str:
    """The name of who hands in; raises `InputError` for an empty or unprintable one."""
    name = by.strip()
    if not name or not name.isprintable():
        raise InputError(_("--by 应为经手人的姓名"))
    return name
