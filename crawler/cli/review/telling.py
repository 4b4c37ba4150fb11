"""How a case and what people decided about it are printed: lines for people, JSON for programs."""

from __future__ import annotations

from collections.abc import Sequence

from crawler.addresses import defang
from crawler.clock import shown, stamp
from crawler.language import _
from crawler.masking import mask_contact, mask_identity
from crawler.model import Case, Contact, Judgement
from crawler.printing import plain
from crawler.wording import name_of
from detectors.explain import describe
from reports.showing import address, change, reasons


def printed_key(case: Case) -> str:
    """The key as printed, whole but for identity numbers: it must be typed to decide."""
    return plain(str(case.key))


def case_line(case: Case) -> str:
    """A case in one line."""
    facts = case.facts
    words = (
        name_of(facts.verdict),
        name_of(facts.offence),
        name_of(facts.page_condition),
        change(case.change),
        name_of(case.state),
        f"{facts.score:.0f}",
    )
    return f"{printed_key(case)}  {' · '.join(words)}"


def contact_line(contact: Contact, *, whole: bool) -> str:
    """A contact, masked unless it is asked for whole."""
    value = contact.value if whole else mask_contact(contact)
    return f"{name_of(contact.type)} {plain(value)}"


def case_lines(case: Case, judgements: Sequence[Judgement], *, whole: bool) -> list[str]:
    """A case whole: what speaks against it and for it, and what was decided."""
    facts = case.facts
    lines = [case_line(case), _("版本：{version}").format(version=case.version)]
    lines += [_("网址：{url}").format(url=address(url)) for url in facts.urls]
    if facts.imitates:
        lines.append(_("仿冒对象：{host}").format(host=facts.imitates))
    hidden = () if whole else facts.contacts
    against = reasons(facts.signals, describe, innocent=False, hide=hidden)
    lines += [_("依据：{reason}").format(reason=reason) for reason in against]
    innocent = reasons(facts.signals, describe, innocent=True, hide=hidden) or (_("未发现"),)
    lines += [_("有利因素：{reason}").format(reason=reason) for reason in innocent]
    lines += [
        _("联系方式：{contact}").format(contact=contact_line(contact, whole=whole))
        for contact in facts.contacts
    ]
    said = _("首次发现 {first}，最近一次见到内容 {last}，最近一次查看 {looked}")
    lines.append(
        said.format(
            first=shown(case.first_seen), last=shown(case.last_seen), looked=shown(facts.at)
        )
    )
    lines += _standing_lines(case)
    lines += [judgement_line(item) for item in judgements]
    return lines


def _standing_lines(case: Case) -> list[str]:
    lines = []
    if case.muted_until is not None:
        lines.append(_("静默至 {at}").format(at=shown(case.muted_until)))
    if case.part_of is not None:
        lines.append(_("已并入 {other}").format(other=plain(str(case.part_of))))
    return lines


def judgement_line(item: Judgement) -> str:
    """A decision in one line: when, who, what, why."""
    said = _("{at} {by}：{decision} {reason}")
    return said.format(
        at=shown(item.at),
        by=plain(item.by),
        decision=name_of(item.decision),
        reason=plain(" ".join(item.reason.split())),
    ).rstrip()


def case_json(case: Case, judgements: Sequence[Judgement], *, whole: bool) -> dict[str, object]:
    """A case as JSON: times UTC, identity numbers masked, contacts masked unless asked for."""
    facts = case.facts
    hidden = () if whole else facts.contacts
    return {
        "case": mask_identity(str(case.key)),
        "state": case.state.value,
        "version": case.version,
        "verdict": facts.verdict.value,
        "offence": facts.offence.value,
        "page_condition": facts.page_condition.value,
        "score": facts.score,
        "change": case.change.kind.value,
        "change_fields": list(case.change.fields),
        "first_seen": stamp(case.first_seen),
        "last_seen": stamp(case.last_seen),
        "looked_at": stamp(facts.at),
        "muted_until": stamp(case.muted_until) if case.muted_until else None,
        "part_of": mask_identity(str(case.part_of)) if case.part_of else None,
        "imitates": facts.imitates,
        "urls": [mask_identity(url) for url in facts.urls],
        "reasons": list(reasons(facts.signals, describe, innocent=False, hide=hidden)),
        "innocence": list(reasons(facts.signals, describe, innocent=True, hide=hidden)),
        "contacts": [
            {
                "type": contact.type.value,
                "value": mask_identity(contact.value if whole else mask_contact(contact)),
            }
            for contact in facts.contacts
        ],
        "judgements": [_judgement_json(item) for item in judgements],
    }


def _judgement_json(item: Judgement) -> dict[str, object]:
    return {
        "version": item.version,
        "decision": item.decision.value,
        "by": item.by,
        "at": stamp(item.at),
        "reason": mask_identity(item.reason),
        "papers": list(item.papers),
        "urls": [defang(mask_identity(url)) for url in item.urls],
    }
