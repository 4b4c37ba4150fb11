"""What one run saw, in little: which looks matter to which case, and the rest never in memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from crawler.addresses import AddressError, host_of, lead_id, normalise, parts
from crawler.casework.groups import condition_of
from crawler.casework.hosting import is_front, tells_of_front, verdict_of_front
from crawler.casework.keys import page_key
from crawler.casework.placing import ACCUSED, Look, Places
from crawler.model import CaseKey, Offence, PageCondition, Verdict, Watchlist
from crawler.store import CaseRecord, Store


@dataclass(frozen=True, slots=True)
class Seen:
    """One look of the run, without what it consists of."""

    visit: str
    lead: str
    is_accused: bool
    condition: PageCondition


class Day:
    """The looks of one run by case; those at pages that concern no case are counted and let go."""

    def __init__(
        self, store: Store, run_id: str, watchlist: Watchlist, *, is_outage: bool = False
    ) -> None:
        self.run = run_id
        self._store = store
        self._is_outage = is_outage
        self.leads: list[str] = []
        """What was looked at."""
        self._fronts: dict[str, Verdict | None] = {}
        pages = self._read_fronts()
        self.places = Places(watchlist, self._front, store.existing(pages), store.merged())
        self._seen: dict[CaseKey, list[Seen]] = {}
        for look in self._all_looks():
            self._place(look)
        self._known = store.existing(self._seen)

    def cases(self) -> list[CaseKey]:
        """The cases that the run says something about, known or new, in order."""
        return sorted(
            (
                key
                for key, seen in self._seen.items()
                if key in self._known or any(each.is_accused for each in seen)
            ),
            key=str,
        )

    def seen(self, key: CaseKey) -> list[Seen]:
        """What the run saw of a case."""
        return self._seen.get(key, [])

    def looks(self, seen: list[Seen], previous: CaseRecord | None) -> Iterator[Look]:
        """The looks among those of a case that can count: at accused pages and at known ones."""
        known = {visit.rpartition(".")[2] for visit in previous.facts.visits} if previous else set()
        wanted = [each for each in seen if each.is_accused or each.lead in known]
        for each in wanted or seen[:1]:
            look = self._store.assessed_visit(each.visit)
            if look is not None:
                yield self._as_seen(look)

    def _all_looks(self) -> Iterator[Look]:
        for look in self._store.assessments(self.run):
            yield self._as_seen(look)

    def _as_seen(self, look: Look) -> Look:
        """The look, or in an outage of our own what it tells: nothing."""
        if not self._is_outage:
            return look
        visit, assessment = look
        return replace(visit, captures=()), replace(
            assessment,
            verdict=Verdict.UNKNOWN,
            offence=Offence.NONE,
            page_condition=PageCondition.UNKNOWN,
        )

    def _read_fronts(self) -> set[CaseKey]:
        """Note what front pages showed; returns the keys that the other pages would have."""
        pages = set()
        for visit, assessment in self._all_looks():
            try:
                pages.add(page_key(visit.url))
            except AddressError:
                continue
            if is_front(visit.url) and tells_of_front(visit, assessment):
                domain = parts(host_of(visit.url)).registrable
                before = self._fronts.get(domain) or Verdict.UNKNOWN
                said = verdict_of_front(visit, assessment)
                self._fronts[domain] = max(before, said, key=lambda v: v.gravity)
        return pages

    def _front(self, domain: str) -> Verdict | None:
        """What was thought of a domain's front page, in this run or when it was last seen."""
        if domain not in self._fronts:
            self._fronts[domain] = self._front_before(domain)
        return self._fronts[domain]

    def _front_before(self, domain: str) -> Verdict | None:
        for host in (domain, f"www.{domain}"):
            for scheme in ("http", "https"):
                lead = lead_id(normalise(f"{scheme}://{host}/"))
                look = self._store.look_before(self.run, lead)
                if look is not None and tells_of_front(*look):
                    return verdict_of_front(*look)
        return None

    def _place(self, look: Look) -> None:
        visit, assessment = look
        self.leads.append(visit.lead)
        try:
            key = self.places.key_of(visit, assessment)
        except AddressError:
            return
        seen = Seen(visit.id, visit.lead, assessment.verdict in ACCUSED, condition_of(look))
        self._seen.setdefault(key, []).append(seen)
