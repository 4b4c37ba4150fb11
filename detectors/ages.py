"""Reads the age of a registration: the young are suspicious, the old are less so."""

from __future__ import annotations

from urllib.parse import urlsplit

from crawler.clock import beijing_date
from crawler.model import Family, Knowledge, Signal, Visit

# Founders' judgement: the real fakes of public cases lived days to months.
_YOUNG_DAYS = 90
_RECENT_DAYS = 365
_OLD_DAYS = 5 * 365


def age_signals(visit: Visit) -> list[Signal]:
    """Signals of the registration's age; unknown adds nothing."""
    registration = visit.registration
    if registration is None or registration.registered_on.state is not Knowledge.KNOWN:
        return []
    since = registration.registered_on.value
    if since is None:
        return []
    days = (visit.at - since).days
    words = beijing_date(since).isoformat()
    if 0 <= days < _YOUNG_DAYS:
        return [Signal("young_registration", Family.REGISTRATION, 1.0, words, "registration")]
    if 0 <= days < _RECENT_DAYS:
        return [Signal("recent_registration", Family.REGISTRATION, 1.0, words, "registration")]
    # An old domain speaks for its owner, not for what somebody put into a folder of it.
    if days > _OLD_DAYS and urlsplit(visit.url).path.count("/") <= 1:
        return [Signal("old_registration", Family.INNOCENCE, 1.0, words, "registration")]
    return []


def is_old(visit: Visit) -> bool:
    """Whether the domain is known to have been registered more than five years before."""
    registration = visit.registration
    if registration is None or registration.registered_on.state is not Knowledge.KNOWN:
        return False
    since = registration.registered_on.value
    return since is not None and (visit.at - since).days > _OLD_DAYS
