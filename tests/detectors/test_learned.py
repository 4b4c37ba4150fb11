"""The model finds what rules miss, on texts that it was never trained on, and explains itself."""

import json
from collections import Counter
from functools import cache
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.model import Family, Findings, Offence, PageCondition, Signal, Verdict
from detectors.explain import explain
from detectors.learned import load_settings, packed, unpacked
from detectors.rules import load_rules
from detectors.scoring import load_policy, weigh
from detectors.text import read_text
from tools.labelled_texts import CLASSES, HELD_TECHNIQUES, Labelled, load_labelled, split

ACCUSED = CLASSES[:2]


def judged(text: str) -> tuple[Verdict, str]:
    found = read_text(text, load_rules(), "text")
    opinion = weigh("v", Findings(PageCondition.CONTENT, found.signals), load_policy())
    return opinion.verdict, opinion.offence.value


@cache
def held() -> list[tuple[Labelled, str]]:
    _kept, measured = split(load_labelled())
    return [(row, judged(row.text)[1]) for row in measured]


def share(label: str, *, evasive: bool) -> float:
    own = [o for row, o in held() if row.label == label and bool(row.evasion) is evasive]
    return sum(offence == label for offence in own) / len(own)


def test_no_idea_is_on_both_sides() -> None:
    kept, measured = split(load_labelled())
    assert not {row.pair for row in kept if row.pair} & {row.pair for row in measured}
    assert not any(HELD_TECHNIQUES & set(row.evasion) for row in kept)
    counts, held_out = (Counter(row.label for row in rows) for rows in (load_labelled(), measured))
    assert all(0.2 < held_out[label] / counts[label] < 0.4 for label in CLASSES)
    forms = {row.idea for row in kept}
    both = {row.idea for row in measured if not HELD_TECHNIQUES & set(row.evasion)} & forms
    assert not both


# What was measured when the model was made, less what a retraining may lose.
@pytest.mark.parametrize(
    ("label", "evasive", "least"),
    [
        ("sale_forged", False, 0.72),
        ("sale_forged", True, 0.70),
        ("exam_cheating", False, 0.75),
        ("exam_cheating", True, 0.62),
    ],
)
def test_offers_are_found(label: str, evasive: bool, least: float) -> None:
    assert share(label, evasive=evasive) >= least


def test_the_innocent_are_left_alone() -> None:
    innocent = [(row, offence) for row, offence in held() if row.label not in ACCUSED]
    false = [row.id for row, offence in innocent if offence in ACCUSED]
    assert len(false) / len(innocent) <= 0.01, f"look at the rates, not at the texts: {false}"


def test_the_offences_are_told_apart() -> None:
    raised = [(row.label, o) for row, o in held() if row.label in ACCUSED and o in ACCUSED]
    assert sum(label == offence for label, offence in raised) / len(raised) >= 0.95


def test_contacts_are_read() -> None:
    _kept, measured = split(load_labelled())
    right = [
        set(row.contacts)
        == {(c.type.value, c.value) for c in read_text(row.text, load_rules(), "text").contacts}
        for row in measured
        if row.contacts
    ]
    assert sum(right) / len(right) >= 0.9


@pytest.mark.parametrize("strength", [0.9, 1.0])
@pytest.mark.parametrize("rule", ["learned_sale", "learned_cheat"])
def test_the_model_alone_never_makes_a_suspect(rule: str, strength: float) -> None:
    signals = (
        Signal(rule, Family.LEARNED, strength, "字", "text"),
        Signal("contact_given", Family.CONTACT, 1.0, "字", "text"),
        Signal("young_registration", Family.REGISTRATION, 1.0, "字", "registration"),
        Signal("cloaked", Family.CLOAKING, 1.0, "字", "vantages"),
    )
    opinion = weigh("v", Findings(PageCondition.CONTENT, signals), load_policy())
    assert opinion.verdict is Verdict.DOUBTFUL
    assert opinion.offence in (Offence.SALE_FORGED, Offence.EXAM_CHEATING)


