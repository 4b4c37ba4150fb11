"""Copies of official pages are known by their structure and words; reprints are none."""

from collections.abc import Callable
from pathlib import Path

import pytest

from crawler.model import Verdict, Visit
from detectors import load_detectors
from detectors.likeness import (
    FingerprintError,
    Reference,
    fingerprint,
    read_references,
    shared,
    write_references,
)
from detectors.pages import read_page
from rehearsal.facts import REFERENCES_FOLDER
from seeds import load_watchlist

MakeVisit = Callable[..., Visit]
OFFICIAL = (REFERENCES_FOLDER / "query.html").read_text(encoding="utf-8")
NAME = "特种作业操作证及安全生产知识和管理能力考核合格信息查询平台"


def reference() -> Reference:
    url = "https://cx.mem.gov.cn/special"
    return Reference(NAME, url, "2026-11-20", "0" * 64, fingerprint(read_page(OFFICIAL, url)))


def found(make_visit: MakeVisit, html: str) -> set[str]:
    opinion = load_detectors(load_watchlist(), [reference()]).assess(make_visit(html))
    return {signal.rule for signal in opinion.findings.signals}


NAMELESS = OFFICIAL.replace(NAME, "证书信息联网核查").replace("主办单位：应急管理部", "")
RECLASSED = NAMELESS.replace('class="', 'class="z-')
SHUFFLED = NAMELESS.replace('<div class="tips">', "<div class=ad>广告</div><div class=tips>")
REPRINT = (
    "<title>怎样查证 - 江城商报</title><article><h1>怎样查证</h1><p>特种作业操作证查询平台提醒："
    "网址是判断证书查询平台真伪的唯一标准，请核对浏览器地址栏。部分地区核发的证书信息需三天后方可"
    "查询。</p><p>记者从省应急管理厅了解到，今年以来……</p></article>"
)
OTHER_FORM = (
    "<title>包裹证件查询</title><div class=page><form><input placeholder=请输入证件号码>"
    "<input placeholder=请输入姓名><button>查询</button></form><p>寄件证书信息</p></div>"
)


@pytest.mark.parametrize("html", [OFFICIAL, NAMELESS, RECLASSED, SHUFFLED])
def test_a_copy_is_found(make_visit: MakeVisit, html: str) -> None:
    assert "claim_likeness" in found(make_visit, html)


@pytest.mark.parametrize("html", [REPRINT, OTHER_FORM, OFFICIAL.split("<body>", maxsplit=1)[0]])
def test_a_reprint_and_another_form_are_none(make_visit: MakeVisit, html: str) -> None:
    assert "claim_likeness" not in found(make_visit, html)


def test_likeness_alone_is_not_suspect(make_visit: MakeVisit) -> None:
    """A copy that asks for nothing and names nobody may be a template."""
    bare = NAMELESS.replace("<input", "<span").replace("特种作业", "有关")
    opinion = load_detectors(load_watchlist(), [reference()]).assess(make_visit(bare))
    assert opinion.verdict is not Verdict.SUSPECT


def test_an_official_host_is_no_copy(make_visit: MakeVisit) -> None:
    detectors = load_detectors(load_watchlist(), [reference()])
    visit = make_visit(OFFICIAL, "http://cx.mem.gov.cn/special")
    assert detectors.assess(visit).verdict is Verdict.CLEAR


def test_references_survive_writing() -> None:
    assert read_references(write_references([reference()])) == (reference(),)


@pytest.mark.parametrize("text", ["", "[]", '{"schema": 99, "references": []}', '{"schema": 1}'])
def test_a_damaged_file_is_an_error(text: str) -> None:
    with pytest.raises(FingerprintError):
        read_references(text)


def test_sharing_is_a_share() -> None:
    one, other = tuple(range(40)), tuple(range(20, 60))
    assert shared(one, one) == 1
    assert shared(one, tuple(range(100, 140))) == 0
    assert shared(one[:5], one[:5]) == 0  # too little to say anything
    assert 0 < shared(one, other) == shared(other, one) < 1


def test_the_folder_of_references_is_there() -> None:
    assert list(Path(REFERENCES_FOLDER).glob("*.html"))
