"""A tip has one number for good, and its outcome is told without evidence or names."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.addresses import lead_id
from crawler.answering import TipOutcome, answers
from crawler.cli import main
from crawler.model import (
    Assessment,
    Findings,
    Lead,
    LeadReason,
    Offence,
    PageCondition,
    Verdict,
    Visit,
)
from crawler.receipts import marked, receipt_of
from crawler.store import Store
from seeds import load_watchlist

AT = datetime(2026, 11, 20, tzinfo=UTC)
URL = "http://demo-yanlian.com/"
ROWS = (
    f"url,text,received_at,from\n{URL},电工证三天出证,2026-11-01,某甲\n"
    "cx.mem.gov.cn,x,,\n,无网址,,\n"
)
NUMBER = receipt_of(datetime(2026, 10, 31, 16, tzinfo=UTC), URL, "电工证三天出证", "2026-11-01")


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    out, err = capsys.readouterr()
    return int(ended.value.code or 0), out, err


def test_each_row_gets_its_number(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "tips.csv"
    path.write_text(ROWS, encoding="utf-8")
    code, out, _err = run(capsys, "tips", "receipts", str(path), "--json")
    told = json.loads(out)["tips"]
    assert code == 0
    assert [each["status"] for each in told] == [
        "收下", "官方或可信网站，不成为线索", "没有可用的网址，不成为线索",
    ]  # fmt: skip
    assert told[0]["receipt"] == NUMBER
    assert "某甲" not in out
    again = run(capsys, "tips", "receipts", str(path), "--json")[1]
    assert again == out


def judged(store: Store, verdict: Verdict, condition: PageCondition, at: datetime) -> None:
    run_id = store.start_run(at).id
    lead = lead_id(URL)
    store.add_leads(run_id, [Lead(lead, URL, (LeadReason("tips", marked(NUMBER, "电工证"), AT),))])
    store.save_visits([Visit(f"{run_id}.{lead}", run_id, lead, URL, at, ())])
    opinion = Assessment(
        f"{run_id}.{lead}", verdict, Offence.NONE, condition, 0.0, "", Findings(condition), (), "1"
    )
    store.save_assessments(run_id, [(opinion, at)])
    store.complete_run(run_id, at, ())


@pytest.mark.parametrize(
    ("verdict", "condition", "outcome"),
    [
        (Verdict.CLEAR, PageCondition.CONTENT, TipOutcome.NOTHING_SEEN),
        (Verdict.CLEAR, PageCondition.PARKED, TipOutcome.UNREACHABLE),
        (Verdict.UNKNOWN, PageCondition.UNKNOWN, TipOutcome.UNREACHABLE),
        (Verdict.SUSPECT, PageCondition.CONTENT, TipOutcome.UNDER_REVIEW),
    ],
)
def test_the_last_look_is_the_answer(
    tmp_path: Path, verdict: Verdict, condition: PageCondition, outcome: TipOutcome
) -> None:
    with Store.open(tmp_path) as store:
        judged(store, verdict, condition, AT)
        (answer,) = answers(store, load_watchlist(), NUMBER)
        assert (answer.outcome, len(answer.visits)) == (outcome, 1)
        assert answer.told
        assert answers(store, load_watchlist()) == (answer,)
        assert answers(store, load_watchlist(), "20261101-aaaaaaaaaa") == ()


def test_what_was_not_opened_waits_and_nothing_of_evidence_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Store.open(tmp_path) as store:
        run_id = store.start_run(AT).id
        reason = LeadReason("tips", marked(NUMBER, "电工证三天出证"), AT)
        store.add_leads(run_id, [Lead(lead_id(URL), URL, (reason,))])
    code, out, _err = run(capsys, "tips", "show", NUMBER.upper(), "--data", str(tmp_path))
    assert code == 0
    assert "排队查看中" in out
    assert "电工证" not in out
    assert "hxxp://demo-yanlian[.]com/" in out
    assert run(capsys, "tips", "list", "--data", str(tmp_path))[1] == out


@pytest.mark.parametrize("receipt", ["1", "20261101-zzzzzzzzzz", "20261101-aaaaaaaaaa"])
def test_a_wrong_number_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], receipt: str
) -> None:
    Store.open(tmp_path).close()
    code, _out, err = run(capsys, "tips", "show", receipt, "--data", str(tmp_path))
    assert code == 2
    assert "编号" in err
