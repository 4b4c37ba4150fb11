"""What registries say instead of a record: not registered, reserved, or no answer at all."""

from datetime import UTC, datetime

import pytest

from crawler.capture.registration import read_whois
from crawler.model import Knowledge

NOW = datetime(2026, 11, 26, tzinfo=UTC)
TERMS = (
    "\n>>> Last update of WHOIS database: 2026-11-01T00:00:00Z <<<\n\nAccess to this service is"
    " rate limited.\nWhoever exceeds the limits of queries is blacklisted; do not exceed them.\n"
)
NOT_FOUND = """\
No matching record.
no matching record
No match for "LIZI.TOP".
No match!!
No Data Found
NOT FOUND
Domain not found.
The queried object does not exist: DOMAIN NOT FOUND
% No entries found for the selected source(s).
%% No entries found in the AFNIC Database.
%ERROR:101: no entries found
The domain has not been registered.
This domain name has not been registered.
lizi.top is free
Status: free
Status: AVAILABLE
Domain Status: available
Domain Status: No Object Found
% nothing found
*** Nothing found for this query.
No Found
Not found: lizi.top
We do not have an entry in our database matching your query.
No information available about domain name lizi.top in the Registry NASK database.
Domain lizi.top does not exist in database
상기 도메인이름은 등록되어 있지 않습니다.
% This query returned 0 objects.
domain "lizi.top" not found.
lizi.top: no entries found.
"""
RESERVED = """\
the domain you want to register is reserved.
the Domain Name you apply can not be registered online.
This name is reserved by the Registry in accordance with ICANN Policy.
Reserved Domain Name
Domain reserved
Status: Reserved
lizi.top is reserved
% The domain lizi.top is forbidden
>>> This name is not available for registration: <<<
The registration of this domain is restricted, as it is protected by the DPML
"""
THROTTLED = """\
Queried interval is too short.
Number of allowed queries exceeded.
# Too many connections.
WHOIS LIMIT EXCEEDED - SEE WWW.EXAMPLE.ORG/WHOIS FOR DETAILS
Your access is too fast,please try again later.
% Maximum query rate reached
% Quota exceeded
the WHOIS query quota for 192.0.2.1 has been exceeded
% Error: 55000000002 Connection refused; access control limit exceeded
Server is busy now, please try again later.
You have exceeded allowed connection rate
You have been blocked
-3: IP address has been excluded
Your connection limit exceeded. Please slow down and try again later.
查询过于频繁，请稍后再试
"""


def says(text: str) -> tuple[Knowledge, str]:
    found = read_whois(text, "lizi.top", NOW, "whois.example:43", None)
    assert found.registered_on.state is Knowledge.UNKNOWN
    return found.state, found.detail


@pytest.mark.parametrize("line", NOT_FOUND.splitlines())
def test_not_found(line: str) -> None:
    assert says(line) == (Knowledge.ABSENT, "not found")
    assert says(line + TERMS) == (Knowledge.ABSENT, "not found")


@pytest.mark.parametrize("line", RESERVED.splitlines())
def test_reserved(line: str) -> None:
    assert says(line + TERMS) == (Knowledge.ABSENT, "reserved")


@pytest.mark.parametrize("line", THROTTLED.splitlines())
def test_throttled(line: str) -> None:
    assert says(line) == (Knowledge.UNKNOWN, "throttled")
    assert says(f"lizi.top\n\n{line}\n") == (Knowledge.UNKNOWN, "throttled")


@pytest.mark.parametrize(
    "text",
    ["", "hello", TERMS, "Unable to process request", "Error: Invalid domain name", "<html>"],
)
def test_anything_else_is_not_understood(text: str) -> None:
    assert says(text) == (Knowledge.UNKNOWN, "not understood")


@pytest.mark.parametrize("line", [*THROTTLED.splitlines(), *NOT_FOUND.splitlines()[:14]])
def test_a_record_stands_whatever_its_terms_of_use_say(line: str) -> None:
    if line.startswith(("Status", "Domain Status")):
        return
    record = "Domain Name: lizi.top\nRegistrar: Lizi\nCreation Date: 2026-10-01T00:00:00Z\n\n"
    found = read_whois(record + line, "lizi.top", NOW, "whois.example:43", None)
    assert found.state is Knowledge.KNOWN
    assert found.registered_on.value == datetime(2026, 10, 1, tzinfo=UTC)
