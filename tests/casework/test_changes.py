"""What counts as a change, in which precedence, and what never counts."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.changes import GONE, compare, last_known
from crawler.model import (
    CaseFacts,
    CaseKey,
    Change,
    ChangeKind,
    Contact,
    ContactType,
    KeyKind,
    Offence,
    PageCondition,
    Target,
    TargetKind,
    Verdict,
)
from tests.casework.conftest import START

FACTS = CaseFacts(
    run="r1",
    key=CaseKey(KeyKind.DOMAIN, "a.test"),
    verdict=Verdict.DOUBTFUL,
    offence=Offence.SALE_FORGED,
    page_condition=PageCondition.CONTENT,
    score=40.0,
    imitates="mem.gov.cn",
    domain="a.test",
    urls=("http://a.test/",),
    visits=("r1.x",),
    captures=("r1.x.desktop",),
    at=START,
    contacts=(Contact(ContactType.PHONE, "138", "138", 1.0),),
    targets=(Target(TargetKind.QR, "http://q.test/"), Target(TargetKind.LINK, "http://l.test/")),
    final_domain="a.test",
    registrar="甲",
    name_servers=("ns1.test", "ns2.test"),
)
NOTHING = replace(
    FACTS,
    verdict=Verdict.UNKNOWN,
    offence=Offence.NONE,
    page_condition=PageCondition.UNKNOWN,
    score=0.0,
    imitates="",
    contacts=(),
    targets=(),
    final_domain="",
    registrar="",
    name_servers=(),
)


def kind(previous: CaseFacts | None, current: CaseFacts, *, had_content: bool = True) -> ChangeKind:
    return compare(previous, current, had_content=had_content).kind


def test_the_precedence() -> None:
    gone = replace(FACTS, page_condition=PageCondition.PARKED)
    graver = replace(FACTS, verdict=Verdict.SUSPECT, registrar="乙")
    assert kind(gone, graver) is ChangeKind.BACK
    assert kind(None, FACTS) is ChangeKind.NEW
    assert kind(gone, graver, had_content=False) is ChangeKind.ESCALATED
    assert kind(gone, replace(FACTS, registrar="乙"), had_content=False) is ChangeKind.ACTIVATED
    down = replace(NOTHING, page_condition=PageCondition.ERROR)
    assert kind(FACTS, replace(down, registrar="乙")) is ChangeKind.CHANGED
    assert kind(FACTS, down) is ChangeKind.DOWN
    assert kind(FACTS, FACTS) is ChangeKind.SAME


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("offence", Offence.FORGED_OTHER),
        ("imitates", "cnse.samr.gov.cn"),
        ("contacts", (Contact(ContactType.PHONE, "139", "139", 1.0),)),
        ("targets", (Target(TargetKind.QR, "http://other.test/"),)),
        ("final_domain", "b.test"),
        ("registrar", "乙"),
        ("name_servers", ("ns9.test",)),
    ],
)
def test_what_counts_as_changed(field: str, value: Any) -> None:
    values = {field: value}
    current = replace(FACTS, **values)
    assert compare(FACTS, current, had_content=True) == Change(ChangeKind.CHANGED, (field,))


def test_what_never_counts() -> None:
    current = replace(
        FACTS,
        score=99.0,
        captures=("other",),
        urls=(),
        contacts=(Contact(ContactType.PHONE, "138", "一三八", 0.5),),
        targets=(FACTS.targets[0], Target(TargetKind.LINK, "http://m.test/")),
        name_servers=("ns2.test", "ns1.test"),
    )
    assert kind(FACTS, current) is ChangeKind.SAME
    assert kind(FACTS, NOTHING) is ChangeKind.SAME


@pytest.mark.parametrize("offence", [Offence.IMITATION_QUERY, Offence.IMITATION_PORTAL])
def test_a_graver_offence_escalates(offence: Offence) -> None:
    change = compare(FACTS, replace(FACTS, offence=offence), had_content=True)
    assert change == Change(ChangeKind.ESCALATED, ("offence",))


@pytest.mark.parametrize("condition", list(PageCondition))
def test_only_proof_is_down_and_only_once(condition: PageCondition) -> None:
    proven = condition not in (PageCondition.CONTENT, PageCondition.WAF, PageCondition.UNKNOWN)
    current = replace(NOTHING, page_condition=condition)
    assert (kind(FACTS, current) is ChangeKind.DOWN) == proven == (condition in GONE)
    assert kind(last_known(FACTS, current), current) is ChangeKind.SAME


@given(st.lists(st.sampled_from([PageCondition.UNKNOWN, PageCondition.WAF]), max_size=4))
def test_our_failures_in_between_change_nothing(between: list[PageCondition]) -> None:
    for end, change in (
        (replace(NOTHING, page_condition=PageCondition.ERROR), ChangeKind.DOWN),
        (FACTS, ChangeKind.SAME),
        (replace(FACTS, registrar="乙"), ChangeKind.CHANGED),
    ):
        known = FACTS
        for condition in between:
            known = last_known(known, replace(NOTHING, page_condition=condition))
        assert kind(known, end) is change


def test_a_code_that_goes_and_comes_back_different_is_a_change() -> None:
    link = Target(TargetKind.LINK, "http://l.test/")
    known = last_known(FACTS, replace(FACTS, targets=(link,)))
    other = replace(FACTS, targets=(Target(TargetKind.QR, "http://other.test/"), link))
    assert compare(known, other, had_content=True).fields == ("targets",)
