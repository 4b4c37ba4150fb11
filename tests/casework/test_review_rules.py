"""Two people, a fresh look, no trusted host: nothing leaves otherwise."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from crawler.casework import decide, find_case, release
from crawler.clock import beijing_date
from crawler.errors import CaseworkError
from crawler.model import (
    Case,
    CaseKey,
    CaseState,
    Decision,
    Judgement,
    KeyKind,
    Refusal,
    Release,
    Standing,
    TrustedHost,
    TrustKind,
)
from tests.casework.conftest import CLEAR, ERROR, TIMEOUT, WATCHLIST, Office, Seen

A, KEY = "http://a.test/", "domain:a.test"


@pytest.fixture
def opened(office: Office) -> Office:
    office.day({A: Seen()})
    return office


def say(
    office: Office, decision: Decision, by: str, reason: str = "", version: int | None = None
) -> Case:
    return decide(office.store, KEY, decision, by, reason, office.now, version)


def answer(office: Office, at: datetime | None = None) -> Release | Refusal:
    case = find_case(office.store, KEY)
    return release(case, office.store.judgements(KEY), WATCHLIST, at or office.now)


def test_two_different_people_confirm(opened: Office) -> None:
    assert say(opened, Decision.CONFIRM, "张三").state is CaseState.CONFIRMED
    case = say(opened, Decision.CONFIRM, "李四")
    assert (case.state, case.version) == (CaseState.RELEASED, 2)
    assert [judgement.by for judgement in opened.store.judgements(KEY)] == ["张三", "李四"]


@pytest.mark.parametrize(
    "again",
    [
        "张三",
        " 张三 ",
        "张三\u3000",
        "张 三",
        "张\u3000三",
        "张三\u200b",
        "张\u00ad三",
        "张·三",
        "张三。",
    ],
)
def test_the_same_person_is_not_a_second_one(opened: Office, again: str) -> None:
    say(opened, Decision.CONFIRM, "张三")
    with pytest.raises(CaseworkError, match="第二次确认须由另一人作出"):
        say(opened, Decision.CONFIRM, again)
    with pytest.raises(CaseworkError):
        say(opened, Decision.CONFIRM, "")
    with pytest.raises(CaseworkError, match="写明是谁"):
        say(opened, Decision.CONFIRM, "\u200b·")
    assert find_case(opened.store, KEY).state is CaseState.CONFIRMED


def test_latin_names_differ_by_more_than_case(opened: Office) -> None:
    say(opened, Decision.CONFIRM, "Li Si")
    with pytest.raises(CaseworkError):
        say(opened, Decision.CONFIRM, "ｌｉ  SI")


@pytest.mark.parametrize("decision", [Decision.DISMISS, Decision.VICTIM])
def test_closing_needs_a_reason_and_happens_once(opened: Office, decision: Decision) -> None:
    with pytest.raises(CaseworkError, match="理由"):
        say(opened, decision, "张三", "  ")
    say(opened, decision, "张三", "有理由")
    with pytest.raises(CaseworkError, match="无需再作"):
        say(opened, decision, "李四", "有理由")


def test_a_third_confirmation_is_refused(opened: Office) -> None:
    say(opened, Decision.CONFIRM, "张三")
    say(opened, Decision.CONFIRM, "李四")
    with pytest.raises(CaseworkError, match="无需再作"):
        say(opened, Decision.CONFIRM, "王五")


def test_a_confirmation_before_a_dismissal_does_not_count(opened: Office) -> None:
    say(opened, Decision.CONFIRM, "张三")
    say(opened, Decision.DISMISS, "李四", "学校")
    assert say(opened, Decision.CONFIRM, "王五").state is CaseState.CONFIRMED
    assert isinstance(answer(opened), Refusal)
    assert say(opened, Decision.CONFIRM, "张三").state is CaseState.RELEASED
    assert isinstance(answer(opened), Release)


def test_who_comes_too_late_is_told_who_decided(opened: Office) -> None:
    seen = find_case(opened.store, KEY).version
    say(opened, Decision.DISMISS, "张三", "学校", seen)
    with pytest.raises(CaseworkError, match=r"张三 已于 2026-03-02 .* 作出决定（排除）"):
        say(opened, Decision.CONFIRM, "李四", "", seen)


def test_a_decision_is_sealed(opened: Office) -> None:
    say(opened, Decision.CONFIRM, "张三")
    entry = list(opened.store.custody())[-1]
    assert (entry.actor, entry.action, entry.subject) == ("张三", "judged", KEY)
    assert opened.store.judgement_digests() == [(KEY, entry.digest)]


def test_a_case_is_found_by_key_masked_key_or_domain(office: Office) -> None:
    number = "110101199003071234"
    office.day({A: Seen(), f"http://posts.test/u/{number}": Seen(), "http://192.0.2.7/": Seen()})
    assert str(find_case(office.store, "a.test").key) == KEY
    masked = find_case(office.store, "account:posts.test/110101**********34")
    assert masked.key == CaseKey(KeyKind.ACCOUNT, f"posts.test/{number}")
    for unknown in ("domain:b.test", "80", ""):
        with pytest.raises(CaseworkError, match="没有案件"):
            find_case(office.store, unknown)


@pytest.fixture
def confirmed(opened: Office) -> Office:
    say(opened, Decision.CONFIRM, "张三")
    say(opened, Decision.CONFIRM, "李四")
    return opened


def test_a_release_names_the_look_it_rests_on(confirmed: Office) -> None:
    given = answer(confirmed, confirmed.now + timedelta(hours=24))
    assert isinstance(given, Release)
    assert given.looked_at == confirmed.now
    assert len(given.judgements) == 2


def reasons(given: Release | Refusal) -> str:
    assert isinstance(given, Refusal)
    return "；".join(given.reasons)


def test_an_old_look_or_one_of_the_future_is_refused(confirmed: Office) -> None:
    late = confirmed.now + timedelta(hours=24, seconds=1)
    assert "24 小时" in reasons(answer(confirmed, late))
    assert "24 小时" in reasons(answer(confirmed, confirmed.now - timedelta(seconds=1)))


@pytest.mark.parametrize("then", [ERROR, TIMEOUT, CLEAR])
def test_a_look_that_showed_nothing_wrong_is_refused(confirmed: Office, then: Seen) -> None:
    confirmed.day({A: then})
    assert "没有看到违法内容" in reasons(answer(confirmed))


@pytest.mark.parametrize(
    "change",
    [
        lambda facts: replace(facts, final_domain="mem.gov.cn"),
        lambda facts: replace(facts, urls=(*facts.urls, "http://school.gov.cn/t.html")),
    ],
)
def test_a_trusted_host_is_refused(confirmed: Office, change: Callable[[object], object]) -> None:
    case = find_case(confirmed.store, KEY)
    case = replace(case, facts=change(case.facts))  # type: ignore[arg-type]
    judgements = confirmed.store.judgements(KEY)
    assert "受保护的网站" in reasons(release(case, judgements, WATCHLIST, confirmed.now))


@pytest.mark.parametrize(
    ("decision", "said"), [(Decision.VICTIM, "受害单位"), (Decision.DISMISS, "已排除")]
)
def test_a_closed_case_is_refused(confirmed: Office, decision: Decision, said: str) -> None:
    say(confirmed, decision, "王五", "有理由")
    assert said in reasons(answer(confirmed))


def test_a_state_without_two_names_behind_it_is_refused(confirmed: Office) -> None:
    case = find_case(confirmed.store, KEY)
    one = confirmed.store.judgements(KEY)[:1]
    assert "两人确认" in reasons(release(case, one, WATCHLIST, confirmed.now))


def test_of_two_decisions_on_one_version_the_second_writes_nothing(opened: Office) -> None:
    case = find_case(opened.store, KEY)
    saved = [
        opened.store.save_judgement(
            Judgement(
                case.key,
                Decision.CONFIRM,
                by,
                opened.now,
                "",
                leads_to=Standing(CaseState.CONFIRMED),
            ),
            case,
        )
        for by in ("张三", "李四")
    ]
    assert saved == [True, False]
    assert [judgement.by for judgement in opened.store.judgements(KEY)] == ["张三"]
    assert [entry.actor for entry in opened.store.custody()][-1] == "张三"


@pytest.mark.parametrize(("days", "refused"), [(0, True), (-1, False)])
def test_trust_is_asked_again_at_release_and_ends_with_its_day(
    confirmed: Office, days: int, refused: bool
) -> None:
    last = beijing_date(confirmed.now) + timedelta(days=days)
    entry = TrustedHost("a.test", TrustKind.UNDER_REVIEW, "复核中", "某某", last)
    watchlist = replace(WATCHLIST, trusted=(entry,))
    case = find_case(confirmed.store, KEY)
    given = release(case, confirmed.store.judgements(KEY), watchlist, confirmed.now)
    assert isinstance(given, Refusal) is refused
    if isinstance(given, Refusal):
        assert given.reasons == ("a.test 是受保护的网站（核查中：复核中）",)
