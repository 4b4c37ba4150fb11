"""Every rule fires on its own examples and is silent on the same words in another mouth."""

import pytest

from crawler.clock import now
from crawler.errors import SeedError
from crawler.model import Capture, Family, Offence, PageCondition, Vantage
from crawler.tables import parse_table
from detectors.conditions import ConditionRule, condition_of, load_conditions
from detectors.explain import describe
from detectors.pages import read_page
from detectors.reading import Reading
from detectors.rules import Rule, load_rules, read_groups, read_rule
from detectors.scoring import load_policy
from detectors.text import read_text

BOOK = load_rules()
NOW = now()


def fires(rule: Rule, text: str) -> bool:
    if rule.covers == "passage" or rule.family is Family.MIRROR:
        reading = Reading(text, BOOK)
        found = {reading.normal.text[a:b] for a, b in reading.matches(rule)}
        return len(found) >= rule.at_least
    return rule.name in {signal.rule for signal in read_text(text, BOOK, "text").signals}


@pytest.mark.parametrize(
    ("rule", "text"),
    [(r, t) for r in BOOK.rules for t in r.firing],
    ids=lambda x: getattr(x, "name", x),
)
def test_fires(rule: Rule, text: str) -> None:
    assert fires(rule, text)


@pytest.mark.parametrize(
    ("rule", "text"),
    [(r, t) for r in BOOK.rules for t in r.silent],
    ids=lambda x: getattr(x, "name", x),
)
def test_is_silent(rule: Rule, text: str) -> None:
    assert not fires(rule, text)


@pytest.mark.parametrize("rule", BOOK.rules, ids=lambda rule: rule.name)
def test_every_rule_has_a_weight_and_a_sentence(rule: Rule) -> None:
    policy = load_policy()
    if rule.family is Family.PAYMENT:
        assert rule.name not in policy.weights | policy.innocence
    else:
        kept = policy.innocence if rule.family is Family.INNOCENCE else policy.weights
        assert rule.name in kept
    assert describe(rule.name) == rule.describe
    assert rule.describe_en.isascii() or "«" in rule.describe_en
    unaccusing = rule.family in (Family.INNOCENCE, Family.PAYMENT)
    assert (rule.offence is Offence.NONE) == unaccusing


def test_every_weight_is_explained() -> None:
    policy = load_policy()
    assert not [name for name in (*policy.weights, *policy.innocence) if not describe(name)]


def condition(html: str) -> PageCondition:
    page = read_page(html, "http://a.example/")
    capture = Capture(
        "r.l.d", "r", "l", Vantage.DESKTOP, page.url, page.url, NOW, (), status=200, html=html
    )
    return condition_of(page, capture)[0]


CONDITIONS = load_conditions().rules


@pytest.mark.parametrize(
    ("rule", "html"),
    [(r, t) for r in CONDITIONS for t in r.firing],
    ids=lambda x: getattr(x, "name", ""),
)
def test_condition_is_told(rule: ConditionRule, html: str) -> None:
    assert condition(html) is rule.condition


@pytest.mark.parametrize(
    ("rule", "html"),
    [(r, t) for r in CONDITIONS for t in r.silent],
    ids=lambda x: getattr(x, "name", ""),
)
def test_content_is_no_notice(rule: ConditionRule, html: str) -> None:
    assert rule.condition is not PageCondition.CONTENT
    assert condition(html) is PageCondition.CONTENT


GOOD = """
[[rules]]
name = "x"
family = "sale"
offence = "sale_forged"
describe = "甲"
describe_en = "A"
parts = ["a"]
firing = ["甲"]
silent = ["乙"]
"""


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ('parts = ["a"]', 'parts = ["b"]', "b"),
        ('parts = ["a"]', 'pattern = "("', "pattern"),
        ('parts = ["a"]', "", "parts"),
        ('family = "sale"', 'family = "sael"', "family"),
        ('silent = ["乙"]', "silent = []", "firing"),
        ('name = "x"', 'name = "X Y"', "name"),
        ("[[rules]]", "[[rules]]\nwindwo = 3", "windwo"),
        ("[[rules]]", '[[rules]]\nunless = "b"', "unless"),
        ("[[rules]]", '[[rules]]\ncovers = "page"', "covers"),
    ],
)
def test_a_malformed_rule_is_an_error_that_names_the_key(was: str, now: str, said: str) -> None:
    table = parse_table(GOOD.replace(was, now), "rules.toml", SeedError).take_tables("rules")[0]
    with pytest.raises(SeedError, match=said):
        read_rule(table, {"a": "甲"})


def test_a_group_may_only_name_earlier_groups() -> None:
    text = '[[groups]]\nname = "a"\nwords = ["{later}"]'
    with pytest.raises(SeedError, match="later"):
        read_groups(parse_table(text, "words.toml", SeedError))


@pytest.mark.parametrize(
    ("text", "is_meant"),
    [
        ("电工师傅凭特种作业操作证购手套九折", False),
        ("须持有效焊工证上岗", False),
        ("进场前出示本人真实的高处作业证", False),
        ("办特种作业操作证，加微信", True),
        ("凭照片办特种作业操作证", True),
        ("持证上岗，操作证三百一张", True),
    ],
)
def test_a_card_that_must_be_held_or_shown_is_no_goods(text: str, is_meant: bool) -> None:
    assert Reading(text, BOOK).has("product") is is_meant
