"""Finds further leads on suspect pages: what their frames, refreshes, QR codes and links name."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlsplit

from crawler.addresses import AddressError, covers, host_of, lead_id, normalise, parts
from crawler.casework.hosting import is_front
from crawler.guard import Guard
from crawler.model import Assessment, Lead, LeadReason, TargetKind, Verdict, Watchlist

# Founders' judgement: a seller's page rarely names more of his own; a link farm names hundreds.
_MOST_LINKS = 10


def leads_from(
    assessment: Assessment, parent: Lead, watchlist: Watchlist, guard: Guard, at: datetime
) -> Iterator[Lead]:
    """Leads one step deeper than the suspect's own; none from a page that is no suspect.

    Protected hosts and the front pages of public platforms are left out; of plain links at most
    ten are followed, of frames, refreshes and QR codes all. The front page of the suspect's own
    site is opened too: it tells an offender's site from one that was hacked. `at` is the start of
    the run.
    """
    if assessment.verdict not in (Verdict.SUSPECT, Verdict.DOUBTFUL):
        return
    front = _front_of(parent.url, watchlist)
    if front and not guard.protects(host_of(front), at):
        reason = LeadReason("snowball", f"front: {parent.url}"[:200], at)
        yield Lead(lead_id(front), front, (reason,), parent.depth + 1)
    links = 0
    for target in assessment.findings.targets:
        try:
            url = normalise(target.url)
        except AddressError:
            continue
        host = host_of(url)
        if url == parent.url or guard.protects(host, at):
            continue
        if target.kind is TargetKind.LINK:
            links += 1
            public = any(covers(platform.domain, host) for platform in watchlist.platforms)
            if links > _MOST_LINKS or public:
                continue
        reason = LeadReason("snowball", f"{target.kind.value}: {parent.url}"[:200], at)
        yield Lead(lead_id(url), url, (reason,), parent.depth + 1)


def _front_of(url: str, watchlist: Watchlist) -> str:
    """The front page of the site that a page stands in, or nothing where it has none of its own."""
    host = host_of(url)
    cut = parts(host)
    public = any(covers(platform.domain, host) for platform in watchlist.platforms)
    if not cut.registrable or cut.private or public or is_front(url):
        return ""
    own = host if host == f"www.{cut.registrable}" else cut.registrable
    return normalise(f"{urlsplit(url).scheme}://{own}/")
