"""Whose words an offer is: the speaker's own, quoted, or hidden among others' articles."""

import pytest

from crawler.model import Family
from detectors.rules import load_rules
from detectors.text import read_text

_OFFERS = {Family.OFFER, Family.SALE, Family.CHEATING}
_ARTICLE = "本报记者报道，警惕假证，伪造证件违法。"
_OFFER = "代办焊工证，不用考试，三天出证，加微信demo_abc123"


def offers(text: str) -> bool:
    signals = read_text(text, load_rules(), "text").signals
    return any(signal.family in _OFFERS for signal in signals)


@pytest.mark.parametrize(
    "text",
    [
        _OFFER,
        f"{_ARTICLE}\n{_OFFER}\n谨防上当受骗。",
        f"“{_OFFER}”",
    ],
)
def test_own_words(text: str) -> None:
    assert offers(text)


@pytest.mark.parametrize(
    "text",
    [
        f"{_ARTICLE}网上写着：\n{_OFFER}",
        f"{_OFFER}\n以上都是骗局，请勿轻信。",
        f"{_ARTICLE}\n“{_OFFER}”\n谨防上当受骗。",
        f"警惕假证，{_OFFER}，都是假的",
        f"收到一条短信：“{_OFFER}”，给大家看看",
    ],
)
def test_words_of_others(text: str) -> None:
    assert not offers(text)


def test_an_article_around_an_offer_weighs_half() -> None:
    article = "公安机关通报典型案例，法院判处有期徒刑，并处罚款。"
    hidden = read_text(f"{article}\n{_OFFER}", load_rules(), "text").signals
    alone = read_text(article, load_rules(), "text").signals
    assert [s.strength for s in hidden if s.rule == "reporting_text"] == [0.5]
    assert [s.strength for s in alone if s.rule == "reporting_text"] == [1.0]
