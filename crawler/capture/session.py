"""Everything that opening leads takes, put together once a run."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from scrapy.crawler import AsyncCrawlerProcess

from crawler.capture.browser.engine import CLOSE_SECONDS
from crawler.capture.browser.pool import BrowserPool
from crawler.capture.closer import Closer, Judge
from crawler.capture.dial import Dialler
from crawler.capture.http import Router
from crawler.capture.pace import Pace
from crawler.capture.pictures import ReadPictures
from crawler.capture.registrar import Registrar
from crawler.capture.resolve import Resolver
from crawler.capture.robots import RobotsBook
from crawler.capture.spider import CaptureSpider
from crawler.capture.writer import VisitWriter
from crawler.config import Profile
from crawler.evidence import Blobs
from crawler.guard import Guard
from crawler.model import Lead, Watchlist
from crawler.store import Store

_STOP_SECONDS = 0.7
"""Founders' judgement: who ends a run waits two seconds in all, and browsers close in a tenth."""


class CaptureSession:
    """Opens leads, round after round, with one resolver, one registrar and one set of browsers."""

    def __init__(
        self,
        profile: Profile,
        store: Store,
        blobs: Blobs,
        browser: BrowserPool | None,
        judge: Judge,
        read: ReadPictures,
        router: Router,
    ) -> None:
        options = profile.run
        self._options = options
        self._router = router
        self._closer = Closer(browser, judge, blobs, read, router.pace)
        self._robots = RobotsBook(blobs)
        self._writer = VisitWriter(store.folder, blobs, options.min_free_gb)
        dialler = Dialler(router.resolver, router.guard)
        self._registrar = Registrar.of(profile.network, options, dialler, store, blobs)

    async def stop(self) -> None:
        """Store what has been seen so far; what is still under way will be looked at again."""
        await self._writer.stop()

    def end(self) -> None:
        """Let go of what the session holds; nothing more is opened."""
        self._writer.end()

    def has_room(self) -> bool:
        """Whether the disk has room for more."""
        return self._writer.has_room()

    async def open(
        self,
        process: AsyncCrawlerProcess,
        run: str,
        due: Sequence[Lead],
        done: Callable[[Lead], None],
    ) -> None:
        """Open leads and store a Visit for each; raises `CerthoundError` where that fails."""
        self._writer.begin()
        crawler = process.create_crawler(CaptureSpider)
        crawl = process.crawl(
            crawler,
            run=run,
            leads=due,
            router=self._router,
            registrar=self._registrar,
            writer=self._writer,
            closer=self._closer,
            robots=self._robots,
            options=self._options,
            done=done,
        )
        await asyncio.shield(crawl)  # cancelled, Scrapy would first wait for all that is under way
        spider = crawler.spider
        assert isinstance(spider, CaptureSpider)  # noqa: S101 - created above
        if spider.fatal is not None:
            raise spider.fatal
        await self._writer.close()


@asynccontextmanager
async def capture_session(
    profile: Profile,
    watchlist: Watchlist,
    store: Store,
    blobs: Blobs,
    executable: Path | None,
    judge: Judge,
    read: ReadPictures,
) -> AsyncIterator[CaptureSession]:
    """A session whose browsers end with it; `executable` is the browser, or `None` without one."""
    network = profile.network
    guard, pace = Guard(watchlist, network.allow_private), Pace(profile.run.per_host_delay)
    router = Router(Resolver(network.dns), guard, network, pace)
    browser = None
    if executable is not None:
        browser = BrowserPool(executable, router, user_agent=profile.run.user_agent)
    session = CaptureSession(profile, store, blobs, browser, judge, read, router)
    patience = CLOSE_SECONDS
    try:
        yield session
    except asyncio.CancelledError:
        patience = _STOP_SECONDS
        await session.stop()
        raise
    finally:
        session.end()
        if browser is not None:
            await browser.close(patience)
