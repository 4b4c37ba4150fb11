"""Chooses which addresses a run opens where its budget does not reach for all that are due."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator, Sequence

from crawler.model import Lead

_PEOPLE = "tips"
"""The source whose leads a person brought."""


def scheduled(
    due: Sequence[Lead], budget: int, seen: Collection[str], asked: Collection[str] = ()
) -> list[Lead]:
    """At most `budget` of the leads that are due, in the order in which they deserve it.

    First what a person asked for (`asked` holds the ids), then new tips and what suspects point
    to, then pages seen before (`seen`), then other new ones: those that more sources name first,
    and source by source in turn, so that a feed of a hundred thousand names starves no other, nor
    do years of tips starve the cases.
    """
    if len(due) <= budget:
        return list(due)
    classes: tuple[list[Lead], ...] = ([], [], [], [])
    for lead in due:
        classes[_class(lead, seen, asked)].append(lead)
    *first, fresh = classes
    chosen = [lead for each in first for lead in each][:budget]
    return [*chosen, *_in_turn(fresh, budget - len(chosen))]


def _class(lead: Lead, seen: Collection[str], asked: Collection[str]) -> int:
    if lead.id in asked:
        return 0
    if lead.id in seen:
        return 2
    brought = any(reason.source == _PEOPLE for reason in lead.reasons)
    return 1 if brought or lead.depth > 0 else 3


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
