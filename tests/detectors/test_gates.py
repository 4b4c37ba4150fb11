"""What a gate shuts out could not have matched."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.gates import Gate, narrowed, needed
from detectors.normal import normalise
from detectors.rules import load_rules
from tools.labelled_texts import load_labelled

BOOK = load_rules()
EXPRESSIONS = BOOK.groups | {rule.name: rule.pattern for rule in BOOK.rules if rule.pattern}
CHARACTERS = sorted({c for pattern in EXPRESSIONS.values() for c in pattern.pattern if c.isalnum()})


def shut_out(text: str) -> list[str]:
    shut = EXPRESSIONS.keys() - BOOK.gate.open(text)
    return [name for name in shut if any(m[0] for m in EXPRESSIONS[name].finditer(text))]


def test_no_labelled_text_is_shut_out() -> None:
    texts = [normalise(row.text).text for row in load_labelled()]
    assert not [(text, found) for text in texts if (found := shut_out(text))]
    open_names = sum(len(BOOK.gate.open(text)) for text in texts)
    assert open_names < len(texts) * len(EXPRESSIONS) / 2, "a gate that shuts out nothing"


def test_no_rule_s_own_examples_are_shut_out() -> None:
    examples = [t for rule in BOOK.rules for t in (*rule.firing, *rule.silent)]
    assert not [t for t in examples if shut_out(normalise(t).text)]


@settings(deadline=None)
@given(st.text(st.sampled_from(CHARACTERS), max_size=60))
def test_no_text_is_shut_out(text: str) -> None:
    assert not shut_out(text)


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("包过|代考", {"包过", "代考"}),
        ("(?<!不)包过(?!程)", {"包过"}),
        ("(?:做|办)?证件", {"证件"}),
        ("[零0]考试", {"零考试", "0考试"}),
        ("(?:替|代)考(?:试|场)?", {"替考", "代考"}),
        ("(?:三|四)天[^。]{0,9}出", {"三天", "四天"}),
        ("电(?:工|.)证", {"电"}),
        ("(?:包过){1,2}[一-龥]试", {"包过"}),
        ("(?:三天)+出", {"三天"}),
        ("(?=电工)电", {"电工"}),
        ("(?:包过|.)", None),
        (r"\d+", None),
        ("(?:包过)?", None),
        ("", None),
    ],
)
def test_words_that_an_expression_needs(expression: str, words: set[str] | None) -> None:
    assert needed(expression) == words


def test_an_expression_without_sure_words_is_always_open() -> None:
    gate = Gate({"any": re.compile(r"\w+"), "pass": re.compile("包过")})
    assert gate.open("电工") == {"any"}
    assert gate.open("包过") == {"any", "pass"}
    assert gate.open("电" * 5000) == {"any", "pass"}


def unnarrowed(expression: re.Pattern[str]) -> re.Pattern[str] | None:
    head, found, body = expression.pattern.partition("])(?:")
    narrow = found and head.startswith("(?=[") and narrowed(body[:-1]) == expression.pattern
    return re.compile(body[:-1], expression.flags) if narrow else None


WIDE = {name: wide for name in EXPRESSIONS if (wide := unnarrowed(EXPRESSIONS[name]))}


def spans(expression: re.Pattern[str], text: str) -> list[tuple[int, int]]:
    return [match.span() for match in expression.finditer(text)]


def test_nearly_every_expression_of_ours_is_narrowed() -> None:
    assert len(WIDE) > len(EXPRESSIONS) * 0.9


def test_a_narrowed_expression_matches_the_same_of_labelled_texts() -> None:
    texts = [normalise(row.text).text for row in load_labelled()[::7]]
    for name, wide in WIDE.items():
        assert [spans(EXPRESSIONS[name], text) for text in texts] == [
            spans(wide, text) for text in texts
        ], name


@settings(deadline=None)
@given(st.text(st.sampled_from(CHARACTERS), max_size=60))
def test_a_narrowed_expression_matches_the_same(text: str) -> None:
    for name, wide in WIDE.items():
        assert spans(EXPRESSIONS[name], text) == spans(wide, text), name


@pytest.mark.parametrize(
    "expression", ["", "(?:包过)?", "^|包过", r"\d包过", "[^不]包过", ".", "(?i:a)", "(包)?\\1"]
)
def test_what_may_begin_with_anything_stays_as_it_is(expression: str) -> None:
    assert narrowed(expression) == expression
