"""New registrations in whatever form they come: read once, to the end, in bounds."""

import asyncio
import gzip
import io
import os
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.errors import ProfileError
from crawler.model import Lead, SourceState, SourceStatus
from crawler.tables import parse_table
from seeds import load_watchlist
from spiders.base import Errand
from spiders.files import FileOptions
from spiders.name_files import NameFileError, open_names
from spiders.registrations import RegistrationsSpider

AT = datetime(2026, 11, 26, 2, 0, tzinfo=UTC)
FAKE = "cx-mem-gov.top"
CHINESE = "应急管理部查询.com"
ENCODED = "http://xn--"
ORDINARY = [f"shop-{number}.example" for number in range(40)]
WATCHLIST = load_watchlist()

TABLE = "\r\n".join(
    [
        "num,domain_name,create_date,registrar",
        *(f'"{number}","{name}","2026-11-25","A, B"' for number, name in enumerate(ORDINARY)),
        f'"99","{FAKE.upper()}","2026-11-25","Example"',
    ]
)
ZONE = "\n".join(
    [
        "top.\t3600\tin\tsoa\ta.zdnscloud.com. td.example. 2026112500 1 2 3 4",
        "top.\t3600\tin\tns\ta.zdnscloud.com.",
        "shop.top.\t3600\tin\tns\tns1.example.net.",
        f"{FAKE}.\t3600\tin\tns\tns1.example.net.",
        f"{FAKE}.\t3600\tin\tns\tns2.example.net.",
        "mem-gov-cx.top.\t3600\tin\tds\t1 8 2 AB",
        "ns1.example.top.\t3600\tin\ta\t203.0.113.9",
        "; the end",
        "garbage",
        "",
    ]
)


def read(
    *files: Path, marks: Mapping[str, str] | None = None
) -> tuple[list[Lead], SourceState, dict[str, str]]:
    leads: list[Lead] = []
    options = FileOptions(True, files)
    spider = RegistrationsSpider(Errand(options, WATCHLIST, AT, leads.append, marks=marks or {}))

    async def work() -> None:
        async for _request in spider.start():
            raise AssertionError("nothing is asked over HTTP")

    asyncio.run(work())
    return leads, spider.outcome(), {**(marks or {}), **spider.marks}


def urls(leads: list[Lead]) -> list[str]:
    return [lead.url for lead in leads]


def zipped(kind: int = zipfile.ZIP_DEFLATED, **files: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, body in files.items():
            member = zipfile.ZipInfo(name.replace("_", "."), (2026, 11, 25, 8, 0, 0))
            archive.writestr(member, body, kind)
    return stream.getvalue()


PLAIN = "\n".join(["# names of a day", *ORDINARY, FAKE, CHINESE, ""])


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (PLAIN.encode(), 2),
        (PLAIN.encode("utf-8-sig"), 2),
        (PLAIN.encode("gbk"), 2),
        (TABLE.encode(), 1),
        (TABLE.encode("utf-8-sig"), 1),
        (TABLE.replace(",", ";").encode(), 1),
        (TABLE.replace(",", "\t").replace('"', "").encode(), 1),
        (TABLE.replace("domain_name", "域名").replace("A, B", "示例注册商").encode("gbk"), 1),
        (ZONE.encode(), 1),
    ],
)
@pytest.mark.parametrize("packed", ["", "gzip", "zip"])
def test_every_form_is_read(tmp_path: Path, body: bytes, found: int, packed: str) -> None:
    path = tmp_path / "new"
    body = {"": body, "gzip": gzip.compress(body), "zip": zipped(names_txt=body)}[packed]
    path.write_bytes(body)
    leads, state, _marks = read(path)
    assert urls(leads)[0] == f"http://{FAKE}/"
    assert len(leads) == found
    assert all(url.startswith(ENCODED) for url in urls(leads)[1:])
    assert state.status is SourceStatus.DONE


