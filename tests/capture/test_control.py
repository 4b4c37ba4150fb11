"""Control sites tell whether it is our own network that failed."""

import asyncio
import socket
from collections.abc import Iterator
from dataclasses import replace

import pytest

from crawler.capture.control import reach
from crawler.config import Endpoint, Network
from crawler.guard import Guard
from crawler.model import Knowledge
from rehearsal.server import Rehearsal
from seeds import load_watchlist
from spiders import open_profile


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    """How the practice web is reached."""
    with Rehearsal() as server:
        path = server.write_profile(tmp_path_factory.mktemp("profile"))
        yield open_profile(path).network


@pytest.fixture
def dead_port() -> Iterator[int]:
    """A port that nobody listens on while the test lasts."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


def ask(network: Network) -> Knowledge:
    return asyncio.run(reach(network, Guard(load_watchlist(), network.allow_private)))


SITE, OTHER = "http://qwzt7719kd.top/", "http://nobody-has-this-name.top/"


def test_nobody_is_asked_where_none_is_named(practice: Network) -> None:
    assert ask(practice) is Knowledge.UNKNOWN


def test_one_that_answers_is_enough(practice: Network) -> None:
    assert ask(replace(practice, control=(OTHER, SITE))) is Knowledge.KNOWN


def test_none_that_answers_is_our_outage(practice: Network, dead_port: int) -> None:
    assert ask(replace(practice, control=(OTHER,))) is Knowledge.ABSENT
    dead = replace(practice, control=(SITE,), hosts_to=Endpoint("127.0.0.1", dead_port))
    assert ask(dead) is Knowledge.ABSENT


def test_a_portal_without_the_sites_certificate_is_no_answer(practice: Network) -> None:
    portal = replace(practice, control=(SITE.replace("http:", "https:"),))
    assert ask(portal) is Knowledge.ABSENT


def test_an_official_host_is_never_asked_though_a_profile_names_it(practice: Network) -> None:
    named = replace(practice, control=("http://www.mem.gov.cn/",))
    assert ask(named) is Knowledge.UNKNOWN
    assert ask(replace(named, control=(*named.control, SITE))) is Knowledge.KNOWN


def test_a_private_address_is_not_asked_on_the_internet(practice: Network) -> None:
    assert ask(replace(practice, control=(SITE,), allow_private=False)) is Knowledge.ABSENT
