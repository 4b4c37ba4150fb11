"""A page in somebody else's site is told apart, and where vantages lead is compared."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from crawler.model import Family, Offence, Vantage, Verdict, Visit
from detectors import Detectors
from detectors.queries import parameter_pattern
from detectors.scoring import load_policy

MakeVisit = Callable[..., Visit]
FAKE = """<title>特种作业操作证查询平台</title><h1>查询结果</h1><p>姓名：何某</p><p>证号：T5***</p>
<p>作业类别：电工作业</p><p>有效期：2030-01-01</p><p>签发机关：云台省应急管理厅</p><p>状态：有效</p>"""
TEA = "<title>清风茶庄</title><p>本店经营各类茶叶，欢迎光临选购，全国发货。</p>"


def rules(detectors: Detectors, visit: Visit) -> set[str]:
    return {signal.rule for signal in detectors.assess(visit).findings.signals}


@pytest.mark.parametrize(
    ("url", "age", "foreign"),
    [
        ("http://school.example/uploads/zs/cx.html", None, True),
        ("http://school.example/wp-content/uploads/2026/x.php?no=1234567", 30, True),
        ("http://school.example/news/zs/cx.html", 4000, True),
        ("http://school.example/news/zs/cx.html", 30, False),
        ("http://school.example/news/zs/cx.html", None, False),
        ("http://fake.example/cx.html", 4000, False),
        ("http://fake.example/", None, False),
    ],
)
def test_hosted_in_a_foreign_site(
    detectors: Detectors, make_visit: MakeVisit, url: str, age: int | None, foreign: bool
) -> None:
    visit = make_visit(FAKE, url, age_days=age)
    assert ("hosted_in_foreign_site" in rules(detectors, visit)) is foreign


def test_it_weighs_nothing_and_is_said_of_accused_pages_only(
    detectors: Detectors, make_visit: MakeVisit
) -> None:
    url = "http://school.example/uploads/zs/cx.html"
    assert "hosted_in_foreign_site" not in load_policy().weights
    assert "hosted_in_foreign_site" not in rules(detectors, make_visit(TEA, url))
    inside = detectors.assess(make_visit(FAKE, url))
    assert (inside.verdict, inside.offence) == (Verdict.SUSPECT, Offence.IMITATION_QUERY)


@pytest.mark.parametrize(
    ("url", "pattern"),
    [
        ("http://a.example/v?id=26081107", "/v?id=<8 digits>"),
        ("http://a.example/v?id=8&c=AF39021&x=", "/v?c=<7 characters>"),
        ("http://a.example/info/5523017.htm", "/info/<7 digits>.htm"),
        ("http://a.example/", ""),
        ("http://a.example/list-2.html", ""),
        ("http://a.example/s?q=焊工", ""),
    ],
)
def test_what_in_an_address_names_one_record(url: str, pattern: str) -> None:
    assert parameter_pattern(url) == pattern


def seen_by(make_visit: MakeVisit, *pages: tuple[str, str]) -> Visit:
    first = make_visit(TEA, "http://a.example/")
    captures = tuple(
        replace(first.captures[0], id=str(number), vantage=vantage, html=html, final_url=final)
        for number, (vantage, (html, final)) in enumerate(zip(Vantage, pages, strict=False))
    )
    return replace(first, captures=captures)


@pytest.mark.parametrize(
    ("pages", "found"),
    [
        ([(TEA, "http://a.example/"), (TEA, "http://www.a.example/m")], set()),
        # Honest sites send phones elsewhere, too: where nobody is accused, nothing is told.
        ([(TEA, "http://a.example/"), (TEA, "http://b.example/")], set()),
        ([(FAKE, "http://a.example/"), (FAKE, "http://b.example/")], {"led_apart"}),
        ([(TEA, "http://a.example/"), (FAKE, "http://a.example/")], {"cloaked"}),
        ([(TEA, "http://a.example/"), (FAKE, "http://b.example/")], {"cloaked", "led_apart"}),
        (
            [
                (TEA, "http://a.example/"),
                (TEA + "<iframe src=http://c.example/></iframe>", "http://a.example/"),
            ],
            set(),
        ),
    ],
)
def test_vantages_are_compared(
    detectors: Detectors, make_visit: MakeVisit, pages: list[tuple[str, str]], found: set[str]
) -> None:
    opinion = detectors.assess(seen_by(make_visit, *pages))
    apart = {s.rule for s in opinion.findings.signals if s.family is Family.CLOAKING}
    assert apart == found
    # A difference alone accuses nobody: honest sites send phones elsewhere, too.
    assert (opinion.verdict is Verdict.SUSPECT) is any(html == FAKE for html, _final in pages)


SALE = "<p>代办电工证焊工证，不用考试，三天出证，官网可查，加微信demo_a123，先发货后付款</p>"
SCHOOL = """<title>甲乙职业培训学校</title><p>市应急管理局核准的培训机构，电工取证培训，需体检，
学时四十，理论和实操考试合格后发证，预约考试请来校报名。</p>"""
WARNING = "<p>警惕假证！制售假证是违法犯罪，谨防上当受骗，本报记者报道，警方提醒。</p>" * 8


@pytest.mark.parametrize(
    "veil",
    [
        "display:none",
        "position:absolute;left:-9999px",
        "font-size:1px",
        "visibility: hidden",
    ],
)
def test_hidden_warnings_excuse_no_seller_and_a_hidden_offer_no_site(
    detectors: Detectors, make_visit: MakeVisit, veil: str
) -> None:
    bare = detectors.assess(make_visit(SALE))
    stuffed = detectors.assess(make_visit(f"{SALE}<div style='{veil}'>{WARNING}</div>"))
    assert bare.verdict is stuffed.verdict is Verdict.SUSPECT
    assert not any(each.family is Family.INNOCENCE for each in stuffed.findings.signals)
    # A window that opens on a click is hidden too; the offer is seen, and it is the site's.
    window = f"{SALE.partition('，加')[0]}</p><div style='{veil}'>加微信demo_a123</div>"
    assert "hosted_in_foreign_site" not in rules(detectors, make_visit(window))
    assert detectors.assess(make_visit(window)).verdict is Verdict.SUSPECT
    planted = make_visit(f"{SCHOOL}<div style='{veil}'>{SALE}</div>")
    assert {"hosted_in_foreign_site", "school"} <= rules(detectors, planted)
    assert "hosted_in_foreign_site" not in rules(detectors, make_visit(SCHOOL + SALE))


def test_a_warning_that_is_seen_still_speaks_for_a_page(
    detectors: Detectors, make_visit: MakeVisit
) -> None:
    report = f"{WARNING}<p>{SALE}</p><ul style='display:none'><li>首页</li></ul>"
    assert "reporting_text" in rules(detectors, make_visit(report))
