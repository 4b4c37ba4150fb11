"""Words worth asking search engines for, learnt from confirmed cases and accepted by a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class WordState(StrEnum):
    """Where a query word stands."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class KeyWord:
    """A term that confirmed cases share and other pages do not."""

    word: str
    score: float
    """Dunning's log-likelihood ratio G²: 10.8 happens by chance once in a thousand times."""
    confirmed: int
    """Confirmed cases whose pages have it."""
    confirmed_all: int
    others: int
    """Pages that people rejected, or that were judged clear, which have it."""
    others_all: int


@dataclass(frozen=True, slots=True)
class QueryWord:
    """A proposed word, and what a person said of it."""

    proposal: KeyWord
    proposed_at: datetime
    state: WordState = WordState.PROPOSED
    by: str = ""
    """Who accepted or refused it, or the empty string."""
    decided_at: datetime | None = None

    @property
    def word(self) -> str:
        """The word itself."""
        return self.proposal.word


@dataclass(frozen=True, slots=True)
class WordYield:
    """What asking for an accepted word has brought since it was accepted."""

    asked: int
    """Queries with it."""
    cases: int
    """Addresses that one of them was the first to name and that were judged suspect or doubtful."""
    rests_until: datetime | None = None
    """Not asked before this moment, because its yield fell; `None` where it is asked."""
