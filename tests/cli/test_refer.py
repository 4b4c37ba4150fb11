"""`certhound report`: what is written, what is refused and why, and what the chain then holds."""

import hashlib
import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from crawler.addresses import lead_id
from crawler.casework import find_case
from crawler.cli.refer import report
from crawler.clock import beijing_date, now
from crawler.custody import check
from crawler.errors import CaseworkError, EvidenceError
from crawler.evidence import Blobs
from crawler.model import (
    BlobRef,
    Capture,
    CaseFacts,
    CaseKey,
    CaseState,
    Change,
    ChangeKind,
    Decision,
    Exchange,
    Judgement,
    KeyKind,
    Lead,
    LeadReason,
    Offence,
    PageCondition,
    SourceState,
    SourceStatus,
    Standing,
    Vantage,
    Verdict,
    Visit,
)
from crawler.store import Store
from crawler.store.cases import CaseRecord

PAGE = "<title>特种作业操作证查询平台</title>".encode()


def _lead(domain: str, at: datetime) -> Lead:
    url = f"http://{domain}/"
    return Lead(lead_id(url), url, (LeadReason("tips", "", at),))


def _visit(run: str, lead: Lead, body: BlobRef | None, at: datetime) -> Visit:
    answer = Exchange(lead.url, 200, (), at, address="192.0.2.7")
    capture = Capture(
        f"{run}.{lead.id}.desktop",
        run,
        lead.id,
        Vantage.DESKTOP,
        lead.url,
        lead.url,
        at,
        (answer,),
        200,
        (),
        body,
    )
    return Visit(f"{run}.{lead.id}", run, lead.id, lead.url, at, (capture,))


