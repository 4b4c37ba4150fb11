"""Judges every stored Visit anew and says what that would change; what is stored stays as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from crawler.addresses import AddressError
from crawler.casework.placing import ACCUSED, Places
from crawler.evidence import Blobs, load_what_is_whole
from crawler.judging import UNJUDGED, JudgePool
from crawler.model import (
    Assessment,
    CaseKey,
    Grade,
    Offence,
    Replay,
    Ruling,
    Shift,
    ShiftKind,
    Verdict,
    Visit,
    Watchlist,
)
from crawler.store import Store

_UNLISTED = Grade(Verdict.CLEAR, Offence.NONE)


@dataclass(slots=True)
class _Tally:
    """The gravest that any page of a case was, and would be, judged to be."""

    url: str
    before: Grade = _UNLISTED
    after: Grade = _UNLISTED


async def replay(
    store: Store,
    blobs: Blobs,
    pool: JudgePool,
    watchlist: Watchlist,
    step: Callable[[], None] = lambda: None,
) -> Replay:
    """What the pool's rules and policy would change about everything that is stored.

    All judged Visits of all runs count, a few of them in memory at a time; `step` is called after
    each. A Visit whose evidence is damaged, or that today's reading breaks on, counts as such and
    changes nothing. Raises `CerthoundError` where a judging process died.
    """
    return await _Comparison(store, blobs, watchlist).of(pool, step)


class _Comparison:
    def __init__(self, store: Store, blobs: Blobs, watchlist: Watchlist) -> None:
        self._store = store
        self._blobs = blobs
        self._places = Places(watchlist, pages=store.page_keys(), merged=store.merged())
        self._waiting: dict[str, tuple[Visit, str]] = {}
        """Visits that are being judged, with their stored opinion as text."""
        self._tallies: dict[CaseKey, _Tally] = {}
        self._same = self._other = self._unread = self._unjudged = 0

    async def of(self, pool: JudgePool, step: Callable[[], None]) -> Replay:
        async for after in pool.judge(self._visits(step)):
            visit, text = self._waiting.pop(after.visit)
            step()
            if after.policy == UNJUDGED:
                self._unjudged += 1
                continue
            is_same = self._store.text_of(after) == text
            self._same += is_same
            self._other += not is_same
            if visit.handed_in is not None:
                continue  # no case is told by what others captured
            self._count(visit, after if is_same else self._store.opinion_of(text), after)
        return Replay(self._same, self._other, self._unread, self._unjudged, self._shifts())

    def _visits(self, step: Callable[[], None]) -> Iterator[Visit]:
        for visit_id, text in self._store.opinions():
            visit, damages = load_what_is_whole(self._store, self._blobs, visit_id)
            if damages:
                self._unread += 1
                step()
                continue
            self._waiting[visit_id] = (visit, text)
            yield visit

    def _count(self, visit: Visit, before: Assessment, after: Assessment) -> None:
        for opinion in (before, after):
            if opinion.verdict not in ACCUSED:
                continue
            try:
                key = self._places.key_of(visit, opinion)
            except AddressError:
                continue
            tally = self._tallies.setdefault(key, _Tally(visit.url))
            if opinion is before:
                tally.before = _graver(tally.before, opinion)
            if opinion is after:
                tally.after = _graver(tally.after, opinion)

    def _shifts(self) -> tuple[Shift, ...]:
        changed = sorted(
            ((key, tally) for key, tally in self._tallies.items() if tally.before != tally.after),
            key=lambda pair: str(pair[0]),
        )
        return tuple(self._shift(key, tally) for key, tally in changed)

    def _shift(self, key: CaseKey, tally: _Tally) -> Shift:
        case = self._store.case(str(key))
        kind = ShiftKind.REGRADED
        if tally.before == _UNLISTED:
            kind = ShiftKind.ADDED
        elif tally.after == _UNLISTED:
            kind = ShiftKind.DROPPED
        ruling = Ruling.of(case.state if case else None)
        return Shift(key, tally.url, kind, ruling, tally.before, tally.after)


def _graver(known: Grade, opinion: Assessment) -> Grade:
    found = Grade(opinion.verdict, opinion.offence)
    return max(known, found, key=lambda grade: (grade.verdict.gravity, grade.offence.gravity))
