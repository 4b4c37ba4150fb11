"""Pages of one suspect become one case, whatever their order."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from crawler.casework import group
from crawler.model import Contact, ContactType, KeyKind, Offence, PageCondition, Verdict
from tests.casework.conftest import (
    CLEAR,
    DOUBTFUL,
    ERROR,
    NO_NAME,
    START,
    TIMEOUT,
    WATCHLIST,
    Seen,
    look,
)

QUERY = Seen(offence=Offence.IMITATION_QUERY, score=60.0, contacts=("13900000001",))
LOOKS = [
    look("r", "http://a.test/", DOUBTFUL, START),
    look("r", "http://a.test/sale", Seen(score=99.0), START),
    look("r", "http://www.a.test/cx", QUERY, START),
    look("r", "http://www.a.test/about", CLEAR, START),
    look("r", "http://b.test/", ERROR, START),
    look("r", "http://c.test/", TIMEOUT, START),
    look("r", "http://d.test/", NO_NAME, START),
]


def test_the_gravest_page_decides_and_comes_first() -> None:
    facts = group("r", LOOKS, WATCHLIST)[0]
    assert (facts.key.kind, facts.key.value) == (KeyKind.DOMAIN, "a.test")
    assert (facts.verdict, facts.offence) == (Verdict.SUSPECT, Offence.IMITATION_QUERY)
    assert facts.score == 60.0
    assert facts.urls == ("http://www.a.test/cx", "http://a.test/", "http://a.test/sale")
    assert [contact.value for contact in facts.contacts] == ["13800005678", "13900000001"]
    assert len(facts.captures) == len(facts.visits) == 3


def test_what_was_not_seen_is_unknown_and_an_absent_name_shows_nothing() -> None:
    _a, error, timeout, absent = group("r", LOOKS, WATCHLIST)
    assert (error.verdict, error.page_condition) == (Verdict.UNKNOWN, PageCondition.ERROR)
    assert timeout.page_condition is PageCondition.UNKNOWN
    assert absent.page_condition is PageCondition.EMPTY
    assert {facts.final_domain for facts in (error, timeout, absent)} == {""}


@given(st.permutations(LOOKS))
def test_the_order_of_looks_does_not_count(looks: list) -> None:  # type: ignore[type-arg]
    assert group("r", looks, WATCHLIST) == group("r", LOOKS, WATCHLIST)


def test_a_text_without_an_address_is_no_case() -> None:
    visit, assessment = LOOKS[0]
    assert group("r", [(replace(visit, url=""), assessment)], WATCHLIST) == ()


def test_of_one_contact_the_surest_reading_stays() -> None:
    visit, assessment = LOOKS[0]
    sure = Contact(ContactType.PHONE, "1", "一", 0.9)
    unsure = Contact(ContactType.PHONE, "1", "1", 0.2)
    findings = replace(assessment.findings, contacts=(unsure, sure))
    (facts,) = group("r", [(visit, replace(assessment, findings=findings))], WATCHLIST)
    assert facts.contacts == (sure,)
