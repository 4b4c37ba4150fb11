"""Decisions made in a hit list come back row by row; whatever else is in the file is contained."""

import json
import zipfile
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler.casework import decide
from crawler.cli import main
from crawler.clock import now
from crawler.errors import InputError
from crawler.language import set_language
from crawler.model import Decision
from crawler.store import Store
from reports.reviewed import read_reviewed
from tests.casework.conftest import DOUBTFUL, Office, Seen

KEY = "domain:a.test"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    with Store.open(folder) as store:
        Office(store).day(
            {
                "http://a.test/": Seen(),
                "http://b.test/": DOUBTFUL,
                "http://c.test/110101199003071234": Seen(score=70),
            }
        )
    return folder


def certhound(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    said = capsys.readouterr()
    assert isinstance(ended.value.code, int)
    return ended.value.code, said.out, said.err


@pytest.fixture
def listed(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    code, _out, err = certhound(
        capsys, "report", "hitlist", "--data", str(data), "--out", str(tmp_path)
    )
    assert code == 0, err
    return tmp_path / "hitlist.xlsx"


Edit = Callable[[dict[str, tuple[str, str]]], Path]


@pytest.fixture
def fill(listed: Path) -> Edit:
    """Enter decisions as a person does: by case, the choice and the reason."""

    def filled(decisions: dict[str, tuple[str, str]]) -> Path:
        book = openpyxl.load_workbook(listed)
        sheet = book.worksheets[0]
        head = next(row for row in sheet.iter_rows() if row[0].value in ("序号", "No."))
        titles = [cell.value for cell in head]
        for row in list(sheet.iter_rows())[int(head[0].row or 0) :]:
            case = str(row[titles.index("案件")].value)
            if case in decisions:
                row[1].value, row[2].value = decisions[case]
        book.save(listed)
        return listed

    return filled


def test_decisions_come_back_and_twice_is_once(
    data: Path, fill: Edit, capsys: pytest.CaptureFixture[str]
) -> None:
    file = fill({KEY: ("确认", ""), "domain:b.test": ("排除", "正规学校")})
    code, out, _err = certhound(
        capsys, "review", "import", str(file), "--by", "张三", "--data", str(data)
    )
    assert code == 0
    assert "共 2 行有决定：登记 2 行，此前已登记 0 行，拒绝 0 行" in out
    with Store.open(data) as store:
        (judged,) = store.judgements("domain:b.test")
        assert (judged.by, judged.decision, judged.reason) == ("张三", Decision.DISMISS, "正规学校")
    code, out, _err = certhound(
        capsys, "review", "import", str(file), "--by", "张三", "--data", str(data)
    )
    assert code == 0
    assert "登记 0 行，此前已登记 2 行" in out
    with Store.open(data) as store:
        assert len(store.judgements(KEY)) == 1


def test_a_list_older_than_its_case_is_refused_for_that_row_alone(
    data: Path, fill: Edit, capsys: pytest.CaptureFixture[str]
) -> None:
    with Store.open(data) as store:
        decide(store, KEY, Decision.VICTIM, "李四", "学校被挂页", now())
    file = fill({KEY: ("确认", ""), "domain:b.test": ("观察", "内容太少")})
    code, out, _err = certhound(
        capsys, "review", "import", str(file), "--by", "张三", "--data", str(data)
    )
    assert code == 3
    assert f"{KEY}：李四 已于" in out
    assert "请查看后重新决定" in out
    assert "登记 1 行，此前已登记 0 行，拒绝 1 行" in out
    with Store.open(data) as store:
        assert [each.by for each in store.judgements(KEY)] == ["李四"]
        assert [each.by for each in store.judgements("domain:b.test")] == ["张三"]


def test_each_row_says_why_it_is_refused(
    data: Path, fill: Edit, capsys: pytest.CaptureFixture[str]
) -> None:
    file = fill(
        {
            KEY: ("确定吧", "x"),
            "domain:b.test": ("排除", ""),
            "domain:c.test": ("确认", '=HYPERLINK("http://a.test")'),
        }
    )
    code, out, _err = certhound(
        capsys, "review", "import", str(file), "--by", "张三", "--data", str(data), "--json"
    )
    assert code == 3
    told = {each["case"]: (each["outcome"], each["said"]) for each in json.loads(out)}
    assert told[KEY] == ("refused", "“确定吧”不是可选的决定")
    assert told["domain:b.test"] == ("refused", "请在“复核理由”列写明理由后重新读入")
    assert told["domain:c.test"] == ("refused", "含有公式，请填写文字")
    with Store.open(data) as store:
        assert not any(store.judgements(key) for key in store.case_keys())


def test_a_list_of_another_folder_is_refused(
    data: Path, fill: Edit, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = fill({KEY: ("确认", "")})
    other = tmp_path / "other"
    with Store.open(other) as store:
        office = Office(store, days=5)
        office.day({"http://a.test/": Seen()})
    code, out, _err = certhound(
        capsys, "review", "import", str(file), "--by", "张三", "--data", str(other)
    )
    assert code == 3
    assert "不是由这个数据文件夹生成的" in out
    assert data.exists()


def test_an_english_list_is_read_by_a_chinese_office(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        set_language("en")
        certhound(capsys, "report", "hitlist", "--data", str(data), "--out", str(tmp_path))
    finally:
        set_language("zh")
    file = tmp_path / "hitlist.xlsx"
    book = openpyxl.load_workbook(file)
    rows = list(book.worksheets[0].iter_rows())
    head = next(row for row in rows if row[6].value == "Case")
    assert head[1].value != "复核"
    rows[int(head[0].row or 0)][1].value = "confirm"
    book.save(file)
    code, out, _err = certhound(
        capsys, "review", "import", str(file), "--by", "张三", "--data", str(data)
    )
    assert (code, "登记 1 行" in out) == (0, True)


def test_rows_may_be_sorted_and_columns_moved(
    data: Path, listed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = openpyxl.load_workbook(listed)
    sheet = book.worksheets[0]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    head = next(number for number, row in enumerate(rows) if row[0] == "序号")
    table = [[*row[1:], row[0]] for row in (rows[head], *reversed(rows[head + 1 :]))]
    fresh = openpyxl.Workbook()
    for row in table:
        fresh.worksheets[0].append(row)
    fresh.worksheets[0].cell(2, 1).value = "备注"
    fresh.worksheets[0].cell(2, 2).value = "再看看"
    fresh.save(listed)
    code, out, _err = certhound(
        capsys, "review", "import", str(listed), "--by", "张三", "--data", str(data)
    )
    assert (code, "登记 1 行" in out) == (0, True)


def test_a_column_of_cases_that_was_sorted_alone_decides_on_nobody(
    data: Path, fill: Edit, capsys: pytest.CaptureFixture[str]
) -> None:
    file = fill({KEY: ("确认", ""), "domain:b.test": ("排除", "正规学校")})
    book = openpyxl.load_workbook(file)
    cells = {cell.value: cell for row in book.worksheets[0].iter_rows() for cell in row}
    one, other = cells[KEY], cells["domain:b.test"]
    one.value, other.value = other.value, one.value
    book.save(file)
    code, out, _err = certhound(
        capsys, "review", "import", str(file), "--by", "张三", "--data", str(data)
    )
    assert code == 3
    assert out.count("可能只排序了部分列") == 2
    with Store.open(data) as store:
        assert not any(store.judgements(key) for key in store.case_keys())


def rezipped(file: Path, change: Callable[[str, bytes], bytes]) -> Path:
    stream = BytesIO()
    with (
        zipfile.ZipFile(file) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    file.write_bytes(stream.getvalue())
    return file


BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'


@pytest.mark.parametrize(
    "hostile",
    [
        lambda name, text: text.replace(b"?>", b"?>" + BOMB, 1) if "sheet1" in name else text,
        lambda name, text: (
            text.replace(b"?>", b"?>" + BOMB, 1).decode().encode("utf-16")
            if "workbook.xml" in name
            else text
        ),
        lambda name, text: bytes(600_000_000) if "sheet1" in name else text,
        lambda name, text: text[: len(text) // 2] if "sheet1" in name else text,
        lambda name, text: b"" if "workbook" in name else text,
    ],
)
def test_a_hostile_workbook_is_one_sentence(
    data: Path,
    listed: Path,
    hostile: Callable[[str, bytes], bytes],
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = rezipped(listed, hostile)
    code, out, err = certhound(
        capsys, "review", "import", str(file), "--by", "张三", "--data", str(data)
    )
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert str(file) in err


def test_what_is_no_list_is_one_sentence(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other.xlsx"
    openpyxl.Workbook().save(other)
    (tmp_path / "text.xlsx").write_text("复核,案件")
    for name in ("other.xlsx", "text.xlsx", "none.xlsx"):
        code, _out, err = certhound(
            capsys, "review", "import", str(tmp_path / name), "--by", "张三", "--data", str(data)
        )
        assert (code, err.count("\n")) == (2, 1)
        assert name in err


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(at=st.integers(0, 10**9), byte=st.integers(0, 255))
def test_a_changed_byte_never_breaks_the_reading(listed: Path, at: int, byte: int) -> None:
    content = bytearray(listed.read_bytes())
    content[at % len(content)] = byte
    file = listed.with_name("changed.xlsx")
    file.write_bytes(content)
    with suppress(InputError):
        assert read_reviewed(file) == ()
