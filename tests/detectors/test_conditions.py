"""Answers that stand in the place of content are told from content that speaks of them."""

import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from crawler.model import Failure, PageCondition, Verdict, Visit
from detectors import Detectors

MakeVisit = Callable[..., Visit]
PAGES: list[dict[str, Any]] = tomllib.loads(
    (Path(__file__).parent / "conditions.toml").read_text(encoding="utf-8")
)["page"]


@pytest.mark.parametrize("page", PAGES, ids=[page["name"] for page in PAGES])
def test_the_condition(detectors: Detectors, make_visit: MakeVisit, page: dict[str, Any]) -> None:
    """A look-alike name makes no difference: what is no content is neither clear nor a hit."""
    for url in ("http://qx7731.example/a/b.html", "http://cx-mem-gov.top/"):
        opinion = detectors.assess(make_visit(page["html"], url, status=page.get("status", 200)))
        assert opinion.page_condition is PageCondition(page["condition"]), opinion.findings.signals
        if opinion.page_condition is not PageCondition.CONTENT:
            assert (opinion.verdict, opinion.score) == (Verdict.UNKNOWN, 0)
        else:
            assert opinion.verdict is not Verdict.SUSPECT


def test_every_condition_has_five_pages_and_content_three() -> None:
    told = [page["condition"] for page in PAGES]
    expected = {each.value for each in PageCondition} - {"unknown"}
    assert set(told) == expected
    assert all(told.count(each) >= 5 for each in expected)


@pytest.mark.parametrize(
    ("asked", "answered", "condition"),
    [
        ("http://a.example/zs/cx?id=75", "http://a.example/", PageCondition.ERROR),
        ("http://a.example/zs/cx?id=75", "http://www.a.example/index.html", PageCondition.ERROR),
        ("http://a.example/", "http://www.a.example/", PageCondition.CONTENT),
        ("http://a.example/x8Kq", "http://b.example/", PageCondition.CONTENT),
        ("http://a.example/zs/cx?id=75", "http://a.example/new/cx?id=75", PageCondition.CONTENT),
    ],
)
def test_sent_home(
    detectors: Detectors,
    make_visit: MakeVisit,
    asked: str,
    answered: str,
    condition: PageCondition,
) -> None:
    """The page that was asked for is gone where the visitor is sent to the front page instead."""
    tea = "<title>清风茶庄</title><p>本店经营各类茶叶，欢迎光临选购，全国发货。</p>"
    opinion = detectors.assess(make_visit(tea, asked, final=answered))
    assert opinion.page_condition is condition
    assert (opinion.verdict is Verdict.UNKNOWN) is (condition is PageCondition.ERROR)


def test_sent_home_to_an_imitation_is_a_hit(detectors: Detectors, make_visit: MakeVisit) -> None:
    fake = "<title>应急管理部官网</title><h1>应急管理部</h1><footer>主办单位：应急管理部</footer>"
    opinion = detectors.assess(
        make_visit(fake, "http://a.example/a/b?id=1", final="http://a.example/")
    )
    assert opinion.verdict is Verdict.SUSPECT


@pytest.mark.parametrize("failure", list(Failure))
def test_our_failure_is_unknown(
    detectors: Detectors, make_visit: MakeVisit, failure: Failure
) -> None:
    visit = make_visit("", failure=failure)
    opinion = detectors.assess(visit)
    assert (opinion.verdict, opinion.page_condition) == (Verdict.UNKNOWN, PageCondition.UNKNOWN)
    both = replace(visit, captures=(*visit.captures, *visit.captures))
    assert detectors.assess(both).verdict is Verdict.UNKNOWN
