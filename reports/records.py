"""A case as JSON has it, the same in the hit list and in a referral."""

from __future__ import annotations

from crawler.clock import stamp
from crawler.masking import mask_identity
from crawler.model import Case
from reports.showing import Describe, meaning


def case_record(case: Case, describe: Describe) -> dict[str, object]:
    """The case as JSON has it: times UTC, contacts whole, identity numbers masked."""
    facts = case.facts
    return {
        "case": mask_identity(str(case.key)),
        "key_kind": case.key.kind.value,
        "domain": mask_identity(facts.domain),
        "urls": [mask_identity(url) for url in facts.urls],
        "state": case.state.value,
        "verdict": facts.verdict.value,
        "offence": facts.offence.value,
        "page_condition": facts.page_condition.value,
        "score": facts.score,
        "change": case.change.kind.value,
        "change_fields": list(case.change.fields),
        "flapping": case.change.flapping,
        "first_seen": stamp(case.first_seen),
        "last_seen": stamp(case.last_seen),
        "imitates": facts.imitates,
        "signals": [
            {
                "rule": item.rule,
                "family": item.family.value,
                "strength": item.strength,
                "words": mask_identity(item.words),
                "place": item.place,
                "innocence": item.family.value == "innocence",
                "describe": meaning(item, describe),
            }
            for item in facts.signals
        ],
        "contacts": [
            {
                "type": item.type.value,
                "value": mask_identity(item.value),
                "raw": mask_identity(item.raw),
                "confidence": item.confidence,
            }
            for item in facts.contacts
        ],
        "targets": [
            {"kind": item.kind.value, "url": mask_identity(item.url)} for item in facts.targets
        ],
        "captures": list(facts.captures),
        "sightings": [
            {
                "kind": item.kind,
                "value": mask_identity(item.value),
                "first_seen": stamp(item.first_seen),
                "last_seen": stamp(item.last_seen),
            }
            for item in case.sightings
        ],
    }
