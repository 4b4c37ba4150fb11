"""Addresses: what is one, what is the same one, and where a host is cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.addresses import (
    AddressError,
    ascii_host,
    covers,
    defang,
    host_of,
    lead_id,
    normalise,
    parts,
    registrable,
    unicode_host,
)


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("Example.CN", "http://example.cn/"),
        ("example.cn:8080/a", "http://example.cn:8080/a"),
        ("http://EXAMPLE.cn:80/A?b=1#c", "http://example.cn/A?b=1"),
        ("https://user:pw@example.cn:443", "https://example.cn/"),
        ("//example.cn/x", "http://example.cn/x"),
        ("http://应急.中国/查", "http://xn--extu8a.xn--fiqs8s/%E6%9F%A5"),
        ("http://[2001:DB8::1]:81/", "http://[2001:db8::1]:81/"),
        ("http://example.cn/a b", "http://example.cn/a%20b"),
        ("example.cn.", "http://example.cn/"),
    ],
)
def test_one_written_form(text: str, url: str) -> None:
    assert normalise(text) == url
    assert normalise(url) == url


@pytest.mark.parametrize(
    "text", ["", "javascript:alert(1)", "mailto:a@b.cn", "ftp://a.cn/", "http://", "http://a..b/"]
)
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(AddressError):
        normalise(text)


@given(st.text(max_size=80))
def test_any_text_is_an_address_or_an_address_error(text: str) -> None:
    try:
        url = normalise(text)
    except AddressError:
        return
    assert normalise(url) == url
    assert host_of(url)


def test_relative_to_a_base() -> None:
    assert normalise("../b", base="http://a.cn/x/y") == "http://a.cn/b"


def test_free_hosting_is_private_and_its_owner_is_who_registered() -> None:
    assert parts("shop.github.io").private
    assert parts("shop.github.io").registrable == "shop.github.io"
    assert registrable("shop.github.io") == "github.io"
    assert not parts("a.com.cn").private


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("cx.mem.gov.cn", "mem.gov.cn"),
        ("erbgov.cn", "erbgov.cn"),
        ("mem.gov.cn.evil.top", "evil.top"),
        ("192.0.2.1", ""),
        ("gov.cn", ""),
        ("a.b.test", "b.test"),
    ],
)
def test_registrable(host: str, domain: str) -> None:
    assert registrable(host) == domain


def test_trust_is_matched_on_label_boundaries() -> None:
    assert covers("gov.cn", "gov.cn")
    assert not covers("mem.gov.cn", "xmem.gov.cn")


def test_names_are_shown_as_people_read_them() -> None:
    assert unicode_host(ascii_host("应急管理部.中国")) == "应急管理部.中国"
    assert unicode_host("xn--99999999.cn") == "xn--99999999.cn"


def test_a_defanged_address_is_no_link() -> None:
    assert defang("https://a.cn/x.html") == "hxxps://a[.]cn/x[.]html"


def test_same_address_same_lead() -> None:
    assert lead_id("http://a.cn/") == lead_id(normalise("A.cn"))
    assert len(lead_id("http://a.cn/")) == 16


@pytest.mark.parametrize(
    "written", ["http://[", "//[x", "//\u2100/", "http://x:1:2/", "http://[::1"]
)
def test_a_broken_link_on_a_page_is_an_address_error(written: str) -> None:
    with pytest.raises(AddressError):
        normalise(written, base="http://a.cn/")


# What the test vectors of the Public Suffix List (tests/test_psl.txt in its repository) expect of
# each kind of rule: the registrable domain of a host, or none where it is a suffix itself.
@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("com", ""), ("example.com", "example.com"), ("a.b.example.com", "example.com"),
        ("biz", ""), ("b.domain.biz", "domain.biz"),
        ("uk.com", ""), ("a.b.example.uk.com", "example.uk.com"),
        ("test.ac", "test.ac"), ("c.mm", ""), ("a.b.c.mm", "b.c.mm"),
        ("ac.jp", ""), ("www.test.ac.jp", "test.ac.jp"),
        ("kyoto.jp", ""), ("test.kyoto.jp", "test.kyoto.jp"),
        ("ide.kyoto.jp", ""), ("a.b.ide.kyoto.jp", "b.ide.kyoto.jp"),
        ("c.kobe.jp", ""), ("a.b.c.kobe.jp", "b.c.kobe.jp"), ("www.city.kobe.jp", "city.kobe.jp"),
        ("test.ck", ""), ("a.b.test.ck", "b.test.ck"), ("www.www.ck", "www.ck"),
        ("k12.ak.us", ""), ("www.test.k12.ak.us", "test.k12.ak.us"),
        ("xn--85x722f.com.cn", "xn--85x722f.com.cn"), ("xn--55qx5d.cn", ""),
        ("www.xn--85x722f.xn--55qx5d.cn", "xn--85x722f.xn--55qx5d.cn"),
        ("www.xn--85x722f.xn--fiqs8s", "xn--85x722f.xn--fiqs8s"), ("xn--fiqs8s", ""),
    ],
)  # fmt: skip
def test_a_host_is_cut_as_the_public_suffix_list_expects(host: str, expected: str) -> None:
    assert parts(host).registrable == expected
