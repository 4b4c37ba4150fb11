"""Finds further leads by suspects: what pages name, where they led, whom certificates are for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from urllib.parse import urlsplit

from crawler.addresses import AddressError, covers, host_of, lead_id, normalise, parts
from crawler.casework.hosting import hosting_of, is_front
from crawler.guard import Guard
from crawler.masking import mask_identity
from crawler.model import (
    Assessment,
    BlobRef,
    Hosting,
    Lead,
    LeadReason,
    TargetKind,
    Verdict,
    Visit,
    Watchlist,
)
from crawler.same_certificate import names_beside

# Founders' judgement: a seller's page rarely names more of his own; a link farm names hundreds.
_MOST_LINKS = 10


class Snowball:
    """What suspects lead to in one run; `at` is its start, `read` gives the bytes of a blob."""

    def __init__(
        self, watchlist: Watchlist, guard: Guard, at: datetime, read: Callable[[BlobRef], bytes]
    ) -> None:
        self._watchlist = watchlist
        self._guard = guard
        self._at = at
        self._read = read

    def leads_from(self, visit: Visit, assessment: Assessment, parent: Lead) -> Iterator[Lead]:
        """Leads one step deeper than the suspect's own; none from a page that is no suspect.

        Protected and trusted hosts and the front pages of public platforms are left out; of plain
        links at most ten are followed and none to a platform, of frames, refreshes and QR codes
        all. The address where a short link or redirect ended is a lead of its own: the next short
        link leads there too. The front page of the suspect's own site is opened: it tells an
        offender's site from one that was hacked. Names on the same certificate are followed where
        nothing says that the site is a stranger's.
        """
        if assessment.verdict not in (Verdict.SUSPECT, Verdict.DOUBTFUL):
            return
        for kind, text in self._named(visit, assessment, parent.url):
            try:
                url = normalise(text)
            except AddressError:
                continue
            if url == parent.url or self._is_left_out(url):
                continue
            detail = mask_identity(f"{kind}: {parent.url}")[:200]
            reason = LeadReason("snowball", detail, self._at)
            yield Lead(lead_id(url), url, (reason,), parent.depth + 1)

    def _named(self, visit: Visit, assessment: Assessment, url: str) -> Iterator[tuple[str, str]]:
        """Kinds of pointing and the addresses pointed to, as written."""
        front = self._front_of(url)
        if front:
            yield "front", front
        links: set[str] = set()
        for target in assessment.findings.targets:
            if target.kind is TargetKind.LINK:
                if target.url == url or self._is_platform(host_of(target.url)):
                    continue
                links.add(target.url)
                if len(links) > _MOST_LINKS:
                    continue
            yield target.kind.value, target.url
        ends = [each.final_url for each in visit.captures if each.failure is None]
        yield from (("redirect", end) for end in ends if _owner(end) != _owner(url))
        if hosting_of(visit, assessment, None) is Hosting.OWN:
            names = names_beside(visit.captures, self._watchlist, self._read)
            yield from (("certificate", f"https://{name}/") for name in names)

    def _is_left_out(self, url: str) -> bool:
        host = host_of(url)
        at_front = urlsplit(url).path in ("", "/") and not urlsplit(url).query
        return self._guard.protects(host, self._at) or (at_front and self._is_platform(host))

    def _is_platform(self, host: str) -> bool:
        return any(covers(platform.domain, host) for platform in self._watchlist.platforms)

    def _front_of(self, url: str) -> str:
        """The front page of the site that a page stands in, or nothing where it has none."""
        host = host_of(url)
        cut = parts(host)
        if not cut.registrable or cut.private or self._is_platform(host) or is_front(url):
            return ""
        own = host if host == f"www.{cut.registrable}" else cut.registrable
        return normalise(f"{urlsplit(url).scheme}://{own}/")


def _owner(url: str) -> str:
    """The domain that somebody registered, or the host where there is none."""
    host = host_of(url)
    return parts(host).registrable or host
