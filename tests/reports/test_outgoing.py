"""What leaves is released, fresh, proved and accuses no trusted host; or nothing leaves."""

import csv
import json
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from bs4 import BeautifulSoup

from crawler.errors import CaseworkError, CerthoundError, EvidenceError, SeedError, StoreError
from crawler.model import (
    Case,
    CaseKey,
    CaseState,
    KeyKind,
    Offence,
    Release,
    TrustedHost,
    TrustKind,
    Visit,
    Watchlist,
)
from reports import exposure, referral, takedown
from reports.bulletin import load_channels, parse_channels
from reports.gate import Dossier, ReadBlob, admit
from reports.law import law_for, load_laws, parse_laws
from reports.recipients import load_recipients, parse_recipients, recipients_for
from reports.showing import masked_address

IDENTITY = "11010519491231002X"
Released = tuple[Release, tuple[Visit, ...]]
ReleaseOf = Callable[[Case], Released]


@pytest.fixture
def dossiers(
    cases: Sequence[Case], release: ReleaseOf, watchlist: Watchlist, read: ReadBlob, now: datetime
) -> tuple[Dossier, ...]:
    return admit([release(case) for case in cases], watchlist, read, now)


def _texts(content: bytes) -> str:
    book = openpyxl.load_workbook(BytesIO(content))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert all(cell.data_type != "f" and cell.hyperlink is None for cell in cells)
    return "\n".join(str(cell.value) for cell in cells if cell.value is not None)


def _with(released: Released, **facts: object) -> Released:
    paper, visits = released
    case = replace(paper.case, facts=replace(paper.case.facts, **facts))  # type: ignore[arg-type]
    return replace(paper, case=case), visits


@pytest.fixture
def broken(query_case: Case, release: ReleaseOf) -> dict[str, Released]:
    """Releases that must not pass, by what is wrong with them."""
    good, visits = release(query_case)
    bare = replace(visits[0], captures=(replace(visits[0].captures[0], body=None),))
    twice = (good.judgements[0], replace(good.judgements[1], by=good.judgements[0].by))
    return {
        "one person": (replace(good, judgements=twice), visits),
        "victim": (replace(good, case=replace(good.case, state=CaseState.VICTIM)), visits),
        "old look": _with((good, visits), at=good.case.facts.at - timedelta(hours=23)),
        "trusted url": _with((good, visits), urls=("http://www.mem.gov.cn/x",)),
        "trusted domain": _with((good, visits), domain="mem.gov.cn"),
        "no evidence": (good, (bare,)),
    }


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("one person", "两人确认"),
        ("victim", "受害单位"),
        ("old look", "24 小时"),
        ("trusted url", "www.mem.gov.cn 是受保护的网站"),
        ("trusted domain", "mem.gov.cn 是受保护的网站"),
        ("no evidence", "没有可附的网页证据"),
    ],
)
def test_one_bad_case_stops_the_batch_and_is_named(
    broken: dict[str, Released],
    sale_case: Case,
    release: ReleaseOf,
    watchlist: Watchlist,
    read: ReadBlob,
    now: datetime,
    wrong: str,
    said: str,
) -> None:
    with pytest.raises(CerthoundError, match=said) as caught:
        admit([release(sale_case), broken[wrong]], watchlist, read, now)
    assert "domain:cx-mem-chaxun.cn" in str(caught.value)
    assert isinstance(caught.value, CaseworkError | EvidenceError)


def test_evidence_that_changed_on_disk_stops_the_batch(
    query_case: Case, release: ReleaseOf, watchlist: Watchlist, now: datetime
) -> None:
    with pytest.raises(EvidenceError, match=r"cx-mem-chaxun.*散列值不符"):
        admit([release(query_case)], watchlist, lambda _sha: b"other bytes", now)


def test_expired_trust_protects_no_longer(
    query_case: Case, release: ReleaseOf, watchlist: Watchlist, read: ReadBlob, now: datetime
) -> None:
    for expires, stopped in ((date(2026, 3, 1), False), (date(2026, 3, 31), True)):
        entry = TrustedHost("cx-mem-chaxun.cn", TrustKind.UNDER_REVIEW, "核实中", "office", expires)
        wider = replace(watchlist, trusted=(*watchlist.trusted, entry))
        if stopped:
            with pytest.raises(CaseworkError):
                admit([release(query_case)], wider, read, now)
        else:
            assert len(admit([release(query_case)], wider, read, now)) == 1


