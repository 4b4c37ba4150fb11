"""Whose names stand beside a suspect's on its certificate, by real certificates."""

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from crawler.addresses import lead_id
from crawler.errors import EvidenceError
from crawler.guard import Guard
from crawler.model import BlobRef, Capture, Failure, Lead
from crawler.same_certificate import names_beside
from crawler.snowball import Snowball
from rehearsal.tls import Authority
from tests.casework.conftest import CLEAR, START, WATCHLIST, Seen, look

HOST = "cx.fake.test"
AUTHORITY = Authority()
CHAIN = BlobRef("cd" * 32, 1, "application/pem-certificate-chain")


def pem(*names: str) -> bytes:
    _key, made = AUTHORITY.issue(names[0], further=names[1:])
    return made.public_bytes(Encoding.PEM) + AUTHORITY.pem


def shown(host: str = HOST) -> Capture:
    visit, _opinion = look("r", f"https://{host}/cx", Seen(), START)
    return replace(visit.captures[0], chain=CHAIN)


def beside(*names: str, host: str = HOST) -> tuple[str, ...]:
    return names_beside([shown(host)], WATCHLIST, lambda _blob: pem(*names))


def test_other_names_are_found_strange_domains_first() -> None:
    found = beside("fake.test", HOST, "m.fake.test", "other.test", "www.other.test", "third.test")
    assert found == ("other.test", "third.test", "fake.test", "m.fake.test")


def test_a_wildcard_is_for_one_label_and_named_without_it() -> None:
    assert beside("*.fake.test", "*.other.test") == ("other.test", "fake.test")
    assert beside("*.fake.test", "other.test", host="a.b.fake.test") == ()


@pytest.mark.parametrize(
    ("host", "names"),
    [
        (HOST, (HOST,)),
        (HOST, ("www.cx.fake.test", HOST)),
        (HOST, ("school.test", "www.school.test")),  # a neighbour's, shown to strangers
        (HOST, (HOST, *(f"shop{n}.test" for n in range(10)))),  # a host of websites
        (HOST, (HOST, "mail.fake.test", "cpanel.fake.test", "autodiscover.other.test")),
        (HOST, (HOST, "posts.test", "ads.posts.test", "user.github.io", "github.io")),
        ("fake.github.io", ("fake.github.io", "other.test")),
        ("posts.test", ("posts.test", "other.test")),
        ("192.0.2.7", ("192.0.2.7", "other.test")),
    ],
)
def test_strangers_names_are_not(host: str, names: tuple[str, ...]) -> None:
    assert beside(*names, host=host) == ()


def test_ten_names_are_the_most() -> None:
    assert len(beside(HOST, *(f"n{n}.fake.test" for n in range(300)))) == 10


@pytest.mark.parametrize("chain", [b"", b"-----BEGIN CERTIFICATE-----\nAAAA\n", b"\x00\xff" * 99])
def test_a_chain_that_is_none_names_nobody(chain: bytes) -> None:
    assert names_beside([shown()], WATCHLIST, lambda _blob: chain) == ()
    broken = pem(HOST, "other.test").replace(b"MII", b"AAA")
    assert names_beside([shown()], WATCHLIST, lambda _blob: broken) == ()


def test_damaged_evidence_and_a_failed_look_name_nobody() -> None:
    def damaged(_blob: BlobRef) -> bytes:
        raise EvidenceError("damaged")

    assert names_beside([shown()], WATCHLIST, damaged) == ()
    failed = replace(shown(), failure=Failure.TIMEOUT)
    assert names_beside([failed], WATCHLIST, lambda _blob: pem(HOST, "other.test")) == ()


def followed(url: str, seen: Seen) -> list[tuple[str, str]]:
    visit, opinion = look("r", url, seen, START)
    captures = tuple(replace(each, chain=CHAIN) for each in visit.captures)
    own = url.split("/")[2]
    sent = pem(own, "other.test", "cx.mem.gov.cn", "school.gov.cn")
    ball = Snowball(WATCHLIST, Guard(WATCHLIST), START, lambda _blob: sent)
    parent = Lead(lead_id(url), url, ())
    found = ball.leads_from(replace(visit, captures=captures), opinion, parent)
    return [(lead.url, lead.reasons[0].detail) for lead in found]


def test_they_are_leads_of_a_suspect_alone_and_no_official_host_is_one() -> None:
    url = "https://fake.test/"
    assert followed(url, Seen()) == [("https://other.test/", f"certificate: {url}")]
    assert followed(url, CLEAR) == []


def test_names_of_a_site_that_is_a_strangers_are_left_alone() -> None:
    assert followed("https://school.edu.cn/", Seen()) == []
