"""Hostile text is printed so that it acts on no terminal and hides nothing."""

import json
import sys
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from crawler.printing import json_text, plain

# Hangul and Khmer fillers, invisible joiners, variation selectors: letters and marks by category.
FILLERS = "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u3164\uffa0\ufe00\ufe0f\U000e0100"


def is_unseen(letter: str) -> bool:
    if letter in "\t\n":
        return False
    return unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Zl", "Zp") or letter in FILLERS


def test_every_character_that_acts_or_hides_is_taken_out_and_no_other() -> None:
    every = [chr(number) for number in range(sys.maxunicode + 1)]
    left = {letter for letter in every if plain(letter)}
    assert not {letter for letter in left if is_unseen(letter)}
    gone = {letter for letter in every if letter not in left}
    assert not {letter for letter in gone if unicodedata.category(letter)[0] in "NPSZ"} - {
        "\u2028",
        "\u2029",
    }
    assert "证" in left
    assert " " in left


def test_a_number_with_unseen_characters_in_it_is_masked() -> None:
    for unseen in ("\u200b", "\u00ad", "\ufe0f", "\u2060"):
        assert plain(unseen.join("11010119900307123X")) == "110101**********3X"


@given(st.recursive(st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_json_says_the_same_without_acting(value: object) -> None:
    text = json_text(value)
    assert json.loads(text) == value
    assert not any(is_unseen(letter) for letter in text)
    assert json.loads(json_text(value, indent=2)) == value
    text.encode()
