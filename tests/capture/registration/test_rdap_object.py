"""RDAP objects as hostile servers may write them."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.capture.registration import read_rdap
from crawler.capture.registration.bootstrap import rdap_services, read_bootstrap
from crawler.model import Knowledge, Registration

NOW = datetime(2026, 11, 26, tzinfo=UTC)
KEYS = ("objectClassName", "ldhName", "unicodeName", "events", "entities", "nameservers", "status")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9) | st.sampled_from(KEYS),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from((*KEYS, "eventAction", "eventDate", "roles", "vcardArray", "handle")),
            inner,
            max_size=5,
        )
    ),
    max_leaves=25,
)


def read(said: object, domain: str = "lizi.com", status: int = 200) -> Registration:
    body = said if isinstance(said, bytes) else json.dumps(said).encode()
    nothing = Registration(domain, Knowledge.UNKNOWN, NOW)
    return read_rdap(status, "application/rdap+json", body, nothing)


def domain_object(**more: Any) -> dict[str, Any]:
    return {"objectClassName": "domain", "ldhName": "LIZI.COM", **more}


def test_what_is_left_out_is_absent() -> None:
    found = read(domain_object())
    assert found.state is Knowledge.KNOWN
    facts = (found.registered_on, found.expires_on, found.registrar, found.name_servers)
    assert {fact.state for fact in facts} == {Knowledge.ABSENT}


def test_a_chinese_name_may_stand_in_either_form() -> None:
    said = {"objectClassName": "domain", "unicodeName": "例子.公司"}
    assert read(said, "xn--fsqu00a.xn--55qx5d").state is Knowledge.KNOWN


@pytest.mark.parametrize(
    "date", ["", None, 7, "soon", "2027-09-01T00:00:00Z", "03/04/2026", "0001-01-01T00:00:00Z"]
)
def test_a_beginning_that_cannot_be_is_unknown(date: object) -> None:
    events = [{"eventAction": "registration", "eventDate": date}]
    assert read(domain_object(events=events)).registered_on.state is Knowledge.UNKNOWN


def test_only_the_registration_itself_is_the_beginning() -> None:
    events = [
        {"eventAction": "reregistration", "eventDate": "2026-11-01T00:00:00Z"},
        {"eventAction": "last changed", "eventDate": "2026-11-02T00:00:00Z"},
        {"eventAction": "registration", "eventDate": "2010-10-01T08:00:00+08:00"},
    ]
    found = read(domain_object(events=events))
    assert found.registered_on.value == datetime(2010, 10, 1, tzinfo=UTC)


def test_statuses_are_spelt_as_in_whois() -> None:
    found = read(domain_object(status=["active", "client transfer prohibited", 3]))
    assert found.statuses.value == ("ok", "clientTransferProhibited")


@pytest.mark.parametrize(
    ("card", "name"),
    [
        (["vcard", [["version", {}, "text", "4.0"], ["fn", {}, "text", "示例"]]], "示例"),
        (["vcard", [["org", {}, "text", ["示例", "部门"]]]], "示例"),
        (["vcard", [["fn", {}, "text", ""]]], "9999"),
        (["vcard", [["fn"]]], "9999"),
        ("vcard", "9999"),
        (None, "9999"),
    ],
)
def test_the_registrar_is_named_by_its_card_or_handle(card: object, name: str) -> None:
    entities = [
        {"roles": ["registrant"], "handle": "1"},
        {"roles": ["registrar"], "handle": "9999", "vcardArray": card},
    ]
    assert read(domain_object(entities=entities)).registrar.value == name


def test_reserved_is_told_from_not_found() -> None:
    said = {"errorCode": 404, "title": "Not Found", "description": ["The name is reserved"]}
    assert read(said, status=404).detail == "reserved"
    assert read({"errorCode": 404, "title": "Not Found"}, status=404).detail == "not found"


@given(JSON)
def test_any_json_is_read(said: object) -> None:
    assert read(said).state in (Knowledge.KNOWN, Knowledge.UNKNOWN)


@given(st.dictionaries(st.sampled_from(KEYS), JSON))
def test_any_domain_object_is_read(more: dict[str, Any]) -> None:
    assert read({**more, "objectClassName": "domain", "ldhName": "lizi.com"}).domain == "lizi.com"


@given(st.binary(max_size=200))
def test_any_bytes_are_read(body: bytes) -> None:
    assert read(body).state is Knowledge.UNKNOWN


def test_iana_knows_the_common_suffixes_and_no_chinese_one() -> None:
    services = rdap_services()
    assert services["com"].startswith("https://rdap.verisign.com/")
    for suffix in ("net", "org", "top", "xyz", "vip", "shop", "online", "site", "xn--ses554g"):
        assert services[suffix].startswith("https://")
    assert not {"cn", "xn--fiqs8s", "xn--fiqz9s"} & services.keys()


def test_a_secure_address_is_taken_first() -> None:
    text = '{"services": [[["A"], ["http://a.example/", "https://a.example/"]]]}'
    assert read_bootstrap(text) == {"a": "https://a.example/"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"services": {}}',
        '{"services": [[]]}',
        '{"services": [[["a"], ["ftp://a"]]]}',
    ],
)
def test_what_is_no_bootstrap_file_is_refused(text: str) -> None:
    with pytest.raises((ValueError, TypeError)):
        read_bootstrap(text)
