"""The guard: protected hosts never, private networks only by leave."""

from datetime import UTC, date, datetime
from ipaddress import ip_address

import pytest

from crawler.guard import Guard, refusal
from crawler.model import Authority, TrustedHost, TrustKind, Watchlist

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
WATCHLIST = Watchlist(
    authorities=(
        Authority("mem", "应急管理部", (), ("cx.mem.gov.cn", "saws.org.cn"), (), (), "test"),
    ),
    trusted=(
        TrustedHost("gov.cn", TrustKind.OWN, "党政机关", "office"),
        TrustedHost("old.example", TrustKind.PARTNER, "ended", "office", date(2026, 11, 22)),
        TrustedHost("own.old.example", TrustKind.OWN, "no end", "office"),
        TrustedHost("own.old.example", TrustKind.PARTNER, "ended", "office", date(2026, 11, 22)),
        TrustedHost("ended.saws.org.cn", TrustKind.PARTNER, "ended", "office", date(2026, 11, 22)),
        TrustedHost("last.example", TrustKind.PARTNER, "last day", "office", date(2026, 11, 23)),
    ),
    certificates=(),
    platforms=(),
    service_words=(),
    province_words=(),
)


@pytest.mark.parametrize(
    ("host", "protected"),
    [
        ("cx.mem.gov.cn", True),
        ("www.beijing.gov.cn", True),
        ("cx.saws.org.cn", True),
        ("mem.gov.cn.evil.top", False),
        ("erbgov.cn", False),
        ("xsaws.org.cn", False),
        ("old.example", False),
        ("last.example", True),
        ("own.old.example", True),
        ("www.own.old.example", True),
        ("www.old.example", False),
        ("ended.saws.org.cn", True),
    ],
)
def test_protected_hosts(host: str, protected: bool) -> None:
    assert Guard(WATCHLIST, allow_private=True).protects(host, NOW) is protected


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "203.0.113.1",
        "::1",
        "::",
        "fe80::1",
        "::127.0.0.1",
        "fec0::1",
        "192.88.99.1",
        "fd00::1",
        "::ffff:127.0.0.1",
        "::ffff:8.8.8.8",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "ff02::1",
    ],
)
def test_addresses_off_the_public_internet_are_refused(address: str) -> None:
    assert refusal(ip_address(address))
    assert Guard(WATCHLIST).refuses(address)
    assert not Guard(WATCHLIST, allow_private=True).refuses(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "114.114.114.114", "2400:3200::1"])
def test_public_addresses_are_allowed(address: str) -> None:
    assert not Guard(WATCHLIST).refuses(address)


@pytest.mark.parametrize("address", ["0x7f.1", "017700000001", "2130706433", "localhost", ""])
def test_odd_spellings_are_no_addresses(address: str) -> None:
    assert Guard(WATCHLIST).refuses(address)
