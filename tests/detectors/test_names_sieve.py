"""Whatever the careful reader calls a hit passes the sieve, with either automaton."""

from __future__ import annotations

import csv
import random
import re
from functools import cache
from pathlib import Path

import idna
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from crawler.addresses import AddressError, ascii_host
from detectors.names import NameHit, NameScreen, ScreenCount
from detectors.names.automaton import AhoCorasick, Automaton, Hyperscan, has_hyperscan, keep_nothing
from detectors.names.foldings import byte_tables, fold_heard, fold_seen, written_pairs
from detectors.names.letters import sounded, undigited, unpaired
from detectors.names.lines import Lines, double_hyphens, odd_lines
from detectors.names.literals import Literals
from detectors.names.slips import one_slip, sizes_one_slip_away
from seeds import load_watchlist

SCREEN = NameScreen(load_watchlist())
SAMPLE = Path(__file__).parent / "names_sample.csv"
FORMS = sorted(form for form in SCREEN._written.forms if form.isascii())
HAN = sorted(form for form in SCREEN._written.forms if not form.isascii())
SUFFIXES = (".com", ".cn", ".org.cn", ".gd.cn", ".github.io", ".gov.com", ".xn--fiqs8s", ".net.cn")
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789-"


@cache
def sample() -> list[str]:
    with SAMPLE.open(encoding="utf-8") as rows:
        return [row["name"] for row in csv.DictReader(rows)]


def slipped(name: str, draw: random.Random) -> str:
    place = draw.randrange(len(name))
    letter = draw.choice(LETTERS)
    return draw.choice(
        (
            name[:place] + name[place + 1 :],
            name[:place] + letter + name[place:],
            name[:place] + letter + name[place + 1 :],
            name[:place] + name[place : place + 2][::-1] + name[place + 2 :],
        )
    )


def misspelt(word: str, draw: random.Random) -> str:
    kind = draw.randrange(6)
    if kind == 0:
        return slipped(word, draw)
    if kind == 1:
        return word.replace("m", draw.choice(("rn", "nn"))).replace("w", "vv")
    if kind == 2:
        return word.replace("zh", "z").replace("ng", "n", 1).replace("l", "n")
    if kind == 3:
        return word.translate(str.maketrans("oiesatb", "0135478"[:7]))
    return word


def composed(draw: random.Random) -> str:
    words = [misspelt(draw.choice(FORMS), draw) for _ in range(draw.randint(1, 3))]
    return draw.choice(("", "-", ".", "")).join(words) + draw.choice(SUFFIXES)


def missed(names: list[str]) -> list[NameHit]:
    """The hits among names that the sieve would have stopped."""
    may = set(SCREEN.may_hit(names))
    hits = ((number, SCREEN._judge(name)) for number, name in enumerate(names))
    return [hit for number, hit in hits if hit is not None and number not in may]


def clean(names: list[str]) -> list[str]:
    return [name for each in names if (name := NameScreen.clean(each)) is not None]


@pytest.mark.parametrize("seed", range(3))
def test_no_hit_is_stopped(seed: int) -> None:
    draw = random.Random(seed)
    names = [slipped(draw.choice(sample()), draw) for _ in range(2_000)]
    names += [composed(draw) for _ in range(3_000)]
    names = clean(names if seed else [*sample(), *names])
    assert sum(SCREEN._judge(name) is not None for name in names) > 500
    assert missed(names) == []


@pytest.mark.long
@pytest.mark.parametrize("seed", range(100, 124))
def test_no_hit_is_stopped_in_many_names(seed: int) -> None:
    draw = random.Random(seed)
    names = [slipped(slipped(draw.choice(sample()), draw), draw) for _ in range(20_000)]
    assert missed(clean(names + [composed(draw) for _ in range(40_000)])) == []


@given(
    pieces=st.lists(st.sampled_from(FORMS) | st.text(LETTERS, min_size=1, max_size=4), max_size=4),
    joint=st.sampled_from(["", "-", "."]),
    suffix=st.sampled_from(SUFFIXES),
    seed=st.integers(0, 2**16),
)
@example(pieces=["smar", "tsearch"], joint="", suffix=".com", seed=0)
@example(pieces=["asws", "hcx"], joint="", suffix=".com", seed=0)
@example(pieces=["sangganzeng", "chaxun"], joint="", suffix=".com", seed=0)
@example(pieces=["cx", "mem", "gov"], joint="-", suffix=".xn--fiqs8s", seed=0)
@settings(max_examples=200, deadline=None)
def test_no_row_of_words_is_stopped(pieces: list[str], joint: str, suffix: str, seed: int) -> None:
    draw = random.Random(seed)
    assert missed(clean([joint.join(misspelt(each, draw) for each in pieces) + suffix])) == []