def test_what_the_model_found_is_explained() -> None:
    found = read_text("缺本的工友看过来，两天给你弄好，监理扫得出名字", load_rules(), "text")
    (signal,) = [each for each in found.signals if each.family is Family.LEARNED]
    opinion = weigh("v", Findings(PageCondition.CONTENT, found.signals), load_policy())
    assert any(signal.words in line for line in explain(opinion))


def test_weights_are_readable() -> None:
    record = json.loads((files("detectors") / "learned.json").read_text(encoding="utf-8"))
    assert tuple(record["classes"]) == CLASSES
    assert all(len(weights) == len(CLASSES) - 1 for weights in record["features"].values())
    known = {name for name in record["features"] if name.startswith("group:") and "&" not in name}
    assert known <= {f"group:{name}" for name in load_settings().groups}


def test_groups_of_the_model_exist() -> None:
    settings = load_settings()
    named = {*settings.groups, *settings.beside, *(g for d in settings.discounts for g in d[0])}
    assert named <= set(load_rules().groups)


@pytest.mark.parametrize(
    "text",
    [
        "谨防诈骗！焊工证不用考，三天出证，加微信demo_abc123",
        "谨防上当受骗，高压电工证三天拿证，扫码可查，电话16500001234",
        "小心骗子，做登高证找我，扣扣2000012345",
        "焊工证三百五一张，扫码可查，微信demo_zz99。谨防上当受骗！",
    ],
)
def test_a_slogan_silences_no_offer(text: str) -> None:
    verdict, offence = judged(text)
    assert verdict in (Verdict.DOUBTFUL, Verdict.SUSPECT)
    assert offence == "sale_forged"


@pytest.mark.parametrize(
    "text",
    [
        "警惕“高压电工证不用考，三天出证，加微信 demo_abc123”这类骗局",
        "谨防诈骗！近日有人以“焊工证不用考，三天出证，加微信demo_abc123”行骗",
        "谨防诈骗！网上卖焊工证，不用考三天出证，加微信demo_abc123的都是骗子",
        "警方提醒：谨防诈骗，焊工证不用考、三天出证、加微信demo_x1y2的广告不可信",
        "谨防诈骗，培训请到学校，电话16500001234",
    ],
)
def test_a_warning_that_quotes_an_offer_is_clear(text: str) -> None:
    assert judged(text)[0] is Verdict.CLEAR


WEIGHTS = st.tuples(*[st.integers(-100_000, 100_000)] * 3)


@given(st.lists(WEIGHTS, min_size=1, max_size=50))
def test_a_sum_of_packed_weights_holds_the_sum_in_every_class(rows: list[tuple[int, ...]]) -> None:
    total = sum(map(packed, rows))
    assert [unpacked(total, place) for place in range(3)] == [
        sum(each) for each in zip(*rows, strict=True)
    ]


_NEWS = "本地论坛，二手、房产、招聘、交友，浏览三千八百次，回复二十七条，请文明发言。\n" * 12
_OFFER_IN_A_PARAGRAPH = (
    "人在外地也能拿电工本，不用你上课也不用进考场，照片发来四天到手，扫码出来写着有效，满意再补尾款"
)


def told_of_a_page(paragraph: str) -> set[str]:
    text = f"{_NEWS}{paragraph}\n{_NEWS}"
    return {each.rule for each in read_text(text, load_rules(), "text").signals}


def test_a_paragraph_of_a_long_page_is_heard() -> None:
    assert "learned_sale" in told_of_a_page(_OFFER_IN_A_PARAGRAPH)


@pytest.mark.parametrize(
    "paragraph",
    [
        "警惕“不用上课、不用考试、四天拿电工本”的骗局，扫码出来写着有效的网页也是假的，请到学校报名",
        "电工培训须到校上课，理论和实操都由考试中心安排，考试合格后十五个工作日拿证，扫码可查",
    ],
)
def test_a_paragraph_that_warns_or_teaches_is_not(paragraph: str) -> None:
    assert not {"learned_sale", "learned_cheat"} & told_of_a_page(paragraph)
