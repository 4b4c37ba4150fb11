"""The hit list keeps its contract, hides what must be hidden and survives hostile strings."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest
from bs4 import BeautifulSoup
from PIL import Image

from crawler.errors import EvidenceError, StoreError
from crawler.model import (
    BlobRef,
    Case,
    CaseKey,
    Contact,
    ContactType,
    Family,
    KeyKind,
    Precision,
    Release,
    Run,
    RunStatus,
    Signal,
    SourceState,
    SourceStatus,
    Visit,
)
from reports.hitlist import write_hitlist
from reports.thumbnails import pictures_from, thumbnail

AT = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)
IDENTITY = "11010519491231002X"


def _describe(rule: str) -> str:
    return f"规则 {rule} 的说明。"


@pytest.fixture
def written(
    tmp_path: Path, run: Run, sources: Sequence[SourceState], cases: Sequence[Case]
) -> dict[str, Path]:
    paths = write_hitlist(tmp_path, run, sources, cases, AT, _describe)
    return {path.suffix: path for path in paths}


def _sheet_texts(path: Path) -> list[str]:
    book = openpyxl.load_workbook(path)
    return [
        str(cell.value)
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    ]


def test_folder_is_dated_by_the_beijing_day_of_the_start(written: dict[str, Path]) -> None:
    assert {path.parent.name for path in written.values()} == {"2026-03-03"}


def test_json_keeps_its_contract(written: dict[str, Path]) -> None:
    document = json.loads(written[".json"].read_text("utf-8"))
    assert list(document) == [
        "schema", "run", "generated_at", "degraded", "degraded_reasons", "sources", "cases",
        "precision",
    ]  # fmt: skip
    assert document["degraded"] is True
    assert document["generated_at"] == "2026-03-02T18:00:00.000Z"
    assert document["sources"][1]["status"] == "blind"
    promised = {
        "case", "key_kind", "domain", "urls", "verdict", "offence", "page_condition", "score",
        "change", "first_seen", "last_seen", "imitates", "signals", "contacts", "targets",
        "captures",
    }  # fmt: skip
    for case in document["cases"]:
        assert promised <= set(case)
    first = document["cases"][0]
    assert first["case"] == "domain:cx-mem-chaxun.cn"
    assert first["first_seen"] == "2026-03-01T16:30:00.000Z"
    assert first["signals"][2] == {
        "rule": "warns",
        "family": "innocence",
        "strength": 0.5,
        "words": "谨防上当",
        "place": "text",
        "innocence": True,
        "describe": "规则 warns 的说明。",
    }


def test_gravest_case_comes_first(written: dict[str, Path]) -> None:
    document = json.loads(written[".json"].read_text("utf-8"))
    offences = [case["offence"] for case in document["cases"]]
    assert offences == ["imitation_query", "imitation_portal", "sale_forged"]


def test_contacts_are_whole_in_json_and_masked_elsewhere(written: dict[str, Path]) -> None:
    document = json.loads(written[".json"].read_text("utf-8"))
    assert document["cases"][0]["contacts"][0]["value"] == "13900001234"
    html = written[".html"].read_text("utf-8")
    sheet = "\n".join(_sheet_texts(written[".xlsx"]))
    for text in (html, sheet):
        assert "电话" in text
        assert "13900001234" not in text
        assert "0000-1234" not in text
        assert "jiazheng888" not in text


def test_where_money_goes_is_whole_in_json_and_masked_elsewhere(
    tmp_path: Path, run: Run, sources: Sequence[SourceState], sale_case: Case
) -> None:
    card, written = "6222020000001234566", "6222 0200 0000 1234 566"
    payees = (
        Contact(ContactType.BANK, card, written, 0.85),
        Contact(ContactType.BANK, IDENTITY, IDENTITY, 0.6),
        Contact(ContactType.ALIPAY, "16500001234", "165-0000-1234", 0.85),
        Contact(ContactType.PAYEE, "张三丰", "张三丰", 0.8),
    )
    words = f"工行卡号{written} 户名张三丰，支fu宝165-0000-1234"
    told = Signal("pay_account", Family.PAYMENT, 1.0, words, "text")
    facts = replace(sale_case.facts, contacts=payees, signals=(told,))
    case = replace(sale_case, facts=facts)
    paths = write_hitlist(tmp_path, run, sources, (case,), AT, _describe)
    (found,) = json.loads(paths[0].read_text("utf-8"))["cases"]
    values = {each["type"]: each["value"] for each in found["contacts"][:1] + found["contacts"][2:]}
    assert values == {"bank": card, "alipay": "16500001234", "payee": "张三丰"}
    for path in paths:
        text = "\n".join(_sheet_texts(path)) if path.suffix == ".xlsx" else path.read_text("utf-8")
        assert IDENTITY not in text
        if path.suffix != ".json":
            assert "银行账号 ****4566" in text
            assert "165****1234" in text
            for secret in (card[4:15], "0000 1234", "165-0000", "三丰"):
                assert secret not in text


def test_identity_numbers_are_nowhere(written: dict[str, Path]) -> None:
    for path in written.values():
        text = "\n".join(_sheet_texts(path)) if path.suffix == ".xlsx" else path.read_text("utf-8")
        assert "evil" in text
        assert IDENTITY not in text
        assert IDENTITY[6:14] not in text


def test_workbook_has_no_formula_and_no_link(written: dict[str, Path]) -> None:
    book = openpyxl.load_workbook(written[".xlsx"])
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert all(cell.data_type != "f" for cell in cells)
    assert all(cell.hyperlink is None for cell in cells)
    assert any(str(cell.value).startswith("=cmd|") for cell in cells)
    with ZipFile(written[".xlsx"]) as archive:
        inside = b"".join(archive.read(name) for name in archive.namelist())
    assert b"<f>" not in inside
    assert b"<hyperlink" not in inside
    assert b"http://www.cx" not in inside
    assert b"hxxp://www[.]cx-mem-chaxun[.]cn/chaxun" in inside


def test_workbook_can_be_worked_in(written: dict[str, Path]) -> None:
    sheet = openpyxl.load_workbook(written[".xlsx"]).worksheets[0]
    head = [row[0].value for row in sheet.iter_rows()].index("序号") + 1
    assert sheet.freeze_panes == f"A{head + 1}"
    assert sheet.auto_filter.ref.startswith(f"A{head}:")
    validation = sheet.data_validations.dataValidation[0]
    assert validation.formula1 == '"确认,排除,观察,受害单位,备注"'
    assert str(validation.sqref) == f"B{head + 1}:B{head + 3}"
    assert sheet.page_setup.orientation == "landscape"


def test_workbook_and_page_say_that_a_source_was_blind(written: dict[str, Path]) -> None:
    for text in ("\n".join(_sheet_texts(written[".xlsx"])), written[".html"].read_text("utf-8")):
        assert "搜索服务中途停止回答" in text
        assert text.count("来源 搜索服务（searxng） 失明：连接被拒绝") >= 1


def test_blind_source_that_the_run_tells_of_is_told_once(
    tmp_path: Path, run: Run, sources: Sequence[SourceState]
) -> None:
    run = replace(run, degraded=("来源 搜索服务（searxng） 未能工作：连接被拒绝",))
    page = write_hitlist(tmp_path, run, sources, (), AT, _describe)[2].read_text("utf-8")
    assert page.count("来源 搜索服务（searxng）") == 1


def test_page_holds_no_link_script_or_foreign_markup(written: dict[str, Path]) -> None:
    html = written[".html"].read_text("utf-8")
    soup = BeautifulSoup(html, "html.parser")
    assert soup.find_all(["a", "script", "img", "iframe", "link", "form", "b"]) == soup.select(
        ".alarm > b"
    )
    policy = soup.select_one('meta[http-equiv="Content-Security-Policy"]')
    assert policy is not None
    assert str(policy["content"]).startswith("default-src 'none'")
    assert "http://" not in html
    assert "<script>alert(1)</script>" in soup.get_text()
    assert "\u202e" not in html


def test_reasons_and_innocence_are_told_in_words(written: dict[str, Path]) -> None:
    text = BeautifulSoup(written[".html"].read_text("utf-8"), "html.parser").get_text()
    assert (
        "规则 claim_platform 的说明：「特种作业操作证查询平台」（标题）、「应急管理部」（正文）"
        in text
    )
    assert "规则 warns 的说明：「谨防上当」（正文）" in text
    assert "有变化（联系方式、注册商）" in text
    assert "应急管理部[.]top" in text


def test_address_among_the_reasons_is_defanged(tmp_path: Path, run: Run, query_case: Case) -> None:
    signal = Signal("name_likeness", Family.NAME, 1.0, "cx.mem.gov.cn.evil.top", "url")
    case = replace(query_case, facts=replace(query_case.facts, signals=(signal,)))
    page = write_hitlist(tmp_path, run, (), (case,), AT)[2].read_text("utf-8")
    assert "域名与官方域名相似：「cx[.]mem[.]gov[.]cn[.]evil[.]top」（网址）" in page


def test_what_the_machine_put_together_is_told_in_words(
    tmp_path: Path, run: Run, query_case: Case
) -> None:
    signals = (
        Signal("name_likeness", Family.NAME, 1.0, "cxmem.top ~ cx.mem.gov.cn（glued）", "url"),
        Signal("cloaked", Family.CLOAKING, 1.0, "desktop：clear、phone：b.test", "vantages"),
    )
    case = replace(query_case, facts=replace(query_case.facts, signals=signals))
    page = write_hitlist(tmp_path, run, (), (case,), AT)[2].read_text("utf-8")
    assert "cxmem[.]top 形似 cx[.]mem[.]gov[.]cn（省去圆点连写）" in page
    assert "电脑浏览器：正常、手机浏览器：b[.]test" in page
    assert "有利因素</dt><dd><div>未发现" in page.replace("\n", "")


def test_pictures_stand_in_sheet_and_page_and_nothing_else_does(
    tmp_path: Path, run: Run, cases: Sequence[Case]
) -> None:
    picture = thumbnail(_screenshot(1280, 4000))
    paths = write_hitlist(tmp_path, run, (), cases, AT, pictures=lambda _case: picture)
    with ZipFile(paths[1]) as archive:
        media = [name for name in archive.namelist() if name.startswith("xl/media/")]
        assert [archive.read(name) for name in media] == [picture]
    sheet = openpyxl.load_workbook(paths[1]).worksheets[0]
    head = [row[0].value for row in sheet.iter_rows()].index("序号") + 1
    column = [cell.value for cell in sheet[head]].index("截图")
    anchors = [image.anchor._from for image in sheet._images]  # type: ignore[attr-defined]
    assert [(each.row, each.col) for each in anchors] == [
        (row, column) for row in range(head, head + 3)
    ]
    assert all((sheet.row_dimensions[row].height or 0) >= 90 for row in range(head + 1, head + 4))
    soup = BeautifulSoup(paths[2].read_text("utf-8"), "html.parser")
    assert len(soup.find_all("img")) == 3
    assert all(str(each["src"]).startswith("data:image/jpeg;base64,") for each in soup("img"))


def _screenshot(width: int, height: int) -> bytes:
    stream = BytesIO()
    image = Image.new("RGBA", (width, height), (255, 255, 255, 0))
    image.paste((200, 0, 0, 255), (0, 0, width, 120))
    image.save(stream, "PNG")
    return stream.getvalue()


def test_a_thumbnail_is_the_top_of_the_page_and_small() -> None:
    small = thumbnail(_screenshot(1280, 4000))
    assert len(small) < 20_000
    with Image.open(BytesIO(small)) as image:
        assert (image.format, image.size) == ("JPEG", (320, 240))
        red, white = image.getpixel((10, 10)), image.getpixel((10, 200))
    assert isinstance(red, tuple)
    assert isinstance(white, tuple)
    assert red[0] > 180
    assert red[1] < 60
    assert min(white) > 240


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no picture",
        _screenshot(64, 64)[:90],
        b"GIF89a" + bytes(100),
        # Says of itself that it is 60,000 pixels wide and high.
        _screenshot(64, 64)[:16] + (60_000).to_bytes(4, "big") * 2 + _screenshot(64, 64)[24:],
    ],
)
def test_what_is_no_sound_picture_has_no_thumbnail(content: bytes) -> None:
    assert thumbnail(content) == b""


def test_a_long_list_is_cut_on_paper_and_whole_in_json(
    tmp_path: Path, run: Run, query_case: Case
) -> None:
    facts = query_case.facts
    many = [
        replace(query_case, key=CaseKey(KeyKind.DOMAIN, f"n{number}.test"), facts=facts)
        for number in range(5_001)
    ]
    paths = write_hitlist(tmp_path, run, (), many, AT, _describe)
    assert len(json.loads(paths[0].read_bytes())["cases"]) == 5_001
    told = "\n".join(str(row[0].value) for row in openpyxl.load_workbook(paths[1]).worksheets[0])
    assert "共 5001 起。本表列出最严重的 5000 起，全部见 JSON 清单。" in told
    assert "共 5001 起。\n本页列出最严重的 1000 起" in paths[2].read_text("utf-8")


def test_same_cases_in_any_order_give_the_same_bytes(
    tmp_path: Path, run: Run, sources: Sequence[SourceState], cases: Sequence[Case]
) -> None:
    one = write_hitlist(tmp_path / "1", run, sources, cases, AT, _describe)
    two = write_hitlist(tmp_path / "2", run, sources, tuple(reversed(cases)), AT, _describe)
    for left, right in zip(one, two, strict=True):
        assert left.read_bytes() == right.read_bytes()
    assert sorted(path.name for path in (tmp_path / "1" / "2026-03-03").iterdir()) == [
        "hitlist.html", "hitlist.json", "hitlist.xlsx",
    ]  # fmt: skip


def test_the_foot_says_how_often_people_agreed(tmp_path: Path) -> None:
    run = Run("20260303-010000", RunStatus.COMPLETED, AT, AT)
    said = (Precision(10, 9), Precision(50, 41))
    paths = write_hitlist(tmp_path / "a", run, (), (), AT, _describe, precision=said)
    sentence = "前 10 个中确认 9 个，前 50 个中确认 41 个"
    assert json.loads(paths[0].read_bytes())["precision"] == [
        {"decided": 10, "confirmed": 9},
        {"decided": 50, "confirmed": 41},
    ]
    assert sentence in paths[2].read_text("utf-8")
    sheet = openpyxl.load_workbook(BytesIO(paths[1].read_bytes())).worksheets[0]
    assert any(sentence in str(cell.value) for row in sheet.iter_rows() for cell in row)
    unknown = write_hitlist(tmp_path / "b", run, (), (), AT, _describe)
    assert "准确率未知" in unknown[2].read_text("utf-8")


def test_empty_list_of_a_whole_run_is_not_degraded(tmp_path: Path) -> None:
    run = Run("20260303-010000", RunStatus.COMPLETED, AT, AT)
    done = SourceState("names", SourceStatus.DONE)
    paths = write_hitlist(tmp_path, run, (done,), (), AT, _describe)
    document = json.loads(paths[0].read_bytes())
    assert document["degraded"] is False
    assert document["cases"] == []
    html = paths[2].read_text("utf-8")
    assert "没有待复核的案件" in html
    assert "不能据此认为" not in html
    openpyxl.load_workbook(BytesIO(paths[1].read_bytes()))


def test_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path, run: Run) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError, match="无法写入文件夹"):
        write_hitlist(tmp_path / "file" / "sub", run, (), (), AT, _describe)


def test_a_picture_that_is_damaged_or_gone_leaves_the_list_whole(
    query_case: Case, release: Callable[[Case], tuple[Release, tuple[Visit, ...]]]
) -> None:
    (visit,) = release(query_case)[1]
    shot = _screenshot(640, 480)
    blob = BlobRef("ab" * 32, len(shot), "image/png")
    visit = replace(visit, captures=(replace(visit.captures[0], screenshot=blob),))

    def gone(_blob: BlobRef) -> bytes:
        raise EvidenceError("gone")

    assert pictures_from(lambda _id: visit, lambda _blob: shot)(query_case) == thumbnail(shot)
    assert pictures_from(lambda _id: visit, gone)(query_case) == b""
    assert pictures_from(lambda _id: visit, lambda _blob: b"other")(query_case) == b""
