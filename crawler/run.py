"""One daily job: find, capture and judge in rounds, then the list; killed, it resumes."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from scrapy.crawler import AsyncCrawlerProcess

from crawler.browser import find_browser
from crawler.capture.session import CaptureSession, capture_session
from crawler.casework import ACCUSED, precision_of, settle
from crawler.clock import now
from crawler.config import Profile, SourceOptions
from crawler.errors import CerthoundError, ProfileError
from crawler.evidence import Blobs, load_what_is_whole
from crawler.finding import Finder
from crawler.guard import Guard
from crawler.health import clock_reasons, degradations, put_off, sight_of
from crawler.heap import give_back_memory
from crawler.judging import JudgePool
from crawler.language import _
from crawler.locks import locked
from crawler.logs import log_to
from crawler.model import (
    Assessment,
    Case,
    Run,
    SourceState,
    Verdict,
    Visit,
    Watchlist,
)
from crawler.notices import send, summary
from crawler.picturing import PicturePool
from crawler.policies import load_office_policy
from crawler.progress import ProgressBoard
from crawler.reactor import in_reactor, stop_by_signals
from crawler.references import FILE, load_references
from crawler.retention import retire
from crawler.scheduling import scheduled
from crawler.snowball import Snowball
from crawler.store import Store
from reports.hitlist import write_hitlist
from reports.thumbnails import pictures_from
from seeds import load_watchlist
from spiders.settings import settings_for

logger = logging.getLogger(__name__)

# Founders' judgement: a page judged clear is looked at again after a week; everything open,
# doubtful or not seen is looked at in every run.
_RECHECK_CLEAR = timedelta(days=7)
_ASSESSMENTS_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """What a run established and where its list is."""

    run: Run
    sources: tuple[SourceState, ...]
    cases: tuple[Case, ...]
    files: tuple[Path, ...]
    visits: int
    """How many addresses were looked at."""
    unsent: tuple[str, ...] = ()
    """Why the office was not told, one sentence for each way that failed."""


def run_daily(profile: Profile, data: Path, board: ProgressBoard) -> RunOutcome:
    """Do the day's job in a data folder, or go on with the one that was broken off.

    Once per process: Scrapy's reactor starts one time only. Raises `CerthoundError`; the one raised
    at Ctrl+C or SIGTERM is `StoppedError`.
    """
    stop_by_signals()
    give_back_memory()
    watchlist = load_watchlist()
    wanted = {name: choice for name, choice in profile.sources.items() if choice.enabled}
    if not wanted:
        said = _("{file} 没有启用任何来源，请在 [sources.…] 中把至少一个来源的 enabled 设为 true")
        raise ProfileError(said.format(file=profile.path))
    busy = _("数据文件夹 {folder} 中已有一个运行在进行，请等它结束")
    with Store.open(data) as store, locked(data / "run.lock", busy=busy):
        log_to(data / "logs")
        run = store.unfinished_run()
        if run is not None:
            board.say(_("继续上次未完成的运行 {run}").format(run=run.id))
        else:
            run = store.start_run(now())
        job = _Job(profile, wanted, watchlist, data, store, run, board)
        return in_reactor(settings_for(profile.run), job.work)


class _Job:
    """The stages of one run over one store."""

    def __init__(
        self,
        profile: Profile,
        wanted: dict[str, SourceOptions],
        watchlist: Watchlist,
        data: Path,
        store: Store,
        run: Run,
        board: ProgressBoard,
    ) -> None:
        self._profile = profile
        self._wanted = wanted
        self._watchlist = watchlist
        self._data = data
        self._store = store
        self._run = run
        self._board = board
        self._blobs = Blobs(data / "blobs")
        self._no_room = False
        self._put_off = 0
        newest = store.newest_entry()
        self._clock = tuple(clock_reasons(newest.at if newest else None, now()))
        self._damaged = 0

    async def work(self, process: AsyncCrawlerProcess) -> RunOutcome:
        """Go through all stages that this run has not finished yet."""
        executable = find_browser(os.environ)
        references = load_references(self._data / FILE)
        policy = load_office_policy(self._profile.run.policy)
        finder = Finder(
            self._profile, self._wanted, self._watchlist, self._store, self._run, self._board
        )
        processes = self._profile.run.processes
        judges = JudgePool(processes, references, policy=policy)
        with judges as pool, PicturePool(processes) as pictures:
            await finder.find(process)
            await self._assess(pool)
            async with capture_session(
                self._profile,
                self._watchlist,
                self._store,
                self._blobs,
                executable,
                pool.judge_one,
                pictures.read,
            ) as session:
                await self._rounds(process, pool, session)
            if pictures.unread:
                said = _("{count} 张图片未能读取，其中有无二维码不明，所在页面照常判定")
                self._board.say(said.format(count=pictures.unread))
        return self._finish(executable is not None)

    async def _rounds(
        self, process: AsyncCrawlerProcess, pool: JudgePool, session: CaptureSession
    ) -> None:
        while not self._no_room:
            waiting = self._store.due_leads(self._run.id, self._run.started_at)
            left = self._profile.run.max_pages - self._store.count_visits(self._run.id)
            store = self._store
            due = scheduled(waiting, max(0, left), store.seen_leads(), store.asked_leads())
            self._put_off = len(waiting) - len(due)
            if not due:
                return
            with self._board.stage(_("打开页面"), len(due)) as stage:
                await session.open(process, self._run.id, due, lambda _lead: stage.step())
            self._no_room = not session.has_room()
            still = self._store.due_leads(self._run.id, self._run.started_at)
            if not self._no_room and {lead.id for lead in still} & {lead.id for lead in due}:
                raise CerthoundError(_("有页面没有取得任何记录，请查看日志后重新运行"))
            await self._assess(pool)

    async def _assess(self, pool: JudgePool) -> None:
        ids = self._store.visits_to_assess(self._run.id)
        if ids:
            with self._board.stage(_("判定页面"), len(ids)) as stage:
                batch: list[tuple[Assessment, datetime]] = []
                try:
                    async for assessment in pool.judge(self._readable(ids)):
                        batch.append((assessment, self._recheck(assessment)))
                        stage.step()
                        if len(batch) >= _ASSESSMENTS_AT_ONCE:
                            self._store.save_assessments(self._run.id, batch)
                            batch = []
                finally:
                    self._store.save_assessments(self._run.id, batch)
        self._follow()

    def _readable(self, ids: Iterable[str]) -> Iterator[Visit]:
        """The Visits; a capture whose evidence is damaged is one that we could not read."""
        for visit_id in ids:
            visit, damages = load_what_is_whole(self._store, self._blobs, visit_id)
            for damage in damages:
                logger.error("%s: %s", visit_id, damage)
            self._damaged += bool(damages)
            yield visit

    def _recheck(self, assessment: Assessment) -> datetime:
        at = self._run.started_at
        return at + _RECHECK_CLEAR if assessment.verdict is Verdict.CLEAR else at

    def _follow(self) -> None:
        """Add what suspects point to as leads of the next round; again and again is harmless."""
        guard = Guard(self._watchlist)
        ball = Snowball(self._watchlist, guard, self._run.started_at, self._blobs.get)
        found = [
            lead
            for visit, assessment in self._store.assessments(self._run.id, ACCUSED)
            for lead in ball.leads_from(visit, assessment, self._store.lead(visit.lead))
            if lead.depth < self._profile.run.rounds
        ]
        self._store.add_leads(self._run.id, found)

    def _finish(self, has_browser: bool) -> RunOutcome:
        sight = sight_of(self._store.assessments(self._run.id))
        at = now()
        cases = settle(self._store, self._run.id, self._watchlist, at, is_outage=sight.is_outage)
        states = self._store.sources(self._run.id)
        room = None if not self._no_room else self._profile.run.min_free_gb
        found = degradations(states, sight, room, self._damaged, has_browser=has_browser)
        degraded = (*self._clock, *found, *put_off(self._put_off))
        run = Run(self._run.id, self._run.status, self._run.started_at, at, degraded)
        folder = self._data / "reports"
        pictures = pictures_from(self._store.visit, self._blobs.get)
        precision = precision_of(self._store, at)
        files = write_hitlist(
            folder, run, states, cases, at, pictures=pictures, precision=precision
        )
        # Completed last: killed before this line, the run resumes and writes its list again.
        run = self._store.complete_run(self._run.id, at, degraded)
        self._retire(at)
        return RunOutcome(run, states, cases, files, sight.visits, self._tell(run, states, cases))

    def _tell(
        self, run: Run, states: Sequence[SourceState], cases: Sequence[Case]
    ) -> tuple[str, ...]:
        """Tell the office, but for the first run, in which everything is new."""
        if len(self._store.completed_runs()) == 1:
            return ()
        return send(self._profile.notify, summary(run, states, cases), os.environ)

    def _retire(self, at: datetime) -> None:
        gone = retire(self._store, self._blobs, at, self._profile.run.keep_clear_days)
        if gone.visits:
            said = _("按保存期限清除了 {count} 次正常取证的截图和归档，取证事实保留")
            self._board.say(said.format(count=gone.visits))
