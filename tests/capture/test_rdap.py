"""RDAP against the rehearsal's registry, in all the ways in which it can break."""

import asyncio
import time
from datetime import UTC, datetime

import pytest

from crawler.capture.rdap import RdapAnswer, RdapError, RdapTransport
from crawler.capture.registration import read_rdap
from crawler.capture.registry_pace import RegistryPace
from crawler.model import Knowledge, Registration
from rehearsal.server import Rehearsal
from rehearsal.site import Registration as Registered
from rehearsal.site import Site
from tests.capture.registries import PROTECTED, dialler

NOW = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)


def registry(rdap: str) -> Rehearsal:
    """A registry that knows one name and answers about it in one way."""
    site = Site("lizi-yan.com", Registered("lizi-yan.com", 30, "示例注册商", rdap=rdap))
    return Rehearsal(sites=[site], now=lambda: NOW)


def ask(
    web: Rehearsal, domain: str = "lizi-yan.com", *, timeout: float = 2.0, gap: float = 0.0
) -> RdapAnswer:
    own = f"http://127.0.0.1:{web.ports.rdap}"
    transport = RdapTransport(timeout, dialler(allow_private=False), RegistryPace(gap), own)
    return asyncio.run(transport.get(own, domain))


def read(answer: RdapAnswer, domain: str = "lizi-yan.com") -> Registration:
    nothing = Registration(domain, Knowledge.UNKNOWN, NOW)
    return read_rdap(answer.status, answer.media_type, answer.body, nothing)


def test_a_registered_domain() -> None:
    with registry("ok") as web:
        answer = ask(web)
    assert answer.url.endswith("/domain/lizi-yan.com")
    found = read(answer)
    assert found.state is Knowledge.KNOWN
    assert found.registered_on.value == datetime(2026, 10, 25, 2, 0, tzinfo=UTC)
    assert found.registrar.value == "示例注册商"
    assert found.statuses.value == ("ok",)
    assert found.name_servers.value == (
        "ns1.yunqiao-yanlian-dns.net",
        "ns2.yunqiao-yanlian-dns.net",
    )


def test_a_domain_that_is_not_registered() -> None:
    with registry("ok") as web:
        found = read(ask(web, "nobody-yan.com"), "nobody-yan.com")
    assert (found.state, found.detail) == (Knowledge.ABSENT, "not found")


@pytest.mark.parametrize(
    ("rdap", "detail"),
    [
        ("garbage", "not understood"),
        ("empty", "not understood"),
        ("deep", "not understood"),
        ("other", "names another domain"),
        ("html_404", "HTTP 404 without RDAP"),
        ("none", "HTTP 400"),
        ("error", "HTTP 500"),
    ],
)
def test_an_answer_that_says_nothing_is_unknown(rdap: str, detail: str) -> None:
    with registry(rdap) as web:
        found = read(ask(web))
    assert (found.state, found.detail) == (Knowledge.UNKNOWN, detail)
    assert found.registered_on.state is Knowledge.UNKNOWN


@pytest.mark.parametrize(
    ("rdap", "why"),
    [
        ("loop", "more than 3 redirects"),
        ("private", "10.66.66.66: private"),
        ("endless", "more than 1000000 bytes"),
        ("huge", "more than 1000000 bytes"),
        ("hang", "in time"),
        ("drip", "in time"),
        ("drop", "127.0.0.1:"),
        ("ratelimited", "has had enough"),
    ],
)
def test_an_answer_of_no_use_is_an_error_within_its_time(rdap: str, why: str) -> None:
    began = time.monotonic()
    with registry(rdap) as web, pytest.raises(RdapError, match=why):
        ask(web, timeout=1.0)
    assert time.monotonic() - began < 10


def test_who_has_had_enough_is_asked_again_after_the_time_it_names() -> None:
    with registry("ratelimited") as web:
        began = time.monotonic()
        with pytest.raises(RdapError):
            ask(web, gap=0.1)  # patience is thirty gaps, and the registry asks for two seconds
        waited = time.monotonic() - began
        asked = len(web.journal.entries("rdap"))
    assert waited >= 2
    assert asked == 2


def test_a_registry_that_rests_is_not_asked() -> None:
    with registry("ratelimited") as web:
        own = f"http://127.0.0.1:{web.ports.rdap}"
        transport = RdapTransport(2.0, dialler(allow_private=False), RegistryPace(0.01), own)

        async def work() -> None:
            for _ in range(3):
                with pytest.raises(RdapError):
                    await transport.get(own, "lizi-yan.com")

        asyncio.run(work())
        assert len(web.journal.entries("rdap")) == 1


@pytest.mark.parametrize(
    ("base", "why"),
    [
        ("http://127.0.0.1:1", "loopback"),
        ("http://[::1]:1", "loopback"),
        ("http://2130706433:1", "loopback"),
        (f"http://{PROTECTED}", "protected"),
    ],
)
def test_only_the_operators_own_server_may_be_private(base: str, why: str) -> None:
    own = "http://127.0.0.1:2"
    transport = RdapTransport(2.0, dialler(allow_private=False), RegistryPace(0), own)
    with pytest.raises(RdapError, match=why):
        asyncio.run(transport.get(base, "lizi-yan.com"))


def test_the_certificate_of_a_registry_is_checked() -> None:
    site = Site("rdap.lizi-yan.com", Registered("lizi-yan.com", 30), addresses=("127.0.0.1",))
    with Rehearsal(sites=[site]) as web:
        transport = RdapTransport(2.0, dialler(web.ports.dns), RegistryPace(0))
        base = f"https://rdap.lizi-yan.com:{web.ports.tls}"
        with pytest.raises(RdapError, match=r"(?i)certificate verify failed"):
            asyncio.run(transport.get(base, "lizi-yan.com"))
