from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crawler.addresses import parts
from detectors.names import LIKELY, STRONG, NameScreen, ScreenCount
from detectors.names.letters import latin, slips, sounded, undigited
from detectors.names.looks import best_look
from seeds import load_watchlist

SCREEN = NameScreen(load_watchlist())
_TEXT = (Path(__file__).parent / "names_sample.csv").read_text(encoding="utf-8")
SAMPLE = list(csv.DictReader(_TEXT.splitlines()))


def names(label: str) -> list[str]:
    return [row["name"] for row in SAMPLE if row["label"] == label]


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
    assert "chinasaftey≈chinasafety(国家安全生产监督管理总局)" in hit.letters


def test_strong_techniques_score_high_and_weak_ones_do_not() -> None:
    strong = SCREEN.judge("www-mem-gov-cn.top")
    weak = SCREEN.judge("ajjcx.com")
    assert strong is not None
    assert weak is not None
    assert weak.score < STRONG <= strong.score


def test_the_sample_is_found_and_its_ordinary_names_are_silent() -> None:
    lookalikes = names("lookalike")
    found = [name for name in lookalikes if SCREEN.judge(name) is not None]
    assert len(found) >= 0.8 * len(lookalikes)
    assert [name for name in names("ordinary") if SCREEN.judge(name) is not None] == []
    hard = [name for name in names("hard_ordinary") if SCREEN.judge(name) is not None]
    assert len(hard) <= 0.06 * len(names("hard_ordinary"))


def test_the_sieve_stops_nothing_that_reading_would_find() -> None:
    for row in SAMPLE:
        look = best_look(parts(row["name"]), SCREEN._written, SCREEN._heard)
        if look.points >= LIKELY:
            assert SCREEN._sieve.lets_pass(row["name"]), row["name"]


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


def test_a_stream_counts_what_it_read() -> None:
    lines = ["# names\n", "\n", "cxmemgov.net\n", "memory.cn\n", "a b.com\n", "x" * 1_000_000]
    count = ScreenCount()
    assert [hit.name for hit in SCREEN.screen_lines(lines, count)] == ["cxmemgov.net"]
    assert count == ScreenCount(read=4, hits=1, bad=2)


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
