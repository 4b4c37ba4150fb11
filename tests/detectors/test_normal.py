"""Evasive writing is read as it is meant, and the way back leads to what was written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.normal import normalise


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("電工証", "电工证"),
        ("ＶＸ：ｄｅｍｏ", "vx:demo"),
        ("特丨种丨作丨业证", "特种作业证"),
        ("高　压　电 工卡", "高压电工卡"),
        ("包\n过\n不\n到\n场", "包过不到场"),
        ("电。工。证。做。卡", "电工证做卡"),
        ("操\u200b作\u2060证", "操作证"),
        ("焊҉工҉证", "焊工证"),
        ("diàn gōng zhèng", "电工证"),
        ("聯(lián)合網(wǎng)站", "联合网站"),
        ("电[dian]工[gong]证【zheng】", "电工证"),
        ("操 亻乍 讠正", "操作证"),
        ("\u202e证高登\u202c", "登高证"),
        ("2️⃣0️⃣①", "201"),
        ("dеmо", "demo"),
        ("燥怍証", "操作证"),
        ("加薇", "加微"),
        ("V❤ demo", "微信 demo"),
    ],
)
def test_meant(written: str, meant: str) -> None:
    assert normalise(written).text == meant


@pytest.mark.parametrize(
    "plain",
    [
        "操作正常，电工正在作业。",
        "焊工正好下班",
        "登高正确姿势",
        "第一条、第二条（试行）",
        "不要买假证。联系电话",
        "a b c",
    ],
)
def test_ordinary_writing_is_left_alone(plain: str) -> None:
    expected = plain.replace("，", ",").replace("（", "(").replace("）", ")")
    assert normalise(plain).text == expected


def test_the_way_back() -> None:
    normal = normalise("要的加薇：電丨工丨証 四百")
    start = normal.text.index("电工证")
    assert normal.original(start, start + 3) == "電丨工丨証"


@given(st.text(max_size=200))
def test_every_reading_comes_from_somewhere(written: str) -> None:
    normal = normalise(written)
    assert len(normal.origin) == len(normal.text)
    assert all(0 <= place < len(written) for place in normal.origin)


@given(st.text(alphabet="电工证焊操作特种 丨。，\n()abzheng🪪➕微薇证", max_size=60))
def test_any_place_has_an_original(written: str) -> None:
    normal = normalise(written)
    for at in range(len(normal.text)):
        assert normal.original(at, at + 1)
