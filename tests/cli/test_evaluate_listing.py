"""Who writes a site's file can try it on a saved page."""

import json
from pathlib import Path

import pytest

from crawler.cli import main

PAGE = (
    "<title>演练</title><ul><li><a href='/1'>操作证</a></li><li><a href='/2'>自行车</a></li></ul>"
)
SITE = (
    'enabled = false\nentries = ["http://forum-yanlian.com/"]\nitems = "li"\n'
    'link = "a::attr(href)"\ntitle = "a"\nwords = ["操作证"]\n'
)


def run(
    capsys: pytest.CaptureFixture[str], folder: Path, site: str, page: str, *more: str
) -> tuple[int, str, str]:
    (folder / "s.toml").write_text(site, encoding="utf-8")
    (folder / "p.html").write_text(page, encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        main(["evaluate", "listing", str(folder / "s.toml"), str(folder / "p.html"), *more])
    out, err = capsys.readouterr()
    return int(ended.value.code or 0), out, err


def test_items_are_listed_as_a_run_would_read_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _err = run(capsys, tmp_path, SITE, PAGE, "--json")
    assert code == 0
    told = json.loads(out)
    assert [(item["url"], item["lead"]) for item in told["items"]] == [
        ("http://forum-yanlian.com/1", True),
        ("http://forum-yanlian.com/2", False),
    ]
    code, out, _err = run(capsys, tmp_path, SITE, PAGE)
    assert "读到 2 个条目，其中 1 个会成为线索" in out
    assert "http://" not in out


def test_a_selector_that_finds_nothing_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _err = run(capsys, tmp_path, SITE.replace('"li"', '"tr.post"'), PAGE)
    assert code == 3
    assert "items 选择器" in out
    code, _out, err = run(capsys, tmp_path, SITE.replace("items", "item"), PAGE)
    assert code == 2
    assert "s.toml" in err
