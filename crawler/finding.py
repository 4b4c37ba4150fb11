"""Sends every source out for leads, and holds what it says against what it said before."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import cached_property

from scrapy.crawler import AsyncCrawlerProcess

from crawler.capture.control import reach
from crawler.casework.contacts import contact_queries
from crawler.config import Expectation, Profile, SourceOptions
from crawler.guard import Guard
from crawler.health import without_network
from crawler.language import _
from crawler.model import ContactQuery, Knowledge, Lead, Run, SourceState, SourceStatus, Watchlist
from crawler.progress import ProgressBoard, Stage
from crawler.querying import words_to_ask
from crawler.silence import HISTORY, histories, weighed
from crawler.store import Store
from spiders import sources
from spiders.base import Errand, SourceSpider

_LEADS_AT_ONCE = 500


class Finder:
    """The sources of one run."""

    def __init__(
        self,
        profile: Profile,
        wanted: Mapping[str, SourceOptions],
        watchlist: Watchlist,
        store: Store,
        run: Run,
        board: ProgressBoard,
    ) -> None:
        self._profile = profile
        self._wanted = wanted
        self._watchlist = watchlist
        self._store = store
        self._run = run
        self._board = board
        self._words = words_to_ask(store, run.started_at)
        runs = reversed(store.completed_runs()[-HISTORY:])
        self._histories = histories(store.sources(each) for each in runs)

    @cached_property
    def _contacts(self) -> tuple[ContactQuery, ...]:
        """What all search sources of the run ask about contacts; a walk through all open cases."""
        return contact_queries(self._store, self._run.started_at)

    async def find(self, process: AsyncCrawlerProcess) -> None:
        """Ask every source that this run has not asked yet, one after the other.

        Raises `CerthoundError` where our own knowledge is broken.
        """
        finished = {
            state.source
            for state in self._store.sources(self._run.id)
            if state.status in (SourceStatus.DONE, SourceStatus.SILENT)
        }
        for name, choice in self._wanted.items():
            if name in finished:
                continue
            title = _("寻找线索（{source}）").format(source=name)
            with self._board.stage(title) as stage:
                state = await self._ask_source(process, name, choice, stage)
            if state.status is not SourceStatus.DONE:
                state = without_network(state, await self._reach())
            self._store.save_source(self._run.id, self._weighed(state))

    async def _reach(self) -> Knowledge:
        """Whether our own network works."""
        network = self._profile.network
        return await reach(network, Guard(self._watchlist, network.allow_private))

    def _weighed(self, state: SourceState) -> SourceState:
        """The state held against what the source brought before and what it should bring."""
        before = self._histories.get(state.source, ())
        expected = self._profile.expected.get(state.source, Expectation())
        return weighed(state, before, expected, self._run.started_at)

    async def _ask_source(
        self, process: AsyncCrawlerProcess, name: str, choice: SourceOptions, stage: Stage
    ) -> SourceState:
        waiting: list[Lead] = []

        def keep() -> None:
            """Store what was found, and only then how far was read: a kill loses no lead."""
            spider = crawler.spider
            marks = dict(spider.marks) if isinstance(spider, SourceSpider) else {}
            self._store.add_leads(self._run.id, waiting)
            waiting.clear()
            self._store.keep_marks(name, marks)
            if isinstance(spider, SourceSpider) and spider.words:
                self._store.count_words(self._run.id, name, spider.words)
                spider.words.clear()

        def take(lead: Lead) -> None:
            waiting.append(lead)
            stage.step()
            if len(waiting) >= _LEADS_AT_ONCE:
                keep()

        kind = sources()[name]
        crawler = process.create_crawler(kind)
        pace = kind.pace(choice)
        if pace is not None:
            crawler.settings.set("DOWNLOAD_DELAY", pace, priority="cmdline")
        errand = Errand(
            choice,
            self._watchlist,
            self._run.started_at,
            take,
            self._profile.network.dns,
            marks=self._store.marks(name),
            network=self._profile.network,
            contacts=self._contacts if kind.asks_contacts else (),
            keep=keep,
            words=self._words,
        )
        await asyncio.shield(process.crawl(crawler, errand))  # as in session.py: a stop is prompt
        spider = crawler.spider
        assert isinstance(spider, SourceSpider)  # noqa: S101 - all sources are
        keep()
        if spider.fatal is not None:
            raise spider.fatal
        return spider.outcome()
