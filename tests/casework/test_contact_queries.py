"""Whose contacts are asked for, and whose never."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.addresses import lead_id
from crawler.casework.contacts import contact_queries, is_searchable
from crawler.config import Profile
from crawler.finding import Finder
from crawler.model import Contact, ContactType, Decision, Lead, LeadReason
from crawler.progress import ProgressBoard
from tests.casework.conftest import CLEAR, DOUBTFUL, WATCHLIST, Office, Seen, look

ONE, TWO, THREE = "13800005678", "13900001234", "13700004321"
NUMBER = "11010119900307123X"
HACKED = "http://school.edu.cn/uploads/x.html"  # a page in somebody's site
SELLER, ECHO, OTHER = "http://a.test/", "http://b.test/", "http://c.test/"


def asked(office: Office) -> list[str]:
    return [each.query for each in contact_queries(office.store, office.now)]


def quoted(*numbers: str) -> list[str]:
    return [f'"{number}"' for number in numbers]


def test_contacts_of_most_cases_come_first_with_their_reason_masked(office: Office) -> None:
    assert asked(office) == []
    office.day(
        {
            SELLER: Seen(contacts=(ONE, TWO)),
            ECHO: Seen(contacts=(TWO,)),
            OTHER: Seen(contacts=(THREE,)),
        }
    )
    assert asked(office) == quoted(TWO, THREE, ONE)
    reason = contact_queries(office.store, office.now)[0].reason
    assert reason == "contact phone 139****1234 of domain:a.test"


def test_all_search_sources_of_a_run_share_one_walk_through_the_cases(office: Office) -> None:
    office.day({SELLER: Seen(contacts=(ONE,))})
    run = office.store.start_run(office.now)
    finder = Finder(Profile(Path("p.toml")), {}, WATCHLIST, office.store, run, ProgressBoard())
    statements: list[str] = []
    office.store._connection.set_trace_callback(statements.append)
    assert [each.query for each in finder._contacts] == quoted(ONE)
    assert statements
    statements.clear()
    assert [each.query for each in finder._contacts] == quoted(ONE)
    assert statements == []


def test_a_page_that_shows_many_is_asked_for_few_those_first_that_others_show(
    office: Office,
) -> None:
    many = tuple(f"136000012{number:02}" for number in range(20))
    office.day({SELLER: Seen(contacts=(*many, TWO)), ECHO: Seen(contacts=(TWO, THREE))})
    assert asked(office) == quoted(TWO, *many[:4], THREE)


@pytest.mark.parametrize("seen", [DOUBTFUL, CLEAR, replace(CLEAR, contacts=(ONE,))])
def test_what_the_machine_does_not_suspect_is_not_asked_for(office: Office, seen: Seen) -> None:
    office.day({SELLER: seen})
    assert asked(office) == []


@pytest.mark.parametrize("decision", [Decision.CONFIRM, Decision.WATCH])
def test_a_case_that_people_keep_is_asked_for(office: Office, decision: Decision) -> None:
    office.day({SELLER: Seen(contacts=(ONE,))})
    office.say("domain:a.test", decision, "甲", "看过")
    assert asked(office) == quoted(ONE)


@pytest.mark.parametrize("decision", [Decision.DISMISS, Decision.VICTIM])
def test_contacts_of_the_innocent_are_never_asked_for_whoever_else_shows_them(
    office: Office, decision: Decision
) -> None:
    office.day({SELLER: Seen(contacts=(ONE, TWO)), ECHO: Seen(contacts=(ONE, THREE))})
    office.say("domain:a.test", decision, "甲", "看过")
    assert asked(office) == quoted(THREE)
    # Nor are those that the case showed earlier.
    office.day({SELLER: Seen(contacts=()), ECHO: Seen(contacts=(ONE, TWO, THREE))})
    assert asked(office) == quoted(THREE)


def test_an_appeal_stops_the_asking(office: Office) -> None:
    office.day({SELLER: Seen(contacts=(ONE,))})
    office.say("domain:a.test", Decision.CONFIRM, "甲", "看过")
    office.say("domain:a.test", Decision.APPEAL, "乙", "对方申诉")
    assert asked(office) == []


def test_a_page_in_somebodys_site_gives_none_confirmed_or_not(office: Office) -> None:
    cases = office.day({HACKED: Seen(contacts=(ONE,))})
    (key,) = cases
    assert key.startswith("path:")
    assert asked(office) == []
    office.say(key, Decision.CONFIRM, "甲", "看过")
    assert asked(office) == []


def shown(office: Office, *contacts: Contact) -> list[str]:
    """What is asked after a day on which one suspect showed these contacts."""
    run = office.begin({})
    lead = Lead(lead_id(SELLER), SELLER, (LeadReason("names", "", office.now),))
    visit, opinion = look(run, SELLER, Seen(), office.now)
    findings = replace(opinion.findings, contacts=contacts)
    office.store.add_leads(run, [lead])
    office.store.save_visits([visit])
    office.store.save_assessments(run, [(replace(opinion, findings=findings), office.now)])
    office.settle(run)
    office.store.complete_run(run, office.now, ())
    return asked(office)


def contact(kind: ContactType, value: str, sure: float = 0.9) -> Contact:
    return Contact(kind, value, value, sure)


def test_mobile_numbers_wechat_and_qq_are_asked_for_word_for_word(office: Office) -> None:
    found = shown(
        office,
        contact(ContactType.QQ, "100012345"),
        contact(ContactType.WECHAT, "banzheng8866"),
        contact(ContactType.WECHAT, ONE),
        contact(ContactType.PHONE, ONE),
    )
    assert sorted(found) == sorted(['QQ "100012345"', *quoted("banzheng8866", ONE)])


@pytest.mark.parametrize(
    "other",
    [
        contact(ContactType.PHONE, "4000001234"),  # copied from whom the page imitates
        contact(ContactType.PHONE, "01000001234"),
        contact(ContactType.EMAIL, "a@b.test"),
        contact(ContactType.TELEGRAM, "someone_x"),
        contact(ContactType.GROUP, "123456789"),
        contact(ContactType.WECHAT, "perhaps_one", 0.6),
        contact(ContactType.QQ, NUMBER),
        contact(ContactType.WECHAT, f"t{NUMBER}"),
    ],
)
def test_other_contacts_guesses_and_numbers_of_persons_are_not(
    office: Office, other: Contact
) -> None:
    assert shown(office, other) == []


@given(
    st.sampled_from(list(ContactType)),
    st.from_regex(
        r"[tT]?[1-9][0-9]{5}(19|20)[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9])[0-9]{3}[0-9xX]",
        fullmatch=True,
    ),
)
def test_no_number_of_a_person_is_ever_asked_for(kind: ContactType, number: str) -> None:
    assert not is_searchable(contact(kind, number))


def test_where_money_goes_is_never_searched_for(office: Office) -> None:
    payees = (
        contact(ContactType.BANK, "6222020000001234566"),
        contact(ContactType.ALIPAY, ONE),
        contact(ContactType.WECHAT_PAY, "wxp://f2f0DemoDemo-01"),
        contact(ContactType.WALLET, "0x" + "ab" * 20),
        contact(ContactType.PAYEE, "张三丰"),
    )
    assert shown(office, *payees) == []
    # Whoever is paid by Alipay is a stranger no longer where he gives the number as a telephone.
    assert shown(office, *payees, contact(ContactType.PHONE, ONE)) == quoted(ONE)
