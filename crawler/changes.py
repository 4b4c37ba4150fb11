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
    Flap,
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
    flaps = {
        flap.field: flap for flap in motion.flaps if any(s.field == flap.field for s in recent)
    }
    for field, before, after in values:
        past = [swing for swing in recent if swing.field == field]
        returned = any(after == swing.before for swing in past)
        if returned and any(swing.returned for swing in past):
            flaps.setdefault(field, Flap(field, after))
        recent.append(Swing(field, before, after, at, returned))
    return Motion(
        tuple(recent[-_MOST_SWINGS:]), tuple(sorted(flaps.values(), key=lambda flap: flap.field))
    )


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
    within two weeks is told as flapping, and no more until it has been steady for two weeks; if it
    then is not as it was told, that is told.
    """
    if previous is None:
        return Change(ChangeKind.ACTIVATED if was_idle else ChangeKind.NEW)
    news = _News(previous, current, motion)
    shows = news.is_told("page_condition") and news.now["page_condition"] == _SHOWN
    if shows and had_content:
        return news.change(ChangeKind.BACK, "page_condition")
    graver = tuple(filter(news.is_told, _graver(previous, current)))
    if graver:
        return news.change(ChangeKind.ESCALATED, *graver)
    if shows:
        return news.change(ChangeKind.ACTIVATED, "page_condition")
    changed = tuple(name for name in news.now if name not in _TOLD_OTHERWISE and news.is_told(name))
    if changed:
        return news.change(ChangeKind.CHANGED, *changed)
    if news.is_told("page_condition"):
        return news.change(ChangeKind.DOWN, "page_condition")
    return Change(ChangeKind.SAME)


_TOLD_OTHERWISE = frozenset({"page_condition", "verdict"})
"""What back and down, and escalated, tell of: a verdict that falls is told by its offence."""


class _News:
    """Which fields of a case there is something to tell of."""

    def __init__(self, previous: CaseFacts, current: CaseFacts, motion: Motion) -> None:
        moving = {field for field, _before, _after in moves(previous, current)}
        quiet = {flap.field for flap in moved(motion, (), current.at).flaps}
        after = {flap.field for flap in moved(motion, moves(previous, current), current.at).flaps}
        self.now = values(last_known(previous, current))
        settled = {
            flap.field
            for flap in motion.flaps
            if flap.field not in quiet and flap.told != self.now[flap.field]
        }
        self._told = (moving - quiet) | (settled - moving)
        self._begin = after - quiet

    def is_told(self, field: str) -> bool:
        """Whether a field is not as it was told last, and does not flap already."""
        return field in self._told

    def change(self, kind: ChangeKind, *fields: str) -> Change:
        """The change of these fields; of page conditions the kind says it all."""
        named = tuple(field for field in fields if field != "page_condition")
        return Change(kind, named, flapping=not self._begin.isdisjoint(fields))


def moves(previous: CaseFacts, current: CaseFacts) -> Iterator[tuple[str, str, str]]:
    """Each field that differs from its last known value, with both values as text."""
    before, after = values(previous), values(current)
    # What was never proven to be gone counts as shown.
    before["page_condition"] = before["page_condition"] or _SHOWN
    for field, value in after.items():
        if before[field] and value and before[field] != value:
            yield field, before[field], value


def values(facts: CaseFacts) -> dict[str, str]:
    """What changes are told of, each as a text that is empty where it is not known."""
    shown = _SHOWN if facts.page_condition is PageCondition.CONTENT else ""
    judged = facts.verdict is not Verdict.UNKNOWN
    return {
        "page_condition": _GONE if facts.page_condition in GONE else shown,
        "verdict": facts.verdict.value if judged else "",
        "offence": facts.offence.value if judged else "",
        "imitates": facts.imitates,
        "contacts": _text(f"{each.type.value} {each.value}" for each in facts.contacts),
        "targets": _text(_codes(facts)),
        "final_domain": facts.final_domain,
        "registrar": facts.registrar,
        "name_servers": _text(facts.name_servers),
    }


def _text(items: Iterable[str]) -> str:
    """A set as a short text, equal where the sets are; empty for none."""
    written = "\n".join(sorted(set(items)))
    return written if len(written) <= 64 else hashlib.sha256(written.encode()).hexdigest()


def _graver(previous: CaseFacts, current: CaseFacts) -> Iterator[str]:
    if current.verdict.gravity > previous.verdict.gravity:
        yield "verdict"
    if current.offence.gravity > previous.offence.gravity:
        yield "offence"


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
