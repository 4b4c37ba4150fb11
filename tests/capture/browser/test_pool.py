"""Browsers come and go under a pool: killed, worn out, or never there."""

from __future__ import annotations

import asyncio
import base64
import os
import signal
import struct
import sys
import tempfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from crawler.capture.browser.look import BrowserLook, LeftOut
from crawler.capture.browser.pool import BrowserPool, PoolLimits
from crawler.model import Failure, Vantage

if TYPE_CHECKING:
    from tests.capture.browser.conftest import Asked, Web, Writer

TEXT = "<meta charset=utf-8><h1>特种作业操作证查询</h1>" + "<p>安全生产考试合格信息</p>" * 40
URL = "http://a-yanlian.cn/"
SCRIPTED = "<p id=written></p><script>written.textContent = '脚本写出' + '的一行'</script>"


async def slow(_asked: Asked, writer: Writer) -> None:
    await asyncio.sleep(1)
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(TEXT.encode())}"
    writer.write(f"{head}\r\n\r\n{TEXT}".encode())


@pytest.fixture(autouse=True)
def pages(web: Web) -> None:
    web.pages |= {"/": TEXT, "/slow": slow}


def open_pool(web: Web, browser: Path, limits: PoolLimits | None = None) -> BrowserPool:
    return BrowserPool(browser, web.router(), user_agent="UA/1", limits=limits)


def kill(pid: int) -> None:
    """End a browser that the pool started, as a crash would."""
    assert pid
    os.kill(pid, signal.SIGKILL)


def test_a_browser_killed_under_its_visits_costs_a_retry(
    loop: asyncio.AbstractEventLoop, web: Web, browser: Path
) -> None:
    async def work() -> tuple[list[BrowserLook], int]:
        async with open_pool(web, browser) as pool:
            visits = [pool.capture(URL + "slow", Vantage.DESKTOP) for _ in range(3)]
            running = asyncio.gather(*visits)
            while not any(asked.path == "/slow" for asked in web.asked):
                await asyncio.sleep(0.05)
            kill(pool.process)
            return await running, pool.started

    looks, started = loop.run_until_complete(work())
    assert [look.failure for look in looks] == [None] * 3
    assert all("特种作业操作证查询" in look.html for look in looks)
    assert started == 2


def test_a_browser_killed_between_visits_costs_nothing(
    loop: asyncio.AbstractEventLoop, web: Web, browser: Path
) -> None:
    async def work() -> list[BrowserLook]:
        async with open_pool(web, browser) as pool:
            first = await pool.capture(URL, Vantage.DESKTOP)
            kill(pool.process)
            return [first, await pool.capture(URL, Vantage.PHONE)]

    assert [look.failure for look in loop.run_until_complete(work())] == [None, None]


def test_a_worn_browser_is_replaced_and_ends(
    loop: asyncio.AbstractEventLoop, web: Web, browser: Path
) -> None:
    async def work() -> tuple[list[int], int]:
        pids = []
        async with open_pool(web, browser, PoolLimits(visits_per_browser=2)) as pool:
            for _ in range(4):
                await pool.capture(URL, Vantage.DESKTOP)
                pids.append(pool.process)
        return pids, pool.started

    pids, started = loop.run_until_complete(work())
    assert started == 2
    assert pids[0] == pids[1] != pids[2] == pids[3]
    for pid in set(pids):
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_a_browser_that_cannot_start_is_our_fault(
    loop: asyncio.AbstractEventLoop, web: Web
) -> None:
    async def work() -> BrowserLook:
        async with open_pool(web, Path(sys.executable)) as pool:
            return await pool.capture(URL, Vantage.DESKTOP)

    look = loop.run_until_complete(work())
    assert look.failure is Failure.OUR_FAULT
    assert look.html == ""


