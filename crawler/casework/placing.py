"""Puts each look at a page to the case it belongs to: by address, by owner, by what people said."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from crawler.addresses import host_of, parts
from crawler.casework.hosting import hosting_of
from crawler.casework.keys import case_key, page_key
from crawler.model import (
    Assessment,
    CaseKey,
    Hosting,
    KeyKind,
    Verdict,
    Visit,
    Watchlist,
)

ACCUSED = frozenset({Verdict.SUSPECT, Verdict.DOUBTFUL})
"""The verdicts that open a case."""

Look = tuple[Visit, Assessment]
Front = Callable[[str], Verdict | None]
"""From a registered domain to what was thought of its front page, `None` where nobody saw it."""


class Places:
    """Where looks belong.

    A page that is a case of its own already stays one, so that a key never depends on which other
    pages happened to be seen that day.
    """

    def __init__(
        self,
        watchlist: Watchlist,
        front: Front = lambda _domain: None,
        pages: Collection[CaseKey] = frozenset(),
        merged: Mapping[CaseKey, CaseKey] | None = None,
    ) -> None:
        self._watchlist = watchlist
        self._front = front
        self._pages = pages
        self._merged = merged or {}

    def key_of(self, visit: Visit, assessment: Assessment) -> CaseKey:
        """The case that a look belongs to; raises `AddressError` for one without an address."""
        key, page = case_key(visit.url, self._watchlist), page_key(visit.url)
        may_be_foreign = key.kind is KeyKind.DOMAIN and assessment.verdict in ACCUSED
        if page in self._pages or (may_be_foreign and self._is_foreign(visit, assessment)):
            key = page
        return self._resolved(key)

    def site_of(self, key: CaseKey) -> CaseKey:
        """The key of the site that a page stands in; of anything else, the key itself."""
        if key.kind is not KeyKind.PATH:
            return key
        return case_key(f"http://{key.value}", self._watchlist)

    def _is_foreign(self, visit: Visit, assessment: Assessment) -> bool:
        front = self._front(parts(host_of(visit.url)).registrable)
        return hosting_of(visit, assessment, front) is Hosting.FOREIGN

    def _resolved(self, key: CaseKey) -> CaseKey:
        seen = {key}
        while key in self._merged and self._merged[key] not in seen:
            key = self._merged[key]
            seen.add(key)
        return key