def test_the_column_is_found_without_a_title_and_among_other_hosts(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    rows = [f"{n},ns1.dns.example,{name},x" for n, name in enumerate([*ORDINARY, FAKE])]
    path.write_text("id,name server,Domain,by\n" + "\n".join(rows), encoding="utf-8")
    assert urls(read(path)[0]) == [f"http://{FAKE}/"]
    path.write_text("\n".join(f'"{name}"' for name in [*ORDINARY, FAKE]), encoding="utf-8")
    assert urls(read(path)[0]) == [f"http://{FAKE}/"]


def test_bad_lines_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "zone"
    path.write_text(ZONE, encoding="utf-8")
    assert "1 个地址无法识别" in read(path)[1].detail
    path.write_text(TABLE + "\n\n17\n18\n", encoding="utf-8")
    leads, state, _marks = read(path)
    assert len(leads) == 1
    assert "2 个地址无法识别" in state.detail


def test_a_file_is_read_once(tmp_path: Path) -> None:
    for day, name in (("2026-11-24", FAKE), ("2026-11-25", "mem-gov.top")):
        (tmp_path / f"new-{day}.zip").write_bytes(zipped(a_txt=name.encode()))
    pattern = tmp_path / "new-*.zip"
    leads, state, marks = read(pattern)
    assert len(leads) == 2
    assert state.newest == datetime(2026, 11, 24, 16, 0, tzinfo=UTC)
    (tmp_path / "new-2026-11-24.zip").rename(tmp_path / "new-copy.zip")
    (tmp_path / "new-20261126.txt").write_text("ajj-gov.com\n", encoding="utf-8")
    leads, state, marks = read(pattern, tmp_path / "new-20261126.txt", marks=marks)
    assert urls(leads) == ["http://ajj-gov.com/"]
    assert state.status is SourceStatus.DONE
    assert "2 个文件未重读" in state.covered
    assert read(pattern, marks=marks)[1].status is SourceStatus.DONE


def test_times_come_from_the_archive_where_the_name_says_none(tmp_path: Path) -> None:
    path = tmp_path / "names.zip"
    path.write_bytes(zipped(a_txt=FAKE.encode()))
    assert read(path)[1].newest == datetime(2026, 11, 25, 0, 0, tzinfo=UTC)
    path.write_bytes(gzip.compress(FAKE.encode(), mtime=1_790_000_000))
    assert read(path)[1].newest == datetime.fromtimestamp(1_790_000_000, UTC)
    path.write_bytes(FAKE.encode())
    assert read(path)[1].newest is None


def many(*more: str) -> bytes:
    """Names that do not shrink much, the telling ones first."""
    letters = str.maketrans("0123456789", "ghjkpqrtvz")
    rest = (f"{zlib.crc32(str(number).encode()):x}.example" for number in range(300_000))
    return "\n".join([*more, *(name.translate(letters) for name in rest)]).encode()


@pytest.mark.parametrize("packed", ["gzip", "zip", "stored"])
def test_a_truncated_archive_counts_as_far_as_it_goes(tmp_path: Path, packed: str) -> None:
    whole = many(FAKE)
    stored = {"zip": zipfile.ZIP_DEFLATED, "stored": zipfile.ZIP_STORED}
    whole = gzip.compress(whole) if packed == "gzip" else zipped(stored[packed], a_txt=whole)
    path = tmp_path / "new"
    path.write_bytes(whole[: len(whole) // 2])
    leads, state, marks = read(path)
    assert urls(leads) == [f"http://{FAKE}/"]
    assert state.status is not SourceStatus.DONE
    assert "不完整" in state.detail
    assert not marks
    path.write_bytes(whole)
    assert read(path, marks=marks)[1].status is SourceStatus.DONE


def test_a_bomb_is_stopped(tmp_path: Path) -> None:
    path = tmp_path / "bomb"
    for body in (gzip.compress(bytes(200 << 20)), zipped(a_txt=b"a.example\n" * (20 << 20))):
        path.write_bytes(body)
        leads, state, marks = read(path)
        assert (leads, marks) == ([], {})
        assert state.status is not SourceStatus.DONE
        assert "炸弹" in state.detail


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    leads, state, _marks = read(tmp_path / "absent.txt", tmp_path / "*.zip")
    assert (leads, state.status) == ([], SourceStatus.BLIND)
    path = tmp_path / "names"
    for body in (b"", b"\x00" * 4000, b"<html><title>429</title></html>", os.urandom(5_000)):
        path.write_bytes(body)
        assert read(path)[1].status is SourceStatus.BLIND
    # An encrypted member, as its flag says.
    locked = bytearray(zipped(a_txt=b"a.example"))
    locked[6] |= 1
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(locked)
    assert read(path)[1].status is SourceStatus.BLIND


@pytest.mark.long
def test_memory_is_constant(tmp_path: Path) -> None:
    path = tmp_path / "zone.gz"
    with gzip.open(path, "wb", compresslevel=1) as stream:
        for number in range(3_000_000):
            name = f"{zlib.crc32(str(number).encode()):x}"
            stream.write(f"{name}.top.\t3600\tin\tns\tns{number % 9}.example.net.\n".encode())
    code = (
        "import sys; from tests.spiders.test_registrations import *; import resource\n"
        "read(Path(sys.argv[1])); first = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "read(Path(sys.argv[2]))\n"
        "print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - first) >> 10)"
    )
    small = tmp_path / "small.gz"
    small.write_bytes(gzip.compress(ZONE.encode() * 50_000))
    done = subprocess.run(
        [sys.executable, "-c", code, str(small), str(path)],
        check=True,
        capture_output=True,
        text=True,
    )
    assert int(done.stdout) < 60


def test_an_archive_whose_directory_points_before_its_beginning_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(zipped(a_txt=TABLE.encode())[100:])
    with pytest.raises(NameFileError, match=r"损坏|解压"):
        b"".join(stream.lines.read() for stream in open_names(path))


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=300),
    st.sampled_from([PLAIN.encode(), TABLE.encode(), ZONE.encode()]),
    st.sampled_from(["", "gzip", "zip"]),
    st.integers(0, 3_000),
)
def test_any_file_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, rest: bytes, body: bytes, packed: str, cut: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "any"
    whole = {"": body, "gzip": gzip.compress(body), "zip": zipped(a_txt=body)}[packed]
    path.write_bytes(whole[:cut] + rest)
    try:
        for stream in open_names(path):
            assert isinstance(stream.lines.read(), bytes)
            assert isinstance(stream.ended(), str)
    except NameFileError:
        pass


def test_options_are_read_strictly(tmp_path: Path) -> None:
    def options(text: str) -> FileOptions:
        table = parse_table(text, "p.toml", ProfileError)
        return RegistrationsSpider.read_options(table, tmp_path)

    assert options('enabled = true\nfiles = ["*.zip"]').files == (tmp_path / "*.zip",)
    for wrong in ("enabled = true", "files = 1", "screen = true"):
        with pytest.raises(ProfileError):
            options(wrong)
