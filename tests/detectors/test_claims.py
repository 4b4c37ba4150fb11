"""Bodies that pages invent are claims; those that people warn of, or that there are, are none."""

import json

import pytest

from crawler.cli.handed import read_visit
from crawler.model import Assessment, Verdict
from detectors import load_detectors
from seeds import load_watchlist

DETECTORS = load_detectors(load_watchlist())
_RESULT = (
    "<p>持证人：甲某某</p><p>工种：低压电工作业</p><p>有效期：2023.08.15 - 2029.08.14</p>"
    "<p>证书状态：有效</p>"
)


def assessed(title: str, body: str) -> Assessment:
    html = f"<html><head><title>{title}</title></head><body><h1>{title}</h1>{body}</body></html>"
    url = "http://www.ctzzs-center.top/fw.php"
    return DETECTORS.assess(read_visit(json.dumps({"id": "v", "url": url, "html": html}), 1))


def invented(opinion: Assessment) -> bool:
    return any(signal.rule == "claim_invented" for signal in opinion.findings.signals)


@pytest.mark.parametrize(
    "name",
    ["中国特种作业证书管理中心", "全国特种作业人员防伪查询中心", "中国安全生产作业人员协会"],
)
def test_a_body_that_there_is_not_is_claimed(name: str) -> None:
    opinion = assessed(f"防伪查询 - {name}", _RESULT)
    assert invented(opinion)
    assert opinion.verdict is Verdict.SUSPECT


@pytest.mark.parametrize(
    "title",
    [
        "警惕假冒网站“中国特种作业证书管理中心”",
        "河源市特种作业考试中心 - 证书查询",
        "全国特种作业操作证由应急管理局核发",
        "国家特种作业操作证报考培训中心",
        "谨防“中国特种作业证书管理中心”诈骗",
        "新闻：全国特种作业操作证由市应急管理局监督",
        "中国特种设备检验协会 - 会员查询",
        "中国安全生产协会 - 通知公告",
    ],
)
def test_who_warns_of_it_or_is_another_claims_nothing(title: str) -> None:
    assert not invented(assessed(title, _RESULT))
