"""What else people decide: watch, note, undo, mute, merge, split, reopen, appeal, correct."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler.casework import (
    correct,
    decide,
    find_case,
    merge,
    mute,
    papers_of,
    published,
    release,
    split,
    undo,
)
from crawler.casework.transitions import confirmers
from crawler.custody import check
from crawler.errors import CaseworkError
from crawler.model import CaseState, ChangeKind, Decision, Offence, Refusal, Release, Standing
from tests.casework.conftest import CLEAR, DOUBTFUL, ERROR, WATCHLIST, Office, Seen

A, B, KEY, OTHER = "http://a.test/", "http://b.test/", "domain:a.test", "domain:b.test"
PAGE = "http://a.test/u/cx.html"
QUERY = Seen(offence=Offence.IMITATION_QUERY)


@pytest.fixture
def opened(office: Office) -> Office:
    office.day({A: Seen(), B: Seen()})
    return office


@pytest.fixture
def released(opened: Office) -> Office:
    opened.say(KEY, Decision.CONFIRM, "张三")
    opened.say(KEY, Decision.CONFIRM, "李四")
    return opened


def answer(office: Office) -> Release | Refusal:
    case = find_case(office.store, KEY)
    return release(case, office.store.judgements(KEY), WATCHLIST, office.now)


def test_every_decision_says_who_when_why_and_where_it_leads(opened: Office) -> None:
    decide(opened.store, KEY, Decision.WATCH, "张三", "页面尚无联系方式", opened.now)
    (judgement,) = opened.store.judgements(KEY)
    assert (judgement.by, judgement.at, judgement.reason) == (
        "张三",
        opened.now,
        "页面尚无联系方式",
    )
    assert (judgement.version, judgement.leads_to) == (1, Standing(CaseState.WATCHED))
    assert judgement.offence is Offence.SALE_FORGED


def test_a_watched_case_stays_listed_and_can_be_confirmed(opened: Office) -> None:
    decide(opened.store, KEY, Decision.WATCH, "张三", "再看看", opened.now)
    assert opened.day({A: Seen()})[KEY].state is CaseState.WATCHED
    assert opened.say(KEY, Decision.CONFIRM, "张三").state is CaseState.CONFIRMED


@pytest.mark.parametrize(
    "decision",
    [each for each in Decision if each not in (Decision.CONFIRM, Decision.UNDO)],
)
def test_everything_but_a_confirmation_needs_a_reason(opened: Office, decision: Decision) -> None:
    with pytest.raises(CaseworkError, match="理由"):
        decide(opened.store, KEY, decision, "张三", " ", opened.now)


def test_the_machine_is_no_person(opened: Office) -> None:
    with pytest.raises(CaseworkError, match="由人作出"):
        opened.say(KEY, Decision.CONFIRM, "Machine")


def test_a_note_changes_nothing_but_is_news_to_who_decides(opened: Office) -> None:
    seen = opened.case(KEY)
    noted = decide(opened.store, KEY, Decision.NOTE, "张三", "电话已停机", opened.now)
    assert (noted.state, noted.version) == (seen.state, 1)
    with pytest.raises(CaseworkError, match=r"张三 .* 作出决定（备注）"):
        decide(opened.store, KEY, Decision.CONFIRM, "李四", "", opened.now, seen.version)


def test_a_note_between_two_confirmations_does_not_part_them(opened: Office) -> None:
    opened.say(KEY, Decision.CONFIRM, "张三")
    decide(opened.store, KEY, Decision.NOTE, "王五", "已电话核实", opened.now)
    with pytest.raises(CaseworkError, match="另一人"):
        opened.say(KEY, Decision.CONFIRM, "张三")
    assert opened.say(KEY, Decision.CONFIRM, "李四").state is CaseState.RELEASED
    assert isinstance(answer(opened), Release)


def test_an_undo_leads_back_and_the_decision_stays_on_record(released: Office) -> None:
    undo(released.store, KEY, "李四", "看错了", released.now)
    assert released.case(KEY).state is CaseState.CONFIRMED
    assert isinstance(answer(released), Refusal)
    # Whose confirmation still stands is still no second person.
    with pytest.raises(CaseworkError, match="另一人"):
        released.say(KEY, Decision.CONFIRM, "张三")
    undo(released.store, KEY, "张三", "也看错了", released.now)
    assert released.case(KEY).state is CaseState.OPEN
    with pytest.raises(CaseworkError, match="没有可以撤回"):
        undo(released.store, KEY, "张三", "还有吗", released.now)
    assert [each.decision for each in released.store.judgements(KEY)] == [
        Decision.CONFIRM,
        Decision.CONFIRM,
        Decision.UNDO,
        Decision.UNDO,
    ]
    assert released.say(KEY, Decision.CONFIRM, "张三").state is CaseState.CONFIRMED


def test_a_dismissal_taken_back_restores_what_was(released: Office) -> None:
    released.say(KEY, Decision.DISMISS, "王五", "误报")
    undo(released.store, KEY, "王五", "并非误报", released.now)
    assert isinstance(answer(released), Release)


def test_what_the_machine_did_is_not_taken_back(opened: Office) -> None:
    opened.say(KEY, Decision.DISMISS, "张三", "学校")
    opened.day({A: QUERY})
    with pytest.raises(CaseworkError, match="不能撤回"):
        undo(opened.store, KEY, "张三", "仍是学校", opened.now)


def test_a_muted_case_is_off_the_list_until_its_day(opened: Office) -> None:
    mute(opened.store, KEY, "张三", "等待回函", opened.now, opened.now + timedelta(days=3))
    assert KEY not in opened.day({A: Seen()})
    assert KEY not in opened.day({A: ERROR})
    assert opened.day({A: Seen()})[KEY].change.kind is ChangeKind.BACK


def test_a_muted_case_that_looks_graver_is_listed(opened: Office) -> None:
    mute(opened.store, KEY, "张三", "等待回函", opened.now, opened.now + timedelta(days=30))
    case = opened.day({A: QUERY})[KEY]
    assert (case.change.kind, case.muted_until) == (ChangeKind.ESCALATED, None)
    assert opened.store.judgements(KEY)[-1].by == "machine"


def test_a_mute_can_be_ended_and_has_bounds(opened: Office) -> None:
    at = opened.now
    mute(opened.store, KEY, "张三", "等待回函", at, at + timedelta(days=9))
    mute(opened.store, KEY, "李四", "已回函", at, None)
    assert KEY in opened.day({A: Seen()})
    for until in (at, at + timedelta(days=181)):
        with pytest.raises(CaseworkError):
            mute(opened.store, KEY, "张三", "等待回函", at, until)


def test_a_merged_case_is_decided_in_the_other(opened: Office) -> None:
    merged = merge(opened.store, OTHER, KEY, "张三", "同一人经营", opened.now)
    assert (merged.state, str(merged.part_of)) == (CaseState.MERGED, KEY)
    listed = opened.day({A: Seen(), B: Seen(contacts=("13900000001",))})
    assert list(listed) == [KEY]
    assert listed[KEY].facts.urls == (A, B)
    assert {contact.value for contact in listed[KEY].facts.contacts} == {
        "13800005678",
        "13900000001",
    }
    with pytest.raises(CaseworkError, match=r"已并入 domain:a\.test"):
        opened.say(OTHER, Decision.CONFIRM, "张三")
    with pytest.raises(CaseworkError, match="不能并入"):
        merge(opened.store, KEY, OTHER, "张三", "同一人经营", opened.now)
    with pytest.raises(CaseworkError, match="不能并入"):
        merge(opened.store, KEY, KEY, "张三", "同一人经营", opened.now)


def test_a_merge_taken_back_lets_the_case_stand_by_itself(opened: Office) -> None:
    merge(opened.store, OTHER, KEY, "张三", "同一人经营", opened.now)
    opened.day({A: Seen(), B: Seen()})
    undo(opened.store, OTHER, "张三", "并非同一人", opened.now)
    listed = opened.day({A: Seen(), B: Seen()})
    assert {key: case.facts.urls for key, case in listed.items()} == {KEY: (A,), OTHER: (B,)}


def test_cases_of_different_owners_are_not_merged(office: Office) -> None:
    seller, school = "http://posts.test/u/seller", "http://school.gov.cn/t.html"
    office.day({A: Seen(), seller: Seen(), "http://posts.test/u/other": Seen(), school: Seen()})
    for one, other in (
        (KEY, "account:posts.test/seller"),
        ("path:school.gov.cn/t.html", KEY),
    ):
        with pytest.raises(CaseworkError, match="不同的主人"):
            merge(office.store, one, other, "张三", "同一人", office.now)
    merged = merge(
        office.store,
        "account:posts.test/other",
        "account:posts.test/seller",
        "张三",
        "同一人",
        office.now,
    )
    assert merged.state is CaseState.MERGED


def test_a_page_that_is_split_off_is_a_case_from_the_next_run_on(office: Office) -> None:
    office.day({A: Seen(), PAGE: QUERY})
    with pytest.raises(CaseworkError, match="没有网址"):
        split(office.store, KEY, [B], "张三", "他人所放", office.now)
    split(office.store, KEY, [PAGE], "张三", "他人所放", office.now)
    listed = office.day({A: Seen(), PAGE: QUERY})
    assert set(listed) == {KEY, "path:a.test/u/cx.html"}
    assert listed[KEY].facts.urls == (A,)
    assert listed["path:a.test/u/cx.html"].facts.urls == (PAGE,)
    again = office.day({A: Seen(), PAGE: QUERY})
    assert {case.change.kind for case in again.values()} == {ChangeKind.SAME}


def test_a_page_of_an_address_without_a_name_can_be_split_off_too(office: Office) -> None:
    one, other = "http://192.0.2.7/cx", "http://192.0.2.7/b"
    office.day({one: Seen(), other: Seen()})
    split(office.store, "ip:port:192.0.2.7:80", [other], "张三", "他人所放", office.now)
    assert set(office.day({one: Seen(), other: Seen()})) == {
        "ip:port:192.0.2.7:80",
        "path:192.0.2.7/b",
    }


def test_a_reopened_case_needs_two_people_anew(released: Office) -> None:
    decide(released.store, KEY, Decision.REOPEN, "王五", "新情况", released.now)
    assert released.case(KEY).state is CaseState.OPEN
    assert released.say(KEY, Decision.CONFIRM, "张三").state is CaseState.CONFIRMED


def test_an_appeal_stops_the_release_until_two_people_confirm_anew(released: Office) -> None:
    decide(released.store, KEY, Decision.APPEAL, "王五", "某校来函：系被仿冒", released.now)
    given = answer(released)
    assert isinstance(given, Refusal)
    assert "申诉" in given.reasons[0]
    assert KEY in released.day({A: Seen()})
    with pytest.raises(CaseworkError, match="不能撤回"):
        undo(released.store, KEY, "王五", "来函已撤", released.now)
    assert released.say(KEY, Decision.CONFIRM, "张三").state is CaseState.CONFIRMED
    assert released.say(KEY, Decision.CONFIRM, "李四").state is CaseState.RELEASED


def test_a_correction_names_the_papers_that_held_the_case(released: Office) -> None:
    with pytest.raises(CaseworkError, match="从未写入"):
        correct(released.store, KEY, "王五", "误报", released.now)
    case = released.case(KEY)
    for paper in ("曝光通报.html", "封堵清单.xlsx"):
        published(released.store, [case.key], paper, "ab" * 32, released.now)
    assert papers_of(released.store, case.key) == ("曝光通报.html", "封堵清单.xlsx")
    with pytest.raises(CaseworkError, match="correct 更正"):
        undo(released.store, KEY, "李四", "看错了", released.now)
    corrected = correct(released.store, KEY, "王五", "误报", released.now)
    assert corrected.state is CaseState.CORRECTED
    assert released.store.judgements(KEY)[-1].papers == ("曝光通报.html", "封堵清单.xlsx")
    assert isinstance(answer(released), Refusal)
    assert KEY not in released.day({A: Seen()})
    with pytest.raises(CaseworkError, match="重新打开"):
        released.say(KEY, Decision.CONFIRM, "张三")
    assert not check(released.store.custody())


def act(office: Office, choice: str, by: str) -> None:
    """One act on the case, whatever comes of it."""
    store, at = office.store, office.now
    acts = {
        "undo": lambda: undo(store, KEY, by, "因", at),
        "mute": lambda: mute(store, KEY, by, "因", at, at + timedelta(days=1)),
        "merge": lambda: merge(store, KEY, OTHER, by, "因", at),
    }
    try:
        if choice in acts:
            acts[choice]()
        else:
            decide(store, KEY, Decision(choice), by, "因", at)
    except CaseworkError:
        pass


CHOICES = "confirm confirm confirm dismiss victim watch reopen appeal note undo mute merge"
acts = st.tuples(st.sampled_from(CHOICES.split()), st.sampled_from(["张三", "李四"]))


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(acts, max_size=8), st.sampled_from([Seen(), CLEAR, ERROR, DOUBTFUL]))
def test_whatever_people_do_nothing_leaves_without_two_of_them(
    office: Office, chosen: list[tuple[str, str]], then: Seen
) -> None:
    office.day({A: Seen(), B: Seen()})
    for choice, by in chosen:
        act(office, choice, by)
        case = office.case(KEY)
        judgements = office.store.judgements(KEY)
        assert judgements == () or judgements[-1].leads_to == case.standing
        assert len(judgements) == case.version
        if isinstance(answer(office), Release):
            assert confirmers(judgements) == {"张三", "李四"}
    before = office.store.judgements(KEY)
    office.day({A: then, B: Seen()})
    assert office.store.judgements(KEY)[: len(before)] == before


def test_what_is_merged_into_a_confirmed_case_must_be_confirmed_with_it(released: Office) -> None:
    merge(released.store, OTHER, KEY, "王五", "同一主人", released.now)
    assert released.case(KEY).facts.urls == (A,)
    released.day({A: Seen(), B: Seen()})
    case = released.case(KEY)
    assert set(case.facts.urls) == {A, B}
    assert case.state is CaseState.OPEN
    assert isinstance(answer(released), Refusal)
    released.say(KEY, Decision.CONFIRM, "张三")
    assert released.say(KEY, Decision.CONFIRM, "李四").state is CaseState.RELEASED
    released.day({A: Seen(), B: Seen()})
    assert released.case(KEY).state is CaseState.RELEASED


def test_another_page_of_the_same_site_parts_no_confirmations(released: Office) -> None:
    released.day({A: Seen(), PAGE.replace("/u/", "/"): Seen()})
    assert released.case(KEY).state is CaseState.RELEASED


def test_a_graver_offence_than_was_confirmed_waits_for_two_people(opened: Office) -> None:
    opened.say(KEY, Decision.CONFIRM, "张三")
    opened.say(KEY, Decision.CONFIRM, "李四")
    opened.day({A: ERROR})
    opened.day({A: Seen()})
    assert opened.case(KEY).state is CaseState.RELEASED
    opened.day({A: QUERY})
    assert opened.case(KEY).state is CaseState.OPEN
    assert isinstance(answer(opened), Refusal)
    opened.say(KEY, Decision.CONFIRM, "张三")
    opened.say(KEY, Decision.CONFIRM, "李四")
    opened.day({A: Seen()})
    assert opened.day({A: QUERY})[KEY].state is CaseState.RELEASED
