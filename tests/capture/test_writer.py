"""The writing process: what it was given is stored whole, or told, and comes before its rows."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from crawler.capture.writer import VisitWriter
from crawler.clock import now
from crawler.custody import inspect
from crawler.errors import StoreError
from crawler.evidence import Blobs
from crawler.model import Lead, LeadReason, Visit
from crawler.store import Store
from tests.store.conftest import make_visit


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def run(data: Path) -> str:
    with Store.open(data) as store:
        return store.start_run(now()).id


def seen(data: Path, run: str, writer: VisitWriter, number: int, page: int | None = None) -> Visit:
    """A Visit of a lead that is stored, whose body is put."""
    page = number if page is None else page
    url = f"http://xiezuo{number:03d}.test/"
    visit = make_visit(run, url)
    with Store.open(data) as store:
        store.add_leads(run, [Lead(visit.lead, url, (LeadReason("names", "", now()),))])
    body = writer.blobs.put(f"第{page}页".encode(), "text/html")
    return replace(visit, captures=(replace(visit.captures[0], body=body),))


@pytest.fixture(autouse=True)
def no_children() -> Iterator[None]:
    """One test's process is gone before the next test begins."""
    yield
    for child in multiprocessing.active_children():
        child.join(30)


def process() -> multiprocessing.process.BaseProcess:
    (child,) = multiprocessing.active_children()
    return child


def assert_whole(data: Path, count: int) -> None:
    with Store.open(data) as store:
        found = inspect(store, Blobs(data / "blobs"))
    assert found.damages == ()
    assert found.visits == found.blobs == count


def writer_of(data: Path) -> VisitWriter:
    return VisitWriter(data, Blobs(data / "blobs"), 0)


def test_what_is_put_is_stored_with_its_bodies_once_it_is_closed(data: Path, run: str) -> None:
    async def work() -> None:
        writer = writer_of(data)
        for number in range(40):
            await writer.put(seen(data, run, writer, number))
        await writer.close()
        await writer.put(seen(data, run, writer, 40))  # a second round
        await writer.close()
        writer.end()

    asyncio.run(work())
    assert_whole(data, 41)


def test_signals_of_the_terminal_do_not_reach_the_process(
    data: Path, run: str, capfd: pytest.CaptureFixture[str]
) -> None:
    async def work() -> None:
        writer = writer_of(data)
        writer.begin()
        child = process().pid
        assert child is not None
        os.kill(child, signal.SIGINT)
        await writer.put(seen(data, run, writer, 0))
        await writer.flush()
        os.kill(child, signal.SIGTERM)
        await writer.put(seen(data, run, writer, 1))
        await writer.stop()
        writer.end()

    asyncio.run(work())
    assert_whole(data, 2)
    assert capfd.readouterr().err == ""


def test_a_process_that_is_killed_is_told_and_nothing_stored_is_lost(data: Path, run: str) -> None:
    async def work() -> None:
        writer = writer_of(data)
        await writer.put(seen(data, run, writer, 0))
        await writer.flush()
        process().kill()
        await writer.put(seen(data, run, writer, 1))
        with pytest.raises(StoreError, match="写入数据库的进程意外退出"):
            await writer.flush()
        writer.end()

    asyncio.run(work())
    assert_whole(data, 1)


def test_a_body_that_cannot_be_written_is_told_and_its_row_waits_for_it(
    data: Path, run: str
) -> None:
    async def work() -> None:
        writer = writer_of(data)
        visit = seen(data, run, writer, 0)
        body = visit.captures[0].body
        assert body is not None
        fault = data / "blobs" / body.sha256[:2]
        fault.write_bytes(b"a file where a folder should be")
        await writer.put(visit)
        with pytest.raises(StoreError, match="无法写入证据文件"):
            await writer.flush()
        assert writer.blobs.get(body) == "第0页".encode()
        with Store.open(data) as store:
            assert store.visit_ids() == []
        fault.unlink()
        await writer.put(visit)
        await writer.close()
        writer.end()

    asyncio.run(work())
    assert_whole(data, 1)


def test_who_stops_waiting_leaves_no_row_without_its_body(data: Path, run: str) -> None:
    async def work() -> None:
        writer = writer_of(data)
        await writer.put(seen(data, run, writer, 0))
        waiting = asyncio.ensure_future(writer.flush())
        await asyncio.sleep(0)
        waiting.cancel()  # while its body is on the way to the process
        with suppress(asyncio.CancelledError):
            await waiting
        await writer.put(seen(data, run, writer, 1, page=0))
        await writer.close()
        writer.end()

    asyncio.run(work())
    with Store.open(data) as store:
        found = inspect(store, Blobs(data / "blobs"))
    assert found.damages == ()
    assert (found.visits, found.blobs) == (2, 1)
