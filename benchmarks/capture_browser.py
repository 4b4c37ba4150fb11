"""How fast captures by browser are, against bare Playwright that takes the same pictures.

Both open each page in a fresh context, as many at once, and take a screenshot of all of it; ours
also keeps documents, frames, archive and every exchange, behind the guard. They take turns.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import os
import sys
import time
from pathlib import Path

from playwright.async_api import Browser, async_playwright

from benchmarks.loopback_web import Ports, loopback_web
from benchmarks.report import report
from crawler.browser import find_browser
from crawler.capture.browser.pool import BrowserPool, PoolLimits
from crawler.capture.http import Router
from crawler.capture.resolve import Resolver
from crawler.config import Endpoint, Network, RunOptions
from crawler.guard import Guard
from crawler.model import Vantage
from seeds import load_watchlist

BAR = 0.8
# What a page of today does at least: a style, a picture and a script that writes a line.
MORE = (
    "<style>body{font:16px sans-serif}h1{color:#036}</style><img src=/seal.png alt=章>"
    "<p id=written></p><script>written.textContent='脚本写出的一行'</script>"
)
AT_ONCE = PoolLimits().pages


def addresses(ports: Ports, count: int) -> list[str]:
    """Addresses on names that are all at loopback; bare Chromium knows `.localhost` without DNS."""
    return [f"http://sudu{n:05d}.localhost:{ports.http}/" for n in range(count)]


async def bare(executable: Path, ports: Ports, count: int) -> float:
    """Seconds that bare Playwright takes."""
    turn = asyncio.Semaphore(AT_ONCE)

    async def picture(browser: Browser, url: str) -> None:
        async with turn:
            context = await browser.new_context(viewport={"width": 1366, "height": 900})
            page = await context.new_page()
            await page.goto(url)
            await page.screenshot(full_page=True)
            await context.close()

    async with async_playwright() as driver:
        sandbox = os.geteuid() != 0
        browser = await driver.chromium.launch(executable_path=executable, chromium_sandbox=sandbox)
        await picture(browser, addresses(ports, 1)[0])
        start = time.perf_counter()
        await asyncio.gather(*(picture(browser, url) for url in addresses(ports, count)))
        seconds = time.perf_counter() - start
        await browser.close()
    return seconds


async def ours(executable: Path, ports: Ports, count: int) -> float:
    """Seconds that our browsers take for as many captures."""
    to = Endpoint("127.0.0.1", ports.http)
    network = Network(hosts_to=to, tls_to=to, dns=Endpoint("127.0.0.1", ports.dns))
    guard = Guard(load_watchlist(), allow_private=True)
    router = Router(Resolver(network.dns), guard, network)
    agent = RunOptions().user_agent
    async with BrowserPool(executable, router, user_agent=agent) as pool:
        await pool.capture(addresses(ports, 1)[0], Vantage.DESKTOP)
        start = time.perf_counter()
        looks = await asyncio.gather(
            *(pool.capture(url, Vantage.DESKTOP) for url in addresses(ports, count))
        )
        seconds = time.perf_counter() - start
    whole = [look for look in looks if look.screenshot and "脚本写出的一行" in look.html]
    if len(whole) != count:
        raise SystemExit(f"only {len(whole)} of {count} captures are whole")
    return seconds


def _taken(kind: str, executable: Path, ports: Ports, count: int) -> float:
    how = {"bare": bare, "ours": ours}[kind]
    return asyncio.run(how(executable, ports, count))


def main() -> None:
    """Print the table and the JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    executable = find_browser(os.environ)
    if executable is None:
        sys.exit("there is no browser; run certhound doctor")
    rates: dict[str, list[float]] = {"bare": [], "ours": []}
    with (
        loopback_web(MORE) as ports,
        multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool,
    ):
        for _round in range(chosen.rounds):
            for kind, found in rates.items():
                seconds = pool.apply(_taken, (kind, executable, ports, chosen.pages))
                found.append(chosen.pages / seconds)
    report("browser captures", "bare Playwright", rates, BAR)


if __name__ == "__main__":
    main()
