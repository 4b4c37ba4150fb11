"""WHOIS replies of many registries: each says what stands in it, and nothing else."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.capture.registration import decode_reply, read_whois, referral_of
from crawler.model import Fact, Knowledge, Registration
from tests.capture.registration.replies import REPLIES, Reply

NOW = datetime(2026, 11, 26, tzinfo=UTC)


def read(text: str, domain: str) -> Registration:
    return read_whois(text, domain, NOW, "whois.example:43", None)


def day(fact: Fact[datetime]) -> str:
    return f"{fact.value:%Y-%m-%d}" if fact.value else ""


@pytest.mark.parametrize("name", REPLIES)
def test_a_reply_says_what_stands_in_it(name: str) -> None:
    reply = REPLIES[name]
    found = read(reply.text, reply.domain)
    assert found.state is Knowledge.KNOWN
    said = Reply(
        reply.domain,
        reply.text,
        day(found.registered_on),
        day(found.expires_on),
        found.registrar.value or "",
        found.statuses.value or (),
        found.name_servers.value or (),
    )
    assert said == reply
    # What is not printed is absent, not unknown.
    facts = (found.registered_on, found.expires_on, found.registrar, found.statuses)
    assert all(fact.state is not Knowledge.UNKNOWN for fact in facts)


@pytest.mark.parametrize("name", REPLIES)
def test_line_ends_and_case_of_the_name_do_not_matter(name: str) -> None:
    reply = REPLIES[name]
    assert read(reply.text.replace("\n", "\r\n"), reply.domain) == read(reply.text, reply.domain)


@pytest.mark.parametrize("name", REPLIES)
def test_a_reply_about_another_name_says_nothing(name: str) -> None:
    found = read(REPLIES[name].text, "pingguo-yanlian." + REPLIES[name].domain.partition(".")[2])
    assert found.state is Knowledge.UNKNOWN
    assert found.registered_on.state is Knowledge.UNKNOWN


@pytest.mark.parametrize("name", REPLIES)
def test_a_reply_that_breaks_off_gives_no_other_dates(name: str) -> None:
    reply = REPLIES[name]
    lines = reply.text.splitlines(keepends=True)
    for end in range(len(lines)):
        found = read("".join(lines[:end]), reply.domain)
        assert day(found.registered_on) in ("", reply.created)
        assert day(found.expires_on) in ("", reply.expires)
        assert found.state is not Knowledge.ABSENT


@pytest.mark.parametrize(
    ("created", "said"),
    [
        ("03/04/2026", ""),
        ("before Aug-1996", ""),
        ("2027-01-01T00:00:00Z", ""),  # has not come
        ("1970-01-01T00:00:00Z", ""),
        ("see at www.register.example", ""),
        ("REDACTED FOR PRIVACY", ""),
        ("2026-10-01T00:00:00Z", "2026-10-01"),
    ],
)
def test_a_beginning_that_is_not_certain_is_unknown(created: str, said: str) -> None:
    found = read(f"Domain Name: lizi.com\nCreation Date: {created}\nRegistrar: Lizi\n", "lizi.com")
    assert found.state is Knowledge.KNOWN
    assert day(found.registered_on) == said
    assert (found.registered_on.state is Knowledge.UNKNOWN) is (not said)


def test_a_beginning_after_the_end_is_not_believed() -> None:
    text = (
        "Domain Name: lizi.com\nCreation Date: 2026-10-01\nExpiry Date: 2026-01-01\nRegistrar: L\n"
    )
    found = read(text, "lizi.com")
    assert found.registered_on.state is Knowledge.UNKNOWN
    assert found.expires_on.state is Knowledge.UNKNOWN


def test_a_contact_alone_gives_no_beginning() -> None:
    for head in ("person: Lizi", "nic-hdl: LZ1", "Registrant:", "[Holder]", "Technical Contacts"):
        text = f"domain: lizi.com\nnserver: ns1.lizi-dns.net\n\n{head}\ncreated: 2026-10-01\n"
        found = read(text, "lizi.com")
        assert found.state is Knowledge.KNOWN
        assert found.registered_on.state is Knowledge.ABSENT, head


def test_names_of_a_chinese_domain_agree_in_both_forms() -> None:
    text = "Domain Name: 应急演练.中国\nSponsoring Registrar: 示例\n"
    assert read(text, "xn--vuq77ehuw8p3a.xn--fiqs8s").state is Knowledge.UNKNOWN
    name = "应急演练".encode("punycode").decode()
    assert read(text, f"xn--{name}.xn--fiqs8s").registrar.value == "示例"


@pytest.mark.parametrize(
    ("domain", "charset"),
    [("lizi.cn", "gb18030"), ("lizi.cn", "utf-8"), ("lizi.tw", "big5"), ("lizi.jp", "iso2022_jp")],
)
def test_registries_write_in_their_own_charsets(domain: str, charset: str) -> None:
    assert decode_reply("東京 Registrar".encode(charset), domain) == "東京 Registrar"


def test_bytes_that_are_no_text_are_read_all_the_same() -> None:
    assert read(decode_reply(bytes(range(256)) * 9, "lizi.cn"), "lizi.cn").state is (
        Knowledge.UNKNOWN
    )


@given(st.binary(max_size=300), st.sampled_from(["lizi.cn", "lizi.tw", "lizi.jp", "lizi.com"]))
def test_any_bytes_are_decoded(reply: bytes, domain: str) -> None:
    assert isinstance(decode_reply(reply, domain), str)


def test_the_registrar_that_a_registry_names() -> None:
    assert referral_of(REPLIES["top"].text, "lizi.top") == "whois.lizi.example"
    assert referral_of(REPLIES["verisign"].text, "lizi.com") == "whois.lizi.example"
    assert referral_of(REPLIES["ru"].text, "lizi.ru") == ""
    assert referral_of("Domain Name: a.com\nWhois Server: file:///etc/passwd\n", "a.com") == ""
