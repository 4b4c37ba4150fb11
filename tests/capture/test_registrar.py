"""Registration facts of domains, from registries that answer, refuse, refer and contradict."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from crawler.capture.rdap import RdapTransport
from crawler.capture.registrar import Registrar
from crawler.capture.registry_pace import RegistryPace
from crawler.capture.whois import WhoisTransport
from crawler.config import Endpoint, Network, RunOptions
from crawler.evidence import Blobs
from crawler.model import Knowledge, Registration
from crawler.store import Store
from rehearsal.server import Rehearsal
from rehearsal.site import Registration as Registered
from rehearsal.site import Site
from tests.capture.registries import Answers, dialler, named, whois_servers

IANA, REGISTRY, REGISTRAR = "127.0.0.2", "127.0.0.3", "127.0.0.4"
NAMES = {
    "whois.iana.org": IANA,
    "whois.yanlian-registry.top": REGISTRY,
    "whois.lizi-registrar.top": REGISTRAR,
}
DOMAIN = "lizi.top"
RECORD = "Domain Name: lizi.top\nCreation Date: 2020-10-01T00:00:00Z\n"
REFERRING = RECORD + "Registrar WHOIS Server: whois.lizi-registrar.top\n"


@pytest.fixture(scope="module")
def web() -> Iterator[Rehearsal]:
    with named(NAMES) as running:
        yield running


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path) as opened:
        yield opened


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(tmp_path / "blobs")


Learn = Callable[..., tuple[Registration, dict[str, list[str]]]]


@pytest.fixture
def learn(web: Rehearsal, store: Store, blobs: Blobs) -> Learn:
    """What is learnt of a domain from WHOIS servers that answer so, and what they were asked."""

    def work(
        registry: Answers | str,
        registrar: Answers | str = "",
        *,
        domain: str = DOMAIN,
        gap: float = 0.0,
        allow_private: bool = True,
    ) -> tuple[Registration, dict[str, list[str]]]:
        answers: Mapping[str, Answers] = {
            IANA: lambda _tld: "whois: whois.yanlian-registry.top\n",
            REGISTRY: registry if callable(registry) else lambda _name: str(registry),
            REGISTRAR: registrar if callable(registrar) else lambda _name: str(registrar),
        }

        async def ask() -> tuple[Registration, dict[str, list[str]]]:
            async with whois_servers(answers) as servers:
                pace, guarded = (
                    RegistryPace(gap),
                    dialler(web.ports.dns, allow_private=allow_private),
                )
                own = None if allow_private else Endpoint(REGISTRY, servers.port)
                whois = WhoisTransport(own, 2.0, guarded, pace, port=servers.port)
                rdap = RdapTransport(2.0, guarded, pace)
                asker = Registrar(lambda _domain: "", rdap, whois, pace, store, blobs)
                found = await asker.ask(domain)
                assert found is not None
                return found, servers.questions

        return asyncio.run(ask())

    return work


def texts(found: Registration, blobs: Blobs) -> list[str]:
    kept = [found.raw, *found.further]
    return [blobs.get(each).decode() for each in kept if each is not None]


def test_the_registrar_is_asked_once_and_fills_what_the_registry_leaves_out(
    learn: Learn, blobs: Blobs
) -> None:
    told = "Domain Name: lizi.top\nRegistrar: 示例\nRegistrar WHOIS Server: whois.iana.org\n"
    found, asked = learn(REFERRING, told)
    assert found.registrar.value == "示例"
    assert found.registered_on.value is not None
    assert found.registered_on.value.year == 2020
    assert found.expires_on.state is Knowledge.ABSENT
    assert asked == {IANA: ["top"], REGISTRY: [DOMAIN], REGISTRAR: [DOMAIN]}
    assert texts(found, blobs) == [REFERRING, told]


def test_the_registrys_word_counts_and_a_contradiction_is_told(learn: Learn) -> None:
    told = "Domain Name: lizi.top\nCreation Date: 2026-10-01T00:00:00Z\nRegistrar: 示例\n"
    found, _ = learn(REFERRING, told)
    assert found.registered_on.value is not None
    assert found.registered_on.value.year == 2020
    assert "says 2026-10-01" in found.detail


@pytest.mark.parametrize(
    "told",
    [
        "Domain Name: pingguo.top\nCreation Date: 2026-10-01T00:00:00Z\nRegistrar: 别人\n",
        "No match.\n",
        "Query limit exceeded.\n",
        "hello\n",
        "",
    ],
)
def test_a_registrar_that_says_nothing_of_it_changes_nothing(learn: Learn, told: str) -> None:
    found, _ = learn(REFERRING, told)
    assert found.state is Knowledge.KNOWN
    assert found.registrar.state is Knowledge.ABSENT
    assert found.registered_on.value is not None
    assert found.registered_on.value.year == 2020


@pytest.mark.parametrize("server", ["whois.yanlian-registry.top", "127.0.0.3", "127.0.0.4"])
def test_a_referral_in_a_circle_ends(learn: Learn, server: str) -> None:
    record = RECORD + f"Registrar WHOIS Server: {server}\n"
    found, asked = learn(record, record)
    assert found.state is Knowledge.KNOWN
    assert len(asked[REGISTRY]) + len(asked[REGISTRAR]) <= 2


@pytest.mark.parametrize(
    "server", ["127.0.0.4", "whois.lizi-registrar.top", "10.0.0.1", "169.254.169.254", "[::1]"]
)
def test_a_referral_into_a_private_network_is_not_followed(learn: Learn, server: str) -> None:
    record = RECORD + f"Registrar WHOIS Server: {server}\n"
    found, asked = learn(record, "Registrar: 别人\n", allow_private=False)
    assert found.state is Knowledge.KNOWN
    assert found.detail.startswith("the registrar was not asked")
    assert asked == {IANA: [], REGISTRY: [DOMAIN], REGISTRAR: []}


def test_half_a_date_at_the_end_of_a_reply_is_no_date(learn: Learn) -> None:
    found, _ = learn("Domain Name: lizi.top\nRegistrar: 示例\nCreation Date: 2020-10-1")
    assert found.registrar.value == "示例"
    assert found.registered_on.state is not Knowledge.KNOWN


def test_a_registry_that_has_had_enough_is_asked_once_more_and_then_left_alone(
    learn: Learn, blobs: Blobs
) -> None:
    said = iter(["Query limit exceeded.\n", RECORD])
    found, asked = learn(lambda _name: next(said), gap=0.01)
    assert found.state is Knowledge.KNOWN
    assert texts(found, blobs) == [RECORD, "Query limit exceeded.\n"]
    found, asked = learn("Query limit exceeded.\n", gap=0.01, domain="pingguo.top")
    assert (found.state, found.detail) == (Knowledge.UNKNOWN, "throttled")
    assert asked[REGISTRY] == ["pingguo.top"] * 2


@pytest.mark.parametrize("wants_chinese", [False, True])
def test_a_chinese_name_is_asked_for_in_both_forms(learn: Learn, wants_chinese: bool) -> None:
    name = "应急演练.top"
    ascii_name = name.encode("idna").decode()
    wanted = name if wants_chinese else ascii_name
    record = f"Domain Name: {name}\nRegistrar: 示例\n"
    found, asked = learn(lambda q: record if q == wanted else "No match.\n", domain=ascii_name)
    assert found.registrar.value == "示例"
    assert asked[REGISTRY] == ([ascii_name, name] if wants_chinese else [ascii_name])
    found, asked = learn("No match.\n", domain="演练应急.top".encode("idna").decode())
    assert found.state is Knowledge.ABSENT
    assert len(asked[REGISTRY]) == 2


# From here on RDAP and WHOIS of the rehearsal, as a practice run asks them.


def practice(
    store: Store, blobs: Blobs, *, rdap: str = "ok", whois: str = "ok", host: str = "lizi-yan.com"
) -> tuple[Registration, list[str]]:
    site = Site(host, Registered(host, 30, "示例注册商", rdap=rdap, whois=whois))
    with Rehearsal(sites=[site]) as web:
        network = Network(
            dns=Endpoint("127.0.0.1", web.ports.dns),
            whois=Endpoint("127.0.0.1", web.ports.whois),
            rdap=f"http://127.0.0.1:{web.ports.rdap}",
        )
        guarded = dialler(web.ports.dns, allow_private=False)
        options = RunOptions(per_host_delay=0.0, timeout=1.0)

        async def ask() -> Registration | None:
            asker = Registrar.of(network, options, guarded, store, blobs)
            first, second = await asyncio.gather(asker.ask(host), asker.ask(f"www.{host}"))
            assert first is second
            return first

        found = asyncio.run(ask())
        assert found is not None
        asked = [str(each["service"]) for each in web.journal.entries()]
    return found, [each for each in asked if each in ("rdap", "whois")]


def test_rdap_is_enough(store: Store, blobs: Blobs) -> None:
    found, asked = practice(store, blobs)
    assert found.registrar.value == "示例注册商"
    assert found.source.endswith("/domain/lizi-yan.com")
    assert asked == ["rdap"]
    assert '"objectClassName": "domain"' in texts(found, blobs)[0]


@pytest.mark.parametrize(
    "rdap",
    re.findall(
        r"\w+",
        """none ratelimited error garbage empty deep loop private drop other html_404 hang drip
        endless huge""",
    ),
)
def test_whois_says_what_rdap_does_not(store: Store, blobs: Blobs, rdap: str) -> None:
    found, asked = practice(store, blobs, rdap=rdap)
    assert found.state is Knowledge.KNOWN
    assert found.registrar.value == "示例注册商"
    assert asked[0] == "rdap"
    assert asked[-1] == "whois"


def test_a_chinese_registry_is_asked_by_whois(store: Store, blobs: Blobs) -> None:
    found, _ = practice(store, blobs, rdap="none", host="lizi-yan.cn")
    assert found.registered_on.value is not None
    assert found.registered_on.value.hour == 2  # ten in the morning in Beijing


@pytest.mark.parametrize(
    "whois", ["ratelimited", "none", "drip", "garbage", "hang", "endless", "drop"]
)
def test_when_both_fail_it_is_unknown_never_absent(store: Store, blobs: Blobs, whois: str) -> None:
    found, _ = practice(store, blobs, rdap="error", whois=whois)
    assert found.state is Knowledge.UNKNOWN
    assert found.detail.startswith("RDAP: HTTP 500; WHOIS: ")
    assert found.registered_on.state is Knowledge.UNKNOWN


def test_the_registrar_of_a_practice_registry_may_not_be_private(
    store: Store, blobs: Blobs
) -> None:
    found, asked = practice(store, blobs, rdap="none", whois="refer_private")
    assert found.state is Knowledge.KNOWN
    assert "10.66.66.66" in found.detail
    assert asked.count("whois") == 1


@pytest.mark.parametrize("host", ["127.0.0.1", "shop.github.io", "com"])
def test_nobody_is_asked_about_what_has_no_registration(
    store: Store, blobs: Blobs, host: str
) -> None:
    asker = Registrar.of(Network(), RunOptions(), dialler(), store, blobs)
    assert asyncio.run(asker.ask(host)) is None
