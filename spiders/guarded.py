"""What sources share that read strangers' pages: the guard's way out, bounds, robots.txt."""

from __future__ import annotations

from typing import Any, Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest, StopDownload

from crawler.capture.http import Router, RouteRefusedError
from crawler.capture.pace import Pace
from crawler.capture.resolve import Resolver
from crawler.guard import Guard
from crawler.language import _
from crawler.model import Failure
from spiders.base import Errand, SourceSpider
from spiders.listing_robots import RulesUnknownError

_LONGEST = 5_000_000
"""Bytes of one page; lists have a tenth of that. Founders' judgement."""


class GuardedSpider(SourceSpider):
    """Resolves once, asks the guard, keeps each host's pace, has no cookies and no log-in."""

    custom_settings: dict[str, Any] | None = {
        "DOWNLOAD_HANDLERS": {
            "http": "crawler.capture.http.PinnedDownloadHandler",
            "https": "crawler.capture.http.PinnedDownloadHandler",
        },
        "DOWNLOADER_MIDDLEWARES": {
            "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
            "spiders.listing_robots.StrictRobots": 100,
        },
        "ROBOTSTXT_OBEY": True,
        "COOKIES_ENABLED": False,
        "DOWNLOAD_MAXSIZE": _LONGEST,
        "HTTPERROR_ALLOW_ALL": True,
        "RETRY_TIMES": 1,
    }

    def __init__(self, errand: Errand, pause: float = 0.0) -> None:
        """Prepare the way out; `pause` is the seconds between two requests to one host."""
        super().__init__(errand)
        network = errand.network
        guard = Guard(errand.watchlist, network.allow_private)
        self.router = Router(Resolver(network.dns), guard, network, Pace(pause))

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """The spider, each answer within its bounds."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.bound, signal=signals.bytes_received)
        return spider

    def bound(self, data: bytes, request: Request) -> None:
        """Stop an answer that is longer than any page we read."""
        received = request.meta["received"] = request.meta.get("received", 0) + len(data)
        if received > _LONGEST:
            raise StopDownload(fail=True)


def unanswered(problem: BaseException | None) -> str:
    """Why a page was not given to us, in one sentence."""
    if isinstance(problem, RulesUnknownError):
        return _("取不到 robots.txt，按规定不读取")
    if is_forbidden(problem):
        return _("robots.txt 不允许读取")
    if isinstance(problem, RouteRefusedError) and problem.failure is Failure.PUT_OFF:
        return _("要求过一阵再来，本次不再询问")
    reason = f"{type(problem).__name__}: {problem}"[:120]
    return _("没有应答（{reason}）").format(reason=reason)


def is_forbidden(problem: BaseException | None) -> bool:
    """Whether robots.txt stood in the way, or nobody knows whether it does."""
    return isinstance(problem, IgnoreRequest) and "robots" in str(problem)
