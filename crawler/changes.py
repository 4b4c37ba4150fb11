"""Tells how a case differs from the last completed run, by what was last known of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from crawler.model import (
    CaseFacts,
    Change,
    ChangeKind,
    Motion,
    PageCondition,
    Swing,
    Target,
    TargetKind,
    Verdict,
)

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


FLAP_WINDOW = timedelta(days=14)
"""Founders' judgement: what returns to what it was within two weeks goes to and fro; what has been
steady for two weeks is steady."""

_MOST_SWINGS = 40
_SHOWN, _GONE = "shown", "gone"


STILL = Motion()


def moved(motion: Motion, values: Iterable[tuple[str, str, str]], at: datetime) -> Motion:
    """The motion with one more run's changes: of each the field, the value before, and after."""
    recent = [swing for swing in motion.swings if at - swing.at <= FLAP_WINDOW]
    flapping = {name for name in motion.flapping if any(s.field == name for s in recent)}
    for field, before, after in values:
        past = [swing for swing in recent if swing.field == field]
        returned = any(after == swing.before for swing in past)
        if returned and any(swing.returned for swing in past):
            flapping.add(field)
        recent.append(Swing(field, before, after, at, returned))
    return Motion(tuple(recent[-_MOST_SWINGS:]), tuple(sorted(flapping)))


def compare(
    previous: CaseFacts | None,
    current: CaseFacts,
    *,
    had_content: bool,
    was_idle: bool = False,
    motion: Motion = STILL,
) -> Change:
    """The change of a case; the first that fits of back, new, escalated, activated, changed, down.

    `previous` holds the last known values as `last_known` made them, or `None` for a new case;
    `had_content` says whether the case showed content in an earlier run, `was_idle` whether the
    address of a new case was known parked, empty or unresolved before. Bytes, score and what is
    not known in this run never count. A field that returns to an earlier value for the second time
    within two weeks is told as flapping, and no more until it has been steady for two weeks.
    """
    if previous is None:
        return Change(ChangeKind.ACTIVATED if was_idle else ChangeKind.NEW)
    quiet, new = _flapping(previous, current, motion)
    shows = current.page_condition is PageCondition.CONTENT
    was_gone = previous.page_condition in GONE
    steady = "page_condition" not in quiet
    begins = "page_condition" in new
    if shows and was_gone and had_content and steady:
        return Change(ChangeKind.BACK, flapping=begins)
    graver = tuple(name for name in _graver(previous, current) if name not in quiet)
    if graver:
        return Change(ChangeKind.ESCALATED, graver, flapping=not new.isdisjoint(graver))
    if shows and was_gone and steady:
        return Change(ChangeKind.ACTIVATED, flapping=begins)
    changed = tuple(name for name in _changed(previous, current) if name not in quiet)
    if changed:
        return Change(ChangeKind.CHANGED, changed, flapping=not new.isdisjoint(changed))
    is_gone = current.page_condition in GONE
    if is_gone and not was_gone and steady:
        return Change(ChangeKind.DOWN, flapping=begins)
    if is_gone and _has_settled("page_condition", motion, current.at):
        return Change(ChangeKind.DOWN)  # the last that was told of it is that it comes and goes
    return Change(ChangeKind.SAME)


def _flapping(
    previous: CaseFacts, current: CaseFacts, motion: Motion
) -> tuple[frozenset[str], frozenset[str]]:
    """The fields that are known to flap, of which nothing is told, and those that begin to."""
    then = frozenset(moved(motion, (), current.at).flapping)
    now = frozenset(moved(motion, moves(previous, current), current.at).flapping)
    return then, now - then


def _has_settled(field: str, motion: Motion, at: datetime) -> bool:
    return field in motion.flapping and field not in moved(motion, (), at).flapping


def moves(previous: CaseFacts, current: CaseFacts) -> Iterator[tuple[str, str, str]]:
    """Each field that differs from its last known value, with both values as text."""
    was_gone = previous.page_condition in GONE
    if current.page_condition in GONE and not was_gone:
        yield "page_condition", _SHOWN, _GONE
    elif current.page_condition is PageCondition.CONTENT and was_gone:
        yield "page_condition", _GONE, _SHOWN
    if current.verdict is not Verdict.UNKNOWN:
        if current.verdict is not previous.verdict:
            yield "verdict", previous.verdict.value, current.verdict.value
        if current.offence is not previous.offence:
            yield "offence", previous.offence.value, current.offence.value
    for name, (before, after) in _pairs(previous, current).items():
        if before and after and before != after:
            yield name, _text(before), _text(after)


def _text(value: str | frozenset[str] | frozenset[tuple[str, str]]) -> str:
    """The value as a short text, equal where the values are."""
    written = value if isinstance(value, str) else repr(sorted(value))
    return written if len(written) <= 64 else hashlib.sha256(written.encode()).hexdigest()


def _graver(previous: CaseFacts, current: CaseFacts) -> Iterator[str]:
    if current.verdict.gravity > previous.verdict.gravity:
        yield "verdict"
    if current.offence.gravity > previous.offence.gravity:
        yield "offence"


def _changed(previous: CaseFacts, current: CaseFacts) -> Iterator[str]:
    if current.verdict is not Verdict.UNKNOWN and current.offence is not previous.offence:
        yield "offence"
    for name, (before, after) in _pairs(previous, current).items():
        if before and after and before != after:
            yield name


Pair = tuple[
    str | frozenset[str] | frozenset[tuple[str, str]],
    str | frozenset[str] | frozenset[tuple[str, str]],
]


def _pairs(previous: CaseFacts, current: CaseFacts) -> dict[str, Pair]:
    return {
        "imitates": (previous.imitates, current.imitates),
        "contacts": (_contacts(previous), _contacts(current)),
        "targets": (_codes(previous), _codes(current)),
        "final_domain": (previous.final_domain, current.final_domain),
        "registrar": (previous.registrar, current.registrar),
        "name_servers": (frozenset(previous.name_servers), frozenset(current.name_servers)),
    }


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
