"""One suspect under review: what the machine found, what changed, what people decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from crawler.model.enums import (
    CaseState,
    ChangeKind,
    Decision,
    KeyKind,
    Offence,
    PageCondition,
    Verdict,
)
from crawler.model.findings import Contact, Signal, Target


@dataclass(frozen=True, slots=True)
class CaseKey:
    """What identifies a suspect; two addresses with the same key are one case."""

    kind: KeyKind
    value: str

    def __str__(self) -> str:
        """The key as printed and typed: `domain:example.cn`."""
        return f"{self.kind.value}:{self.value}"


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What one run established about a case: what changes are told by.

    Empty strings and tuples stand for «not known in this run» and never count as a change.
    """

    run: str
    key: CaseKey
    verdict: Verdict
    offence: Offence
    page_condition: PageCondition
    score: float
    imitates: str
    domain: str
    urls: tuple[str, ...]
    visits: tuple[str, ...]
    captures: tuple[str, ...]
    at: datetime
    """When the deciding page was looked at, UTC."""
    signals: tuple[Signal, ...] = ()
    contacts: tuple[Contact, ...] = ()
    targets: tuple[Target, ...] = ()
    final_domain: str = ""
    registrar: str = ""
    name_servers: tuple[str, ...] = ()
    registered_on: datetime | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """How a case differs from the last completed run."""

    kind: ChangeKind
    fields: tuple[str, ...] = ()
    """Names of the fields that differ; empty where the kind says it all."""


@dataclass(frozen=True, slots=True)
class Case:
    """One suspect under review, as of one run."""

    key: CaseKey
    state: CaseState
    facts: CaseFacts
    change: Change
    first_seen: datetime
    last_seen: datetime
    """When it last showed content, UTC."""
    version: int = 0
    """Counts decisions; two people deciding at once are told apart by it."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """A person's decision about a case."""

    case: CaseKey
    decision: Decision
    by: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Release:
    """A case confirmed by two people, looked at within 24 hours, on no trusted host.

    The only thing that outgoing reports accept; made by `crawler.casework.release` alone.
    """

    case: Case
    judgements: tuple[Judgement, ...]
    looked_at: datetime
    """The fresh look, UTC."""
    released_at: datetime


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a case may not leave the house yet."""

    case: CaseKey
    reasons: tuple[str, ...]
    """One sentence each."""


@dataclass(frozen=True, slots=True)
class CustodyEntry:
    """One line of the hash-chained log of what happened to evidence and decisions."""

    seq: int
    at: datetime
    actor: str
    """A person's name, or `machine`."""
    action: str
    """`captured`, `judged`, `released`, `exported`."""
    subject: str
    """Visit id, case key or file."""
    digest: str
    """SHA-256 of what the entry speaks of."""
    previous: str
    """`hash` of the entry before, 64 zeros for the first."""
    hash: str
    """SHA-256 over all the other fields."""
