"""Addresses worth opening, the runs that look for them, and what each source saw."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from crawler.model.enums import SourceStatus


@dataclass(frozen=True, slots=True)
class LeadReason:
    """One statement by one source that an address is worth opening."""

    source: str
    """Name of the source: `searxng`, `names`, `tips`, `snowball`."""
    detail: str
    """What the source saw: the query, the file and line, the tip's words, or the empty string."""
    at: datetime
    """When it was said, UTC."""


@dataclass(frozen=True, slots=True)
class Lead:
    """An address worth opening, with all who said so."""

    id: str
    """First 16 hex digits of the SHA-256 of `url`; the same address is the same lead."""
    url: str
    """Normalised by `crawler.addresses.normalise`."""
    reasons: tuple[LeadReason, ...]
    depth: int = 0
    """0 for a lead from a source, 1 and more for one found on a suspect page."""


@dataclass(frozen=True, slots=True)
class ContactQuery:
    """A contact of a case, as a question to search engines."""

    query: str
    reason: str
    """Whose contact it is, the contact masked: what leads found by it are said to come from."""


@dataclass(frozen=True, slots=True)
class SourceState:
    """What one source saw in one run, and whether it was blind."""

    source: str
    status: SourceStatus
    leads: int = 0
    """How many leads it named, before merging."""
    requests: int = 0
    """How many requests or files it took."""
    failures: int = 0
    """How many of them gave nothing usable."""
    detail: str = ""
    """Why it was blind or partial, in one sentence, or the empty string."""
    newest: datetime | None = None
    """When the newest thing that it read was made, UTC; `None` where nothing says so."""
    covered: str = ""
    """How much of what there is was read, in one sentence, where a budget cut it short."""
    since: datetime | None = None
    """Start of the first of the runs in a row in which it was in this state, UTC."""
    was: SourceStatus | None = None
    """Its state in the last completed run, where that was another one."""


class RunStatus(StrEnum):
    """The life of a run."""

    RUNNING = "running"
    COMPLETED = "completed"
    IMPORTED = "imported"
    """No run of ours: what others captured, taken in by a person; no case is told by it."""


@dataclass(frozen=True, slots=True)
class Run:
    """One daily job."""

    id: str
    """`YYYYMMDD-HHMMSS` of its start, Beijing time, with a counter where that is taken."""
    status: RunStatus
    started_at: datetime
    finished_at: datetime | None = None
    degraded: tuple[str, ...] = ()
    """Why its results are incomplete, one sentence each; empty for a whole run."""
