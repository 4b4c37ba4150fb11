"""Takes away pictures and archives of clear pages when their time is over; legal hold wins."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from crawler.addresses import host_of, parts
from crawler.errors import BusyError
from crawler.evidence import Blobs
from crawler.locks import locked
from crawler.model import CaseState
from crawler.store import Expired, Store

KEPT_IN_FULL = tuple(
    state for state in CaseState if state not in (CaseState.OPEN, CaseState.DISMISSED)
)
"""States in which everything ever captured of a suspect is held: people have decided about it."""

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Retirement:
    """What one sweep took away."""

    visits: int
    blobs: int
    """Files removed; one that another capture still names stays."""


def retire(store: Store, blobs: Blobs, at: datetime, days: int) -> Retirement:
    """Take away pictures and archives of clear Visits older than `days`; facts stay.

    Each removal is an entry of the chain before any file goes, so that one broken off is completed
    by the next. While a backup is being made nothing goes. Raises `StoreError`.
    """
    try:
        with locked(blobs.folder.parent / "keep.lock"):
            visits = _note(store, at, at - timedelta(days=days))
            gone = sum(blobs.remove(name) for name in store.unneeded())
    except BusyError:
        return Retirement(0, 0)
    return Retirement(visits, gone)


def _note(store: Store, at: datetime, before: datetime) -> int:
    held = _Hold(store)
    count, behind = 0, ""
    while page := store.expired(before, behind, _AT_ONCE):
        behind = page[-1].visit
        free = [expired for expired in page if not held.covers(expired)]
        if free:
            store.retire(free, at)
        count += len(free)
    return count


class _Hold:
    """The sites about which people have decided, by registered domain and host."""

    def __init__(self, store: Store) -> None:
        self._visits: set[str] = set()
        self._sites: set[str] = set()
        for key in store.case_keys(KEPT_IN_FULL):
            case = store.case(key)
            if case is not None:
                self._visits |= set(case.facts.visits)
                self._sites |= {case.facts.domain, case.facts.final_domain} - {""}
                for url in case.facts.urls:
                    self._sites |= set(_sites(url))

    def covers(self, expired: Expired) -> bool:
        """Whether a Visit may belong to a held case; of a whole platform rather too much."""
        return expired.visit in self._visits or any(
            site in self._sites for site in _sites(expired.url)
        )


def _sites(url: str) -> Iterator[str]:
    host = host_of(url) if url else ""
    if host:
        yield host
        own = parts(host).registrable
        if own:
            yield own
