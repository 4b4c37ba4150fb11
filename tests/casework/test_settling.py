"""Day after day: what is listed, as what, and what a killed run may not change."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler.addresses import lead_id
from crawler.casework import decide, hit_list, settle
from crawler.errors import StoreError
from crawler.model import Case, CaseState, ChangeKind, Decision, Offence, PageCondition, Verdict
from crawler.store import place_of
from tests.casework.conftest import (
    CLEAR,
    DOUBTFUL,
    ERROR,
    LIMITED,
    NO_NAME,
    PARKED,
    START,
    TIMEOUT,
    WATCHLIST,
    Office,
    Seen,
)

A, B = "http://a.test/", "http://b.test/"
KEY = "domain:a.test"
QUERY = Seen(offence=Offence.IMITATION_QUERY)


def test_only_suspects_become_cases_and_the_gravest_is_first(office: Office) -> None:
    listed = office.day(
        {
            A: Seen(score=70.0),
            B: Seen(score=90.0),
            "http://c.test/": DOUBTFUL,
            "http://d.test/": CLEAR,
            "http://e.test/": PARKED,
            "http://f.test/": Seen(offence=Offence.IMITATION_QUERY, score=55.0),
        }
    )
    assert list(listed) == ["domain:f.test", "domain:b.test", KEY, "domain:c.test"]
    assert {case.change.kind for case in listed.values()} == {ChangeKind.NEW}
    assert office.store.case_keys() == sorted(listed)


@pytest.mark.parametrize(
    ("days", "changes"),
    [
        ([Seen(), Seen(score=99.0)], ["new", "same"]),
        ([Seen(), ERROR, ERROR, Seen()], ["new", "down", "same", "back"]),
        ([Seen(), NO_NAME, TIMEOUT, Seen()], ["new", "down", "same", "back"]),
        ([Seen(), TIMEOUT, Seen()], ["new", "same", "same"]),
        ([Seen(), TIMEOUT, ERROR], ["new", "same", "down"]),
        ([Seen(), LIMITED, Seen()], ["new", "same", "same"]),
        ([DOUBTFUL, TIMEOUT, Seen()], ["new", "same", "escalated"]),
        ([Seen(), Seen(contacts=("13900000001",))], ["new", "changed"]),
        ([Seen(), Seen(codes=("http://q.test/",))], ["new", "same"]),
        ([Seen(), Seen(final_url="http://z.test/"), Seen()], ["new", "changed", "changed"]),
        ([Seen(), Seen(registrar=""), Seen(registrar="乙")], ["new", "same", "changed"]),
    ],
)
def test_changes_day_by_day(office: Office, days: list[Seen], changes: list[str]) -> None:
    assert [office.day({A: seen})[KEY].change.kind.value for seen in days] == changes


def test_a_case_that_is_down_stands_as_it_was_judged(office: Office) -> None:
    first = office.day({A: Seen()})[KEY]
    case = office.day({A: ERROR})[KEY]
    assert (case.facts.verdict, case.facts.offence) == (Verdict.SUSPECT, Offence.SALE_FORGED)
    assert case.facts.page_condition is PageCondition.ERROR
    assert case.facts.contacts == first.facts.contacts
    assert (case.first_seen, case.last_seen) == (first.first_seen, first.facts.at)
    assert case.facts.at == office.now


def test_a_case_that_nobody_looked_at_stays_listed(office: Office) -> None:
    first = office.day({A: Seen()})[KEY]
    case = office.day({B: Seen()})[KEY]
    assert case.change.kind is ChangeKind.SAME
    assert case.facts.at == first.facts.at
    assert case.facts.visits == first.facts.visits


def test_a_page_turned_clear_is_told_once_and_its_return_escalates(office: Office) -> None:
    office.day({A: Seen()})
    told = office.day({A: CLEAR})[KEY]
    assert (told.facts.verdict, told.change.kind) == (Verdict.CLEAR, ChangeKind.CHANGED)
    assert office.day({A: CLEAR}) == {}
    assert office.day({A: Seen()})[KEY].change.kind is ChangeKind.ESCALATED


def test_a_clear_page_beside_the_suspect_one_clears_nothing(office: Office) -> None:
    office.day({A: Seen()})
    about = "http://a.test/about"
    assert office.day({about: CLEAR})[KEY].facts.verdict is Verdict.SUSPECT
    down = office.day({A: ERROR, about: CLEAR})[KEY]
    assert (down.facts.verdict, down.change.kind) == (Verdict.SUSPECT, ChangeKind.DOWN)


def test_a_page_that_we_failed_to_open_takes_nothing_from_the_case(office: Office) -> None:
    sale = "http://a.test/sale"
    office.day({A: QUERY, sale: Seen(contacts=("13900000001",))})
    case = office.day({A: QUERY, sale: TIMEOUT})[KEY]
    assert case.change.kind is ChangeKind.SAME
    assert len(case.facts.contacts) == 2


def test_a_score_that_moves_does_not_move_the_case(office: Office) -> None:
    other = "http://a.test/b"
    office.day({A: Seen(score=90.0), other: Seen(score=80.0, final_url="http://z.test/")})
    case = office.day({A: Seen(score=80.0), other: Seen(score=90.0, final_url="http://z.test/")})
    assert case[KEY].change.kind is ChangeKind.SAME


def test_a_run_killed_after_settling_settles_again_to_the_same(office: Office) -> None:
    office.day({A: Seen()})
    run = office.begin({A: ERROR})
    settle(office.store, run, WATCHLIST, office.now)
    office.add(run, {B: Seen()})
    again = settle(office.store, run, WATCHLIST, office.now)
    assert [(str(case.key), case.change.kind) for case in again] == [
        (KEY, ChangeKind.DOWN),
        ("domain:b.test", ChangeKind.NEW),
    ]
    assert settle(office.store, run, WATCHLIST, office.now) == again


def test_a_completed_run_is_not_settled_again(office: Office) -> None:
    office.day({A: Seen()})
    run = office.store.last_completed_run()
    assert run is not None
    with pytest.raises(StoreError, match="不再改写"):
        settle(office.store, run.id, WATCHLIST, office.now)
    assert len(hit_list(office.store, run.id)) == 1


def test_a_broken_off_run_is_nothing_to_compare_with(office: Office) -> None:
    office.day({A: Seen()})
    settle(office.store, office.begin({A: ERROR}), WATCHLIST, office.now)
    assert office.day({A: Seen()})[KEY].change.kind is ChangeKind.SAME


@pytest.mark.parametrize(
    ("then", "listed"),
    [
        (Seen(score=99.0), False),
        (DOUBTFUL, False),
        (Seen(offence=Offence.FORGED_OTHER), False),
        (QUERY, True),
    ],
)
def test_a_dismissed_case_comes_back_only_when_graver(
    office: Office, then: Seen, listed: bool
) -> None:
    office.day({A: Seen()})
    decide(office.store, KEY, Decision.DISMISS, "张三", "学校", office.now)
    found = office.day({A: then})
    assert (KEY in found) is listed
    case = office.store.case(KEY)
    assert case is not None
    assert case.state is (CaseState.OPEN if listed else CaseState.DISMISSED)


def test_a_reopened_case_needs_two_people_anew(office: Office) -> None:
    office.day({A: Seen()})
    decide(office.store, KEY, Decision.CONFIRM, "李四", "", office.now)
    decide(office.store, KEY, Decision.DISMISS, "张三", "学校", office.now)
    office.day({A: QUERY})
    case = decide(office.store, KEY, Decision.CONFIRM, "李四", "", office.now)
    assert case.state is CaseState.CONFIRMED
    assert [entry.action for entry in office.store.custody() if entry.subject == KEY] == [
        "judged",
        "judged",
        "reopened",
        "judged",
    ]


def test_a_victim_never_comes_back(office: Office) -> None:
    office.day({A: DOUBTFUL})
    decide(office.store, KEY, Decision.VICTIM, "张三", "被入侵", office.now)
    assert office.day({A: QUERY}) == {}


def test_what_people_decide_during_a_run_survives_it(office: Office) -> None:
    office.day({A: Seen()})
    run = office.begin({A: Seen()})
    decide(office.store, KEY, Decision.CONFIRM, "张三", "", office.now)
    (case,) = settle(office.store, run, WATCHLIST, office.now)
    assert (case.state, case.version) == (CaseState.CONFIRMED, 1)


pages = st.dictionaries(
    st.sampled_from([A, B, "http://a.test/x", "http://192.0.2.7/"]),
    st.sampled_from([Seen(), QUERY, DOUBTFUL, CLEAR, ERROR, PARKED, TIMEOUT, NO_NAME]),
    max_size=4,
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(pages, min_size=1, max_size=3))
def test_no_case_is_ever_lost(office: Office, days: list[dict[str, Seen]]) -> None:
    before = set(office.store.case_keys())
    for looked in days:
        office.day(looked)
        run = office.store.last_completed_run()
        assert run is not None
        keys = set(office.store.case_keys())
        assert before <= keys == {str(case.key) for case in office.store.cases(run.id)}
        assert all(
            START < case.first_seen <= case.last_seen <= office.now
            for case in office.store.cases(run.id)
        )
        before = keys


@pytest.mark.parametrize("before", [PARKED, NO_NAME])
def test_an_address_known_parked_or_without_a_name_is_activated(
    office: Office, before: Seen
) -> None:
    assert office.day({A: before}) == {}
    assert office.day({A: Seen()})[KEY].change.kind is ChangeKind.ACTIVATED
    assert office.day({A: Seen()})[KEY].change.kind is ChangeKind.SAME


@pytest.mark.parametrize("before", [CLEAR, TIMEOUT, ERROR, LIMITED])
def test_any_other_address_that_becomes_a_suspect_is_new(office: Office, before: Seen) -> None:
    office.day({A: before})
    assert office.day({A: Seen()})[KEY].change.kind is ChangeKind.NEW


@pytest.mark.parametrize("dark", [NO_NAME, TIMEOUT, Seen(final_url="http://portal.test/")])
def test_in_an_outage_of_our_own_nothing_was_seen(office: Office, dark: Seen) -> None:
    office.day({A: Seen(), B: Seen()})
    listed = office.day({A: dark, B: dark}, is_outage=True)
    assert {case.change.kind for case in listed.values()} == {ChangeKind.SAME}
    assert {case.facts.page_condition for case in listed.values()} == {PageCondition.UNKNOWN}
    assert {case.facts.verdict for case in listed.values()} == {Verdict.SUSPECT}
    again = office.day({A: Seen(), B: ERROR})
    assert again[KEY].change.kind is ChangeKind.SAME
    assert again["domain:b.test"].change.kind is ChangeKind.DOWN


def test_a_run_writes_only_about_what_it_saw(office: Office) -> None:
    office.day({A: Seen(), B: Seen()})
    office.day({A: Seen()})
    run = office.store.last_completed_run()
    assert run is not None
    assert [str(record.facts.key) for record in office.store.case_records(run.id)] == [KEY]
    assert len(hit_list(office.store, run.id)) == 2


def test_first_and_last_seen_are_kept_of_everything_shown(office: Office) -> None:
    office.day({A: Seen(codes=("http://q.test/",))})
    first = office.now
    office.day({A: Seen(contacts=("13900000001",))})
    found = {(each.kind, each.value): each for each in office.case(KEY).sightings}
    assert set(found) == {
        ("url", A),
        ("phone", "13800005678"),
        ("phone", "13900000001"),
        ("qr", "http://q.test/"),
        ("final_domain", "a.test"),
        ("registrar", "某注册商"),
    }
    assert {(each.first_seen, each.last_seen) for each in found.values()} == {
        (first, office.now),
        (first, first),
        (office.now, office.now),
    }
    assert found["qr", "http://q.test/"].last_seen == first
    office.day({A: ERROR})
    assert found["url", A] in office.case(KEY).sightings


def test_the_list_by_pages_is_the_list(office: Office) -> None:
    days = {f"http://s{number}.test/": Seen(score=float(number % 7)) for number in range(23)}
    office.day(days | {"http://d.test/": DOUBTFUL, "http://s3.test/": ERROR})
    office.day({"http://s4.test/": CLEAR, "http://s5.test/": ERROR})
    run = office.store.last_completed_run()
    assert run is not None
    found: list[Case] = []
    while page := office.store.page(office.now, 5, place_of(found[-1]) if found else None):
        found += page
    assert tuple(found) == hit_list(office.store, run.id)
    assert office.store.count_listed(office.now) == len(found)


def due(office: Office) -> list[str]:
    run = office.store.start_run(office.now).id
    found = [lead.url for lead in office.store.due_leads(run, office.now)]
    office.store.complete_run(run, office.now, ())
    return found


def left_alone(office: Office, days: int) -> None:
    """Let every lead wait as long as a page judged clear does."""
    later = office.now + timedelta(days=days)
    office.store.make_due([lead_id(A), lead_id(B)], later)


def test_a_suspect_that_turns_clear_is_looked_at_daily_for_two_weeks(office: Office) -> None:
    office.day({A: Seen(), B: CLEAR})
    run = office.begin({A: CLEAR, B: CLEAR})
    left_alone(office, 7)
    office.settle(run)
    office.store.complete_run(run, office.now, ())
    assert due(office) == [A]
    for _day in range(14):
        office.day({A: CLEAR})
    run = office.begin({A: CLEAR})
    left_alone(office, 7)
    office.settle(run)
    office.store.complete_run(run, office.now, ())
    assert due(office) == []


def test_what_a_portal_showed_in_an_outage_is_looked_at_again_soon(office: Office) -> None:
    office.day({A: Seen()})
    run = office.begin({A: CLEAR, B: CLEAR})
    left_alone(office, 7)
    office.settle(run, is_outage=True)
    office.store.complete_run(run, office.now, ())
    assert sorted(due(office)) == [A, B]
