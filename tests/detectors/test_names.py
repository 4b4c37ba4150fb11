from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from detectors.names import LIKELY, STRONG, NameScreen
from detectors.names.letters import latin, sounded, undigited
from detectors.names.measure import LabelError, measure, read_labelled
from detectors.names.slips import cut_of, doubled_or_swapped, one_slip, slips, swapped_at_cut
from detectors.names.telling import aligned
from seeds import load_watchlist

SCREEN = NameScreen(load_watchlist())
_TEXT = (Path(__file__).parent / "names_sample.csv").read_text(encoding="utf-8")
SAMPLE = read_labelled(_TEXT.splitlines())


@pytest.mark.parametrize(
    ("name", "technique", "imitates"),
    [
        ("cx.mem.gov.cn.example.top", "official_leading_labels", "cx.mem.gov.cn"),
        ("mem.gov.cn.evil.top", "official_leading_labels", "mem.gov.cn"),
        ("www-mem-gov-cn.example-host.com", "official_leading_labels", "www.mem.gov.cn"),
        ("cx-mem-gov-cn.icu", "dot_to_hyphen", "cx.mem.gov.cn"),
        ("cxmemgov.net", "glued", "cx.mem.gov.cn"),
        ("ajj-gov.com", "gov_label", "www.mem.gov.cn"),
        ("chinasafety.top", "tld_swap", "www.chinasafety.gov.cn"),
        ("cx.saws.top", "subdomain_words", "cx.saws.org.cn"),
        ("chinasaftey.cn", "typo", "www.chinasafety.gov.cn"),
        ("cx-rnem-gov.com", "typo", "cx.mem.gov.cn"),
        ("ch1nasafety.com", "digit_for_letter", "www.chinasafety.gov.cn"),
        ("сх-mem.com", "homoglyph_idn", "cx.mem.gov.cn"),
        ("应急管理部查询.com", "chinese_idn", "cx.mem.gov.cn"),
        ("應急管理部查詢.公司", "traditional_idn", "cx.mem.gov.cn"),
        ("guangdongyjt.com", "province_city", "yjgl.gd.gov.cn"),
        ("yjgl.gd.cn", "province_city", "yjgl.gd.gov.cn"),
        ("tzzy-chaxun.com", "service_word", "cx.mem.gov.cn"),
        ("tezhongzuoyezheng.net", "pinyin_full", "cx.mem.gov.cn"),
        ("tezongzuoyezen.com", "pinyin_fuzzy", "cx.mem.gov.cn"),
        ("zlaq.mohurd.com", "subdomain_words", "zlaq.mohurd.gov.cn"),
        ("osta.com.cn", "tld_swap", "zscx.osta.org.cn"),
        ("mem.org.cn", "tld_swap", "cx.mem.gov.cn"),
        ("e-cqs.com.cn", "tld_swap", "cnse.e-cqs.cn"),
        ("chinacoal-safety.org.cn", "tld_swap", "chinacoal-safety.gov.cn"),
        ("mem.gov.com", "gov_label", "cx.mem.gov.cn"),
        ("cx.gov-cn.top", "gov_label", "www.mem.gov.cn"),
        ("119govcn.com", "glued", "119.gov.cn"),
        ("zhufanghechengxiangjianshebu.com", "pinyin_full", "zlaq.mohurd.gov.cn"),
        ("zfhcxjsb.com", "pinyin_initials", "zlaq.mohurd.gov.cn"),
        ("xuchangyjj.com", "province_city", "yjglt.henan.gov.cn"),
        ("gdsyjt.com", "province_city", "yjgl.gd.gov.cn"),
        ("szsyjj.cn", "province_city", "yjgl.gd.gov.cn"),
        ("mem-peixun.com", "service_word", "cx.mem.gov.cn"),
        ("tzzyz.github.io", "pinyin_initials", "cx.mem.gov.cn"),
        ("otsa-chaxun.com", "typo", "zscx.osta.org.cn"),
        ("l2350.cn", "digit_for_letter", "www.mem.gov.cn"),
    ],
)
def test_a_lookalike_is_told_with_its_technique(name: str, technique: str, imitates: str) -> None:
    hit = SCREEN.judge(name)
    assert hit is not None
    assert (hit.technique, hit.imitates) == (technique, imitates)
    assert LIKELY <= hit.score <= 99


@pytest.mark.parametrize(
    "name",
    [
        "mem.com",
        "memory.cn",
        "member.com",
        "ajj.com",
        "osta.com",
        "costa.cn",
        "cx.com",
        "tezhongzuoyepeixun.cn",
        "anquanpeixun.com",
        "mem.gov.gt",
        "память.com",
        "tzzy-peixun.com",
        "mems.com.cn",
        "smartsearchonline.com",
        "costa.com.cn",
        "o-sta.com.cn",
        "aqjgdls.com",
        "gdszs.com",
        "5123507.com",
        "违章查询.com",
        "192.0.2.7",
    ],
)
def test_an_ordinary_name_is_silent(name: str) -> None:
    assert SCREEN.judge(name) is None


def test_official_and_trusted_hosts_are_never_hits() -> None:
    watchlist = load_watchlist()
    official = [host for authority in watchlist.authorities for host in authority.hosts]
    for host in (*official, *(entry.host for entry in watchlist.trusted)):
        assert SCREEN.judge(host) is None, host
        assert SCREEN.judge(f"www.{host}") is None, host
    assert SCREEN.judge("cx-mem-gov-cn.gov.cn") is None


