"""`certhound verify` says what is damaged and fails."""

import json
from pathlib import Path

import pytest

from crawler.cli import main
from crawler.custody import append
from crawler.evidence import Blobs
from crawler.store import Store
from tests.store.conftest import DAY


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(["verify", *arguments])
    said = capsys.readouterr()
    assert isinstance(ended.value.code, int)
    return ended.value.code, said.out, said.err


def test_verify_names_a_damaged_blob(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = str(tmp_path)
    with Store.open(tmp_path) as store:
        append(store, DAY, "张三", "exported", "list.xlsx", "ab" * 32)
    blob = Blobs(tmp_path / "blobs").put(b"page", "text/html")
    code, out, _err = run(capsys, "--data", data)
    assert (code, out) == (0, "已核验证据链 1 条、取证记录 0 条、证据文件 1 个：全部完好\n")

    (tmp_path / "blobs" / blob.sha256[:2] / blob.sha256[2:]).write_bytes(b"other")
    code, out, _err = run(capsys, "--data", data)
    assert code == 1
    assert blob.sha256 in out
    assert "发现 1 处损坏" in out
    assert run(capsys, "--data", data, "--chain")[0] == 0

    code, out, _err = run(capsys, "--data", data, "--json")
    assert code == 1
    assert [damage["subject"] for damage in json.loads(out)["damages"]] == [blob.sha256]


def test_verify_of_nothing_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "--data", str(tmp_path / "nothing"))
    assert (code, out) == (1, "")
    assert err.count("\n") == 1
    assert not (tmp_path / "nothing").exists()
