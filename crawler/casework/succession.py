"""Lets the page of a hacked site take the place of a case that was keyed by the whole site."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from crawler.casework.day import Day
from crawler.casework.machine import step
from crawler.casework.placing import ACCUSED, Look
from crawler.model import (
    MACHINE,
    Case,
    CaseKey,
    CaseState,
    Decision,
    Judgement,
    KeyKind,
    Standing,
)
from crawler.store import CaseRecord, Store

_INHERITED = {
    CaseState.DISMISSED: Decision.DISMISS,
    CaseState.VICTIM: Decision.VICTIM,
    CaseState.WATCHED: Decision.WATCH,
}
"""What people said of the site that holds for the page too; that they accused the site does not."""


class Succession:
    """The site cases whose accused pages have all become cases of their own.

    A page takes the site's history along, so that nothing is told as new that was told before, and
    the site leaves the list. Done again, it comes to the same.
    """

    def __init__(self, store: Store, day: Day) -> None:
        self._store = store
        self._day = day
        self._heirs: dict[CaseKey, list[CaseKey]] = {}
        merged = store.merged()
        for key in day.cases():
            site = day.places.site_of(key)
            if key.kind is not KeyKind.PATH or site.kind is not KeyKind.DOMAIN:
                continue
            if merged.get(site, key) == key and store.known_record(day.run, key) is None:
                self._heirs.setdefault(site, []).append(key)
        self._left = {site for site in self._heirs if self._has_left(site)}

    def leaves(self, key: CaseKey, looks: Sequence[Look]) -> bool:
        """Whether a site's case ends because none of its looks accuses it any more."""
        return key in self._left and not any(look[1].verdict in ACCUSED for look in looks)

    def record_before(self, key: CaseKey) -> CaseRecord | None:
        """What was known of a page that is a case for the first time, or `None`."""
        site = self._day.places.site_of(key)
        if site not in self._left or self._heirs[site][0] != key:
            return None
        return self._store.known_record(self._day.run, site)

    def complete(self, at: datetime) -> None:
        """Store what the pages inherit and that the sites' cases are part of them now."""
        for site in sorted(self._left, key=str):
            heirs = self._heirs[site]
            case = self._store.case(str(site))
            if case is None or case.state is CaseState.MERGED:
                continue
            for heir in heirs:
                step(self._store, str(heir), partial(self._inherited, case, at))
            step(self._store, str(site), partial(_ended, heirs[0], at))

    def _has_left(self, site: CaseKey) -> bool:
        record = self._store.known_record(self._day.run, site)
        if record is None or any(each.is_accused for each in self._day.seen(site)):
            return False
        looks = (self._store.assessed_visit(visit) for visit in record.facts.visits)
        accused = [look for look in looks if look is not None and look[1].verdict in ACCUSED]
        return all(self._day.places.key_of(*look) != site or self._moved(look) for look in accused)

    def _moved(self, look: Look) -> bool:
        """Whether a page has been seen in this run, and was put elsewhere."""
        site = self._day.places.site_of(self._day.places.key_of(*look))
        return any(
            each.lead == look[0].lead for heir in self._heirs[site] for each in self._day.seen(heir)
        )

    def _inherited(self, site: Case, at: datetime, page: Case) -> Judgement | None:
        decision = _INHERITED.get(site.state)
        if decision is None or page.version:
            return None
        standing = Standing(site.state)
        return Judgement(page.key, decision, MACHINE, at, f"{site.key}", leads_to=standing)


def _ended(heir: CaseKey, at: datetime, site: Case) -> Judgement | None:
    if site.state is CaseState.MERGED:
        return None
    standing = Standing(CaseState.MERGED, part_of=heir)
    return Judgement(site.key, Decision.MERGE, MACHINE, at, f"{heir}", leads_to=standing)


def as_of_page(record: CaseRecord, key: CaseKey) -> CaseRecord:
    """A site's record as that of the page which takes its place."""
    return replace(
        record, facts=replace(record.facts, key=key), known=replace(record.known, key=key)
    )
