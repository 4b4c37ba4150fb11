"""Pages as many hands write them, half of them innocent, judged as written."""

import csv
import json
from pathlib import Path

import pytest

from crawler.cli.handed import read_visit
from crawler.model import Offence, Verdict
from detectors import Detectors

HANDS = Path(__file__).parent / "hands"
ROWS = list(csv.DictReader((HANDS / "truth.csv").read_text(encoding="utf-8").splitlines()))


@pytest.mark.parametrize("row", ROWS, ids=[row["file"] for row in ROWS])
def test_page(detectors: Detectors, row: dict[str, str]) -> None:
    html = (HANDS / row["file"]).read_text(encoding="utf-8")
    line = json.dumps({"id": row["file"], "url": row["url"], "html": html})
    opinion = detectors.assess(read_visit(line, 1))
    assert opinion.verdict.value in row["label"].split("|"), opinion.steps
    assert opinion.offence.value in row["offence"].split("|"), opinion.steps
    assert opinion.page_condition.value in row["page_condition"].split("|")


def test_half_of_them_are_innocent_and_none_is_left_out() -> None:
    innocent = [row for row in ROWS if Offence.NONE.value in row["offence"]]
    assert len(ROWS) >= 100
    assert 0.4 < len(innocent) / len(ROWS) < 0.65
    assert {row["file"] for row in ROWS} == {file.name for file in HANDS.glob("*.html")}


@pytest.mark.parametrize(
    "name", [row["file"] for row in ROWS if row["label"] == Verdict.SUSPECT.value]
)
def test_an_official_host_shows_the_same_lawfully(detectors: Detectors, name: str) -> None:
    html = (HANDS / name).read_text(encoding="utf-8")
    line = json.dumps({"id": name, "url": "http://yjt.sub.gov.cn/v?id=12345678", "html": html})
    assert detectors.assess(read_visit(line, 1)).verdict is Verdict.CLEAR
