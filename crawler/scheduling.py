"""Chooses which addresses a run opens where its budget does not reach for all that are due."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator, Sequence

from crawler.model import Lead

_PEOPLE = "tips"
"""The source whose leads a person brought."""


def scheduled(due: Sequence[Lead], budget: int, seen: Collection[str]) -> list[Lead]:
    """At most `budget` of the leads that are due, in the order in which they deserve it.

    First what people brought and what suspects point to, then pages seen before (`seen` holds
    their ids), then new ones: those that more sources name first, and source by source in turn,
    so that a feed of a hundred thousand names starves no other.
    """
    if len(due) <= budget:
        return list(due)
    urgent = [lead for lead in due if _is_urgent(lead)]
    known = [lead for lead in due if not _is_urgent(lead) and lead.id in seen]
    fresh = [lead for lead in due if not _is_urgent(lead) and lead.id not in seen]
    chosen = [*urgent, *known][:budget]
    return [*chosen, *_in_turn(fresh, budget - len(chosen))]


def _is_urgent(lead: Lead) -> bool:
    return lead.depth > 0 or any(reason.source == _PEOPLE for reason in lead.reasons)


def _in_turn(leads: Sequence[Lead], count: int) -> Iterator[Lead]:
    queues: dict[str, deque[Lead]] = {}
    for lead in sorted(leads, key=lambda lead: (-len({r.source for r in lead.reasons}), lead.id)):
        queues.setdefault(min(reason.source for reason in lead.reasons), deque()).append(lead)
    waiting = deque(queues[name] for name in sorted(queues))
    while waiting and count > 0:
        queue = waiting.popleft()
        yield queue.popleft()
        count -= 1
        if queue:
            waiting.append(queue)
