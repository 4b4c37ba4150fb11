"""`assess`, `screen` and `explain` as another program calls them."""

import base64
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from crawler.model import (
    CaseFacts,
    CaseKey,
    Change,
    ChangeKind,
    KeyKind,
    Offence,
    PageCondition,
    Verdict,
)
from crawler.store import CaseRecord, Store
from tests.store.conftest import DAY, make_assessment, make_lead, make_visit

CLONE = (
    "<title>特种作业操作证查询平台</title><form><input placeholder=请输入证件号码>"
    "<button>查询</button></form><a href='http://b.example/x?zsh=T110101199003070011'>甲</a>"
)


def certhound(*arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "crawler.cli", *arguments]
    return subprocess.run(command, input=given, capture_output=True, check=False, timeout=60)


def lines(output: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.decode().splitlines()]


def record(**values: object) -> bytes:
    return json.dumps(values, ensure_ascii=False).encode() + b"\n"


def test_assess_answers_every_line_in_order(tmp_path: Path) -> None:
    body = base64.b64encode(f"<meta charset=gb2312>{CLONE}".encode("gb18030")).decode()
    source = tmp_path / "pages.jsonl"
    source.write_bytes(
        b"\xef\xbb\xbf"
        + record(id="页1", url="http://a.example/", html=CLONE, registered_on="2026-11-01")
        + record(id=2, url="http://a.example/", html_base64=body, headers={"Server": "x"}, note=1)
        + b"\n"
        + record(id="文", text="焊工证不用考，三天出证，加微信demo_abc1")
        + record(id="官", url="https://cx.mem.gov.cn/", html=CLONE)
        + record(id="错", url="http://a.example/", html="<h1>404 Not Found</h1>", status=404)
    )
    done = certhound("assess", "--from", str(source))
    found = lines(done.stdout)
    assert done.returncode == 0, done.stderr.decode()
    assert [each["id"] for each in found] == ["页1", "2", "文", "官", "错"]
    verdicts = ["suspect", "suspect", "suspect", "clear", "unknown"]
    assert [each["verdict"] for each in found] == verdicts
    assert found[0]["offence"] == found[1]["offence"] == "imitation_query"
    assert found[4]["page_condition"] == "error"
    assert found[2]["contacts"] == [
        {"type": "wechat", "value": "demo_abc1", "raw": "demo_abc1", "confidence": 0.9}
    ]
    signal = found[0]["signals"][0]
    assert set(signal) == {"rule", "family", "strength", "words", "place", "innocence"}
    assert found[0]["targets"][0]["kind"] == "link"
    assert b"T110101199003070011" not in done.stdout


BAD = (
    b"{oops\n",
    b"[1]\n",
    b'{"text": "x"}\n',
    record(id="x", url="ftp://a.example/", html=""),
    record(id="x", url="http://a.example/"),
    record(id="x", url="http://a.example/", html=7),
    record(id="x", url="http://a.example/", html_base64="*"),
    record(id="x", url="http://a.example/", html="", status="ok"),
    record(id="x", url="http://a.example/", html="", headers=[1]),
    record(id="x", url="http://a.example/", html="", registered_on="gestern"),
    record(id="x", url="http://a.example/", html="", fetched_at="9999-12-31T23:59:59-14:00"),
    record(id="x", text=None),
    b"[" * 100_000 + b"\n",
    b"\xff\xfe\n",
)


def test_bad_lines_are_answered_and_the_rest_is_judged() -> None:
    good = record(id="y", text="您好")
    done = certhound("assess", "--from", "-", given=good.join((*BAD, b"")))
    found = lines(done.stdout)
    assert done.returncode == 3
    assert len(found) == 2 * len(BAD)
    assert all(each["verdict"] == "clear" for each in found[1::2])
    for each in found[::2]:
        assert each["verdict"] == "unknown"
        assert each["error"]
        assert each["id"] in ("x", "")
    assert b"Traceback" not in done.stderr


def test_half_characters_are_written_as_escapes() -> None:
    done = certhound("assess", "--from", "-", given=b'{"id": "\\ud800", "text": "x"}\n')
    assert done.returncode == 0, done.stderr.decode()
    assert lines(done.stdout)[0]["id"] == "\ud800"


def test_broken_links_spoil_no_page() -> None:
    page = "<base href='//['><a href='http://[x'>甲</a><iframe src='//\u2100/'></iframe>" + CLONE
    given = record(id="x", url="http://a.example/", html=page, registered_on="2026-11-01")
    done = certhound("assess", "--from", "-", given=given)
    assert done.returncode == 0, done.stderr.decode()
    assert lines(done.stdout)[0]["verdict"] == "suspect"


@pytest.mark.parametrize("command", [("assess", "--from"), ("screen",)])
def test_a_missing_file_is_a_usage_error(command: tuple[str, ...], tmp_path: Path) -> None:
    done = certhound(*command, str(tmp_path / "none.txt"))
    assert done.returncode == 2
    assert "none.txt" in done.stderr.decode()
    assert b"Traceback" not in done.stderr


