"""What pictures say counts as the page's own; what nobody could read is clear of nobody."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crawler.model import (
    BlobRef,
    Code,
    Family,
    Knowledge,
    Offence,
    PageCondition,
    Picture,
    Target,
    TargetKind,
    Trace,
    Verdict,
    Visit,
)
from detectors import Detectors
from detectors.explain import explain
from tests.detectors.conftest import AT, capture

HOME = "http://qx7731.test/"
SPLASH = '<html><head><title></title></head><body><img src="a.jpg"></body></html>'
SELLER = """特种作业证快速办理
免考试 免培训 不到场
低压电工证 300元
三天出证 扫码可查
电话/微信：13800003316"""
SCHOOL = """云杉职业技能培训学校
焊工、电工、高处作业培训 理论与实操
地址：演练市学府路1号 报名电话 13800009911"""
WARNING = """谨防假操作证
免考试 免培训 三天出证
都是骗局，真证要培训、要考试
举报电话 12350"""


def code(text: str) -> Code:
    return Code("QRCode", text, (450, 100, 650, 100, 650, 300, 450, 300))


def picture(*codes: str, text: str | None = None, **more: object) -> Picture:
    made = Picture(
        f"{HOME}a.jpg",
        "0" * 64,
        40_000,
        Knowledge.KNOWN,
        format="JPEG",
        width=720,
        height=450,
        codes=tuple(map(code, codes)),
        look="0f1e2d3c4b5a6978",
        text=text,
    )
    return replace(made, **more)  # type: ignore[arg-type]


def visit(
    *pictures: Picture, html: str = SPLASH, url: str = HOME, told_by: tuple[str, ...] = ()
) -> Visit:
    only = replace(capture(html, url), pictures=pictures)
    return Visit("r.l", "r", "l", url, AT, (only,), told_by=told_by)


ABROAD = "http://m.cha.test/v?id=1"


@pytest.mark.parametrize(
    "looked",
    [
        visit(picture(ABROAD)),
        visit(picture(), told_by=("tips",)),
        visit(picture(), told_by=("names", "snowball qr")),
        visit(picture(), url="http://cx-mem-gov.test/"),
        visit(picture(), html=SPLASH.replace("<title>", "<title>焊工证办理")),
        visit(picture(), html=SPLASH.replace("<img", '<img alt="特种作业操作证"')),
        visit(picture(state=Knowledge.UNKNOWN, detail="its decoder broke down"), told_by=("tips",)),
    ],
    ids=["code", "tip", "suspect's code", "name", "title", "alt", "unknown"],
)
def test_a_page_that_speaks_in_pictures_only_is_doubtful_where_more_speaks_against_it(
    detectors: Detectors, looked: Visit
) -> None:
    opinion = detectors.assess(looked)
    assert (opinion.verdict, opinion.offence) == (Verdict.DOUBTFUL, Offence.NONE)
    assert any("文字只在图片里" in line for line in explain(opinion))


@pytest.mark.parametrize(
    "looked",
    [
        visit(picture()),
        visit(picture(f"{HOME}wap")),
        visit(picture("https://u.wechat.com/kQzz1")),
        visit(picture("https://cx.mem.gov.cn/")),
        visit(picture(), told_by=("searxng", "snowball link", "snowball front")),
        visit(picture(), html=SPLASH.replace("<title>", "<title>云杉焊工证培训学校")),
        visit(picture(state=Knowledge.UNKNOWN, width=0, height=0)),
    ],
    ids=["splash", "own", "wechat", "official", "link", "school", "unknown"],
)
def test_an_honest_splash_page_is_not_listed_and_not_clear_either(
    detectors: Detectors, looked: Visit
) -> None:
    opinion = detectors.assess(looked)
    assert (opinion.verdict, opinion.page_condition) == (Verdict.UNKNOWN, PageCondition.UNKNOWN)
    assert any("文字只在图片里" in line for line in explain(opinion))


def test_a_page_with_words_of_its_own_is_judged_by_them(detectors: Detectors) -> None:
    text = "云杉职业技能培训学校开设焊工、电工培训班，报名须体检，考试合格后由主管部门发证。" * 2
    opinion = detectors.assess(visit(picture(ABROAD), html=f"<p>{text}</p><img src=a.jpg>"))
    assert opinion.verdict is Verdict.CLEAR
    assert Target(TargetKind.QR, ABROAD) in opinion.findings.targets


def test_words_in_a_picture_are_judged_as_the_pages_own(detectors: Detectors) -> None:
    opinion = detectors.assess(visit(picture(ABROAD, text=SELLER)))
    assert (opinion.verdict, opinion.offence) == (Verdict.SUSPECT, Offence.SALE_FORGED)
    assert {each.value for each in opinion.findings.contacts} == {"13800003316"}
    told = (Family.SALE, Family.OFFER)
    offers = [each for each in opinion.findings.signals if each.family in told]
    assert offers
    assert {each.place for each in offers} == {"image"}
    assert "见于 图片中的文字" in "\n".join(explain(opinion))


@pytest.mark.parametrize("text", [SCHOOL, WARNING], ids=["school", "warning"])
def test_honest_words_in_a_picture_accuse_nobody(detectors: Detectors, text: str) -> None:
    opinion = detectors.assess(visit(picture(text=text), told_by=("tips",)))
    assert (opinion.verdict, opinion.page_condition) == (Verdict.CLEAR, PageCondition.CONTENT)


def test_a_photograph_without_words_says_nothing(detectors: Detectors) -> None:
    opinion = detectors.assess(visit(picture(text=""), told_by=("tips",)))
    assert opinion.verdict is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("said", "url"),
    [
        (ABROAD, ABROAD),
        ("HTTP://YAN.TEST/A", "http://yan.test/A"),
        ("m.cha.com.cn/v?id=7", "http://m.cha.com.cn/v?id=7"),
    ],
)
def test_a_code_that_leads_somewhere_is_a_target(detectors: Detectors, said: str, url: str) -> None:
    findings = detectors.assess(visit(picture(said))).findings
    assert findings.targets == (Target(TargetKind.QR, url),)


@pytest.mark.parametrize("said", ["证书编号 7 有效", "WIFI:S:a;;", "1.2.3", "javascript:alert(1)"])
def test_a_code_that_leads_nowhere_is_none(detectors: Detectors, said: str) -> None:
    assert detectors.assess(visit(picture(said))).findings.targets == ()


def test_a_contact_in_a_code_is_a_contact(detectors: Detectors) -> None:
    findings = detectors.assess(visit(picture("加微信：demo_wx7788 办证"))).findings
    assert [each.value for each in findings.contacts] == ["demo_wx7788"]


@pytest.mark.parametrize(
    ("said", "kind", "value"),
    [
        ("wxp://f2f0DemoDemo-01", "wechat_pay", "wxp://f2f0DemoDemo-01"),
        ("HTTPS://QR.ALIPAY.COM/FKX0123456", "alipay", "qr.alipay.com/fkx0123456"),
        ("工行卡号6222020000001234566", "bank", "6222020000001234566"),
    ],
)
def test_a_code_that_money_is_paid_by_is_a_payee(
    detectors: Detectors, said: str, kind: str, value: str
) -> None:
    findings = detectors.assess(visit(picture(said))).findings
    assert [(each.type.value, each.value) for each in findings.contacts] == [(kind, value)]


OFFER = "<p>特种作业操作证办理，不用考试，三天出证，全国可查，电话 13800007801</p><img src=a.jpg>"


def test_a_card_shown_as_a_sample_tells_its_code_its_issuer_and_a_masked_number(
    detectors: Detectors,
) -> None:
    words = "特种作业操作证\n证号：T340101**********12\n签发机关：安徽省应急管理厅"
    found = detectors.assess(visit(picture(ABROAD, text=words), html=OFFER)).findings
    (shown,) = [each for each in found.signals if each.rule == "card_shown"]
    assert shown.strength == 1.0
    assert shown.words == f"T340101**********12；安徽省应急管理厅；{ABROAD}"


def test_a_cards_shape_is_half_a_sample_and_an_own_code_is_none(detectors: Detectors) -> None:
    found = detectors.assess(visit(picture(ABROAD), html=OFFER)).findings
    (shown,) = [each for each in found.signals if each.rule == "card_shown"]
    assert shown.strength == 0.5
    own = detectors.assess(visit(picture(f"{HOME}wap"), html=OFFER)).findings
    assert not [each for each in own.signals if each.rule == "card_shown"]


def test_a_samples_look_ties_sellers_together_and_a_bare_codes_does_not(
    detectors: Detectors,
) -> None:
    mark = Trace("picture", "0f1e2d3c4b5a6978")
    assert mark in detectors.assess(visit(picture(ABROAD), html=OFFER)).findings.traces
    bare = picture(ABROAD, width=220, height=220)
    assert mark not in detectors.assess(visit(bare, html=OFFER)).findings.traces
    assert mark not in detectors.assess(visit(picture(), html=OFFER)).findings.traces


def test_an_address_that_answers_with_a_picture_is_judged_by_it(detectors: Detectors) -> None:
    body = BlobRef("0" * 64, 40_000, "image/png")
    only = replace(capture("", HOME), body=body, pictures=(picture(text=SELLER),))
    opinion = detectors.assess(Visit("r.l", "r", "l", HOME, AT, (only,)))
    assert (opinion.verdict, opinion.offence) == (Verdict.SUSPECT, Offence.SALE_FORGED)


def test_a_code_that_one_vantage_did_not_see_is_no_other_way(detectors: Detectors) -> None:
    seen = replace(capture(OFFER, HOME), pictures=(picture(ABROAD),))
    other = replace(capture(OFFER, HOME, number=2))
    both = Visit("r.l", "r", "l", HOME, AT, (seen, other))
    rules = {each.rule for each in detectors.assess(both).findings.signals}
    assert "led_apart" not in rules
    third = replace(other, pictures=(picture("http://another.test/"),))
    apart = Visit("r.l", "r", "l", HOME, AT, (seen, third))
    assert "led_apart" in {each.rule for each in detectors.assess(apart).findings.signals}
