"""What one browser visit may spend on the network, and the log of what it spent."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime

from crawler.model import Failure


@dataclass(frozen=True, slots=True)
class Budget:
    """What one browser visit may spend on the network."""

    requests: int = 200
    """Exchanges; three times as many tunnels."""
    seconds: float = 20.0
    """For one exchange; a tunnel may be silent for as long."""
    head_bytes: int = 65_536
    """Headers of one request or answer."""
    answer_bytes: int = 10_000_000
    """Founders' judgement: a large poster fits, a film does not."""
    total_bytes: int = 40_000_000
    """Founders' judgement: ten times a heavy page."""


@dataclass(frozen=True, slots=True)
class Passage:
    """One try to get out, as the proxy saw it."""

    at: datetime
    method: str
    target: str
    """The URL, or `HOST:PORT` of a tunnel, whose inside is encrypted end to end."""
    address: str = ""
    """The IP address it was pinned to, or the empty string where nothing was contacted."""
    status: int | None = None
    """The HTTP status passed on; `None` for tunnels and where no answer came."""
    received: int = 0
    """Bytes of the answer, headers included."""
    failure: Failure | None = None
    detail: str = ""


@dataclass(slots=True)
class Draft:
    """A Passage that is still under way."""

    at: datetime
    method: str = ""
    target: str = ""
    address: str = ""
    status: int | None = None
    received: int = 0
    failure: Failure | None = None
    detail: str = ""

    def freeze(self) -> Passage:
        """The Passage as it stands."""
        return Passage(*(getattr(self, one.name) for one in fields(self)))