def test_account_is_told_to_its_platform(
    sale_case: Case, release: ReleaseOf, watchlist: Watchlist, read: ReadBlob, now: datetime
) -> None:
    key = CaseKey(KeyKind.ACCOUNT, "bbs.example/u/77")
    facts = replace(
        sale_case.facts, key=key, domain="bbs.example", urls=("http://bbs.example/u/77",)
    )
    dossiers = admit([release(replace(sale_case, key=key, facts=facts))], watchlist, read, now)
    classes = [each.id for each in recipients_for(dossiers[0].case, load_recipients())]
    assert classes == ["cac-12377", "isc-12321", "platform-other"]
    page = exposure.compose(dossiers, watchlist, unmasked=False)
    assert page.items[0].address == "某论坛上的账号"


# takedown


def test_takedown_asks_those_who_can_act(query_case: Case, sale_case: Case) -> None:
    known = load_recipients()
    aliyun = replace(query_case.facts, registrar="阿里云计算有限公司（万网）")
    asked = [each.id for each in recipients_for(replace(query_case, facts=aliyun), known)]
    assert asked == ["cac-12377", "isc-12321", "cnnic", "registrar-aliyun", "hosting-other"]
    asked = [each.id for each in recipients_for(sale_case, known)]
    assert asked == ["cac-12377", "isc-12321", "registrar-other", "hosting-other"]
    cheating = replace(sale_case.facts, offence=Offence.EXAM_CHEATING)
    asked = [each.id for each in recipients_for(replace(sale_case, facts=cheating), known)]
    assert asked == ["exam-regulator"]


def test_takedown_holds_addresses_hashes_and_marks(
    dossiers: tuple[Dossier, ...], now: datetime
) -> None:
    content = takedown.render_takedown(dossiers, now)
    text = _texts(content)
    assert "hxxp://www[.]cx-mem-chaxun[.]cn/chaxun" in text
    assert "http://www.cx-mem-chaxun.cn/chaxun" in text
    assert dossiers[0].exhibits[0].blob.sha256 in text
    assert "supervise@cnnic.cn；电话 010-58813000（待核实）" in text
    assert "jubao@12377.cn\n" in text
    assert IDENTITY not in text
    assert "13900001234" not in text
    names = openpyxl.load_workbook(BytesIO(content)).sheetnames
    assert names == ["总览", "受理举报部门", "域名注册管理机构", "域名注册商", "服务器接入商"]


def test_nobody_is_asked_to_take_a_hacked_site_off_the_net(
    dossiers: tuple[Dossier, ...], now: datetime
) -> None:
    whole = dossiers[0]
    key = CaseKey(KeyKind.PATH, "school.example/x/")
    case = replace(whole.case, key=key)
    page = replace(whole, release=replace(whole.release, case=case))
    text = _texts(takedown.render_takedown((page,), now))
    assert "请只处理所列网页，不要处置整个网站" in text
    assert "停止接入该网站" not in text
    assert "处置该网站" not in text
    assert "域名注册商" not in text
    text = _texts(takedown.render_takedown((whole,), now))
    assert "停止接入该网站" in text
    assert "请只处理所列网页" not in text


def test_takedown_is_the_same_bytes_again(dossiers: tuple[Dossier, ...], now: datetime) -> None:
    again = takedown.render_takedown(tuple(reversed(dossiers)), now)
    assert takedown.render_takedown(dossiers, now) == again


def test_list_with_noted_deliveries_is_not_replaced(
    dossiers: tuple[Dossier, ...], now: datetime, tmp_path: Path
) -> None:
    one = takedown.write_takedown(tmp_path, dossiers, now)
    two = takedown.write_takedown(tmp_path, dossiers, now + timedelta(seconds=1))
    assert one != two
    assert one[0].name == "takedown-20260303-030000.xlsx"


# exposure


def test_exposure_hides_domains_and_ends_with_the_real_channels(
    dossiers: tuple[Dossier, ...], watchlist: Watchlist, now: datetime, tmp_path: Path
) -> None:
    paths = exposure.write_exposure(tmp_path, dossiers, watchlist, now, unmasked=False)
    page = BeautifulSoup(paths[0].read_bytes(), "html.parser").get_text()
    for text in (page, _texts(paths[1].read_bytes())):
        assert "cx***un[.]cn" in text
        assert "banzheng" not in text
        assert "chaxun[.]cn" not in text
        assert "cx.mem.gov.cn" in text
        assert "12350" in text
        assert "139" not in text
        assert "审核员" not in text
        assert "内部资料" not in text


