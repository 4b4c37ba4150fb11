"""How the contacts of cases share a source's queries with its rotation."""

from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.clock import beijing_date
from crawler.config import SourceOptions
from crawler.model import ContactQuery
from seeds import load_watchlist, queries_for
from spiders.base import Errand
from spiders.contact_turns import ContactTurns

AT = datetime(2026, 3, 10, 1, 0, tzinfo=UTC)
DAY = beijing_date(AT)
WATCHLIST = load_watchlist()


def contacts(count: int) -> tuple[ContactQuery, ...]:
    return tuple(ContactQuery(f'"1380000{n:04}"', f"contact {n}") for n in range(count))


def turns(
    count: int, budget: int, at: datetime = AT, marks: dict[str, str] | None = None
) -> ContactTurns:
    errand = Errand(
        SourceOptions(),
        WATCHLIST,
        at,
        lambda _lead: None,
        marks=marks or {},
        contacts=contacts(count),
    )
    return ContactTurns(errand, budget)


def usual(budget: int) -> tuple[str, ...]:
    return queries_for(DAY, budget)


def of_contacts(queries: list[str]) -> list[str]:
    return [query for query in queries if query.startswith('"')]


def test_every_fifth_query_is_a_contacts() -> None:
    queries = turns(100, 20).queries(usual, 0, 20)
    assert len(queries) == len(set(queries)) == 20
    assert [place for place, query in enumerate(queries, 1) if query.startswith('"')] == [
        5,
        10,
        15,
        20,
    ]
    assert of_contacts(queries) == [each.query for each in contacts(4)]


@pytest.mark.parametrize("budget", [1, 4])
def test_a_budget_of_less_than_five_has_none_to_give(budget: int) -> None:
    assert of_contacts(turns(9, budget).queries(usual, 0, budget)) == []


@given(
    count=st.integers(0, 30), budget=st.integers(1, 80), asked=st.integers(0, 90),
    left=st.integers(-5, 90),
)  # fmt: skip
def test_the_budget_is_never_passed(count: int, budget: int, asked: int, left: int) -> None:
    queries = turns(count, budget).queries(usual, asked, left)
    assert len(queries) <= max(0, left)
    assert len(of_contacts(queries)) <= budget // 5


def test_what_contacts_do_not_need_goes_to_the_rotation() -> None:
    queries = turns(0, 60).queries(usual, 0, 60)
    assert len(set(queries)) == 60
    assert set(queries_for(DAY, 48)) <= set(queries)
    one = turns(1, 60).queries(usual, 0, 60)
    assert len(one) == 60
    assert len(of_contacts(one)) == 1


def test_the_rotation_still_walks_through_all_queries_whatever_contacts_take() -> None:
    everything = set(queries_for(DAY, 100_000))
    asked: set[str] = set()
    for number in range(len(everything) // 24 + 2):
        day = DAY + timedelta(days=number)
        own = turns(number % 13, 60, AT + timedelta(days=number))
        asked |= set(own.queries(partial(queries_for, day), 0, 60))
    assert everything <= asked


def lived(days: int, count: int, budget: int) -> dict[str, list[date]]:
    """On which days each contact was asked for and answered."""
    marks: dict[str, str] = {}
    found: dict[str, list[date]] = {}
    for number in range(days):
        own = turns(count, budget, AT + timedelta(days=number), marks)
        marks = marks | own.outdated()
        for query in of_contacts(own.queries(usual, 0, budget)):
            found.setdefault(query, []).append(DAY + timedelta(days=number))
            marks = marks | own.sent(query) | own.answered(query)
        marks = {name: value for name, value in marks.items() if value}
    return found


def test_each_contact_is_asked_for_once_in_fourteen_days() -> None:
    found = lived(30, 3, 60)
    assert len(found) == 3
    for days in found.values():
        assert [(day - DAY).days for day in days] == [0, 14, 28]


def test_contacts_that_are_too_many_have_their_turns_one_after_the_other() -> None:
    found = lived(10, 40, 20)
    assert sorted(found) == sorted(each.query for each in contacts(40))
    assert all(len(days) == 1 for days in found.values())


def test_one_that_was_not_answered_is_asked_again_next_day_and_not_the_same() -> None:
    first = turns(1, 5)
    (query,) = of_contacts(first.queries(usual, 0, 5))
    marks = first.sent(query)
    again = turns(1, 5, marks=marks)
    assert of_contacts(again.queries(usual, 4, 1)) == []
    tomorrow = turns(1, 5, AT + timedelta(days=1), marks)
    assert of_contacts(tomorrow.queries(usual, 0, 5)) == [query]


def test_old_marks_are_forgotten_and_a_wrong_clock_silences_nobody() -> None:
    own = turns(1, 5)
    query = contacts(1)[0].query
    (name,) = own.answered(query)
    for value in ("2026-02-24", "2027-01-01", "no day"):
        later = turns(1, 5, marks={name: value, "day": "2026-03-10"})
        assert later.outdated() == {name: ""}
        assert of_contacts(later.queries(usual, 0, 5)) == [query]
    assert turns(1, 5, marks={name: "2026-02-25"}).outdated() == {}


def test_a_lead_says_whose_contact_it_was_and_not_the_contact() -> None:
    own = turns(1, 5)
    assert own.reason(contacts(1)[0].query) == "contact 0"
    assert own.reason("电工证 免考") == "电工证 免考"
    assert contacts(1)[0].query not in str(own.answered(contacts(1)[0].query))
