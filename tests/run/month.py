"""A small web that changes from day to day, and what each day's list has to tell of it."""

from __future__ import annotations

import csv
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from rehearsal.profile import TIP_COLUMNS
from rehearsal.registry import SITES_FOLDER, load_site
from rehearsal.server import Rehearsal
from rehearsal.site import Page, Registration, Site

SALE, QUERY = "www.banzheng-tzzy-kuaisu88.com", "qwzt7719kd.top"
SCHOOL, PARKED = "www.xuefeng-anquan-peixun0.com.cn", "yingji-zhengshu-mem-chaxun9.com"
HACKED = "www.hexi-gongye-jixiao26.cn"
DEAD_DAY = 18
"""On this day our own network is dead."""
DAYS = 30


def page_of(host: str, path: str = "/") -> Page:
    """A page of the practice web, sent as UTF-8."""
    found = load_site(SITES_FOLDER / host).page(path)
    assert found is not None
    return found


def site(host: str, *pages: Page, days: int = 60) -> Site:
    """A site that shows these pages, registered so many days ago."""
    return Site(host, Registration(host.removeprefix("www."), days), pages)


def with_phone(page: Page, number: str) -> Page:
    """A seller's page with another phone number."""
    return replace(page, body=page.body.replace(b"13800007801", number.encode()))


BROKEN = Page("/", b"<html><title>500 Internal Server Error</title></html>", status=500)
ELSEWHERE = Page("/", b"", status=302, headers=(("Location", "http://neue-seite19.top/"),))


@dataclass(frozen=True, slots=True)
class Story:
    """One site through the month."""

    url: str
    case: str
    told: dict[int, str]
    """The change that each of these days tells; `*` for one told as flapping. From the first one
    on, every other day tells `same`."""
    shown: Mapping[int, Site | None]
    """What the site is from a day on; `None` where its name does not resolve."""
    tipped: int = 1
    """The day from which the address is known to us."""


def stories() -> tuple[Story, ...]:
    """Appearing, escalating, falling, returning, flapping, changing hands, a school, our outage."""
    sale, query, parked = page_of(SALE), page_of(QUERY), page_of(PARKED)
    school, innocent = page_of(SCHOOL), page_of(HACKED)
    fake = page_of(HACKED, "/uploads/zs/cx.html")
    flaps = {day: site("shanshuo21.top", sale if day % 2 else BROKEN) for day in range(8, 15)}
    return (
        Story(
            "http://wending11.top/",
            "domain:wending11.top",
            {1: "new"},
            {1: site("wending11.top", sale)},
        ),
        Story(
            "http://chuxian12.top/",
            "domain:chuxian12.top",
            {3: "activated"},
            {1: None, 2: site("chuxian12.top", parked), 3: site("chuxian12.top", query)},
        ),
        Story(
            "http://xinlai13.top/",
            "domain:xinlai13.top",
            {2: "new"},
            {1: site("xinlai13.top", query)},
            tipped=2,
        ),
        Story(
            "http://shengji14.top/",
            "domain:shengji14.top",
            {1: "new", 4: "escalated"},
            {1: site("shengji14.top", sale), 4: site("shengji14.top", query)},
        ),
        Story(
            "http://luoxia15.top/",
            "domain:luoxia15.top",
            {1: "new", 2: "down", 4: "back", 19: "down", 23: "back"},
            {
                1: site("luoxia15.top", sale),
                2: site("luoxia15.top", BROKEN),
                4: site("luoxia15.top", sale),
                19: None,
                23: site("luoxia15.top", sale),
            },
        ),
        Story(
            "http://huanhao16.top/",
            "domain:huanhao16.top",
            {1: "new", 3: "changed", 16: "changed", 24: "changed"},
            {
                1: site("huanhao16.top", sale),
                3: site("huanhao16.top", with_phone(sale, "13900007802")),
                16: site("huanhao16.top", with_phone(sale, "13900007803")),
                24: site("huanhao16.top", ELSEWHERE),
            },
        ),
        Story(
            "http://shanshuo21.top/",
            "domain:shanshuo21.top",
            {1: "new", 8: "down", 9: "back", 10: "down*"},
            {1: site("shanshuo21.top", sale)} | flaps | {15: site("shanshuo21.top", BROKEN)},
        ),
        Story(
            "http://www.beihe-jixiao22.cn/uploads/zs/cx.html",
            "path:www.beihe-jixiao22.cn/uploads/zs/cx.html",
            {3: "new", 14: "down"},
            {
                1: site("www.beihe-jixiao22.cn", innocent, days=4200),
                3: site("www.beihe-jixiao22.cn", innocent, fake, days=4200),
                14: site("www.beihe-jixiao22.cn", innocent, days=4200),
            },
        ),
        Story("http://zhenggui23.com/", "", {}, {1: site("zhenggui23.com", school, days=2700)}),
    )


def told_on(day: int, known: tuple[Story, ...]) -> dict[str, str]:
    """What the list of a day has to tell, by case."""
    return {
        story.case: story.told.get(day, "same")
        for story in known
        if story.told and min(story.told) <= day
    }


class Month:
    """The web of the stories, day by day, and our command in it."""

    def __init__(self, server: Rehearsal, folder: Path, *, browser: bool) -> None:
        self._server = server
        self._folder = folder
        self._environment = dict(os.environ)
        self._environment["PYTHONPATH"] = str(Path(__file__).parents[2])
        if not browser:
            self._environment["CERTHOUND_BROWSER"] = str(folder / "none")
        self.known = stories()
        self.data = folder / "data"
        profile = server.write_profile(folder).read_text(encoding="utf-8")
        head, _search, rest = profile.partition("[sources.searxng]")
        tips = "[sources.tips]" + rest.partition("[sources.tips]")[2]
        (folder / "alive.toml").write_text(head + tips, encoding="utf-8")
        ports = server.ports
        dead = (head + tips).replace(f":{ports.dns}", ":9")
        (folder / "dead.toml").write_text(dead, encoding="utf-8")
        server.sites.put(site("neue-seite19.top", page_of(SALE)))

    @property
    def environment(self) -> dict[str, str]:
        """What the command runs in."""
        return self._environment

    def dawn(self, day: int) -> None:
        """Let the web be as it is on a day, and the tips as we have them."""
        for story in self.known:
            host = story.url.split("/")[2]
            current = [shown for since, shown in story.shown.items() if since <= day]
            if current and current[-1] is not None:
                self._server.sites.put(current[-1])
            else:
                self._server.sites.remove(host)
        with (self._folder / "tips.csv").open("w", encoding="utf-8", newline="") as stream:
            rows = csv.writer(stream)
            rows.writerow(TIP_COLUMNS)
            rows.writerows((url, "", "", "") for url in self._urls(day))

    def _urls(self, day: int) -> Iterator[str]:
        return (story.url for story in self.known if story.tipped <= day)

    def command(self, day: int) -> list[str]:
        """The command line of a day's run."""
        launcher = str(Path(__file__).with_name("another_day.py"))
        profile = "dead.toml" if day == DEAD_DAY else "alive.toml"
        run = [sys.executable, launcher, str(day), "run", "--json"]
        return [*run, "--profile", str(self._folder / profile), "--data", str(self.data)]
