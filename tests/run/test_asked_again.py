"""The contacts of suspects are searched for on later days, and bring their other pages."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from crawler.addresses import lead_id
from crawler.casework import decide
from crawler.clock import now
from crawler.model import Decision
from crawler.store import Store
from rehearsal.server import Rehearsal
from rehearsal.site import Page, Site
from tests.run.month import HACKED, SALE, page_of, site, with_phone
from tests.run.practice import call
from tests.spiders.test_search_services import KEY, Service, service

LAUNCHER = Path(__file__).with_name("another_day.py")
SELLER, SECOND, CLEARED, VICTIM = (
    "mai1-yanlian.top",
    "mai2-yanlian.top",
    "qing3-yanlian.top",
    HACKED,
)
PHONE, THEIRS, OWNERS = "13800007801", "13900002222", "13700003333"
BUDGET = 20


def unlisted(page: Page) -> Page:
    return replace(page, search=None)


def indexed(page: Page, number: str) -> Page:
    """A page that a search engine finds by its number alone."""
    return replace(page, search=(number,), title="主页", text=number)


def web() -> Iterator[Site]:
    """A seller with a second page that nobody has named, one whom people cleared, a victim."""
    sale, school = page_of(SALE), page_of(HACKED)
    yield site(SELLER, unlisted(sale))
    yield site(SECOND, indexed(sale, PHONE))
    yield site(CLEARED, unlisted(with_phone(sale, THEIRS)))
    hacked = replace(with_phone(sale, OWNERS), path="/uploads/a.html", search=None)
    yield site(VICTIM, unlisted(school), hacked, days=4000)


@dataclass(frozen=True)
class Office:
    """A data folder, the practice web, and one search source."""

    server: Rehearsal
    folder: Path
    source: str

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def live(self, day: int) -> None:
        head, _rest, _sources = (
            self.server.write_profile(self.folder)
            .read_text(encoding="utf-8")
            .partition("[sources.searxng]")
        )
        tips = '[sources.tips]\nenabled = true\nfiles = ["tips.csv"]\n'
        (self.folder / "p.toml").write_text(f"{head}{self.source}{tips}", encoding="utf-8")
        hosts = (f"http://{SELLER}/", f"http://{CLEARED}/", f"http://{VICTIM}/uploads/a.html")
        rows = ["url,text,received_at,from", *(f"{url},,," for url in hosts)]
        (self.folder / "tips.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
        done = call(["env", f"SERVICE_KEY={KEY}", "PYTHONPATH=.", "CERTHOUND_BROWSER=none",
                     sys.executable, str(LAUNCHER), str(day), "run", "--profile",
                     str(self.folder / "p.toml"), "--data", str(self.data)])  # fmt: skip
        assert done.returncode == 3, done.stderr  # no browser
        assert PHONE not in done.stdout + done.stderr

    def clear(self) -> None:
        with Store.open(self.data) as store:
            hacked = store.case(f"path:{VICTIM}/uploads/a.html")
            assert hacked is not None  # what it shows may be the owner's
            assert OWNERS in {each.value for each in hacked.facts.contacts}
            decide(store, f"domain:{CLEARED}", Decision.DISMISS, "甲", "不是", now())


def two_weeks(office: Office, asked: Callable[[], list[str]]) -> None:
    """Live through days on which contacts are due, then not, then again."""
    office.live(0)
    assert len(asked()) == BUDGET
    assert not [query for query in asked() if '"' in query]
    office.clear()
    for day, expected in ((1, 1), (2, 1), (15, 2)):
        before = len(asked())
        office.live(day)
        today = asked()[before:]
        assert len(today) == BUDGET
        assert asked().count(f'"{PHONE}"') == expected, day
    assert not [query for query in asked() if THEIRS in query or OWNERS in query]


def test_searxng_finds_the_sellers_other_page(tmp_path: Path) -> None:
    with Rehearsal(sites=list(web())) as server:
        own = f'[sources.searxng]\nenabled = true\nurl = "http://127.0.0.1:{server.ports.search}"\n'
        office = Office(server, tmp_path, f"{own}max_queries = {BUDGET}\npages = 1\ndelay = 0\n")
        two_weeks(office, lambda: [str(e["query"]) for e in server.journal.entries("search")])
    with Store.open(office.data) as store:
        lead = store.lead(lead_id(f"http://{SECOND}/"))
        (said,) = {reason.detail for reason in lead.reasons if reason.source == "searxng"}
        assert store.case(f"domain:{SECOND}") is not None
    assert said == f"contact phone 138****7801 of domain:{SELLER}"


@pytest.mark.long
@pytest.mark.parametrize(
    ("name", "none"),
    [
        ("qianfan", {"references": []}),
        ("bocha", {"data": {"webPages": {"value": []}}}),
    ],
)
def test_paid_services_ask_within_their_daily_budget(
    tmp_path: Path, name: str, none: dict[str, object]
) -> None:
    def asked(paid: Service) -> list[str]:
        bodies = [body for _key, body in paid.asked]
        return [str(b.get("query") or b["messages"][0]["content"]) for b in bodies]

    with Rehearsal(sites=list(web())) as server, service(none) as paid:
        own = f'[sources.{name}]\nenabled = true\nurl = "http://127.0.0.1:{paid.server_port}/"\n'
        own += f'key_env = "SERVICE_KEY"\nmax_queries = {BUDGET}\ndelay = 0\n'
        office = Office(server, tmp_path, own)
        two_weeks(office, lambda: asked(paid))
        office.live(15)
        assert len(asked(paid)) == 4 * BUDGET  # that day's budget was spent
