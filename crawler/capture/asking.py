"""Asks DNS about many names at once, twice and more, and is not taken in by wildcards."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from hashlib import sha256

from crawler.capture.resolve import Resolver
from crawler.config import Endpoint
from crawler.model import DnsAnswer, Knowledge

# Founders' judgement: two equal answers of at most three outlast one that was lost or forged.
_TRIES = 3
_QUORUM = 2
_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class AskedName:
    """What DNS says about a name."""

    answer: DnsAnswer
    """Known or absent where two tries agree, else unknown."""
    wildcard: bool = False
    """Whether any name beside it has the same addresses, so that its answer tells nothing."""


class NameAsker:
    """Asks about names for one source; each question is sent anew."""

    def __init__(self, endpoint: Endpoint | None, at_once: int = _AT_ONCE) -> None:
        # A resolver keeps its answers; each try has its own, so that every question is sent.
        self._resolvers = [Resolver(endpoint) for _try in range(_TRIES)]
        self._gate = asyncio.Semaphore(at_once)
        self._wildcards: dict[str, asyncio.Future[frozenset[str]]] = {}

    async def ask(self, names: Iterable[str]) -> AsyncIterator[AskedName]:
        """What DNS says about each name, as the answers come."""
        tasks = [asyncio.ensure_future(self._ask_one(name)) for name in names]
        try:
            for task in asyncio.as_completed(tasks):
                yield await task
        finally:
            for left in tasks:
                left.cancel()

    async def _ask_one(self, name: str) -> AskedName:
        answer = await self._by_quorum(name)
        if answer.state is not Knowledge.KNOWN:
            return AskedName(answer)
        _label, _dot, parent = name.partition(".")
        if parent not in self._wildcards:
            self._wildcards[parent] = asyncio.ensure_future(self._probe(parent))
        anybodys = await asyncio.shield(self._wildcards[parent])
        return AskedName(answer, wildcard=anybodys.issuperset(answer.addresses))

    async def _probe(self, parent: str) -> frozenset[str]:
        """The addresses of a name below a suffix that nobody has, empty where there are none."""
        nobody = sha256(parent.encode()).hexdigest()[:24]
        return frozenset((await self._by_quorum(f"q{nobody}.{parent}")).addresses)

    async def _by_quorum(self, name: str) -> DnsAnswer:
        """The answer on which two tries agree, or what the last one failed by."""
        said: Counter[Knowledge] = Counter()
        last = DnsAnswer(name, Knowledge.UNKNOWN, (), "")
        addresses: set[str] = set()
        for resolver in self._resolvers:
            async with self._gate:
                last = await resolver.resolve(name)
            said[last.state] += 1
            addresses.update(last.addresses)
            if last.state is not Knowledge.UNKNOWN and said[last.state] == _QUORUM:
                return DnsAnswer(name, last.state, tuple(sorted(addresses)), last.detail)
        if last.state is Knowledge.UNKNOWN:
            return last
        return DnsAnswer(name, Knowledge.UNKNOWN, (), "answers disagree")
