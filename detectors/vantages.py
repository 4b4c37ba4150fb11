"""Compares what an address shows to one vantage and to another: a difference is a signal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from crawler.addresses import host_of, parts
from crawler.model import (
    Assessment,
    Capture,
    Contact,
    Family,
    PageCondition,
    Signal,
    TargetKind,
    Verdict,
    Visit,
)
from detectors.shown import shown

_LEADING = (TargetKind.FRAME, TargetKind.REFRESH, TargetKind.QR)
# Founders' judgement: a school's page for phones names other services than its page for desktops,
# so other targets alone say half as much as another page or another site.
_OTHER_TARGETS = 0.5


def differences(visit: Visit, opinions: Sequence[Assessment]) -> tuple[Signal, ...]:
    """Signals of the vantages' differences, to be weighed with every capture's own; often none.

    Only where at least one vantage is shown something doubtful: that pages differ by device is
    the custom, and accuses nobody. `opinions` are of the Visit's captures, in their order.
    """
    accused = [each for each in opinions if each.verdict.gravity >= Verdict.DOUBTFUL.gravity]
    if not accused:
        return ()
    others = [
        each
        for each in opinions
        if each not in accused and each.page_condition is not PageCondition.UNKNOWN
    ]
    signals = []
    if others:
        seen = "、".join(
            f"{capture.vantage.value}：{opinion.verdict.value}"
            for capture, opinion in zip(visit.captures, opinions, strict=True)
        )
        signals.append(Signal("cloaked", Family.CLOAKING, 1.0, seen, "vantages"))
    answered = _answered(visit, opinions)
    # A code that one look did not see may have been below the fold, or too faint.
    leading = _LEADING if all(map(_shows_code, (o for _c, o in answered))) else _LEADING[:-1]
    ways = [_leads_to(capture.final_url, each, leading) for capture, each in answered]
    if len(set(ways)) > 1:
        pairs = zip(_answered(visit, opinions), ways, strict=True)
        seen = "、".join(
            f"{capture.vantage.value}：{'+'.join(sorted(way)) or '-'}"
            for (capture, _opinion), way in pairs
        )
        signals.append(Signal("led_apart", Family.CLOAKING, 1.0, shown(seen), "vantages"))
    elif not others:
        signals += _other_targets(_answered(visit, opinions))
    return tuple(signals)


def _other_targets(seen: Sequence[tuple[Capture, Assessment]]) -> list[Signal]:
    """The signal that two vantages are named sites of which none is the same."""
    named = [(capture.vantage.value, _named(opinion)) for capture, opinion in seen]
    for number, (name, here) in enumerate(named):
        for other, there in named[number + 1 :]:
            if here and there and not here & there:
                words = f"{name}：{min(here)}、{other}：{min(there)}"
                return [
                    Signal("led_apart", Family.CLOAKING, _OTHER_TARGETS, shown(words), "vantages")
                ]
    return []


def _named(opinion: Assessment) -> frozenset[str]:
    hosts = (host_of(each.url) for each in opinion.findings.targets)
    return frozenset(parts(host).registrable or host for host in hosts if host)


def _answered(visit: Visit, opinions: Sequence[Assessment]) -> list[tuple[Capture, Assessment]]:
    return [
        (capture, opinion)
        for capture, opinion in zip(visit.captures, opinions, strict=True)
        if capture.failure is None
    ]


def _shows_code(opinion: Assessment) -> bool:
    return any(target.kind is TargetKind.QR for target in opinion.findings.targets)


def _leads_to(final: str, opinion: Assessment, leading: tuple[TargetKind, ...]) -> frozenset[str]:
    """The domains that a capture ends at and leads on to by itself."""
    urls = [final, *(t.url for t in opinion.findings.targets if t.kind in leading)]
    hosts = (host_of(url) for url in urls)
    return frozenset(parts(host).registrable or host for host in hosts if host)


def decisiveness(opinion: Assessment) -> tuple[int, int, float, int]:
    """Rank of an opinion among those of one Visit; the highest decides."""
    content = opinion.page_condition is PageCondition.CONTENT
    return int(content), opinion.verdict.gravity, opinion.score, opinion.offence.gravity


def merged_contacts(groups: Iterable[tuple[Contact, ...]]) -> tuple[Contact, ...]:
    """The contacts of all captures, each once, as the most certain reading has it."""
    best: dict[tuple[str, str], Contact] = {}
    for contact in (each for group in groups for each in group):
        key = (contact.type.value, contact.value)
        if key not in best or contact.confidence > best[key].confidence:
            best[key] = contact
    return tuple(best.values())
