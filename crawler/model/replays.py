"""What people ruled about cases, and what other rules or another policy would change about them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from crawler.model.cases import CaseKey
from crawler.model.enums import CaseState, Offence, Verdict


class Ruling(StrEnum):
    """What people hold of a suspicion of the machine's."""

    CONFIRMED = "confirmed"
    """The page is what the machine took it for, whoever owns it."""
    REJECTED = "rejected"
    UNDECIDED = "undecided"

    @classmethod
    def of(cls, state: CaseState | None) -> Ruling:
        """What a case's state says; `None` stands for an address that is no case."""
        match state:
            case CaseState.CONFIRMED | CaseState.RELEASED | CaseState.VICTIM:
                return cls.CONFIRMED
            case CaseState.DISMISSED | CaseState.CORRECTED:
                return cls.REJECTED
            case _:
                return cls.UNDECIDED


@dataclass(frozen=True, slots=True)
class Precision:
    """How many of the gravest cases that people decided they confirmed (precision at k)."""

    decided: int
    confirmed: int


class ShiftKind(StrEnum):
    """What a replay would do to a case."""

    ADDED = "added"
    """It would be listed and was not."""
    DROPPED = "dropped"
    """It was listed and would not be."""
    REGRADED = "regraded"
    """It would be listed with another verdict or offence."""


@dataclass(frozen=True, slots=True)
class Grade:
    """How grave a case looks."""

    verdict: Verdict
    offence: Offence


@dataclass(frozen=True, slots=True)
class Shift:
    """What a replay would change about one case."""

    key: CaseKey
    url: str
    """The first page by which it is told."""
    kind: ShiftKind
    ruling: Ruling
    before: Grade
    after: Grade


@dataclass(frozen=True, slots=True)
class Replay:
    """What other rules or another policy would change about everything that is stored."""

    same: int
    """Visits whose opinion is the stored one, byte for byte."""
    other: int
    """Visits whose opinion differs, be it in a single digit."""
    unread: int
    """Visits whose evidence is damaged, so that nothing can be said of them."""
    unjudged: int
    """Visits on which today's reading broke or did not end."""
    shifts: tuple[Shift, ...]
    """By case."""

    @property
    def is_whole(self) -> bool:
        """Whether it speaks of everything that is stored."""
        return not self.unread and not self.unjudged
