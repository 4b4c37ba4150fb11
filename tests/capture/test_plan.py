"""When two answers of one address are held to be different."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crawler.capture.plan import differs, way_of
from crawler.model import Exchange

PAGE = "<p>这里介绍安全生产培训的课程安排和考试时间。</p>" * 40
AT = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (PAGE, PAGE),
        (PAGE + "<p>访问量 1041</p>", PAGE + "<p>访问量 1042</p>"),
        (PAGE + "<img src='/a.png?t=1'>", PAGE + "<img src='/a.png?t=2'>"),
        (PAGE + "<a href='http://a.yanlian.cn/x'>", PAGE + "<a href='http://b.yanlian.cn/y'>"),
    ],
)
def test_the_same(first: str, second: str) -> None:
    assert not differs(first, second)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (PAGE, "<p>网站正在建设中</p>"),
        (PAGE + "<img src='/qr-desktop.png'>", PAGE + "<img src='/qr-phone.png'>"),
        (PAGE, PAGE + "<script>location='https://biede-yanlian.com/'</script>"),
        (PAGE, PAGE + r'<script>f("https:\/\/biede-yanlian.com\/")</script>'),
        (PAGE, PAGE + "<iframe src='//biede-yanlian.com/'></iframe>"),
    ],
)
def test_other(first: str, second: str) -> None:
    assert differs(first, second)


def redirect(location: str, status: int = 302) -> Exchange:
    return Exchange("http://a-yanlian.cn/x", status, (("Location", location),), AT)


def test_where_an_answer_leads() -> None:
    assert way_of(redirect("/y?token=1")) == way_of(redirect("http://a-yanlian.cn/y?token=2"))
    assert way_of(redirect("http://b-yanlian.cn/y")) != way_of(redirect("/y"))
    assert way_of(redirect("weixin://open")) == "weixin://open"
    assert way_of(redirect("/y", status=200)) == ""