def test_inner_exposure_is_whole_and_says_so(
    dossiers: tuple[Dossier, ...], watchlist: Watchlist, now: datetime, tmp_path: Path
) -> None:
    paths = exposure.write_exposure(tmp_path, dossiers, watchlist, now, unmasked=True)
    assert all("internal" in path.name for path in paths)
    page = BeautifulSoup(paths[0].read_bytes(), "html.parser")
    assert page.find(["a", "script"]) is None
    for text in (page.get_text(), _texts(paths[1].read_bytes())):
        assert "内部资料，网址完整，不得对外发布。" in text
        assert "hxxp://www[.]banzheng-kuai[.]top/chaxun" in text
        assert "http://" not in text
        assert IDENTITY not in text


def test_page_on_somebody_elses_site_is_not_exposed(query_case: Case) -> None:
    key = CaseKey(KeyKind.PATH, "school.example/x/")
    assert "受害单位" in exposure.objection(replace(query_case, key=key))
    assert exposure.objection(query_case) == ""


@pytest.mark.parametrize(
    ("host", "shown"),
    [
        ("cx-mem-chaxun.cn", "cx***un[.]cn"),
        ("abc.top", "a***c[.]top"),
        ("ab.top", "a***[.]top"),
        ("xn--extu8ah31brfhgw1a.xn--fiqs8s", "应***部[.]中国"),
        ("192.0.2.7", "192[.]0[.]*[.]*"),
        ("2001:db8::7", "2001[.]db8[.]*[.]*"),
        ("www.long-name.com.cn", "w***w[.]lo***me[.]com[.]cn"),
    ],
)
def test_masked_address(host: str, shown: str) -> None:
    assert masked_address(host) == shown


# referral


