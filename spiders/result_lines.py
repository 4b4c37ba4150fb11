"""Where we stand with one search engine: what is left to ask of it today, and what it left open."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Self

from crawler.language import _
from spiders.result_engines import Engine

_MOST_LINKS = 200
"""Redirect links kept for an engine; older ones fall off and are told. Founders' judgement."""


@dataclass(frozen=True, slots=True)
class Link:
    """A result of which only the engine's redirect is known."""

    url: str
    told: str
    """What its lead will say: the query and the title."""


@dataclass(slots=True)
class Line:
    """One engine's day: questions one after the other."""

    engine: Engine
    day: date
    queries: deque[str]
    queries_asked: int
    links_left: int
    max_links: int
    links: deque[Link] = field(default_factory=deque)
    """Not resolved yet, the newest first."""
    lost: int = 0
    """Links that led nowhere, or fell off."""
    failures: int = 0
    """In a row."""
    is_closed: bool = False
    """Whether nothing more is asked in this run."""
    is_spent: bool = False
    """Whether earlier runs of the day left nothing to ask."""
    problem: str = ""

    @classmethod
    def begin(
        cls,
        engine: Engine,
        day: date,
        queries: Sequence[str],
        max_links: int,
        remembered: Callable[[str], str],
    ) -> Self:
        """What earlier runs of the day left to ask; `remembered` gives the marks of this engine."""
        is_today = remembered("day") == day.isoformat()
        asked = _number(remembered("queries")) if is_today else 0
        resolved = _number(remembered("resolved")) if is_today else 0
        left = queries[asked:]
        line = cls(engine, day, deque(left), asked, max(0, max_links - resolved), max_links)
        line.links.extend(_links(engine, remembered("links")))
        return line

    def next_link(self) -> Link | None:
        """The newest link there is budget for, counted as asked for; or `None`.

        It stays the next one until it is `settled`: a run that is killed meanwhile loses none.
        """
        if not self.links or self.links_left <= 0:
            return None
        self.links_left -= 1
        return self.links[0]

    def settled(self, link: Link, *, is_lost: bool) -> None:
        """Be done with a link that was asked for; `is_lost` where it led nowhere."""
        self.links.remove(link)
        self.lost += is_lost

    def next_query(self) -> str:
        """The next of the day's queries, counted as asked; empty where none is left."""
        if not self.queries:
            return ""
        self.queries_asked += 1
        return self.queries.popleft()

    def put_first(self, links: Iterable[Link]) -> None:
        """Keep links that are not resolved yet; the oldest fall off where there are too many."""
        known = {link.url for link in self.links}
        fresh = [link for link in links if link.url not in known]
        self.links.extendleft(reversed(fresh))
        while len(self.links) > _MOST_LINKS:
            self.links.pop()
            self.lost += 1

    def marks(self) -> dict[str, str]:
        """What the next run must know, by name."""
        links = [[link.url, link.told] for link in self.links]
        return {
            "day": self.day.isoformat(),
            "queries": str(self.queries_asked),
            "resolved": str(self.max_links - self.links_left),
            "links": json.dumps(links, ensure_ascii=False) if links else "",
        }

    def covered(self) -> str:
        """What the day's budget or the engine left open, in one sentence, or the empty string."""
        said = []
        if self.queries:
            said.append(_("{count} 次查询未问").format(count=len(self.queries)))
        if self.links or self.lost:
            told = _("{count} 条结果只有跳转链接，真实网址未知")
            said.append(told.format(count=len(self.links) + self.lost))
        if self.is_spent:
            said.append(_("今日的查询已用完"))
        return f"{self.engine.id}：{'、'.join(said)}" if said else ""


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() else 0


def _links(engine: Engine, text: str) -> list[Link]:
    """The links that were kept; one that is not this engine's redirect (any more) is none."""
    try:
        kept = json.loads(text or "[]")
        pairs = [(str(url), str(told)) for url, told in kept]
    except (ValueError, TypeError):
        return []
    return [Link(url, told) for url, told in pairs if engine.is_redirect(url)]