def test_a_name_that_merely_ends_like_a_trusted_one_is_judged() -> None:
    assert SCREEN.judge("cxmemgov.cn") is not None
    assert SCREEN.judge("zscx-osta.org.cn") is not None


def test_a_hit_says_which_letters_it_read() -> None:
    hit = SCREEN.judge("cx-chinasaftey.com")
    assert hit is not None
    assert "chinasaf[te>et]y≈chinasafety(国家安全生产监督管理总局)" in hit.letters


def test_strong_techniques_score_high_and_weak_ones_do_not() -> None:
    strong = SCREEN.judge("www-mem-gov-cn.top")
    weak = SCREEN.judge("ajjcx.com")
    assert strong is not None
    assert weak is not None
    assert weak.score < STRONG <= strong.score


def test_the_sample_is_found_and_its_ordinary_names_are_silent() -> None:
    hits = {each.name for each in SAMPLE if SCREEN.judge(each.name) is not None}
    rows = {(row.label, row.technique): row for row in measure(SAMPLE, hits)}
    assert rows["lookalike", ""].share >= 0.92
    assert rows["ordinary", ""].wrong == ()
    assert rows["hard_ordinary", ""].share <= 0.03
    assert rows["hard_ordinary", "official_host"].wrong == ()
    assert rows["hard_ordinary", "real_gov_host"].wrong == ()
    assert rows["hard_ordinary", "foreign_gov"].wrong == ()


def test_a_measure_leaves_doubtful_names_out_and_counts_errors_of_both_kinds() -> None:
    lines = ["name,label,technique,note", "a.cn,lookalike,typo,", "b.cn,lookalike,typo,doubtful: x"]
    lines += ["c.cn,lookalike,glued,", "d.cn,ordinary,coined,", "e.cn,ordinary,coined,"]
    found = {
        (row.label, row.technique): row for row in measure(read_labelled(lines), {"a.cn", "d.cn"})
    }
    assert next(iter(found)) == ("lookalike", "")
    assert (found["lookalike", ""].names, found["lookalike", ""].hits) == (2, 1)
    assert found["lookalike", "glued"].wrong == ("c.cn",)
    assert found["ordinary", "coined"].wrong == ("d.cn",)


@pytest.mark.parametrize("lines", [[], ["name,technique", "a.cn,typo"], ["name,label", "a.cn,"]])
def test_what_is_no_table_of_labels_is_an_error(lines: list[str]) -> None:
    with pytest.raises(LabelError):
        read_labelled(lines)


@pytest.mark.parametrize(
    "line",
    [
        "cxmemgov.net",
        "CXMEMGOV.NET.",
        "  https://cxmemgov.net:8443/a?b=c#d \r\n",
        "cxmemgov.net:80",
        "*.cxmemgov.net",
        "\ufeffcxmemgov.net",
        "user@cxmemgov.net",
    ],
)
def test_a_name_is_read_in_any_form(line: str) -> None:
    assert NameScreen.clean(line) == "cxmemgov.net"
    assert SCREEN.judge(line) is not None


@pytest.mark.parametrize(
    "line",
    [
        "",
        ".",
        "localhost",
        "a b.com",
        "\x00\x01.com",
        "-a.com",
        "a..com",
        "ftp://a.com",
        "x" * 3_000,
    ],
)
def test_what_is_no_host_is_told_apart(line: str) -> None:
    assert NameScreen.clean(line) is None
    assert SCREEN.judge(line) is None


@given(line=st.text(max_size=300) | st.from_regex(r"[a-z0-9.-]{1,80}\.(cn|com)", fullmatch=True))
@example(line="xn--.com")
@example(line="xn--999999999.cn")
@example(line="http://[::1/")
@example(line="1" * 60 + ".cn")
@example(line="-".join("cx" for _ in range(20)) + ".cn")
def test_no_text_makes_it_stumble(line: str) -> None:
    name = NameScreen.clean(line)
    hit = SCREEN.judge(line)
    if hit is not None:
        assert hit.name == name
        assert LIKELY <= hit.score <= 99


def test_letters_are_read_as_what_they_resemble() -> None:
    assert latin("сhínаsаfеtу") == "chinasafety"
    assert set(undigited("m3m")) == {"mem"}
    assert list(undigited("2024")) == []
    assert sounded("chaxunzhengshu") == "caxunzensu"
    assert {"me", "mme", "mxm", "memm"} <= slips("mem")
    assert "mem" not in slips("mem")
    assert doubled_or_swapped("osta") == {
        "oosta", "ossta", "ostta", "ostaa", "sota", "otsa", "osat"
    }  # fmt: skip


WORDS = st.text(alphabet="abce", min_size=2, max_size=7)


@given(word=WORDS, other=WORDS)
@example(word="abab", other="baab")
@example(word="aa", other="a")
def test_one_slip_is_what_slips_list(word: str, other: str) -> None:
    assert one_slip(other, word) is (other in slips(word))


@given(word=st.text(alphabet="abcdefgh", min_size=4, max_size=12), data=st.data())
def test_a_slip_leaves_a_half_whole_or_swaps_across_the_cut(word: str, data: st.DataObject) -> None:
    slip = data.draw(st.sampled_from(sorted(slips(word))))
    cut = cut_of(word)
    assert word[:cut] in slip or word[cut:] in slip or slip == swapped_at_cut(word)


def test_letters_are_aligned_with_what_they_mean() -> None:
    assert aligned("chinasaftey", "chinasafety") == "chinasaf[te>et]y"
    assert aligned("cxmemm", "cxmem") == "cxmem[m>]"
    assert aligned("tezongzuoye", "tezhongzuoye") == "tez[>h]ongzuoye"