def family() -> set[int]:
    """This process and all below it."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text(encoding="utf-8", errors="replace")
            except OSError:
                continue
            parents[int(entry.name)] = int(stat.rpartition(")")[2].split()[1])
    found = {os.getpid()}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def memory(pids: set[int], of: str = "Pss:") -> float:
    """Megabytes that these processes hold, what they share counted once (as "Rss:", each time)."""
    total = 0
    for pid in pids:
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8").splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith(of))
    return total / 1024


@pytest.mark.long
@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="memory is read in /proc")
def test_a_thousand_captures_in_flat_memory_with_a_kill_every_fifty(
    loop: asyncio.AbstractEventLoop,
    web: Web,
    browser: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    captures = int(os.environ.get("CERTHOUND_TEST_CAPTURES", "1000"))

    async def work() -> tuple[int, list[float], list[float], int]:
        good, ours, all_of_us = 0, [], []
        async with open_pool(web, browser) as pool:
            for batch in range(captures // 25):
                visits = [pool.capture(f"{URL}?{batch}.{i}", Vantage.DESKTOP) for i in range(25)]
                running = asyncio.gather(*visits)
                if batch % 2:
                    await asyncio.sleep(1.5)
                    while not pool.process:  # one is being exchanged for another
                        await asyncio.sleep(0.05)
                    kill(pool.process)
                looks = await running
                good += sum(look.failure is None and bool(look.screenshot) for look in looks)
                ours.append(memory({os.getpid()}, "Rss:"))
                all_of_us.append(memory(family()))
                web.asked.clear()
        return good, ours, all_of_us, pool.started

    good, ours, all_of_us, started = loop.run_until_complete(work())
    assert good == captures
    assert started >= captures // 50
    with capsys.disabled():
        for done in (number for number in (100, 300, 1000) if number <= captures):
            at = done // 25 - 1
            sys.stdout.write(
                f"after {done}: own RSS {ours[at]:.0f} MB, PSS of all {all_of_us[at]:.0f} MB\n"
            )
    early = max(ours[1:4])
    figures = f"own {ours} MB, all {all_of_us} MB"
    assert max(ours[-3:]) < early * 1.15 + 10, figures
    assert max(all_of_us[-3:]) < max(all_of_us[:4]) * 1.3 + 50, figures


GREEDY = """<meta charset=utf-8><h1>特种作业操作证查询</h1><script>
const held = [];
setInterval(() => { for (let i = 0; i < 8; i++) held.push(new Uint8Array(8e6).fill(i)); }, 20);
</script>"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read in /proc")
def test_a_page_that_takes_all_memory_is_ended_and_its_neighbours_are_not(
    loop: asyncio.AbstractEventLoop, web: Web, browser: Path
) -> None:
    web.pages["/greedy"] = GREEDY

    async def work() -> tuple[list[BrowserLook], int, float]:
        most = 0.0
        async with open_pool(web, browser) as pool:
            urls = [f"{URL}greedy", URL, f"{URL}slow"]
            visits = [asyncio.ensure_future(pool.capture(url, Vantage.DESKTOP)) for url in urls]
            while not all(visit.done() for visit in visits):
                most = max(most, memory(family()))
                await asyncio.sleep(0.1)
            return [await visit for visit in visits], pool.started, most

    (greedy, *others), started, most = loop.run_until_complete(work())
    assert greedy.failure is None
    assert greedy.left_out is LeftOut.SCRIPTS
    assert greedy.truncated
    assert "特种作业操作证查询" in greedy.html
    assert greedy.screenshot
    assert [look.failure for look in others] == [None, None]
    assert [look.left_out for look in others] == [LeftOut.NOTHING] * 2
    assert started == 1
    assert most < 1_200


def bomb(side: int) -> bytes:
    """A PNG of a few kilobytes that is black and so many pixels wide and high."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack("!I", zlib.crc32(kind + data))
        return struct.pack("!I", len(data)) + kind + data + check

    packed = zlib.compress(bytes((1 + (side + 7) // 8) * side), 9)
    header = struct.pack("!IIBBBBB", side, side, 1, 0, 0, 0, 0)
    chunks = (chunk(b"IHDR", header), chunk(b"IDAT", packed), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read in /proc")
@pytest.mark.parametrize("where", ["/bomb.png", "inline", "background"])
def test_a_picture_that_unfolds_costs_the_picture_and_not_the_page(
    loop: asyncio.AbstractEventLoop, web: Web, browser: Path, where: str
) -> None:
    inline = f"data:image/png;base64,{base64.b64encode(bomb(20_000)).decode()}"
    markup = {
        "/bomb.png": "<img src=/bomb.png width=100>",
        "inline": f"<img src={inline} width=100>",
        "background": f"<p style='height:99px;background:url({inline})'>",
    }
    web.pages |= {"/bomb.png": bomb(20_000), "/page": TEXT + markup[where] + SCRIPTED}

    async def work() -> tuple[BrowserLook, int, float]:
        most = 0.0
        async with open_pool(web, browser) as pool:
            visit = asyncio.ensure_future(pool.capture(URL + "page", Vantage.DESKTOP))
            while not visit.done():
                most = max(most, memory(family()))
                await asyncio.sleep(0.05)
            return await visit, pool.started, most

    look, started, most = loop.run_until_complete(work())
    assert look.failure is None, look.detail
    assert started == 1
    assert look.left_out is LeftOut.PICTURES
    assert "脚本写出的一行" in look.html
    assert look.screenshot
    assert most < 1_200


def test_pages_are_not_opened_where_nobody_watches_them(
    loop: asyncio.AbstractEventLoop, web: Web, browser: Path
) -> None:
    async def work() -> tuple[list[BrowserLook], int]:
        async with open_pool(web, browser) as pool:
            first = await pool.capture(URL, Vantage.DESKTOP)
            wardens = [pid for pid in family() if b"warden.py" in command(pid)]
            assert len(wardens) == 1
            kill(wardens[0])
            await asyncio.sleep(0.5)
            return [first, await pool.capture(URL, Vantage.DESKTOP)], pool.started

    looks, started = loop.run_until_complete(work())
    assert [look.failure for look in looks] == [None, None]
    assert started == 2


def command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def test_a_killed_browser_leaves_no_files(
    loop: asyncio.AbstractEventLoop,
    web: Web,
    browser: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)

    async def work() -> list[Path]:
        async with open_pool(web, browser) as pool:
            await pool.capture(URL, Vantage.DESKTOP)
            there = list(tmp_path.iterdir())
            kill(pool.process)
        return there

    assert loop.run_until_complete(work())
    assert list(tmp_path.iterdir()) == []