def test_referral_folder_checks_with_sha256sum(
    dossiers: tuple[Dossier, ...], read: ReadBlob, now: datetime, tmp_path: Path
) -> None:
    folders = referral.write_referrals(tmp_path, dossiers, read, now)
    assert len(folders) == 3
    for folder in folders:
        done = subprocess.run(
            ["sha256sum", "-c", "--strict", "SHA256SUMS"],
            cwd=folder,
            check=False,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        lines = (folder / "SHA256SUMS").read_text("utf-8").splitlines()
        listed = {line.split("  ", 1)[1] for line in lines}
        there = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
        assert listed | {"SHA256SUMS"} == there
    assert sorted(path.name for path in (tmp_path / "referral").iterdir()) == sorted(
        folder.name for folder in folders
    )


def test_referral_says_what_it_is_and_what_is_not_proved(
    dossiers: tuple[Dossier, ...], read: ReadBlob, now: datetime, tmp_path: Path
) -> None:
    for folder in referral.write_referrals(tmp_path, dossiers, read, now):
        page = BeautifulSoup((folder / "案件情况.html").read_bytes(), "html.parser")
        assert page.find(["a", "script", "img", "iframe"]) is None
        facts = json.loads((folder / "facts.json").read_bytes())
        readme = (folder / "README.txt").read_text("utf-8-sig")
        for text in (page.get_text(), readme, facts["mark"]):
            assert "线索材料/草稿，待执法人员核对签名" in text
        for sentence in facts["not_proved"]:
            assert sentence in readme
            assert sentence in page.get_text()
        for name in ("案件情况.html", "facts.json", "README.txt", "清单.csv"):
            assert IDENTITY not in (folder / name).read_text("utf-8-sig")
        assert {path.suffix for path in (folder / "captures").iterdir()} == {
            ".bin", ".json", ".txt",
        }  # fmt: skip


def test_referral_evidence_list_has_its_columns_and_no_formula(
    dossiers: tuple[Dossier, ...], read: ReadBlob, now: datetime, tmp_path: Path
) -> None:
    evil = replace(dossiers[0].visits[0].captures[0], final_url='=cmd|"/c calc"!A1')
    visit = replace(dossiers[0].visits[0], captures=(evil,))
    dossier = replace(dossiers[0], visits=(visit,))
    (folder,) = referral.write_referrals(tmp_path, (dossier,), read, now)
    with (folder / "清单.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream))
    assert rows[0] == [
        "序号", "电子数据（文件名）", "类别", "文件格式", "大小（字节）", "来源", "提取方法",
        "提取时间（北京时间）", "完整性校验值（SHA-256）", "备注", "签名",
    ]  # fmt: skip
    assert len(rows) == 4
    sources = [row[5] for row in rows[1:]]
    assert sources.count('\'=cmd|"/c calc"!A1') == 2
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)
    assert {len(row[8]) for row in rows[1:]} == {64}


def test_referral_never_touches_a_folder_that_is_there(
    dossiers: tuple[Dossier, ...], read: ReadBlob, now: datetime, tmp_path: Path
) -> None:
    (first, *_rest) = referral.write_referrals(tmp_path, dossiers[:1], read, now)
    (first / "signed.pdf").write_bytes(b"x")
    with pytest.raises(StoreError, match="已存在"):
        referral.write_referrals(tmp_path, dossiers, read, now)
    assert [path.name for path in (tmp_path / "referral").iterdir()] == [first.name]
    assert (first / "signed.pdf").exists()


def test_failure_half_way_leaves_no_folder(
    dossiers: tuple[Dossier, ...], read: ReadBlob, now: datetime, tmp_path: Path
) -> None:
    calls = 0

    def failing(sha: str) -> bytes:
        nonlocal calls
        calls += 1
        return read(sha) if calls < 4 else b"damaged"

    with pytest.raises(EvidenceError):
        referral.write_referrals(tmp_path, dossiers, failing, now)
    assert list((tmp_path / "referral").iterdir()) == []


def test_referral_of_the_same_case_is_the_same_bytes(
    dossiers: tuple[Dossier, ...], read: ReadBlob, now: datetime, tmp_path: Path
) -> None:
    one = referral.write_referrals(tmp_path / "1", dossiers, read, now)
    two = referral.write_referrals(tmp_path / "2", dossiers, read, now)
    for left, right in zip(one, two, strict=True):
        assert (left / "SHA256SUMS").read_bytes() == (right / "SHA256SUMS").read_bytes()


def test_keys_that_look_alike_in_ascii_get_folders_of_their_own(
    query_case: Case, release: ReleaseOf, now: datetime
) -> None:
    paper, visits = release(query_case)
    names = set()
    for value in ("bbs.example/用户甲", "bbs.example/用户乙", "../../etc/passwd"):
        case = replace(paper.case, key=CaseKey(KeyKind.ACCOUNT, value))
        name = referral.folder_name(Dossier(replace(paper, case=case), visits), now)
        assert "/" not in name
        assert not name.startswith(".")
        names.add(name)
    assert len(names) == 3


# law


def test_law_follows_the_day_of_the_act() -> None:
    def acts(first: date, last: date) -> str:
        return "\n".join(
            law.cited for law in law_for(load_laws(), Offence.SALE_FORGED, first, last)
        )

    old, new = "（2012 年修正）》第五十二条", "（2025 年修订）》（条文序号待核实）"
    before = acts(date(2025, 12, 1), date(2025, 12, 31))
    assert old in before
    assert new not in before
    after = acts(date(2026, 1, 1), date(2026, 3, 1))
    assert new in after
    assert old not in after
    across = acts(date(2025, 12, 31), date(2026, 1, 1))
    assert old in across
    assert new in across


def test_no_paper_names_an_article_that_was_guessed() -> None:
    for law in load_laws():
        assert law.verified or "待核实" in law.cited
        if not law.article:
            assert "第" not in law.cited.rpartition("》")[2]


def test_every_fact_that_is_sent_out_has_a_source_and_a_day() -> None:
    facts = [(each.source, each.holds_from) for each in load_laws()]
    facts += [(each.source, each.holds_from) for each in load_recipients()]
    facts += [(each.source, each.holds_from) for each in load_channels()]
    assert all(source and day <= date(2026, 12, 31) for source, day in facts)


LAW = """[[laws]]
act = "a"
article = ""
role = "criminal"
text = "t"
offences = ["sale_forged"]
holds_from = 2020-01-01
verified = true
source = "s"
"""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (LAW, r"laws\[1\]\.article.*条文序号"),
        (LAW.replace("sale_forged", "murder"), "没有 murder 这个值"),
        (LAW.replace('"criminal"', '"divine"'), "没有 divine 这个值"),
        (LAW.replace('""', '"x"') + "holds_util = 2021-01-01\n", "holds_util.*没有这个键"),
        (LAW.replace('""', '"x"') + "holds_until = 2019-01-01\n", "不能早于"),
        (LAW.replace('source = "s"\n', ""), "source.*缺少此项"),
    ],
)
def test_law_is_read_strictly(text: str, said: str) -> None:
    with pytest.raises(SeedError, match=said):
        parse_laws(text, "law.toml")


def test_recipients_and_channels_are_read_strictly() -> None:
    with pytest.raises(SeedError, match=r"x\.toml"):
        parse_recipients("[[recipients]]\nid = 1\n", "x.toml")
    with pytest.raises(SeedError, match=r"channel.*channels"):
        parse_channels("[[channel]]\n", "x.toml")
