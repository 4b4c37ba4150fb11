"""Every state that a person is shown has a name, and no two of a kind share one."""

from enum import StrEnum

import pytest

from crawler.model import (
    CaseState,
    ChangeKind,
    ContactType,
    Decision,
    Family,
    KeyKind,
    Offence,
    PageCondition,
    SourceStatus,
    TargetKind,
    Vantage,
    Verdict,
)
from crawler.wording import name_of, name_of_field

KINDS = (
    CaseState, ChangeKind, ContactType, Decision, Family, KeyKind, Offence, PageCondition,
    SourceStatus, TargetKind, Vantage, Verdict,
)  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_every_state_has_a_name_of_its_own(kind: type[StrEnum]) -> None:
    names = [name_of(state) for state in kind]
    assert all(names)
    assert len(set(names)) == len(names)


def test_states_with_the_same_value_are_told_apart() -> None:
    assert name_of(Verdict.UNKNOWN) == "未知"
    assert name_of(PageCondition.UNKNOWN) == "未能查看"


def test_field_without_a_name_is_shown_as_it_is() -> None:
    assert name_of_field("registrar") == "注册商"
    assert name_of_field("new_field") == "new_field"