def _facts(visit: Visit, domain: str, offence: Offence, at: datetime) -> CaseFacts:
    return CaseFacts(
        run=visit.run,
        key=CaseKey(KeyKind.DOMAIN, domain),
        verdict=Verdict.SUSPECT,
        offence=offence,
        page_condition=PageCondition.CONTENT,
        score=90.0,
        imitates="cx.mem.gov.cn",
        domain=domain,
        urls=(visit.url,),
        visits=(visit.id,),
        captures=(visit.captures[0].id,),
        at=at,
    )


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A completed run, an hour old, with three cases: two pages and one without any bytes."""
    at = now() - timedelta(hours=1)
    folder = tmp_path / "data"
    with Store.open(folder) as store:
        run = store.start_run(at)
        body = Blobs(folder / "blobs").put(PAGE, "text/html")
        records = []
        for domain, offence, blob in (
            ("cx-chaxun-yanlian.cn", Offence.IMITATION_QUERY, body),
            ("banzheng-yanlian.top", Offence.PARASITE_MIRROR, body),
            ("kongbai-yanlian.top", Offence.SALE_FORGED, None),
        ):
            lead = _lead(domain, at)
            store.add_leads(run.id, [lead])
            visit = _visit(run.id, lead, blob, at)
            store.save_visits([visit])
            facts = _facts(visit, domain, offence, at)
            records.append(CaseRecord(facts, facts, Change(ChangeKind.NEW), at, at))
        store.save_source(run.id, SourceState("tips", SourceStatus.DONE, 3, 1))
        store.save_case_records(run.id, records)
        store.complete_run(run.id, at, ())
    return folder


def _confirm(data: Path, domain: str, *names: str) -> None:
    key = CaseKey(KeyKind.DOMAIN, domain)
    with Store.open(data) as store:
        for number, name in enumerate(names):
            state = CaseState.RELEASED if number else CaseState.CONFIRMED
            judgement = Judgement(
                key,
                Decision.CONFIRM,
                name,
                now(),
                "页面仿冒查询平台",
                leads_to=Standing(state),
            )
            assert store.save_judgement(judgement, find_case(store, str(key)))


def _run(data: Path, *arguments: str) -> Result:
    return CliRunner().invoke(report, [*arguments, "--data", str(data)], standalone_mode=False)


def _answer(result: Result) -> dict[str, list[str]]:
    assert result.exception is None, result.exception
    answer = json.loads(result.stdout)
    assert isinstance(answer, dict)
    return answer


def test_hit_list_is_written_again(data: Path) -> None:
    result = _run(data, "hitlist", "--json")
    answer = _answer(result)
    assert result.return_value == 0
    assert [Path(name).name for name in answer["files"]] == [
        "hitlist.json", "hitlist.xlsx", "hitlist.html",
    ]  # fmt: skip
    assert Path(answer["files"][0]).parents[1] == data / "reports"
    listed = json.loads(Path(answer["files"][0]).read_bytes())
    assert len(listed["cases"]) == 3


def test_hit_list_goes_where_a_person_says(data: Path, tmp_path: Path) -> None:
    answer = _answer(_run(data, "hitlist", "--json", "--out", str(tmp_path / "here")))
    assert answer["files"][0] == str(tmp_path / "here" / "hitlist.json")


def test_hit_list_needs_a_completed_run(tmp_path: Path) -> None:
    Store.open(tmp_path / "empty").close()
    result = _run(tmp_path / "empty", "hitlist")
    assert isinstance(result.exception, CaseworkError)
    assert "certhound run" in str(result.exception)


@pytest.mark.parametrize("kind", ["takedown", "exposure", "referral"])
def test_nothing_confirmed_writes_nothing_and_fails(data: Path, kind: str) -> None:
    result = _run(data, kind)
    assert result.return_value == 1
    assert "没有可以放行的案件" in result.output
    assert not (data / "reports").exists()


@pytest.mark.parametrize("kind", ["takedown", "exposure", "referral"])
def test_one_confirmation_is_refused_with_its_reason(data: Path, kind: str) -> None:
    _confirm(data, "cx-chaxun-yanlian.cn", "审核员甲")
    result = _run(data, kind, "--json")
    assert result.return_value == 1
    answer = json.loads(result.stdout)
    assert answer["files"] == []
    assert answer["refused"][0]["case"] == "domain:cx-chaxun-yanlian.cn"
    assert answer["refused"][0]["reasons"]
    assert not (data / "reports").exists()


@pytest.mark.parametrize(
    ("kind", "count"), [(("takedown",), 1), (("exposure",), 2), (("referral",), 1)]
)
def test_released_case_leaves_and_the_chain_knows(
    data: Path, kind: tuple[str, ...], count: int
) -> None:
    _confirm(data, "cx-chaxun-yanlian.cn", "审核员甲", "审核员乙")
    result = _run(data, *kind, "--json")
    answer = _answer(result)
    assert result.return_value == 0
    assert answer["cases"] == ["domain:cx-chaxun-yanlian.cn"]
    assert len(answer["files"]) == count
    with Store.open(data) as store:
        entries = tuple(store.custody())
    exported = {entry.subject: entry.digest for entry in entries if entry.action == "exported"}
    assert not check(entries)
    assert len(exported) == count
    for name in answer["files"]:
        path = Path(name)
        assert beijing_date(now()).isoformat() in path.parts
        file = path / "SHA256SUMS" if path.is_dir() else path
        assert exported[path.name] == hashlib.sha256(file.read_bytes()).hexdigest()


def test_case_that_fits_no_paper_is_refused_and_the_rest_leaves(data: Path) -> None:
    for domain in ("cx-chaxun-yanlian.cn", "banzheng-yanlian.top", "kongbai-yanlian.top"):
        _confirm(data, domain, "审核员甲", "审核员乙")
    result = _run(data, "exposure", "--json")
    answer = json.loads(result.stdout)
    assert result.return_value == 0
    assert answer["cases"] == ["domain:cx-chaxun-yanlian.cn"]
    refused = {item["case"]: item["reasons"][0] for item in answer["refused"]}
    assert "不属于曝光范围" in refused["domain:banzheng-yanlian.top"]
    assert "没有证据可附" in refused["domain:kongbai-yanlian.top"]


def test_damaged_evidence_stops_everything(data: Path) -> None:
    _confirm(data, "cx-chaxun-yanlian.cn", "审核员甲", "审核员乙")
    sha = hashlib.sha256(PAGE).hexdigest()
    (data / "blobs" / sha[:2] / sha[2:]).write_bytes(b"other")
    result = _run(data, "takedown")
    assert isinstance(result.exception, EvidenceError)
    assert "domain:cx-chaxun-yanlian.cn" in str(result.exception)
    assert not (data / "reports").exists()


def test_referral_of_an_unknown_case_is_one_sentence(data: Path) -> None:
    result = _run(data, "referral", "domain:nobody.example")
    assert isinstance(result.exception, CaseworkError)
    assert "domain:nobody.example" in str(result.exception)


def test_inner_list_is_marked(data: Path, tmp_path: Path) -> None:
    _confirm(data, "cx-chaxun-yanlian.cn", "审核员甲", "审核员乙")
    answer = _answer(_run(data, "exposure", "--unmasked", "--json", "--out", str(tmp_path / "x")))
    assert all("internal" in name for name in answer["files"])


@pytest.mark.parametrize("kind", ["hitlist", "takedown", "exposure", "referral"])
def test_help_shows_an_example(kind: str) -> None:
    result = CliRunner().invoke(report, [kind, "--help"])
    assert result.exit_code == 0
    assert f"certhound report {kind}" in result.output.split("示例：")[1]
