"""Finds further leads on suspect pages: what their frames, refreshes, QR codes and links name."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from crawler.addresses import AddressError, covers, host_of, lead_id, normalise
from crawler.guard import Guard
from crawler.model import Assessment, Lead, LeadReason, TargetKind, Verdict, Watchlist

# Founders' judgement: a seller's page rarely names more of his own; a link farm names hundreds.
_MOST_LINKS = 10


def leads_from(
    assessment: Assessment, parent: Lead, watchlist: Watchlist, guard: Guard, at: datetime
) -> Iterator[Lead]:
    """Leads one step deeper than the suspect's own; none from a page that is no suspect.

    Protected hosts and the front pages of public platforms are left out; of plain links at most
    ten are followed, of frames, refreshes and QR codes all. `at` is the start of the run.
    """
    if assessment.verdict not in (Verdict.SUSPECT, Verdict.DOUBTFUL):
        return
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
