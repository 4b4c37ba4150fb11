"""Joins the judged visits of one suspect into what a run establishes about it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from crawler.addresses import AddressError, host_of, parts
from crawler.casework.keys import domain_of
from crawler.casework.placing import ACCUSED, Look, Places
from crawler.model import (
    CaseFacts,
    CaseKey,
    Contact,
    Failure,
    Knowledge,
    Offence,
    PageCondition,
    Target,
    Verdict,
    Visit,
    Watchlist,
)

_REFUSED_US = frozenset({401, 403, 407, 429})
"""Statuses of RFC 9110 and 6585 by which a server turns away the one who asks, not everybody."""


def group(
    run_id: str,
    pairs: Iterable[Look],
    watchlist: Watchlist,
    earlier: Sequence[CaseFacts] = (),
) -> tuple[CaseFacts, ...]:
    """What a run establishes about each key that was looked at, by key.

    `pairs` holds the run's own looks and, for pages of known cases that it did not open, the last
    ones before; `earlier` holds what the last completed run established. The order of neither
    counts. Looks without an address are left out: they can be nobody's case.
    """
    known = {facts.key: facts for facts in earlier}
    places = Places(watchlist)
    looks: dict[CaseKey, list[Look]] = {}
    for visit, assessment in pairs:
        try:
            key = places.key_of(visit, assessment)
        except AddressError:
            continue
        looks.setdefault(key, []).append((visit, assessment))
    return tuple(
        facts_of(run_id, key, looks[key], known.get(key)) for key in sorted(looks, key=str)
    )


def facts_of(
    run_id: str,
    key: CaseKey,
    looks: Sequence[Look],
    earlier: CaseFacts | None,
    *,
    saw_any: bool = False,
) -> CaseFacts:
    """What a run establishes about one case by looks at its pages, its own and earlier ones.

    `saw_any` says that the run saw something of the suspect, if only a page that is not among them.
    """
    known = [visit.rpartition(".")[2] for visit in earlier.visits] if earlier else []
    pages = _pages(run_id, looks, saw_any=saw_any)
    deciding = _deciding(pages, known[0] if known else "")
    others = [
        look
        for lead, look in pages.items()
        if look is not deciding and (look[1].verdict in ACCUSED or lead in known)
    ]
    members = [deciding, *sorted(others, key=lambda look: look[0].url)]
    visit, assessment = deciding
    condition = condition_of(deciding)
    judged = assessment.verdict in ACCUSED or condition is PageCondition.CONTENT
    shown = [look for look in members if look[1].verdict in ACCUSED] if judged else []
    registrar, name_servers, registered_on = _registration(visit)
    return CaseFacts(
        run=run_id,
        key=key,
        verdict=assessment.verdict if judged else Verdict.UNKNOWN,
        offence=assessment.offence if judged else Offence.NONE,
        page_condition=condition,
        score=assessment.score,
        imitates=assessment.imitates,
        domain=domain_of(key, visit.url),
        urls=tuple(look[0].url for look in members),
        visits=tuple(look[0].id for look in members),
        captures=tuple(capture.id for look in members for capture in look[0].captures),
        at=visit.at,
        signals=assessment.findings.signals,
        contacts=_contacts(shown),
        targets=_targets(shown),
        final_domain=_final_domain(visit) if judged else "",
        registrar=registrar,
        name_servers=name_servers,
        registered_on=registered_on,
    )


def _pages(run_id: str, looks: Sequence[Look], *, saw_any: bool) -> dict[str, Look]:
    """The look that counts for each lead, by lead.

    Where the run saw anything of the suspect, a page that we failed to open keeps its last look:
    our failure must not read as a page, its contacts or its codes having gone.
    """
    ordered = sorted(looks, key=lambda look: look[0].id)
    before = {look[0].lead: look for look in ordered if look[0].run != run_id}
    now = {look[0].lead: look for look in ordered if look[0].run == run_id}
    seen = {
        lead: look for lead, look in now.items() if condition_of(look) is not PageCondition.UNKNOWN
    }
    pages = {**now, **before, **seen} if seen or saw_any else {**before, **now}
    return dict(sorted(pages.items()))


def _deciding(pages: dict[str, Look], decided_before: str) -> Look:
    """The gravest accused page; where none is accused, the one that was it before.

    Of equally grave ones the page that decided before stays, whatever its score: a score that
    moves is no change.
    """
    accused = {lead: look for lead, look in pages.items() if look[1].verdict in ACCUSED}
    if not accused and decided_before in pages:
        return pages[decided_before]
    ranked = sorted(
        (accused or pages).items(),
        key=lambda item: (
            -item[1][1].verdict.gravity,
            -item[1][1].offence.gravity,
            item[0] != decided_before,
            -item[1][1].score,
            item[1][0].url,
        ),
    )
    return ranked[0][1]


def condition_of(look: Look) -> PageCondition:
    """What a look proves about the page.

    A name that does not exist shows nothing for sure; a server that turns us away proves nothing.
    """
    visit, assessment = look
    if assessment.page_condition is PageCondition.ERROR:
        refused = any(capture.status in _REFUSED_US for capture in visit.captures)
        return PageCondition.UNKNOWN if refused else PageCondition.ERROR
    if assessment.page_condition is not PageCondition.UNKNOWN or not visit.captures:
        return assessment.page_condition
    absent = all(capture.failure is Failure.NAME_ABSENT for capture in visit.captures)
    return PageCondition.EMPTY if absent else PageCondition.UNKNOWN


def _contacts(looks: Iterable[Look]) -> tuple[Contact, ...]:
    best: dict[tuple[str, str], Contact] = {}
    found = [contact for look in looks for contact in look[1].findings.contacts]
    for contact in sorted(found, key=lambda item: (-item.confidence, item.raw)):
        best.setdefault((contact.type.value, contact.value), contact)
    return tuple(contact for _key, contact in sorted(best.items()))


def _targets(looks: Iterable[Look]) -> tuple[Target, ...]:
    found = {target for look in looks for target in look[1].findings.targets}
    return tuple(sorted(found, key=lambda item: (item.kind.value, item.url)))


def _final_domain(visit: Visit) -> str:
    for capture in visit.captures:
        if capture.failure is None and capture.status is not None:
            host = host_of(capture.final_url)
            return parts(host).registrable or host
    return ""


def _registration(visit: Visit) -> tuple[str, tuple[str, ...], datetime | None]:
    said = visit.registration
    if said is None or said.state is not Knowledge.KNOWN:
        return "", (), None
    return said.registrar.value or "", said.name_servers.value or (), said.registered_on.value
