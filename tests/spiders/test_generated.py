"""Generated names against the rehearsal's DNS: what exists is a lead, silence is blindness."""

import asyncio
import socket
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.config import Endpoint
from crawler.errors import ProfileError
from crawler.model import Lead, SourceStatus
from crawler.tables import parse_table
from detectors.names import NameScreen
from detectors.names.generate import likely_names
from rehearsal.server import Rehearsal
from seeds import load_watchlist
from spiders.base import Errand
from spiders.generated import GeneratedOptions, GeneratedSpider

SITE = '[registration]\nregistered_on = 10\n[dns]\n{dns}\n[[pages]]\npath = "/"\nfile = "i.html"\n'


def went(port: int, limit: int) -> tuple[list[Lead], GeneratedSpider]:
    leads: list[Lead] = []
    errand = Errand(
        GeneratedOptions(enabled=True, limit=limit),
        load_watchlist(),
        datetime(2026, 11, 20, tzinfo=UTC),
        leads.append,
        Endpoint("127.0.0.1", port),
    )
    spider = GeneratedSpider(errand)

    async def work() -> None:
        async for _request in spider.start():
            raise AssertionError("nothing is asked over HTTP")

    asyncio.run(work())
    return leads, spider


def test_names_that_exist_are_leads(tmp_path: Path) -> None:
    watchlist = load_watchlist()
    up, failing = likely_names(watchlist, NameScreen(watchlist), 2)
    for host, dns in (
        (up.name, 'addresses = ["203.0.113.9"]'),
        (failing.name, 'addresses = "servfail"'),
    ):
        (tmp_path / host).mkdir()
        (tmp_path / host / "site.toml").write_text(SITE.format(dns=dns), encoding="utf-8")
        (tmp_path / host / "i.html").write_text("<p>示例</p>", encoding="utf-8")
    with Rehearsal(folder=tmp_path) as web:
        leads, spider = went(web.ports.dns, 40)
    assert [lead.url for lead in leads] == [f"http://{up.name}/"]
    assert leads[0].reasons[0].source == "generated"
    assert leads[0].reasons[0].detail == f"{up.technique} ~ {up.imitates}"
    state = spider.outcome()
    assert (state.status, state.leads) == (SourceStatus.PARTIAL, 1)


def test_a_dead_server_blinds_the_source() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as spare:
        spare.bind(("127.0.0.1", 0))
        port = spare.getsockname()[1]
    leads, spider = went(port, 3)
    assert not leads
    assert spider.outcome().status is SourceStatus.BLIND


def test_options_are_read_strictly(tmp_path: Path) -> None:
    def read(text: str) -> GeneratedOptions:
        return GeneratedSpider.read_options(parse_table(text, "p.toml", ProfileError), tmp_path)

    assert read("enabled = true\nlimit = 7") == GeneratedOptions(enabled=True, limit=7)
    for wrong in ("limit = 0", "limit = true", "depth = 1"):
        with pytest.raises(ProfileError):
            read(wrong)
