"""Says which contacts of cases are worth asking search engines for, and which must not be."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from crawler.masking import mask_contact, mask_identity
from crawler.model import (
    Case,
    CaseState,
    Contact,
    ContactQuery,
    ContactType,
    KeyKind,
    Verdict,
)
from crawler.store import Store

_SURE = 0.75
"""Founders' judgement: below it an id is a guess, and whoever bears it a stranger."""
_MOBILE = re.compile(r"1[3-9]\d{9}")
"""Landlines and 400 numbers on a fake are mostly copied from the body that it imitates."""
_OTHERS = (CaseState.DISMISSED, CaseState.VICTIM, CaseState.APPEALED, CaseState.CORRECTED)
"""States of cases whose contacts belong to people who are not, or not now, to be looked for."""

_Key = tuple[str, str]


def contact_queries(store: Store, at: datetime) -> tuple[ContactQuery, ...]:
    """What to ask about the contacts of cases, those of the most cases first.

    Mobile numbers, WeChat and QQ of cases that people confirmed and of those that the machine
    suspects and nobody has decided on. Never what also stands in a case that was dismissed, whose
    owner was hacked, or that is appealed or withdrawn; nothing of a page in somebody's site, for
    its contacts may be the owner's; nothing that reads as a number of a person or certificate.
    """
    run = store.last_completed_run()
    if run is None:
        return ()
    seen: Counter[_Key] = Counter()
    first: dict[_Key, tuple[Contact, Case]] = {}
    for case in sorted(store.listed(run.id, at), key=lambda case: str(case.key)):
        if not _is_asked_about(case):
            continue
        for contact in case.facts.contacts:
            key = (contact.type.value, contact.value.casefold())
            if is_searchable(contact):
                seen[key] += 1
                first.setdefault(key, (contact, case))
    for key in _contacts_of_others(store):
        # A telephone number is the WeChat id of whoever has it.
        for kind in ContactType:
            seen.pop((kind.value, key[1]), None)
    ranked = sorted(seen, key=lambda key: (-seen[key], key))
    asked = (_query(*first[key]) for key in ranked)
    return tuple({each.query: each for each in asked}.values())


def _is_asked_about(case: Case) -> bool:
    confirmed = case.state in (CaseState.CONFIRMED, CaseState.RELEASED)
    suspected = case.state in (CaseState.OPEN, CaseState.WATCHED) and (
        case.facts.verdict is Verdict.SUSPECT
    )
    return (confirmed or suspected) and case.key.kind is not KeyKind.PATH


def is_searchable(contact: Contact) -> bool:
    """Whether a contact is a mobile number, or a sure WeChat id or QQ number, and no other."""
    if contact.confidence < _SURE or mask_identity(contact.value) != contact.value:
        return False
    if contact.type is ContactType.PHONE:
        return bool(_MOBILE.fullmatch(contact.value))
    return contact.type in (ContactType.WECHAT, ContactType.QQ)


def _contacts_of_others(store: Store) -> Iterable[_Key]:
    """All that such cases ever showed."""
    kinds = {kind.value for kind in ContactType}
    for name in store.case_keys(_OTHERS):
        case = store.case(name)
        if case is None:
            continue
        for contact in case.facts.contacts:
            yield contact.type.value, contact.value.casefold()
        for sighting in case.sightings:
            if sighting.kind in kinds:
                yield sighting.kind, sighting.value.casefold()


def _query(contact: Contact, case: Case) -> ContactQuery:
    """The contact word for word; the reason names it masked, for reasons are shown."""
    said = f'"{contact.value}"'
    if contact.type is ContactType.QQ:
        said = f"QQ {said}"  # the bare digits are anybody's number
    kind = contact.type.value
    reason = mask_identity(f"contact {kind} {mask_contact(contact)} of {case.key}")
    return ContactQuery(said, reason)
