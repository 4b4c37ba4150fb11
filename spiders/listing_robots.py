"""Obeys robots.txt as RFC 9309 has it: where the rules cannot be had, nothing is allowed."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.robotstxt import RobotParser


class RulesUnknownError(IgnoreRequest):
    """The host did not say what programs may read."""


class StrictRobots(RobotsTxtMiddleware):
    """Scrapy's own, but closed where a server fails (RFC 9309, 2.3.1.4) or does not answer.

    The private names are Scrapy 2.19's; pyproject.toml holds Scrapy below 2.20.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._one_at_a_time: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def robot_parser(self, request: Request) -> RobotParser | None:
        """The rules of a request's host, or `None` where they could not be had.

        One request at a time asks: of several that wait for the same rules, Scrapy hands them to
        the first alone, and lets the others through without any.
        """
        async with self._one_at_a_time[urlsplit(request.url).netloc]:
            return await super().robot_parser(request)

    async def process_request(self, request: Request, spider: Any = None) -> None:  # noqa: ARG002
        """Let a request pass; raises `IgnoreRequest` where the rules forbid or are not known."""
        if request.meta.get("dont_obey_robotstxt"):
            return
        rules = await self.robot_parser(request)
        if rules is None:
            raise RulesUnknownError("robots.txt could not be had")
        self.process_request_2(rules, request)

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        if response.status >= 500 or response.status == 429:
            raise RulesUnknownError(f"robots.txt: HTTP {response.status}")
        if response.status >= 400:  # RFC 9309, 2.3.1.3: no rules, all is allowed
            response = response.replace(body=b"")
        await super()._parse_robots(response, netloc, request)
