"""How fast captures over HTTP are, against a bare Scrapy spider that opens the same pages.

Each measurement is a process of its own, for Scrapy's reactor starts once; the two take turns.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response
from scrapy.resolver import dnscache

from benchmarks.loopback_web import Ports, loopback_web
from benchmarks.report import report
from crawler.capture.pictures import Shown
from crawler.capture.session import capture_session
from crawler.clock import now
from crawler.config import load_profile
from crawler.evidence import Blobs
from crawler.logs import log_to
from crawler.model import Assessment, Lead, LeadReason, Picture, Visit
from crawler.reactor import in_reactor
from crawler.store import Store
from seeds import load_watchlist
from spiders.settings import settings_for

BAR = 0.75
PROFILE = """\
[network]
hosts_to = "127.0.0.1:{http}"
dns = "127.0.0.1:{dns}"
whois = "127.0.0.1:{whois}"
allow_private = true
[run]
per_host_delay = 0
"""


def hosts(count: int) -> list[str]:
    """Invented names, each a registrable domain of its own, so that politeness binds nobody."""
    return [f"sudu{n:05d}-yanlian.cn" for n in range(count)]


class BareSpider(Spider):
    """Opens addresses and reads their titles, with nothing but Scrapy's defaults."""

    name = "bare"

    def __init__(self, urls: list[str]) -> None:
        super().__init__()
        self._urls = urls

    async def start(self) -> AsyncIterator[Request]:
        for url in self._urls:
            yield Request(url, callback=self.parse, dont_filter=True)

    def parse(self, response: Response) -> dict[str, Any]:
        return {"url": response.url, "title": response.css("title::text").get()}


def bare(ports: Ports, count: int, folder: Path) -> float:
    """Seconds that a bare spider takes; names are known to it beforehand, which ours must ask."""
    names = hosts(count)
    for name in names:
        dnscache[name] = "127.0.0.1"
    process = AsyncCrawlerProcess({"LOG_FILE": str(folder / "bare.log")})
    crawler = process.create_crawler(BareSpider)
    process.crawl(crawler, urls=[f"http://{name}:{ports.http}/" for name in names])
    start = time.perf_counter()
    process.start()
    seconds = time.perf_counter() - start
    assert crawler.stats is not None
    assert crawler.stats.get_value("item_scraped_count") == count
    return seconds


def ours(ports: Ports, count: int, folder: Path) -> float:
    """Seconds that the capture of as many leads takes, until the last row is stored."""
    path = folder / "profile.toml"
    path.write_text(
        PROFILE.format(http=ports.http, dns=ports.dns, whois=ports.whois), encoding="utf-8"
    )
    profile = load_profile(path, {})
    watchlist = load_watchlist()
    taken: list[float] = []

    async def judge(_visit: Visit) -> Assessment:
        raise AssertionError("without a browser nobody asks")

    async def read(_shown: Sequence[Shown], _words: bool) -> tuple[Picture, ...]:
        raise AssertionError("no page here is a picture")

    with Store.open(folder / "data") as store:
        log_to(folder / "data" / "logs")
        run = store.start_run(now())
        said = (LeadReason("names", "", now()),)
        urls = [f"http://{host}:{ports.http}/" for host in hosts(count)]
        leads = [Lead(sha256(url.encode()).hexdigest()[:16], url, said) for url in urls]
        store.add_leads(run.id, leads)
        due = store.due_leads(run.id, run.started_at)

        async def work(process: AsyncCrawlerProcess) -> None:
            start = time.perf_counter()
            blobs = Blobs(folder / "data" / "blobs")
            async with capture_session(
                profile, watchlist, store, blobs, None, judge, read
            ) as session:
                await session.open(process, run.id, due, lambda _lead: None)
            taken.append(time.perf_counter() - start)

        in_reactor(settings_for(profile.run), work)
        visits = [store.visit(each) for each in store.visits_to_assess(run.id)]
    assert len(visits) == count
    assert all(visit.captures[0].body and visit.registration for visit in visits)
    return taken[0]


def measure(kind: str, ports: Ports, count: int) -> float:
    """Pages a second of one kind, measured in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="certhound-benchmark-") as folder:
        numbers = [str(number) for number in (ports.http, ports.dns, ports.whois, count)]
        # Started by few lines, as the command is: a process that ours starts imports them again.
        begin = "from benchmarks.capture_http import main; main()"
        command = [sys.executable, "-c", begin, "--one", kind, folder, *numbers]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return count / float(done.stdout)


def main() -> None:
    """Print the table and the JSON."""
    if sys.argv[1:2] == ["--one"]:
        kind, folder, http, dns, whois, count = sys.argv[2:]
        how = {"bare": bare, "ours": ours}[kind]
        print(how(Ports(int(http), int(dns), int(whois)), int(count), Path(folder)))
        return
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=1500)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    rates: dict[str, list[float]] = {"bare": [], "ours": []}
    with loopback_web() as ports:
        for _round in range(chosen.rounds):
            for kind, found in rates.items():
                found.append(measure(kind, ports, chosen.pages))
    report("HTTP captures", "bare Scrapy", rates, BAR)


if __name__ == "__main__":
    main()
