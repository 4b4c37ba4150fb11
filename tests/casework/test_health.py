"""Whether it was the web or our own network that failed."""

from dataclasses import replace

import pytest

from crawler.health import Sight, degradations, sight_of
from crawler.model import Failure
from tests.casework.conftest import CLEAR, ERROR, NO_NAME, START, TIMEOUT, Seen, look

PORTAL = replace(CLEAR, final_url="http://login.campus.test/")
FUNNEL = Seen(final_url="http://fake.test/")


def sight(*seen: Seen) -> Sight:
    return sight_of(
        look("r", f"http://s{number}.test/", each, START) for number, each in enumerate(seen)
    )


@pytest.mark.parametrize(
    ("seen", "outage"),
    [
        ([NO_NAME] * 5, True),
        ([TIMEOUT] * 3 + [NO_NAME] * 2, True),
        ([PORTAL] * 5, True),
        ([PORTAL] * 4 + [TIMEOUT], True),
        ([NO_NAME] * 4, False),
        ([NO_NAME] * 9 + [ERROR], False),
        ([TIMEOUT] * 5 + [CLEAR], False),
        ([PORTAL] * 5 + [CLEAR], False),
        ([PORTAL] + [TIMEOUT] * 4, False),
        # Five short links of one seller lead to one fake: that is a finding.
        ([FUNNEL] * 5, False),
        ([PORTAL] * 4 + [replace(PORTAL, final_url="http://other.test/")], False),
        ([], False),
    ],
)
def test_what_is_an_outage_of_ours(seen: list[Seen], outage: bool) -> None:
    found = sight(*seen)
    assert found.is_outage is outage
    said = list(degradations((), found, None, 0, has_browser=True))
    assert bool(said) is outage


def test_a_page_beyond_a_refused_answer_counts_as_ours() -> None:
    found = sight(replace(TIMEOUT, failure=Failure.OUR_FAULT), CLEAR)
    assert (found.visits, found.captures, found.ours) == (2, 2, 1)