@given(
    words=st.lists(
        st.sampled_from(HAN)
        | st.sampled_from(FORMS)
        | st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), max_size=2),
        min_size=1,
        max_size=3,
    ),
    accents=st.lists(st.sampled_from(["\u0301", "\u0308", "\u0327"]), max_size=2),
    suffix=st.sampled_from(SUFFIXES),
)
@settings(max_examples=200, deadline=None)
def test_no_internationalised_name_is_stopped(
    words: list[str], accents: list[str], suffix: str
) -> None:
    text = "".join(words)
    for mark in accents:
        text = text[: len(text) // 2] + mark + text[len(text) // 2 :]
    try:
        name = ascii_host(idna.uts46_remap(text) + suffix)
    except (idna.IDNAError, AddressError):
        return
    assert missed(clean([name])) == []


@given(text=st.text("abcghlmnorszw012345679", max_size=12))
def test_foldings_make_one_of_what_is_taken_for_each_other(text: str) -> None:
    assert all(fold_seen(reading) == fold_seen(text) for reading in undigited(text))
    assert fold_heard(sounded(text)) == fold_heard(text)
    assert text in written_pairs(unpaired(text))
    (seen, gone), (heard, silent) = byte_tables()
    assert text.upper().encode().translate(seen, gone).decode() == fold_seen(text)
    assert text.encode().translate(heard, silent).decode() == fold_heard(text)


PIECES = [b"a", b"-", b".", b"\n", b"ab.c", b"x" * 31, b"y" * 63, b"a." * 120, b"\xff", b" ", b"--"]


@given(pieces=st.lists(st.sampled_from([*PIECES, b".com\n", b"A.B\n", b"\n"]), max_size=60))
@example(pieces=[b"y" * 63, b"y", b".com\n"])
@example(pieces=[b"a." * 126, b"a\n", b"a." * 126, b"ab\n"])
@example(pieces=[b"a" * 64, b"\n", b"b" * 63, b"\n"])
def test_lines_are_found_and_told_apart_as_one_by_one(pieces: list[bytes]) -> None:
    data = b"".join(pieces) + b"\n"
    lines = Lines(data)
    each = data.split(b"\n")[:-1]
    assert len(lines) == len(each)
    assert [lines.line(index) for index in range(len(each))] == each
    places = range(0, len(data), 7)
    assert [lines.at(place) for place in places] == [data.count(b"\n", 0, at) for at in places]
    plain = re.compile(rb"(?!-)[a-zA-Z0-9_-]{1,63}(?<!-)(\.(?!-)[a-zA-Z0-9_-]{1,63}(?<!-))+")
    odd = {n for n, one in enumerate(each) if len(one) > 253 or not plain.fullmatch(one)}
    assert odd_lines(data, lines) == odd
    hyphens = [at for at in range(len(data)) if data.startswith(b"--", at)]
    assert list(double_hyphens(data)) == hyphens


@given(
    word=st.text("abc", min_size=3, max_size=9),
    beside=st.text("abcx1", max_size=10),
    backwards=st.booleans(),
)
def test_a_half_is_told_by_the_other_one(word: str, beside: str, backwards: bool) -> None:
    sizes = (len(word) - 1, len(word), len(word) + 1)
    expected = [n for n in sizes if n <= len(beside) and one_slip(beside[:n], word)]
    assert sizes_one_slip_away(beside[: len(word) + 1], word) == expected
    half = "zzz"
    literals = Literals(
        frozenset(),
        frozenset(),
        frozenset(),
        {half.encode(): ((word + half, len(word)) if backwards else (half + word, 0),)},
    )
    text = (beside[::-1] + half if backwards else half + beside).encode()
    start = len(beside) if backwards else 0
    fits = literals.sides_of_half(half.encode()).fit(text, start, start + len(half))
    told = word[::-1] if backwards else word
    whole = beside.startswith(told) or any(one_slip(beside[:n], told) for n in sizes)
    assert fits or not whole
    assert whole or not fits or len(beside) < len(word)


LITERALS = [b"mem", b"em.g", b"xin", "应急".encode(), b"gov"]


@pytest.mark.skipif(not has_hyperscan(), reason="no Hyperscan for this machine")
@given(parts=st.lists(st.sampled_from([*LITERALS, b"m", b"e", b".", b"\n", b"g", b"\x00"])))
@settings(deadline=None)
def test_both_automata_find_the_same(parts: list[bytes]) -> None:
    data = b"".join(parts)
    both: list[Automaton] = [AhoCorasick(LITERALS), Hyperscan(LITERALS, keep_nothing)]
    one, other = (sorted(each.ends(data)) for each in both)
    assert one == other
    expected = {
        (number, place + len(literal))
        for number, literal in enumerate(LITERALS)
        for place in range(len(data))
        if data.startswith(literal, place)
    }
    assert set(one) == expected


@pytest.mark.skipif(not has_hyperscan(), reason="no Hyperscan for this machine")
def test_hits_are_the_same_with_both_automata() -> None:
    draw = random.Random(7)
    lines = "".join(f"{name}\n" for name in [*sample(), *(composed(draw) for _ in range(2_000))])
    other = NameScreen(load_watchlist(), keep_nothing)
    found = [each.screen_block(lines.encode(), ScreenCount()) for each in (SCREEN, other)]
    assert found[0]
    assert found[0] == found[1]
