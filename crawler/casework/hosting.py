"""Tells a page that its site's owner publishes from one that somebody put into a foreign site."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import unquote, unquote_plus, urlsplit

from crawler.addresses import covers, host_of, parts
from crawler.model import (
    Assessment,
    Family,
    Hosting,
    Knowledge,
    Offence,
    PageCondition,
    Verdict,
    Visit,
)

FOREIGN_SITE = "hosted_in_foreign_site"
"""Name of the signal by which a detector says that the page stands in somebody else's site."""

# Founders' judgement: fakes live days to months, and what lives shorter than a year is nobody's old
# school; a name held for five years is held by somebody with other business than a fake.
_YOUNG = timedelta(days=365)
_OLD = timedelta(days=5 * 365)

_OWNERS = frozenset({"school", "owner_named"})
"""Rules that find another owner. On a front page that has been his for years, what is offered was
put there by somebody else: a comment, a hacked block."""

_ENOUGH = 6
"""Letters. Founders' judgement: a shorter offer may stand in an address by chance."""
_SOLD = frozenset({Offence.SALE_FORGED, Offence.EXAM_CHEATING, Offence.FORGED_OTHER})

_INSTITUTIONS = ("edu.cn", "ac.cn")
"""Suffixes under which only schools and institutes register (CNNIC, 中国互联网络域名体系, 2018)."""

_INDEX = re.compile(r"^/(?:(?:index|default|home)\.[a-z]+)?$", re.IGNORECASE)


def hosting_of(visit: Visit, assessment: Assessment, front: Verdict | None) -> Hosting:
    """Whose site an accused page stands in, by what one Visit offers.

    `front` is what was thought of the site's front page, `None` where nobody saw it. Where it stays
    open, the site is held to be the publisher's own. A page of an offender's own domain taken for a
    foreign one only narrows the case; a school taken for the offender accuses an innocent owner.
    """
    if any(signal.rule == FOREIGN_SITE for signal in assessment.findings.signals):
        return Hosting.FOREIGN
    host = host_of(visit.url)
    if any(covers(suffix, host) for suffix in _INSTITUTIONS):
        return Hosting.FOREIGN
    if _is_sent_on(visit) or _repeats_its_address(visit, assessment):
        return Hosting.FOREIGN
    age = _age(visit)
    is_old = age is not None and age >= _OLD
    if is_front(visit.url):
        return Hosting.FOREIGN if is_old and _has_an_owner(assessment) else Hosting.OWN
    if front in (Verdict.SUSPECT, Verdict.DOUBTFUL):
        return Hosting.OWN
    if age is not None and age < _YOUNG:
        return Hosting.OWN
    if _is_passing_on(visit):
        return Hosting.FOREIGN
    if front is Verdict.CLEAR or is_old:
        return Hosting.FOREIGN
    return Hosting.OWN


def _is_passing_on(visit: Visit) -> bool:
    """Whether every answer came from another domain: the sender may shorten anybody's addresses.

    Where they ended is a lead of its own, and there the offender is found.
    """
    return bool(_ends_elsewhere(visit))


def _is_sent_on(visit: Visit) -> bool:
    """Whether the address itself names the foreign site on which every answer ended.

    Whoever knows a site that forwards to any address given may write such an address.
    """
    ends = _ends_elsewhere(visit)
    split = urlsplit(visit.url)
    named = unquote(unquote(f"{split.path}?{split.query}")).lower()
    return bool(ends) and all(end in named for end in ends)


def _ends_elsewhere(visit: Visit) -> list[str]:
    """The hosts on which a Visit ended; none where one of them is of the domain asked."""
    own = parts(host_of(visit.url)).registrable
    ends = [host_of(each.final_url) for each in visit.captures if each.failure is None]
    return [] if any(parts(end).registrable == own for end in ends) else ends


def _repeats_its_address(visit: Visit, assessment: Assessment) -> bool:
    """Whether what is offered stands in the query of the address, which anybody may write.

    A search page that prints what was searched for offers nothing.
    """
    asked = _letters(unquote_plus(urlsplit(visit.url).query))
    offers = (
        _letters(signal.words)
        for signal in assessment.findings.signals
        if signal.family in (Family.OFFER, Family.SALE, Family.CHEATING, Family.OTHER_PAPERS)
    )
    return any(len(words) >= _ENOUGH and words in asked for words in offers)


def _letters(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def _has_an_owner(assessment: Assessment) -> bool:
    """Whether a page that sells is plainly somebody's: a school's, or another named body's."""
    return assessment.offence in _SOLD and any(
        signal.rule in _OWNERS for signal in assessment.findings.signals
    )


def is_front(url: str) -> bool:
    """Whether the address is the front page of its registered domain."""
    host = host_of(url)
    split = urlsplit(url)
    own = parts(host).registrable
    return host in (own, f"www.{own}") and bool(_INDEX.match(split.path)) and not split.query


def tells_of_front(visit: Visit, assessment: Assessment) -> bool:
    """Whether a look at a front page shows what the site itself is about."""
    own = parts(host_of(visit.url)).registrable
    stayed = any(parts(host_of(each.final_url)).registrable == own for each in visit.captures)
    return stayed and assessment.page_condition is PageCondition.CONTENT


def verdict_of_front(visit: Visit, assessment: Assessment) -> Verdict:
    """What a look at a front page says of the site; somebody else's words on it accuse no site."""
    if hosting_of(visit, assessment, None) is Hosting.FOREIGN:
        return Verdict.CLEAR
    return assessment.verdict


def _age(visit: Visit) -> timedelta | None:
    said = visit.registration
    if said is None or said.registered_on.state is not Knowledge.KNOWN:
        return None
    since = said.registered_on.value
    return visit.at - since if since is not None else None
