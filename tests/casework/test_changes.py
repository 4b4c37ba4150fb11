"""What counts as a change, in which precedence, and what never counts."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.changes import GONE, STILL, compare, last_known, moved, moves
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
    assert compare(None, FACTS, had_content=False, was_idle=True).kind is ChangeKind.ACTIVATED


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


def test_a_fall_behind_a_firewall_is_told() -> None:
    walled = replace(FACTS, page_condition=PageCondition.WAF)
    assert kind(walled, replace(NOTHING, page_condition=PageCondition.ERROR)) is ChangeKind.DOWN
    assert kind(walled, FACTS) is ChangeKind.SAME


def test_a_code_that_goes_and_comes_back_different_is_a_change() -> None:
    link = Target(TargetKind.LINK, "http://l.test/")
    known = last_known(FACTS, replace(FACTS, targets=(link,)))
    other = replace(FACTS, targets=(Target(TargetKind.QR, "http://other.test/"), link))
    assert compare(known, other, had_content=True).fields == ("targets",)


def told(days: list[CaseFacts]) -> list[str]:
    """The change of each of a row of days, one look a day; `*` marks what is told as flapping."""
    known, motion, had_content, said = None, STILL, False, []
    for number, day in enumerate(days):
        facts = replace(day, at=START + timedelta(days=number))
        change = compare(known, facts, had_content=had_content, motion=motion)
        said.append(change.kind.value + "*" * change.flapping)
        if known is not None:
            motion = moved(motion, moves(known, facts), facts.at)
        known = last_known(known, facts)
        had_content |= facts.page_condition is PageCondition.CONTENT
    return said


DOWN = replace(NOTHING, page_condition=PageCondition.ERROR)
OTHER = replace(FACTS, targets=(Target(TargetKind.QR, "http://other.test/"),))
UNSEEN = NOTHING


@pytest.mark.parametrize(
    ("days", "changes"),
    [
        # Down, back and down again is three things to tell; then it is known that it flaps.
        ([FACTS, DOWN, FACTS, DOWN, FACTS, DOWN, FACTS], "new down back down* same same same"),
        ([FACTS, DOWN, UNSEEN, FACTS, UNSEEN, DOWN, FACTS], "new down same back same down* same"),
        ([FACTS, OTHER, FACTS, OTHER, FACTS], "new changed changed changed* same"),
        # What flaps in one respect is still told of in the others.
        (
            [FACTS, DOWN, FACTS, DOWN, OTHER, DOWN],
            "new down back down* changed same",
        ),
        (
            [FACTS, DOWN, FACTS, DOWN, replace(FACTS, verdict=Verdict.SUSPECT)],
            "new down back down* escalated",
        ),
        # Every value is new: that is no flapping.
        (
            [replace(FACTS, registrar=name) for name in "甲乙丙丁戊"],
            "new changed changed changed changed",
        ),
    ],
)
def test_what_flaps_is_told_once(days: list[CaseFacts], changes: str) -> None:
    assert told(days) == changes.split()


def test_after_two_steady_weeks_a_fall_is_told_again() -> None:
    days = [FACTS, DOWN, FACTS, DOWN, FACTS, *[FACTS] * 15, DOWN, DOWN]
    assert told(days)[-3:] == ["back", "down", "same"]


def test_when_it_settles_otherwise_than_told_that_is_told() -> None:
    stays_down = [FACTS, DOWN, FACTS, DOWN, *[DOWN] * 16]
    assert told(stays_down)[3:] == ["down*", *["same"] * 16]
    stays_up = [FACTS, DOWN, FACTS, DOWN, FACTS, *[FACTS] * 16]
    assert [change for change in told(stays_up)[4:] if change != "same"] == ["back"]
    stays_other = [FACTS, OTHER, FACTS, OTHER, FACTS, *[FACTS] * 16]
    assert [change for change in told(stays_other)[4:] if change != "same"] == ["changed"]


@given(st.lists(st.sampled_from([FACTS, DOWN, UNSEEN, OTHER]), max_size=14))
def test_within_two_weeks_coming_and_going_is_told_three_times_at_most(
    days: list[CaseFacts],
) -> None:
    kinds = [change.rstrip("*") for change in told([FACTS, *days])]
    assert kinds.count("back") + kinds.count("down") <= 3
