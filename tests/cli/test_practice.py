from pathlib import Path

import pytest

from crawler.cli.maintain import compared
from crawler.cli.practice import KNOWN_MISSES, PROFILE, Comparison, practice_folder, practice_web
from crawler.config import Network
from crawler.errors import BusyError, StoreError, UsageError
from crawler.model import (
    Assessment,
    Contact,
    ContactType,
    Findings,
    Offence,
    PageCondition,
    Verdict,
)
from rehearsal.facts import Contact as TrueContact
from rehearsal.facts import SiteTruth, truth
from spiders import open_profile

TRUTH = SiteTruth(
    host="www.invented-seller.test",
    url="http://www.invented-seller.test/",
    verdicts=("suspect", "doubtful"),
    offences=("sale_forged",),
    page_conditions=("content",),
    contacts=(TrueContact("wechat", "demo_abc123"),),
    found_by=("search",),
    why="invented",
)


def judged(verdict: Verdict, offence: Offence, *contacts: str) -> Assessment:
    found = tuple(Contact(ContactType.WECHAT, value, value, 1.0) for value in contacts)
    return Assessment(
        visit="v",
        verdict=verdict,
        offence=offence,
        page_condition=PageCondition.CONTENT,
        score=70.0,
        imitates="",
        findings=Findings(PageCondition.CONTENT, contacts=found),
        steps=(),
        policy="1",
    )


@pytest.mark.parametrize(
    ("assessment", "faults"),
    [
        (judged(Verdict.SUSPECT, Offence.SALE_FORGED, "demo_abc123"), ()),
        (judged(Verdict.DOUBTFUL, Offence.SALE_FORGED, "demo_abc123", "more_1"), ()),
        (
            judged(Verdict.CLEAR, Offence.SALE_FORGED, "demo_abc123"),
            ("判定为 clear，应为 suspect/doubtful",),
        ),
        (
            judged(Verdict.SUSPECT, Offence.NONE),
            ("行为为 none，应为 sale_forged", "漏了联系方式 wechat demo_abc123"),
        ),
        (None, ("没有判定",)),
    ],
)
def test_faults_are_named(assessment: Assessment | None, faults: tuple[str, ...]) -> None:
    assert Comparison(TRUTH, assessment).faults == faults


def test_machines_are_told_each_difference_and_the_counts() -> None:
    right = Comparison(TRUTH, judged(Verdict.SUSPECT, Offence.SALE_FORGED, "demo_abc123"))
    wrong = Comparison(TRUTH, None)
    assert compared((right, wrong, wrong), 2, 0, Path("p.toml")) == {
        "profile": "p.toml",
        "sites": 3,
        "right": 1,
        "wrong": 2,
        "known_misses": 0,
        "differences": [{"url": TRUTH.url, "known_miss": False, "faults": ["没有判定"]}] * 2,
    }


def test_practice_begins_from_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "practice"
    with practice_folder(folder) as data:
        data.mkdir()
        (data / "old").touch()
        (folder / PROFILE).touch()
        with pytest.raises(BusyError), practice_folder(folder):
            pass
    with practice_folder(folder) as data:
        assert not data.exists()


def test_data_of_real_runs_is_never_emptied(tmp_path: Path) -> None:
    kept = tmp_path / "data" / "certhound.db"
    kept.parent.mkdir()
    kept.touch()
    with pytest.raises(UsageError, match="不会清空"), practice_folder(tmp_path):
        pass
    assert kept.exists()


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="无法写入"), practice_folder(tmp_path / "file" / "x"):
        pass


def test_the_web_gives_a_profile_of_loopback_and_ends(tmp_path: Path) -> None:
    with practice_web(tmp_path) as path:
        network = open_profile(path).network
    assert network.allow_private
    endpoints = [network.hosts_to, network.dns, network.whois]
    assert all(endpoint and endpoint.host == "127.0.0.1" for endpoint in endpoints)
    assert network != Network()


def test_known_misses_are_few_and_none_is_innocent() -> None:
    offenders = {site.host for site in truth() if site.offender}
    assert len(KNOWN_MISSES) <= 3
    assert set(KNOWN_MISSES) <= offenders
