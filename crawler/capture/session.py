"""Everything that opening leads takes, put together once a run."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from scrapy.crawler import AsyncCrawlerProcess

from crawler.capture.browser.pool import BrowserPool
from crawler.capture.closer import Closer, Judge
from crawler.capture.dial import Dialler
from crawler.capture.http import Router
from crawler.capture.registrar import Registrar
from crawler.capture.resolve import Resolver
from crawler.capture.spider import CaptureSpider
from crawler.capture.writer import VisitWriter
from crawler.config import Profile
from crawler.evidence import Blobs
from crawler.guard import Guard
from crawler.model import Lead, Watchlist
from crawler.store import Store


class CaptureSession:
    """Opens leads, round after round, with one resolver, one registrar and one set of browsers."""

    def __init__(
        self,
        profile: Profile,
        store: Store,
        blobs: Blobs,
        browser: BrowserPool | None,
        judge: Judge,
        router: Router,
    ) -> None:
        options = profile.run
        self._options = options
        self._router = router
        self._closer = Closer(browser, judge, blobs)
        self._writer = VisitWriter(store, blobs, options.min_free_gb)
        dialler = Dialler(router.resolver, router.guard)
        self._registrar = Registrar.of(profile.network, options, dialler, store, blobs)

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
        crawler = process.create_crawler(CaptureSpider)
        await process.crawl(
            crawler,
            run=run,
            leads=due,
            router=self._router,
            registrar=self._registrar,
            writer=self._writer,
            closer=self._closer,
            options=self._options,
            done=done,
        )
        spider = crawler.spider
        assert isinstance(spider, CaptureSpider)  # noqa: S101 - created above
        if spider.fatal is not None:
            raise spider.fatal
        self._writer.close()


@asynccontextmanager
async def capture_session(
    profile: Profile,
    watchlist: Watchlist,
    store: Store,
    blobs: Blobs,
    executable: Path | None,
    judge: Judge,
) -> AsyncIterator[CaptureSession]:
    """A session whose browsers end with it; `executable` is the browser, or `None` without one."""
    network = profile.network
    router = Router(Resolver(network.dns), Guard(watchlist, network.allow_private), network)
    browser = None
    if executable is not None:
        browser = BrowserPool(executable, router, user_agent=profile.run.user_agent)
    try:
        yield CaptureSession(profile, store, blobs, browser, judge, router)
    finally:
        if browser is not None:
            await browser.close()
