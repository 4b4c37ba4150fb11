"""Tells how a case differs from the last completed run, by what was last known of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from crawler.model import CaseFacts, Change, ChangeKind, PageCondition, Target, TargetKind, Verdict

GONE = frozenset(
    {
        PageCondition.PARKED,
        PageCondition.EXPIRED,
        PageCondition.BLOCKED_UNFILED,
        PageCondition.SUSPENDED,
        PageCondition.ERROR,
        PageCondition.EMPTY,
    }
)
"""Conditions that prove that nothing is shown; a firewall or our own failure proves nothing."""


def compare(previous: CaseFacts | None, current: CaseFacts, *, had_content: bool) -> Change:
    """The change of a case; the first that fits of back, new, escalated, activated, changed, down.

    `previous` holds the last known values as `last_known` made them, or `None` for a new case;
    `had_content` says whether the case showed content in an earlier run. Bytes, score and what is
    not known in this run never count.
    """
    if previous is None:
        return Change(ChangeKind.NEW)
    shows = current.page_condition is PageCondition.CONTENT
    was_gone = previous.page_condition in GONE
    if shows and was_gone and had_content:
        return Change(ChangeKind.BACK)
    graver = tuple(_graver(previous, current))
    if graver:
        return Change(ChangeKind.ESCALATED, graver)
    if shows and was_gone:
        return Change(ChangeKind.ACTIVATED)
    changed = tuple(_changed(previous, current))
    if changed:
        return Change(ChangeKind.CHANGED, changed)
    if current.page_condition in GONE and not was_gone:
        return Change(ChangeKind.DOWN)
    return Change(ChangeKind.SAME)


def _graver(previous: CaseFacts, current: CaseFacts) -> Iterator[str]:
    if current.verdict.gravity > previous.verdict.gravity:
        yield "verdict"
    if current.offence.gravity > previous.offence.gravity:
        yield "offence"


def _changed(previous: CaseFacts, current: CaseFacts) -> Iterator[str]:
    if current.verdict is not Verdict.UNKNOWN and current.offence is not previous.offence:
        yield "offence"
    pairs = {
        "imitates": (previous.imitates, current.imitates),
        "contacts": (_contacts(previous), _contacts(current)),
        "targets": (_codes(previous), _codes(current)),
        "final_domain": (previous.final_domain, current.final_domain),
        "registrar": (previous.registrar, current.registrar),
        "name_servers": (frozenset(previous.name_servers), frozenset(current.name_servers)),
    }
    for name, (before, after) in pairs.items():
        if before and after and before != after:
            yield name


def _contacts(facts: CaseFacts) -> frozenset[tuple[str, str]]:
    return frozenset((contact.type.value, contact.value) for contact in facts.contacts)


def _codes(facts: CaseFacts) -> frozenset[str]:
    return frozenset(target.url for target in facts.targets if target.kind is TargetKind.QR)


def _known_targets(previous: CaseFacts, current: CaseFacts) -> tuple[Target, ...]:
    """The current targets; a QR code that was known stays known until another one is seen."""
    if _codes(current):
        return current.targets
    if not current.targets:
        return previous.targets
    codes = tuple(target for target in previous.targets if target.kind is TargetKind.QR)
    return current.targets + codes


def last_known(previous: CaseFacts | None, current: CaseFacts) -> CaseFacts:
    """The current facts, with what was known before in the place of what is not known now."""
    if previous is None:
        return current
    judged = previous if current.verdict is Verdict.UNKNOWN else current
    proven = current.page_condition in GONE | {PageCondition.CONTENT}
    return replace(
        current,
        verdict=judged.verdict,
        offence=judged.offence,
        score=judged.score,
        signals=judged.signals,
        page_condition=current.page_condition if proven else previous.page_condition,
        imitates=current.imitates or previous.imitates,
        contacts=current.contacts or previous.contacts,
        targets=_known_targets(previous, current),
        final_domain=current.final_domain or previous.final_domain,
        registrar=current.registrar or previous.registrar,
        name_servers=current.name_servers or previous.name_servers,
        registered_on=current.registered_on or previous.registered_on,
    )
