"""`evaluate pages` and `reference` as an analyst calls them."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

FAKE = (
    "<title>应急管理部证书查询</title><h1>应急管理部</h1><form><input placeholder=请输入证件号码>"
    "<button>查询</button></form><footer>主办单位：应急管理部</footer>"
)
TEA = "<title>清风茶庄</title><p>本店经营各类茶叶，欢迎光临选购，全国发货。</p>"
OFFICIAL = "<!-- saved from url=(0022)https://cx.mem.gov.cn/ --><title>查询平台</title>" + TEA


def certhound(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "crawler.cli", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def page(name: str, html: str, **labels: object) -> dict[str, object]:
    return {"id": name, "url": f"http://{name}.example/", "html": html, **labels}


def write(path: Path, *records: dict[str, object]) -> str:
    lines = (json.dumps(record, ensure_ascii=False) for record in records)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(path)


def measured(source: str) -> dict[str, Any]:
    done = certhound("evaluate", "pages", source, "--json")
    assert done.returncode == 0, done.stderr
    whole: dict[str, Any] = json.loads(done.stdout)
    return whole


def test_counts_and_reasons(tmp_path: Path) -> None:
    found = measured(
        write(
            tmp_path / "pages.jsonl",
            page("a", FAKE, label="suspect", offence="imitation_query", page_condition="content"),
            page("b", FAKE, label="innocent"),
            page("c", TEA, label=["clear", "doubtful"]),
            page("d", TEA, label="sale_forged"),
            page("e", "", label="unknown", page_condition="empty|unknown"),
        )
    )
    assert (found["pages"], found["right"]) == (5, 3)
    assert (found["innocent"], found["innocent_suspect"], found["innocent_doubtful"]) == (2, 1, 0)
    assert (found["offenders"], found["offenders_missed"]) == (2, 1)
    assert found["offences"] == {
        "imitation_query": {"imitation_query": 1},
        "none": {"imitation_query": 1},
        "sale_forged": {"none": 1},
    }
    assert found["page_conditions"] == {"content": {"content": 1}, "empty": {"empty": 1}}
    assert [each["id"] for each in found["errors"]] == ["b", "d"]
    assert "应急管理部" in "".join(found["errors"][0]["reasons"])
    assert found["ms_per_page"] > 0


def test_a_folder_and_the_table_for_people(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_bytes(f"<meta charset=gbk>{FAKE}".encode("gbk"))
    (tmp_path / "b.html").write_text("<h1>404 Not Found</h1>", encoding="utf-8")
    (tmp_path / "truth.csv").write_text(
        "﻿file,url,label,page_condition,status\na.html,http://a.example/,suspect,,\n"
        "b.html,http://b.example/,unknown,error,404\n",
        encoding="utf-8",
    )
    assert measured(str(tmp_path))["right"] == 2
    done = certhound("evaluate", "pages", str(tmp_path))
    assert "全对 2 个" in done.stdout
    assert "suspect" in done.stdout


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"id": 1, "url": "http://a.example/", "html": "x", "label": "evil"}', "evil"),
        ('{"id": 1, "url": "http://a.example/", "html": "x"}', "没有标注"),
        ("nonsense", "第 1 行"),
        ("", "没有标注好的网页"),
    ],
)
def test_what_cannot_be_measured_is_told(tmp_path: Path, text: str, said: str) -> None:
    source = tmp_path / "pages.jsonl"
    source.write_text(text, encoding="utf-8")
    done = certhound("evaluate", "pages", str(source))
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_table_cannot_name_files_outside_its_folder(tmp_path: Path) -> None:
    folder = tmp_path / "pages"
    folder.mkdir()
    (tmp_path / "secret.html").write_text(FAKE, encoding="utf-8")
    table = "file,url,label\n../secret.html,http://a.example/,suspect\n"
    (folder / "truth.csv").write_text(table, encoding="utf-8")
    assert certhound("evaluate", "pages", str(folder)).returncode == 2


def test_missing_files_are_told(tmp_path: Path) -> None:
    for source in (tmp_path / "none.jsonl", tmp_path):
        done = certhound("evaluate", "pages", str(source))
        assert done.returncode == 2
        assert "无法读取" in done.stderr


def archive(url: str) -> str:
    return (
        f"From: <Saved>\nSnapshot-Content-Location: {url}\nMIME-Version: 1.0\n"
        'Content-Type: multipart/related; type="text/html"; boundary="b"\n\n--b\n'
        f"Content-Type: text/html; charset=utf-8\nContent-Location: {url}\n\n{FAKE}\n--b--\n"
    )


def test_references_are_imported_listed_and_used(tmp_path: Path) -> None:
    saved = tmp_path / "saved"
    saved.mkdir()
    (saved / "one.html").write_text(OFFICIAL, encoding="utf-8")
    (saved / "two.mhtml").write_text(archive("https://zscx.osta.org.cn/"), encoding="utf-8")
    data = str(tmp_path / "data")
    for _again in range(2):  # a second time replaces
        done = certhound("reference", "import", str(saved), "--data", data, "--json")
        assert done.returncode == 0, done.stderr
    assert {each["url"] for each in json.loads(done.stdout)} == {
        "https://cx.mem.gov.cn/",
        "https://zscx.osta.org.cn/",
    }
    listed = json.loads(certhound("reference", "list", "--data", data, "--json").stdout)
    assert len(listed) == 2
    source = write(tmp_path / "pages.jsonl", page("k", FAKE, label="suspect"))
    references = str(tmp_path / "data" / "references.json")
    done = certhound("assess", "--from", source, "--references", references)
    assert done.returncode == 0, done.stderr


def test_one_page_with_its_address(tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text(FAKE, encoding="utf-8")
    data = ["--data", str(tmp_path / "data")]
    done = certhound("reference", "import", str(file), *data)
    assert (done.returncode, "--url" in done.stderr) == (2, True)
    done = certhound("reference", "import", str(file), "--url", "http://evil.example/", *data)
    assert (done.returncode, "evil.example" in done.stderr) == (2, True)
    done = certhound("reference", "import", str(file), "--url", "https://cx.mem.gov.cn/x", *data)
    assert done.returncode == 0, done.stderr
    assert "cx.mem.gov.cn" in certhound("reference", "list", *data).stdout


def test_a_damaged_file_of_references_is_told(tmp_path: Path) -> None:
    (tmp_path / "references.json").write_text("{", encoding="utf-8")
    done = certhound("reference", "list", "--data", str(tmp_path))
    assert done.returncode == 2
    assert "references.json" in done.stderr
    assert "Traceback" not in done.stderr
