"""Spaces questions to registries' servers, and leaves a server alone that has had enough."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

# Founders' judgement: registries ban hasty askers; two at a time has been borne by CNNIC and
# Verisign for years of ordinary use. A server that refuses is left alone for ten of the usual gaps,
# then twice as long each time up to ten minutes at a gap of one second; a question waits for half a
# minute at that gap, and is unanswered otherwise.
_AT_ONCE = 2
_FIRST_REST = 10
_LONGEST_REST = 600
_PATIENCE = 30


class RestingError(Exception):
    """A server has refused lately and is not asked for a while."""


@dataclass(slots=True)
class _Server:
    gate: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))
    next_at: float = 0.0
    rest: float = 0.0
    """How long the server was last left alone, in seconds."""


class RegistryPace:
    """One for all servers of a run; `gap` is the seconds between two questions to one server."""

    def __init__(self, gap: float) -> None:
        self._gap = gap
        self._servers: dict[str, _Server] = {}

    def _server(self, name: str) -> _Server:
        return self._servers.setdefault(name, _Server())

    def wait(self, name: str) -> float:
        """Seconds until a server may be asked."""
        return max(0.0, self._server(name).next_at - time.monotonic())

    def bears(self, name: str) -> bool:
        """Whether waiting for a server is worth it."""
        return self.wait(name) <= _PATIENCE * self._gap

    @asynccontextmanager
    async def turn(self, name: str) -> AsyncIterator[None]:
        """Wait for a turn at a server; raises `RestingError` where that would take too long."""
        server = self._server(name)
        async with server.gate:
            if not self.bears(name):
                raise RestingError(
                    f"{name} has refused and is left alone for {self.wait(name):.0f} s"
                )
            start = max(time.monotonic(), server.next_at)
            server.next_at = start + self._gap
            await asyncio.sleep(start - time.monotonic())
            yield

    def refused(self, name: str, retry_after: float = 0.0) -> None:
        """Leave a server alone that said it has had enough, at least as long as it asks."""
        server = self._server(name)
        longest = _LONGEST_REST * self._gap
        server.rest = min(max(server.rest * 2, _FIRST_REST * self._gap, retry_after), longest)
        server.next_at = max(server.next_at, time.monotonic() + max(server.rest, retry_after))

    def answered(self, name: str) -> None:
        """Trust a server again that has answered."""
        self._server(name).rest = 0.0
