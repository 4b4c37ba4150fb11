"""Any text is read without a crash, in time that grows with it; what is found lies in it."""

import os
import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.model import Findings, PageCondition
from detectors.contacts import find_contacts
from detectors.normal import normalise
from detectors.rules import load_rules
from detectors.scoring import load_policy, weigh
from detectors.text import read_text
from tools.labelled_texts import load_labelled

BOOK = load_rules()
TEXTS = [row.text for row in load_labelled()]
SIGNS = "\u200b\u202e\u202c\ufeff\u0301🉐🔥カ證①½㏒ﷺ\n\t 　·*/|-_()（）“”「」謨𠮷\U000e0041\ud7ff"
UNITS = [
    "谨防假证，办理高压电工证微信号：",
    "证", "1", "一", " ", "证.", "V信", "\u202e证工电\u202c", "“",
    "a b ", "zheng", "证\n工\n", "电x工", "扣2 ", "(a)证", "dian gong ", "替考答案", "100元一张",
    "谨防诈骗!", "卡号62 ", "支付宝16500001234 ", "户名张三",
]  # fmt: skip
# Founders' judgement: four times the text may take that many times as long on a busy machine;
# a pattern that backtracks takes sixteen times and more.
MOST_GROWTH = 9.0
FUZZ_SECONDS = float(os.environ.get("CERTHOUND_FUZZ_SECONDS", "600"))


def check(text: str) -> None:
    normal = normalise(text)
    assert len(normal.origin) == len(normal.text)
    assert all(0 <= place < len(text) for place in normal.origin)
    for place in find_contacts(normal):
        first, last = normal.span(place.start, place.end)
        assert 0 <= first < last <= len(text)
    found = read_text(text, BOOK, "text")
    opinion = weigh("v", Findings(PageCondition.CONTENT, found.signals), load_policy())
    assert 0 <= opinion.score <= 100


def mutated(chance: random.Random) -> str:
    text = list(chance.choice(TEXTS) + chance.choice(["", "，", "\n"]) + chance.choice(TEXTS))
    for _ in range(chance.randrange(1, 12)):
        at = chance.randrange(len(text))
        match chance.randrange(5):
            case 0:
                text[at] = chance.choice(SIGNS)
            case 1:
                text.insert(at, chr(chance.randrange(1, 0xD800)))
            case 2:
                text[at:] = reversed(text[at:])
            case 3:
                text[at:at] = chance.choice(UNITS)
            case _:
                del text[at]
        if not text:
            break
    return "".join(text)


@settings(deadline=None)  # tables are loaded with the first text
@given(st.text(max_size=80))
def test_any_text(text: str) -> None:
    check(text)


@settings(deadline=None)
@given(st.lists(st.sampled_from([*UNITS, *SIGNS, *"电工焊证卡本做扫码加微"]), max_size=25))
def test_any_evasion(pieces: list[str]) -> None:
    check("".join(pieces))


@settings(deadline=None)
@given(st.sampled_from(TEXTS))
def test_an_offer_added_in_a_passage_of_its_own_is_found(text: str) -> None:
    offer = "焊工证不用考，三天出证，加微信demo_abc123"
    apart = "\n".join([text, *["好。"] * 3, offer])
    found = {each.rule for each in read_text(apart, BOOK, "text").signals}
    assert "sale_promise_contact" in found


@pytest.mark.long
@pytest.mark.parametrize("unit", UNITS)
def test_time_grows_with_length(unit: str) -> None:
    def seconds(length: int) -> float:
        text = (unit * length)[:length]
        best = 1e9
        for _ in range(3):
            began = time.process_time()
            read_text(text, BOOK, "text")
            best = min(best, time.process_time() - began)
        return best

    seconds(1000)
    assert seconds(40_000) / max(seconds(10_000), 0.002) < MOST_GROWTH


@pytest.mark.long
def test_fuzzing() -> None:
    chance = random.Random(20261126)
    ends = time.monotonic() + FUZZ_SECONDS
    count = 0
    while time.monotonic() < ends:
        text = mutated(chance)
        try:
            check(text)
        except Exception as problem:
            raise AssertionError(repr(text)) from problem
        count += 1
    assert count > FUZZ_SECONDS