def test_screen_tells_hits_only() -> None:
    done = certhound("screen", given=b"cx-mem-gov.top\nshop.example\ncx.mem.gov.cn\n!!\n")
    (hit,) = lines(done.stdout)
    assert done.returncode == 0
    assert hit["name"] == "cx-mem-gov.top"
    assert set(hit) == {"name", "registrable", "score", "technique", "imitates"}
    assert "1" in done.stderr.decode()


def test_explain_tells_the_arithmetic_of_a_line(tmp_path: Path) -> None:
    source = tmp_path / "pages.jsonl"
    source.write_bytes(record(id="甲", url="http://a.example/", html=CLONE))
    told = certhound("explain", "甲", "--from", str(source)).stdout.decode()
    assert "查询页以操作证查询为名" in told
    answer = json.loads(certhound("explain", "甲", "--from", str(source), "--json").stdout)
    assert sum(step["points"] for step in answer["steps"]) == pytest.approx(answer["score"])
    missing = certhound("explain", "乙", "--from", str(source))
    assert missing.returncode == 2
    assert "乙" in missing.stderr.decode()


def test_explain_of_a_case_tells_of_the_page_that_decided(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        run = store.start_run(DAY).id
        urls = ("http://b.test/", "http://a.test/")
        store.add_leads(run, [make_lead(url) for url in urls])
        visits = [make_visit(run, url) for url in urls]
        store.save_visits(visits)
        opinions = [make_assessment(visits[0]), make_assessment(visits[1], Verdict.DOUBTFUL)]
        store.save_assessments(run, [(opinion, DAY) for opinion in opinions])
        facts = make_facts(run, tuple(visit.id for visit in visits))
        change = Change(ChangeKind.NEW)
        store.save_case_records(run, [CaseRecord(facts, facts, change, DAY, DAY)])
    told = certhound("explain", "domain:shop.test", "--data", str(tmp_path), "--json").stdout
    assert json.loads(told)["verdict"] == "suspect"


def make_facts(run: str, visits: tuple[str, ...]) -> CaseFacts:
    return CaseFacts(
        run,
        CaseKey(KeyKind.DOMAIN, "shop.test"),
        Verdict.SUSPECT,
        Offence.SALE_FORGED,
        PageCondition.CONTENT,
        81.5,
        "",
        "shop.test",
        (),
        visits,
        (),
        DAY,
    )


def test_explain_of_a_name_the_store_does_not_know(tmp_path: Path) -> None:
    (tmp_path / "setup.log").touch()  # `var` holds other things before the first run
    data = ("--data", str(tmp_path))
    told = certhound("explain", "cx-mem-gov.top", *data)
    assert told.returncode == 0
    assert "域名与官方域名相似" in told.stdout.decode()
    assert "手法 dot_to_hyphen" in told.stdout.decode()
    assert "判定：未知" in told.stdout.decode()  # a page that nobody saw is neither clear nor there
    assert "没有看过" in told.stdout.decode()
    answer = json.loads(certhound("explain", "cx-rnem-gov.top", "--json", *data).stdout)
    assert (answer["verdict"], answer["page_condition"]) == ("unknown", "unknown")
    name = answer["name"]
    assert (name["technique"], name["imitates"]) == ("typo", "cx.mem.gov.cn")
    assert "cxmemgov" in name["letters"]
    assert certhound("explain", "甲乙丙", *data).returncode == 2


def test_explaining_hides_contacts(tmp_path: Path) -> None:
    source = tmp_path / "texts.jsonl"
    source.write_bytes(record(id="甲", text="焊工证不用考，三天出证，加微信demo_abc1"))
    told = certhound("explain", "甲", "--from", str(source)).stdout.decode()
    assert "demo_abc1" not in told
    assert "de****c1" in told


def test_hostile_words_act_on_no_terminal_and_no_number_is_printed(tmp_path: Path) -> None:
    number = "11010119900307123X"
    sold = f"焊工证不用考，三天出证\x1b[2J\x9b2J\u202e\u202c，加微信wx{number}，证号{number}"
    source = tmp_path / "texts.jsonl"
    source.write_bytes(record(id="甲", text=sold))
    judged = certhound("assess", "--from", str(source))
    (opinion,) = lines(judged.stdout)
    assert "wx110101**********3X" in [
        each["value"].upper().replace("WX", "wx") for each in opinion["contacts"]
    ]
    for wanted in (("explain", "甲"), ("explain", "甲", "--json")):
        told = certhound(*wanted, "--from", str(source))
        assert told.returncode == 0
        for said in (judged.stdout.decode(), told.stdout.decode()):
            assert not any(letter in said for letter in "\x1b\x9b\u202e")
            assert number not in said.upper()
