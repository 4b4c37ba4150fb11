"""Finds what an address keeps from some of its visitors: pages, ways and codes that differ."""

from __future__ import annotations

from collections.abc import Sequence

from crawler.addresses import host_of, parts
from crawler.model import (
    Assessment,
    Capture,
    Family,
    PageCondition,
    Signal,
    TargetKind,
    Verdict,
    Visit,
)
from detectors.shown import shown

# Founders' judgement: a school's page for phones names other services than its page for desktops,
# so other targets alone say half as much as another page or another site.
_OTHER_TARGETS = 0.5


def vantage_signals(visit: Visit, opinions: Sequence[Assessment]) -> tuple[Signal, ...]:
    """The signal that an address treats its visitors differently, or nothing.

    Only where at least one vantage is shown something doubtful: that pages differ by device is
    the custom, and accuses nobody. `opinions` are those on the captures of the visit, in order.
    """
    seen = list(zip(visit.captures, opinions, strict=True))
    accused = [pair for pair in seen if pair[1].verdict.gravity >= Verdict.DOUBTFUL.gravity]
    if not accused:
        return ()
    others = [
        pair
        for pair in seen
        if pair not in accused and pair[1].page_condition is not PageCondition.UNKNOWN
    ]
    if others:
        words = [f"{one.vantage.value}：{opinion.verdict.value}" for one, opinion in seen]
        return (_signal(words, 1.0),)
    ends = [_site(capture) for capture, _opinion in accused]
    if len(set(ends)) > 1:
        words = [
            f"{one.vantage.value}：{end}" for (one, _o), end in zip(accused, ends, strict=True)
        ]
        return (_signal(words, 1.0),)
    return _other_targets(accused)


def _other_targets(accused: Sequence[tuple[Capture, Assessment]]) -> tuple[Signal, ...]:
    """The signal that two vantages are sent on to sites of which none is the same."""
    led = [(capture.vantage.value, _led_to(opinion)) for capture, opinion in accused]
    for number, (name, here) in enumerate(led):
        for other, there in led[number + 1 :]:
            if here and there and not here & there:
                words = [f"{name}：{min(here)}", f"{other}：{min(there)}"]
                return (_signal(words, _OTHER_TARGETS),)
    return ()


def _led_to(opinion: Assessment) -> frozenset[str]:
    """The sites that codes, frames and links lead to."""
    kinds = (TargetKind.QR, TargetKind.FRAME, TargetKind.LINK)
    targets = [each for each in opinion.findings.targets if each.kind in kinds]
    return frozenset(parts(host_of(each.url)).registrable or host_of(each.url) for each in targets)


def _site(capture: Capture) -> str:
    host = host_of(capture.final_url)
    return parts(host).registrable or host


def _signal(words: Sequence[str], strength: float) -> Signal:
    return Signal("cloaked", Family.CLOAKING, strength, shown("、".join(words)), "vantages")
