"""What our words do not understand python-whois reads, its dates only where they are certain."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.capture.registration import read_whois
from crawler.capture.registration.second import read_again
from crawler.model import Knowledge, Registration

AT = datetime(2026, 11, 1, tzinfo=UTC)
# A registrar that runs its fields together, so that no line begins with a label of its own.
RUN_TOGETHER = "-> record of lizi.com; Creation Date: 2021-03-04 | -> see Registrar: Yanlian Ltd\n"


def read(text: str, domain: str = "lizi.com") -> Registration:
    return read_whois(text, domain, AT, "whois.example", None)


def test_a_shape_that_only_the_second_reader_knows_gives_its_date() -> None:
    found = read(RUN_TOGETHER.replace(" | ", "\n"))
    assert found.state is Knowledge.KNOWN
    assert found.registered_on.value == datetime(2021, 3, 4, tzinfo=UTC)
    assert found.detail == "read by python-whois"


@pytest.mark.parametrize(
    "date", ["03/04/2021", "04.03.21", "March 4 2021", "2027-03-04", "2021-02-30", "soon"]
)
def test_a_date_that_is_not_certain_stays_unknown(date: str) -> None:
    found = read(f"-> record of lizi.com; Creation Date: {date}\n")
    assert found.state is Knowledge.UNKNOWN
    assert found.registered_on.state is Knowledge.UNKNOWN


def test_a_registrar_in_a_notice_is_no_registration() -> None:
    found = read("-> ask your Registrar: it knows more than this service\n")
    assert (found.state, found.detail) == (Knowledge.UNKNOWN, "not understood")


def test_two_beginnings_are_none() -> None:
    found = read("-> a: Creation Date: 2021-03-04\n-> b: Creation Date: 2022-03-04\n")
    assert found.registered_on.state is not Knowledge.KNOWN


@given(st.text(max_size=2000))
def test_rubbish_is_contained(text: str) -> None:
    nothing = Registration("lizi.com", Knowledge.UNKNOWN, AT, detail="not understood")
    assert read_again(text, nothing).state in (Knowledge.UNKNOWN, Knowledge.KNOWN)
