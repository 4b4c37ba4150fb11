"""Pictures of clear pages go in time, everything that people decided about stays."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from crawler.casework import decide
from crawler.custody import inspect
from crawler.evidence import Blobs
from crawler.locks import locked
from crawler.model import Decision
from crawler.retention import Retirement, retire
from crawler.store import Store
from tests.casework.conftest import CLEAR, DOUBTFUL, Seen
from tests.keep.office import KeptOffice

DAYS = 30


class Kept:
    """A data folder and what is on its disk."""

    def __init__(self, folder: Path, *, blank: bool = False) -> None:
        self.store = Store.open(folder)
        self.office = KeptOffice(self.store, data=folder, blank=blank)
        self.blobs = Blobs(folder / "blobs")
        self.folder = folder

    def sweep(self, later: int) -> Retirement:
        return retire(self.store, self.blobs, self.office.now + timedelta(days=later), DAYS)

    def pictures(self, visit_id: str) -> list[bool]:
        """Whether screenshot, archive and page of a visit are on disk."""
        names = set(self.blobs.names())
        (capture,) = self.store.visit(visit_id).captures
        return [
            blob is not None and blob.sha256 in names
            for blob in (capture.screenshot, capture.archive, capture.body)
        ]

    def visits(self, url: str) -> list[str]:
        return [each for each in self.store.visit_ids() if self.store.visit(each).url == url]

    def damages(self) -> tuple[object, ...]:
        return inspect(self.store, self.blobs).damages


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return Kept(tmp_path / "data")


def test_a_clear_page_loses_its_pictures_and_keeps_its_facts(kept: Kept) -> None:
    kept.office.day({"http://a.test/": CLEAR, "http://b.test/": Seen(), "http://c.test/": DOUBTFUL})
    (clear,), (suspect,), (doubtful,) = (
        kept.visits(f"http://{name}.test/") for name in ("a", "b", "c")
    )
    assert kept.sweep(29) == Retirement(0, 0)
    assert kept.sweep(31) == Retirement(1, 2)
    assert kept.pictures(clear) == [False, False, True]
    assert kept.pictures(suspect) == kept.pictures(doubtful) == [True, True, True]
    assert kept.store.visit(clear).captures[0].screenshot is not None
    assert kept.damages() == ()
    assert kept.sweep(40) == Retirement(0, 0)


def test_the_chain_says_what_went_and_a_lost_file_is_no_retired_one(kept: Kept) -> None:
    kept.office.day({"http://a.test/": CLEAR, "http://b.test/": Seen()})
    kept.sweep(31)
    (clear,) = kept.visits("http://a.test/")
    (suspect,) = kept.visits("http://b.test/")
    (entry,) = (each for each in kept.store.custody() if each.action == "retired")
    assert (entry.actor, entry.subject) == ("machine", clear)
    (capture,) = kept.store.visit(suspect).captures
    assert capture.screenshot is not None
    kept.blobs.remove(capture.screenshot.sha256)
    (damage,) = inspect(kept.store, kept.blobs).damages
    assert damage.subject == suspect
    assert capture.screenshot.sha256 in damage.problem


def test_a_forged_retirement_is_found(kept: Kept) -> None:
    """Whoever deletes evidence cannot cover it by a row: the chain does not bear it out."""
    kept.office.day({"http://b.test/": Seen()})
    (suspect,) = kept.visits("http://b.test/")
    (capture,) = kept.store.visit(suspect).captures
    assert capture.screenshot is not None
    sha256 = capture.screenshot.sha256
    kept.blobs.remove(sha256)
    with kept.store._transaction():
        kept.store._insert("retired", {"visit": suspect, "blob": sha256, "entry": 1})
    told = [str(damage.problem) for damage in inspect(kept.store, kept.blobs).damages]
    assert "到期清除的记录与证据链不符" in told


@pytest.mark.parametrize(
    "decision", [Decision.CONFIRM, Decision.WATCH, Decision.VICTIM, Decision.APPEAL]
)
def test_legal_hold_keeps_all_of_a_site(kept: Kept, decision: Decision) -> None:
    kept.office.day({"http://a.test/": Seen(), "http://www.a.test/news": CLEAR})
    kept.office.day({"http://a.test/": CLEAR, "http://z.test/": CLEAR})
    decide(kept.store, "a.test", decision, "张三", "留存", kept.office.now)
    assert kept.sweep(60) == Retirement(1, 2)
    for url in ("http://a.test/", "http://www.a.test/news"):
        for visit in kept.visits(url):
            assert kept.pictures(visit) == [True, True, True]
    assert kept.damages() == ()


def test_a_dismissed_site_is_held_no_more(kept: Kept) -> None:
    kept.office.day({"http://a.test/": Seen()})
    kept.office.day({"http://a.test/": CLEAR})
    decide(kept.store, "a.test", Decision.CONFIRM, "张三", "", kept.office.now)
    assert kept.sweep(60) == Retirement(0, 0)
    decide(kept.store, "a.test", Decision.DISMISS, "李四", "学校", kept.office.now)
    assert kept.sweep(60) == Retirement(1, 2)
    suspect, clear = kept.visits("http://a.test/")
    assert kept.pictures(suspect) == [True, True, True]
    assert kept.pictures(clear) == [False, False, True]


def test_a_picture_that_another_capture_names_stays(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "data", blank=True)
    kept.office.day({"http://a.test/": CLEAR, "http://b.test/": Seen()})
    assert kept.sweep(31) == Retirement(1, 1)  # the archive alone
    (clear,) = kept.visits("http://a.test/")
    assert kept.pictures(clear) == [True, False, True]
    assert kept.damages() == ()


def test_what_is_seen_again_is_kept_again(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "data", blank=True)
    kept.office.day({"http://a.test/": CLEAR})
    kept.sweep(31)
    kept.office.days += 40
    kept.office.day({"http://b.test/": CLEAR})  # the same picture, younger
    kept.sweep(1)
    (young,) = kept.visits("http://b.test/")
    assert kept.pictures(young) == [True, True, True]
    assert kept.damages() == ()


def test_a_sweep_broken_off_is_completed_by_the_next(kept: Kept) -> None:
    kept.office.day({"http://a.test/": CLEAR})
    before = kept.office.now + timedelta(days=1)
    kept.store.retire(kept.store.expired(before, "", 10), before)  # killed before any file went
    (clear,) = kept.visits("http://a.test/")
    assert kept.pictures(clear) == [True, True, True]
    assert kept.damages() == ()
    assert kept.sweep(31) == Retirement(0, 2)
    assert kept.pictures(clear) == [False, False, True]
    assert kept.damages() == ()


def test_nothing_goes_while_a_backup_is_made(kept: Kept) -> None:
    kept.office.day({"http://a.test/": CLEAR})
    with locked(kept.folder / "keep.lock", shared=True):
        assert kept.sweep(31) == Retirement(0, 0)
    assert kept.sweep(31) == Retirement(1, 2)


def test_whether_a_picture_is_needed_is_asked_by_index(kept: Kept) -> None:
    asked: list[str] = []
    kept.store._connection.set_trace_callback(asked.append)
    kept.store.unneeded()
    kept.store._connection.set_trace_callback(None)
    plan = kept.store._connection.execute("EXPLAIN QUERY PLAN " + asked[-1]).fetchall()
    said = "\n".join(row["detail"] for row in plan)
    for index in ("captures_by_screenshot", "captures_by_archive", "captures_by_body"):
        assert index in said
    assert "SCAN captures" not in said
