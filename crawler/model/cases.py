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
    flapping: bool = False
    """Whether something about the case goes to and fro; told when that begins, then no more."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """When a case first and last showed something."""

    kind: str
    """`url`, `final_domain`, `registrar`, `qr`, or the type of a contact."""
    value: str
    first_seen: datetime
    last_seen: datetime


@dataclass(frozen=True, slots=True)
class Swing:
    """One time that a field of a case took another value."""

    field: str
    before: str
    after: str
    at: datetime
    returned: bool
    """Whether it had that value not long before."""


@dataclass(frozen=True, slots=True)
class Flap:
    """A field that goes to and fro, which was told when that was first seen."""

    field: str
    told: str
    """The value that it was told to have then."""


@dataclass(frozen=True, slots=True)
class Motion:
    """How the fields of a case moved of late."""

    swings: tuple[Swing, ...] = ()
    flaps: tuple[Flap, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a case stands with people: what every decision leads to."""

    state: CaseState = CaseState.OPEN
    muted_until: datetime | None = None
    """Off the list before this moment, UTC."""
    part_of: CaseKey | None = None
    """The case that it was merged into."""


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
    muted_until: datetime | None = None
    part_of: CaseKey | None = None
    sightings: tuple[Sighting, ...] = ()
    """When it first and last showed each address, contact, code, domain and registrar."""

    @property
    def standing(self) -> Standing:
        """Where it stands with people."""
        return Standing(self.state, self.muted_until, self.part_of)


MACHINE = "machine"
"""Who decides where the machine does; no person may bear that name."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """A decision about a case: who, when, why, and where it leads."""

    case: CaseKey
    decision: Decision
    by: str
    at: datetime
    reason: str
    version: int = 0
    """The version of the case that it makes; 0 in those of the first schema."""
    leads_to: Standing | None = None
    """Where the case stands after it; `None` in those of the first schema."""
    verdict: Verdict = Verdict.UNKNOWN
    offence: Offence = Offence.NONE
    """How grave the case looked when it was decided."""
    undoes: int = 0
    """Of an undo, the version that the decision taken back had made."""
    urls: tuple[str, ...] = ()
    """Of a split, the pages that become a case of their own."""
    papers: tuple[str, ...] = ()
    """Of a correction, the files that named the case."""


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
