"""`certhound queries`: proposals are told with their figures, a person's word is kept."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.model import KeyWord
from crawler.store import Store
from tests.cli.test_tips import run

AT = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.fixture
def data(tmp_path: Path) -> str:
    with Store.open(tmp_path / "data") as store:
        words = [KeyWord("带钢印", 30.0, 5, 6, 1, 60), KeyWord("入库保真", 20.0, 4, 6, 0, 60)]
        store.propose_words(words, AT)
    return str(tmp_path / "data")


def test_a_person_accepts_and_refuses(data: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _err = run(capsys, "queries", "accept", "带钢印", "--by", "张三", "--data", data)
    assert code == 0
    assert "带钢印  已接受  已确认案件 5/6，其他页面 1/60" in out
    assert "张三 于" in out
    assert run(capsys, "queries", "refuse", "入库保真", "--by", "李四", "--data", data)[0] == 0
    code, out, _err = run(capsys, "queries", "list", "--data", data, "--json")
    told = {each["word"]: each for each in json.loads(out)}
    assert (told["带钢印"]["state"], told["带钢印"]["by"]) == ("accepted", "张三")
    assert (told["入库保真"]["state"], told["入库保真"]["by"]) == ("refused", "李四")
    assert told["带钢印"]["decided_at"].endswith("Z")
    assert (told["带钢印"]["asked"], told["带钢印"]["cases"]) == (0, 0)
    assert told["带钢印"]["rests_until"] is None


@pytest.mark.parametrize("by", ["", " ", "machine"])
def test_only_a_person_decides(data: str, by: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, _out, err = run(capsys, "queries", "accept", "带钢印", "--by", by, "--data", data)
    assert code == 1
    assert "--by" in err
    assert '"accepted"' not in run(capsys, "queries", "list", "--data", data, "--json")[1]


def test_a_word_nobody_proposed_is_refused(data: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, _out, err = run(capsys, "queries", "accept", "别的", "--by", "张三", "--data", data)
    assert code == 1
    assert "certhound queries list" in err


def test_too_little_to_learn_from_is_told(data: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, _out, err = run(capsys, "queries", "propose", "--data", data)
    assert code == 1
    assert "请继续运行和复核" in err


def test_without_words_there_is_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Store.open(tmp_path).close()
    assert run(capsys, "queries", "list", "--data", str(tmp_path)) == (0, "没有检索词\n", "")
