"""What people decided, and how long a site is gone, tells when its pages are looked at again."""

from datetime import timedelta

import pytest

from crawler.casework import decide
from crawler.model import Decision
from tests.casework.conftest import DOUBTFUL, ERROR, START, TIMEOUT, Office, Seen

URL, KEY = "http://a.test/", "domain:a.test"


def due_after(office: Office, days: float) -> bool:
    """Whether the page is due for a run that starts so many days after the last one."""
    at = office.now + timedelta(days=days)
    run = office.store.start_run(at)
    return any(lead.url == URL for lead in office.store.due_leads(run.id, at))


@pytest.mark.parametrize("decision", [None, Decision.CONFIRM, Decision.WATCH])
def test_open_watched_and_confirmed_cases_are_seen_every_day(
    office: Office, decision: Decision | None
) -> None:
    office.day({URL: Seen()})
    if decision is not None:
        decide(office.store, KEY, decision, "张三", "看过", START)
    office.day({URL: Seen()})
    assert due_after(office, 1)


@pytest.mark.parametrize(("decision", "days"), [(Decision.DISMISS, 7), (Decision.VICTIM, 3)])
def test_rejected_cases_and_victims_are_seen_less_often(
    office: Office, decision: Decision, days: int
) -> None:
    office.day({URL: DOUBTFUL})
    decide(office.store, KEY, decision, "张三", "看过", START)
    office.day({URL: DOUBTFUL})
    assert not due_after(office, days - 1)
    assert due_after(office, days)


def test_what_is_long_gone_is_seen_once_a_week(office: Office) -> None:
    office.day({URL: Seen()})
    office.day({URL: ERROR})
    assert due_after(office, 1)
    office.days += 35
    office.day({URL: ERROR})
    assert not due_after(office, 6)
    assert due_after(office, 7)


def test_what_we_could_not_see_is_never_put_off(office: Office) -> None:
    office.day({URL: Seen()})
    office.days += 35
    office.day({URL: TIMEOUT})
    assert due_after(office, 1)
