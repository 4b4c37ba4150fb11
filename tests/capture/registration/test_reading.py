"""WHOIS replies: known, absent and unknown are told apart."""

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.capture.registration import read_whois
from crawler.model import Knowledge, Registration

NOW = datetime(2026, 11, 23, tzinfo=UTC)

CNNIC = """Domain Name: lizi-yanlian.cn
ROID: 20261001s10001s00000001-cn
Domain Status: ok
Registrant: 示例
Sponsoring Registrar: 示例域名有限公司
Name Server: NS2.lizi-dns.net
Name Server: ns1.lizi-dns.net
Registration Time: 2026-10-01 07:30:00
Expiration Time: 2027-10-01 07:30:00
DNSSEC: unsigned
"""
GTLD = """   Domain Name: LIZI-YANLIAN.COM
   Registry Domain ID: 1_DOMAIN_COM-VRSN
   Creation Date: 2026-09-30T23:30:00Z
   Registry Expiry Date: 2027-09-30T23:30:00Z
   Registrar: Example Registrar Ltd
   Domain Status: ok https://icann.org/epp#ok
   Name Server: NS1.LIZI-DNS.NET
"""


def read(text: str, domain: str = "lizi-yanlian.com") -> Registration:
    return read_whois(text, domain, NOW, "test", None)


def test_cnnic_prints_beijing_time() -> None:
    registration = read(CNNIC, "lizi-yanlian.cn")
    assert registration.state is Knowledge.KNOWN
    assert registration.registered_on.value == datetime(2026, 9, 30, 23, 30, tzinfo=UTC)
    assert registration.registrar.value == "示例域名有限公司"
    assert registration.name_servers.value == ("ns1.lizi-dns.net", "ns2.lizi-dns.net")
    assert registration.statuses.value == ("ok",)


@pytest.mark.parametrize("end", ["\r", "\x0b", "\x0c", "\x1c", "\x1e", "\x85", "\u2028", "\u2029"])
def test_a_name_plants_no_date(end: str) -> None:
    planted = f"示例{end}Registration Time: 2001-01-01 10:00:00{end}Creation Date: 2001-01-01"
    text = CNNIC.replace("Registrant: 示例\n", f"Registrant: {planted}\n")
    registration = read(text, "lizi-yanlian.cn")
    assert registration.registered_on.value == datetime(2026, 9, 30, 23, 30, tzinfo=UTC)
    assert registration.registrar.value == "示例域名有限公司"


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_lines_end_as_registries_end_them(end: str) -> None:
    assert read(CNNIC.replace("\n", end), "lizi-yanlian.cn") == read(CNNIC, "lizi-yanlian.cn")


def test_a_field_that_cnnic_leaves_out_is_absent_and_a_broken_one_unknown() -> None:
    text = CNNIC.replace("Expiration Time: 2027-10-01 07:30:00\n", "")
    assert read(text, "lizi-yanlian.cn").expires_on.state is Knowledge.ABSENT
    text = CNNIC.replace("2026-10-01 07:30:00", "gestern")
    assert read(text, "lizi-yanlian.cn").registered_on.state is Knowledge.UNKNOWN


def test_a_registry_that_says_its_zone_is_believed() -> None:
    registration = read(GTLD)
    assert registration.registered_on.value == datetime(2026, 9, 30, 23, 30, tzinfo=UTC)
    assert registration.registrar.value == "Example Registrar Ltd"
    assert registration.name_servers.value == ("ns1.lizi-dns.net",)


@pytest.mark.parametrize(
    "text",
    [
        "No matching record.\n",
        'No match for domain "LIZI-YANLIAN.COM".\n>>> Last update of whois database <<<\n',
        "NOT FOUND\n",
        "The queried object does not exist: no matching objects found: not found",
        "Domain Status: free\n",
        "Domain not found.",
    ],
)
def test_not_found_is_absent(text: str) -> None:
    assert read(text).state is Knowledge.ABSENT


@pytest.mark.parametrize(
    "text",
    [
        "Queried interval is too short, rate limit exceeded.\n",
        "Your query limit has been exceeded, please try again later.\n",
        "Error: too many requests from your address\n",
        "WHOIS LIMIT EXCEEDED - SEE WWW.PIR.ORG/WHOIS FOR DETAILS\n",
        "hello\n",
        "Domain Name: LIZI-YANLIAN.COM\n",
        "",
    ],
)
def test_throttled_or_not_understood_is_unknown_never_absent(text: str) -> None:
    registration = read(text)
    assert registration.state is Knowledge.UNKNOWN
    assert registration.registered_on.state is Knowledge.UNKNOWN


def test_a_reserved_name_is_told() -> None:
    registration = read("the Domain Name you apply can not be registered online.\n", "nic.cn")
    assert registration.state is Knowledge.ABSENT
    assert registration.detail == "reserved"


@given(st.text(max_size=400))
def test_any_reply_is_read(text: str) -> None:
    assert read(text).domain == "lizi-yanlian.com"


@pytest.mark.parametrize(
    "reply",
    [
        "Creation Date: 0001-01-01T00:00:00+14:00\nRegistrar: Example Registrar Ltd\n",
        "Creation Date: 9999-12-31T23:59:59-14:00\nRegistrar: Example Registrar Ltd\n",
        "ROID: 1-cn\nSponsoring Registrar: 示例\nRegistration Time: 0001-01-01 00:00:00\n",
    ],
)
def test_a_date_that_utc_does_not_reach_is_unknown(reply: str) -> None:
    read = read_whois(reply, "lizi-yanlian.top", NOW, "whois.example:43", None)
    assert read.registered_on.state is Knowledge.UNKNOWN


@pytest.mark.parametrize("filler", ["\n", " \n", "%", "Registrar: "])
def test_long_runs_take_no_time(filler: str) -> None:
    reply = (filler * 65_536)[:65_536]
    began = time.monotonic()
    read_whois(reply, "lizi-yanlian.top", NOW, "whois.example:43", None)
    assert time.monotonic() - began < 5
