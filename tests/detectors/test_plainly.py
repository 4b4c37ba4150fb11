"""Characters are read in one form, by a quick way that says the same as a plain one."""

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opencc import OpenCC

from detectors.plainly import mostly_plainly, plainly

WIDE = "".join(map(chr, range(0xFF01, 0xFF5F)))
UNSEEN = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad"
HAN = "\u3400-\u9fff"
APART = re.compile(rf"(?<![{HAN}])[{HAN}](?:[ \t\u3000·.*]{{1,4}}[{HAN}](?![{HAN}]))+")
SIMPLIFIED = OpenCC("t2s")


def slowly(text: str) -> str:
    seen = [each for each in text if each not in UNSEEN]
    text = "".join(map(one_form, seen))
    return APART.sub(lambda found: re.sub(r"[ \t\u3000·.*]+", "", found[0]), text)


def one_form(character: str) -> str:
    if character.isascii() or character in WIDE or character in "\u3000\xa0":
        return unicodedata.normalize("NFKC", character).lower()
    return str(SIMPLIFIED.convert(character))


@settings(deadline=None)
@given(
    st.text(
        st.sampled_from(f"特種作業證電工做卡網這說A aｂＺ１．.·*\t\n　\xa0{UNSEEN}𠮷😀é"),
        max_size=40,
    )
)
def test_any_text_is_read_as_a_plain_reader_does(text: str) -> None:
    assert plainly(text) == slowly(text)


@settings(deadline=None)
@given(st.text(max_size=40))
def test_what_is_unseen_is_left_out_of_any_text(text: str) -> None:
    read = plainly(text + UNSEEN + text)
    assert not set(UNSEEN) & set(read)
    assert mostly_plainly(text) in (text.lower(), plainly(text))


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("特 种 作 业", "特种作业"),
        ("特种 作业", "特种 作业"),
        ("电.工", "电工"),
        ("电     工", "电     工"),
        ("是 电工", "是 电工"),
        ("\ud800證\udfff", "\ud800证\udfff"),
    ],
)
def test_only_characters_that_stand_alone_are_joined(written: str, read: str) -> None:
    assert plainly(written) == read
