"""Keeps when a case first and last showed each of its addresses, contacts, codes and domains."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from crawler.model import CaseFacts, PageCondition, Sighting, TargetKind

# Founders' judgement: a page that makes up a new contact for every look fills no database.
_MOST = 200


def sightings_of(earlier: Sequence[Sighting], facts: CaseFacts) -> tuple[Sighting, ...]:
    """The sightings of a case with those of one more run; beyond 200 the stalest fall away."""
    found = {(each.kind, each.value): each for each in earlier}
    if facts.page_condition is PageCondition.CONTENT:
        for kind, value in _shown(facts):
            first = found.get((kind, value))
            found[kind, value] = (
                replace(first, last_seen=max(first.last_seen, facts.at))
                if first
                else Sighting(kind, value, facts.at, facts.at)
            )
    kept = sorted(found.values(), key=lambda each: each.last_seen, reverse=True)[:_MOST]
    return tuple(sorted(kept, key=lambda each: (each.kind, each.value)))


def _shown(facts: CaseFacts) -> Iterator[tuple[str, str]]:
    yield from (("url", url) for url in facts.urls)
    yield from ((contact.type.value, contact.value) for contact in facts.contacts)
    yield from (("qr", each.url) for each in facts.targets if each.kind is TargetKind.QR)
    if facts.final_domain:
        yield "final_domain", facts.final_domain
    if facts.registrar:
        yield "registrar", facts.registrar
