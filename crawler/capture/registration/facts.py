"""What holds for facts from WHOIS and RDAP alike."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from crawler.model import Fact, Knowledge, Registration

T = TypeVar("T")

_CERTAINTY = timedelta(days=1)
"""The zones of the world, and clocks that go wrong by less."""
_SAME = timedelta(days=2)
"""Two tellers of one day differ by their zones, and by what they call the first moment."""


def believable(
    created: Fact[datetime], expires: Fact[datetime], asked_at: datetime
) -> tuple[Fact[datetime], Fact[datetime]]:
    """The dates, or unknown: a beginning that has not come, or that lies after the end."""
    if created.value is not None and created.value > asked_at + _CERTAINTY:
        created = Fact.unknown()
    if created.value and expires.value and created.value > expires.value:
        return Fact.unknown(), Fact.unknown()
    return created, expires


def merge(registry: Registration, registrar: Registration) -> Registration:
    """The registry's facts, those it leaves out or that we cannot read taken from the registrar.

    Where both speak the registry's word counts, for it keeps the register; that they contradict
    each other about the beginning is told.
    """
    if registrar.state is not Knowledge.KNOWN:
        return registry
    ours, theirs = registry.registered_on.value, registrar.registered_on.value
    merged = replace(
        registry,
        registered_on=_rather(registry.registered_on, registrar.registered_on),
        expires_on=_rather(registry.expires_on, registrar.expires_on),
        registrar=_rather(registry.registrar, registrar.registrar),
        name_servers=_rather(registry.name_servers, registrar.name_servers),
        statuses=_rather(registry.statuses, registrar.statuses),
    )
    created, expires = believable(merged.registered_on, merged.expires_on, registry.asked_at)
    merged = replace(merged, registered_on=created, expires_on=expires)
    if ours is not None and theirs is not None and abs(ours - theirs) > _SAME:
        return replace(
            merged, detail=f"{registrar.source} says {theirs:%Y-%m-%d} for the beginning"
        )
    return merged


def _rather(first: Fact[T], second: Fact[T]) -> Fact[T]:
    return second if first.value is None and second.value is not None else first
