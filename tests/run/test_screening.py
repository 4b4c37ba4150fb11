"""Files of names: the same hits however they are cut, bad lines counted, memory constant."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from crawler import screening
from crawler.screening import kept_in, screen_file, screen_stream
from detectors.names import NameScreen, ScreenCount
from detectors.names.automaton import Keep
from seeds import load_watchlist

SCREEN = NameScreen(load_watchlist())
LINES = [
    b"cxmemgov.net", b"CXMEMGOV.NET.", b"  https://cxmemgov.net:8443/a?b=c#d ", b"*.cxmemgov.net",
    b"cxmemgov.net:80", b"\xef\xbb\xbfcxmemgov.net", "应急管理部.公司".encode(),
    b"xn--cx-mm-qsa.net",
    b"memory.cn", b"a_b.mem-gov.cn", b"_dmarc.memory.cn", b"www.mem.gov.cn", b"192.0.2.7",
    b"cxmemgov.net # seen today", b"# cxmemgov.net", b"", b" \t", b"www.example.com.",
]  # fmt: skip
BAD = [
    b"localhost", b"a..com", b".a.com", b"a.-b.com", b"-a.com", b"a-.com", b"a b.com", b"\x00\x01",
    b"x" * 64 + b".com", b"a." * 150 + b"com", b"ftp://a.com", b"xn--.com:x", b"\xff\xfe.com",
    b"y" * 1_000_000, b"." , b"a.com/" + b"z" * 5_000, b"http://[::1/",
]  # fmt: skip


def parts_of(data: bytes, screen: NameScreen = SCREEN) -> tuple[list[str], ScreenCount]:
    count = ScreenCount()
    names = []
    for part in screen_stream(BytesIO(data), screen):
        names += [hit.name for hit in part.hits]
        count.add(part.count)
    return names, count


def test_a_name_is_found_in_any_form_and_nothing_is_dropped() -> None:
    names, count = parts_of(b"\n".join(LINES))
    assert names == ["cxmemgov.net"] * 6 + [
        "xn--extu8ah31brfhgw1a.xn--55qx5d",
        "xn--cx-mm-qsa.net",
        "a_b.mem-gov.cn",
        "cxmemgov.net",
    ]
    assert count == ScreenCount(read=15, hits=10)


@pytest.mark.parametrize("line", BAD, ids=range(len(BAD)))
def test_a_bad_line_is_counted_and_shown(line: bytes) -> None:
    names, count = parts_of(b"cxmemgov.net\r\n" + line + b"\r\ncxmemgov.net\r\n")
    assert names == ["cxmemgov.net"] * 2
    assert (count.read, count.hits, count.bad) == (3, 2, 1)
    assert count.first_bad
    assert count.first_bad.isascii()
    assert len(count.first_bad) < 400


@given(
    lines=st.lists(
        st.sampled_from([*LINES, *BAD[:-4]]) | st.binary(max_size=30), min_size=1, max_size=40
    ),
    newline=st.sampled_from([b"\n", b"\r\n"]),
    block=st.integers(1, 300),
    shard=st.integers(1, 300),
)
@example(lines=[b"cxmemgov.net", b"", b"cxmemgov.net"], newline=b"\n", block=13, shard=13)
@example(lines=[b"y" * 5_000, b"cxmemgov.net"], newline=b"\n", block=100, shard=5_001)
@settings(max_examples=60, deadline=None)
def test_hits_and_counts_do_not_depend_on_how_the_input_is_cut(
    tmp_path_factory: pytest.TempPathFactory,
    lines: list[bytes],
    newline: bytes,
    block: int,
    shard: int,
) -> None:
    data = newline.join(lines)
    whole = parts_of(data)
    path = tmp_path_factory.mktemp("names") / "names.txt"
    path.write_bytes(data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(screening, "_BLOCK", block)
        patch.setattr(screening, "_SHARD", shard)
        assert parts_of(data) == whole
        names: list[str] = []
        count = ScreenCount()
        screening._Shard.share(SCREEN, path)
        for start in range(0, len(data), shard):
            part = screening._Shard.screen(start)
            names += [hit.name for hit in part.hits]
            count.add(part.count)
        assert (names, count) == whole


def test_processes_give_what_one_process_gives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "names.txt"
    path.write_bytes(b"\n".join([*LINES, *BAD] * 2))
    one = [hit for part in screen_file(path, SCREEN, 1) for hit in part.hits]
    monkeypatch.setattr(screening, "_SHARD", 1 << 14)
    many = [hit for part in screen_file(path, SCREEN, 3) for hit in part.hits]
    assert one
    assert many == one


def test_what_was_kept_is_used_and_what_was_damaged_is_not(tmp_path: Path) -> None:
    built = []

    def build() -> bytes:
        built.append(1)
        return b"automaton"

    keep: Keep = kept_in(tmp_path / "cache")
    assert [keep("a" * 64, build) for _ in range(3)] == [b"automaton"] * 3
    assert len(built) == 1
    (path,) = (tmp_path / "cache").iterdir()
    assert path.stat().st_mode & 0o077 == 0
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    assert keep("a" * 64, build) == b"automaton"
    path.chmod(0o666)  # somebody else could have written it
    assert keep("a" * 64, build) == b"automaton"
    assert len(built) == 3
    for number in range(12):
        keep(f"{number:032}", build)
    assert len(list((tmp_path / "cache").iterdir())) == 8


def test_a_cache_that_cannot_be_written_costs_time_only(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    keep = kept_in(tmp_path / "file" / "cache")
    assert keep("a" * 64, lambda: b"automaton") == b"automaton"


def certhound(*arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "crawler.cli", *arguments]
    return subprocess.run(command, input=given, capture_output=True, check=False, timeout=120)


def test_the_command_writes_hits_and_tells_counts(tmp_path: Path) -> None:
    path = tmp_path / "names.txt"
    path.write_bytes(b"cxmemgov.net\nmemory.cn\na b.com\n")
    for done in (
        certhound("screen", str(path)),
        certhound("screen", "-", given=path.read_bytes()),
    ):
        assert [json.loads(line) for line in done.stdout.splitlines()] == [
            {
                "name": "cxmemgov.net",
                "registrable": "cxmemgov.net",
                "score": 90.0,
                "technique": "glued",
                "imitates": "cx.mem.gov.cn",
            }
        ]
        assert done.returncode == 0
        assert "读入 3 行，命中 1 个" in done.stderr.decode()
        assert "'a b.com'" in done.stderr.decode()
    assert certhound("screen", "-", given=b"memory.cn\n").returncode == 0
    assert certhound("screen", "-", given=b"\x00\xff\n").returncode == 3
    missing = certhound("screen", str(tmp_path / "none.txt"))
    assert missing.returncode == 2
    assert "none.txt" in missing.stderr.decode()
    assert b"Traceback" not in missing.stderr


@pytest.mark.long
def test_ten_million_names_need_no_more_memory_than_a_few(tmp_path: Path) -> None:
    path = tmp_path / "names.txt"
    block = b"".join(
        b"%s%d-yanlian.com\n" % (word, n) for n in range(20_000) for word in (b"a", b"b")
    )
    with path.open("wb") as stream:
        for _ in range(250):
            stream.write(block + b"cxmemgov.net\n")
    done = certhound("screen", str(path))
    assert done.stdout.count(b"\n") == 250
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < 200 * 1024
    assert path.stat().st_size > 150_000_000
