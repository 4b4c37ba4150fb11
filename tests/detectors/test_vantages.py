"""An address that treats its visitors differently is told, and a page for phones is not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from crawler.model import Assessment, Capture, Family, Vantage, Verdict, Visit
from detectors import Detectors
from tests.detectors.conftest import AT, capture

CLONE = (Path(__file__).parent / "pages" / "suspect_query_clone.html").read_text(encoding="utf-8")
SALE = (Path(__file__).parent / "pages" / "suspect_sale.html").read_text(encoding="utf-8")
SHOP = "<title>茶行</title><h1>青芽茶行</h1><p>本店经营绿茶、白茶和茶具，欢迎到店品茶。</p>"
URL = "http://qx7731.example/"


def visit(*looks: tuple[Vantage, str, str]) -> Visit:
    captures: list[Capture] = []
    for number, (vantage, html, final) in enumerate(looks):
        one = capture(html, URL, final=final or URL, number=number)
        captures.append(replace(one, vantage=vantage))
    return Visit("r.l", "r", "l", URL, AT, tuple(captures))


def cloaked(opinion: Assessment) -> list[tuple[str, float]]:
    signals = [each for each in opinion.findings.signals if each.family is Family.CLOAKING]
    return [(signal.words, signal.strength) for signal in signals]


def test_another_page_for_phones_is_told(detectors: Detectors) -> None:
    opinion = detectors.assess(visit((Vantage.DESKTOP, SHOP, ""), (Vantage.PHONE, CLONE, "")))
    assert opinion.verdict is Verdict.SUSPECT
    assert cloaked(opinion) == [("desktop：clear、phone：suspect", 1.0)]


def test_another_site_for_phones_is_told_though_both_are_clones(detectors: Detectors) -> None:
    opinion = detectors.assess(
        visit(
            (Vantage.DESKTOP, CLONE, "http://first-yanlian.com/"),
            (Vantage.WECHAT, CLONE, "http://m.second-yanlian.com/"),
        )
    )
    assert cloaked(opinion) == [("desktop：first-yanlian.com、wechat：second-yanlian.com", 1.0)]


def test_links_that_lead_elsewhere_are_told(detectors: Detectors) -> None:
    one = CLONE.replace("</body>", "<a href='http://yi-yanlian.com/q'>证件核验</a></body>")
    other = CLONE.replace("</body>", "<a href='http://er-yanlian.com/q'>证件核验</a></body>")
    assert one != other
    opinion = detectors.assess(visit((Vantage.DESKTOP, one, ""), (Vantage.PHONE, other, "")))
    assert [strength for _words, strength in cloaked(opinion)] in ([0.5], [])
    alone = detectors.assess(visit((Vantage.DESKTOP, one, "")))
    shared = {target.url for target in alone.findings.targets} - {"http://yi-yanlian.com/q"}
    assert bool(cloaked(opinion)) is not bool(shared), "told only where no target is the same"


@pytest.mark.parametrize(
    ("first", "second", "final"),
    [
        (CLONE, CLONE, ""),
        (SALE, SALE, "http://m.qx7731.example/"),
        (SHOP, SHOP + "<p>手机版：点击拨打电话订购。</p>", "http://m.qx7731.example/"),
        # The same words in a warning, on another site for phones: nobody is accused.
        (SHOP, f"<p>谨防假冒：警方提醒，不要相信免考办证。</p>{SHOP}", "http://cha.example.cn/"),
    ],
)
def test_pages_that_agree_or_accuse_nobody_are_silent(
    detectors: Detectors, first: str, second: str, final: str
) -> None:
    opinion = detectors.assess(visit((Vantage.DESKTOP, first, ""), (Vantage.PHONE, second, final)))
    assert cloaked(opinion) == []
