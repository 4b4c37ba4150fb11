"""Nouns to JSON and back."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.errors import StoreError
from crawler.model import Fact, Lead, LeadReason, Registration, TrustedHost, TrustKind, Visit
from crawler.store.codec import read_json, write_json
from tests.store.conftest import DAY, make_visit


def test_every_kind_of_value_comes_back() -> None:
    visit = make_visit("r", "http://a.test/")
    assert read_json(write_json(visit), Visit) == visit
    host = TrustedHost("a.test", TrustKind.OWN, "r", "o", date(2027, 1, 2))
    assert read_json(write_json(host), TrustedHost) == host
    assert read_json(write_json(Fact[datetime].known(DAY)), Fact[datetime]).value == DAY


moments = st.integers(0, 4_000_000_000_000).map(
    lambda milliseconds: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)
)


@given(
    st.builds(
        Lead, st.text(), st.text(), st.tuples(st.builds(LeadReason, st.text(), st.text(), moments))
    )
)
def test_any_text_comes_back_even_a_broken_one(lead: Lead) -> None:
    broken = replace(lead, url=lead.url + "\ud800")
    assert read_json(write_json(broken), Lead) == broken
    assert write_json(broken).isascii()


def test_a_field_added_later_takes_its_default() -> None:
    text = '{"id": "a", "url": "b", "reasons": []}'
    assert read_json(text, Lead) == Lead("a", "b", ())


@pytest.mark.parametrize(
    "text",
    ["{", "[]", '{"domain": "a.test"}', '{"domain":"a","state":"maybe","asked_at":"2026-01-01"}'],
)
def test_a_damaged_row_is_told(text: str) -> None:
    with pytest.raises(StoreError, match="已损坏（Registration）"):
        read_json(text, Registration)
