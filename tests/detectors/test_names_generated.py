"""Generated names: valid, registrable, told by the screen; each technique as dnstwist has it."""

from __future__ import annotations

from itertools import islice

import dnstwist
import idna
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.addresses import parts, registrable
from detectors.names import NameScreen, variants
from detectors.names.generate import LikelyName, likely_names
from detectors.names.technique import Technique
from seeds import load_watchlist

WATCHLIST = load_watchlist()
SCREEN = NameScreen(WATCHLIST)
CLOSED = ("gov.cn", "edu.cn", "mil.cn", "ac.cn")


@pytest.fixture(scope="module")
def made() -> list[LikelyName]:
    hosts = ("cx.mem.gov.cn", "zscx.osta.org.cn", "zlaq.mohurd.gov.cn", "yjt.zj.gov.cn")
    return [each for host in hosts for each in likely_names(WATCHLIST, SCREEN, 700, host)]


def test_every_name_is_valid_and_one_that_the_public_can_register(made: list[LikelyName]) -> None:
    open_to_all = {each.suffix for each in WATCHLIST.suffixes}
    assert not open_to_all & set(CLOSED)
    for each in made:
        label, _dot, suffix = each.name.partition(".")
        assert suffix in open_to_all, each.name
        assert idna.encode(idna.decode(each.name)).decode() == each.name
        assert registrable(each.name) == parts(each.name).registrable == each.name
        assert 2 <= len(label) <= 63
        assert label[2:4] != "--" or label.startswith("xn--")


def test_every_name_screens_as_a_hit_on_the_host_that_it_imitates(made: list[LikelyName]) -> None:
    for each in made:
        hit = SCREEN.judge(each.name)
        assert hit is not None, each.name
        assert hit.imitates == each.imitates
    assert SCREEN.may_hit([each.name for each in made]) == list(range(len(made)))


def test_no_label_mixes_scripts(made: list[LikelyName]) -> None:
    scripts = {each.suffix: each.scripts for each in WATCHLIST.suffixes}
    for each in made:
        shown = idna.decode(each.name.partition(".")[0])
        suffix = each.name.partition(".")[2]
        if not shown.isascii():
            marks = {mark for mark in shown if not mark.isascii()}
            cyrillic = all("а" <= mark <= "ӿ" for mark in marks)
            han = all("一" <= mark <= "鿿" for mark in marks)
            script = "han" if han else "cyrillic" if cyrillic else "latin"
            assert script in scripts[suffix], each.name
            assert script != "cyrillic" or not any(map(str.isascii, shown)), each.name


def test_the_likeliest_come_first_and_once(made: list[LikelyName]) -> None:
    one = [each for each in made if each.imitates == "cx.mem.gov.cn"]
    assert [each.likelihood for each in one] == sorted(
        (each.likelihood for each in one), reverse=True
    )
    assert len({each.name for each in one}) == len(one) == 700
    assert {each.name for each in one[:30]} >= {"cx-mem.cn", "cxmem.com", "cx-mem-gov.cn"}


def test_a_budget_is_spent_on_many_techniques(made: list[LikelyName]) -> None:
    assert {each.technique for each in made} >= {
        Technique.DOT_TO_HYPHEN, Technique.GLUED, Technique.GOV_LABEL, Technique.TLD_SWAP,
        Technique.TYPO, Technique.DIGIT_FOR_LETTER, Technique.HOMOGLYPH_IDN, Technique.CHINESE_IDN,
        Technique.PINYIN_FULL, Technique.PINYIN_FUZZY, Technique.PINYIN_INITIALS,
        Technique.SERVICE_WORD, Technique.PROVINCE_CITY,
    }  # fmt: skip


def test_a_host_that_is_not_protected_is_an_error() -> None:
    with pytest.raises(KeyError):
        next(likely_names(WATCHLIST, SCREEN, 1, "www.example.com"))


def test_generating_all_begins_with_the_likeliest() -> None:
    first = list(islice(likely_names(WATCHLIST, SCREEN, 50), 50))
    assert len(first) == 50
    assert len({each.imitates for each in first}) > 10


class TestAgainstDnstwist:
    """What its fuzzers make of a label, ours make as well."""

    LABEL = "chinasafety"

    def fuzzed(self, name: str) -> set[str]:
        fuzzer = dnstwist.Fuzzer(f"{self.LABEL}.com")
        return {
            each.removesuffix(".com") if each.endswith(".com") else each
            for each in getattr(fuzzer, f"_{name}")()
        }

    def test_omission(self) -> None:
        assert set(variants.omitted(self.LABEL)) == self.fuzzed("omission")

    def test_repetition(self) -> None:
        assert set(variants.doubled(self.LABEL)) == self.fuzzed("repetition")

    def test_transposition(self) -> None:
        assert set(variants.swapped(self.LABEL)) == self.fuzzed("transposition")

    def test_neighbouring_keys(self) -> None:
        qwerty = dnstwist.Fuzzer.qwerty
        for letter in self.LABEL:
            ours = {each[0] for each in variants.mistyped(letter)}
            assert set(qwerty[letter]) <= ours | set("1234567890"), letter


@given(label=st.text("abcmnz0-", min_size=3, max_size=9))
def test_variants_differ_from_the_label_and_come_once(label: str) -> None:
    for kind in (variants.omitted, variants.doubled, variants.swapped):
        made = list(kind(label))
        assert label not in made
        assert len(set(made)) == len(made)
    assert label not in set(variants.mistyped(label))
    assert all(len(each) == len(label) + 1 for each in variants.inserted(label))


def test_letters_are_exchanged_for_what_they_are_read_as() -> None:
    assert {"m3m"} <= set(variants.with_digits("mem"))
    assert {"tezongzuoye", "tezhonzuoye"} <= set(variants.misheard("tezhongzuoye"))
    assert "mém" in set(variants.homoglyphs("mem", "latin"))
    assert list(variants.homoglyphs("cx-mem", "cyrillic")) == []
    (whole,) = variants.homoglyphs("saso", "cyrillic")
    assert whole == "ѕаѕо"
