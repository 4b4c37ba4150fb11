"""What others captured is frozen, judged and opened anew; it tells of no case and no fresh look."""

import gzip
import json
from pathlib import Path

import pytest

from crawler.cli import main
from crawler.clock import now
from crawler.custody import inspect
from crawler.evidence import Blobs, load_visit
from crawler.model import RunStatus
from crawler.store import Store

SALE = (
    "<html><title>特种作业操作证办理</title><body><p>专业办理特种作业操作证，电工证、焊工证"
    "三天出证，不用考试，可网上查询，加微信 yanlian2026 咨询，先出证后付款</p></body></html>"
)
NEWS = (
    "<html><title>警方通报</title><body><p>近日，本市警方查处一起伪造特种作业操作证案件，"
    "提醒广大群众不要购买假证。</p></body></html>"
)


def written(path: Path, pages: dict[str, str]) -> Path:
    """A WARC file (ISO 28500), each record a gzip member."""
    records = []
    for url, html in pages.items():
        block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + html.encode()
        head = (
            f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\n"
            f"WARC-Date: 2026-10-02T03:04:05Z\r\nContent-Type: application/http\r\n"
            f"Content-Length: {len(block)}\r\n\r\n"
        )
        records.append(gzip.compress(head.encode() + block + b"\r\n\r\n"))
    path.write_bytes(b"".join(records))
    return path


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    out, err = capsys.readouterr()
    return int(ended.value.code or 0), out, err


def test_an_import_is_judged_frozen_and_no_look_of_ours(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pages = {
        "http://seller-yanlian.com/1": SALE,
        "http://news-yanlian.com/2": NEWS,
        "http://cx.mem.gov.cn/": NEWS,
    }
    file = written(tmp_path / "存档.warc.gz", pages)
    data = tmp_path / "data"
    arguments = ("import", str(file), "--by", "张三", "--data", str(data), "--json")
    code, out, _err = run(capsys, *arguments)
    told = json.loads(out)
    verdicts = {page["url"]: page["verdict"] for page in told["pages"]}
    assert code == 0
    assert verdicts == {
        "http://seller-yanlian.com/1": "suspect",
        "http://news-yanlian.com/2": "clear",
    }
    assert told["passed_over"] == 1  # the official site
    with Store.open(data, create=False) as store:
        blobs = Blobs(data / "blobs")
        visit = load_visit(store, blobs, told["pages"][0]["id"])
        assert visit.handed_in is not None
        assert (visit.handed_in.by, visit.handed_in.file) == ("张三", "存档.warc.gz")
        assert visit.captures[0].html in (SALE, NEWS)
        taken = [each for each in store.custody() if each.action == "imported"]
        assert {each.actor for each in taken} == {"张三"}
        assert len(taken) == 2
        assert not any(each.action == "captured" for each in store.custody())
        assert inspect(store, blobs).damages == ()
        # No run of ours: nothing to resume, nothing to tell changes by, no case, no look spared.
        assert store.unfinished_run() is store.last_completed_run() is None
        assert store.run(told["import"]).status is RunStatus.IMPORTED
        assert not store.page_keys()
        assert store.seen_leads() == frozenset()
        fresh = store.start_run(now())
        due = {lead.url for lead in store.due_leads(fresh.id, fresh.started_at)}
        assert due == set(verdicts)
        assert store.look_before(fresh.id, visit.lead) is None
    code, out, _err = run(capsys, "explain", visit.id, "--data", str(data))
    assert "张三 交来的 存档.warc.gz#" in out
    code, out, _err = run(capsys, "explain", visit.url, "--data", str(data), "--json")
    assert "2026-10-02" in json.loads(out)["captured_by_others"]
    # Damage to what was handed in is noticed like any other.
    sha = visit.captures[0].body
    assert sha is not None
    (data / "blobs" / sha.sha256[:2] / sha.sha256[2:]).write_bytes(b"other")
    with Store.open(data, create=False) as store:
        assert inspect(store, blobs).damages


def test_a_torn_archive_is_done_but_degraded(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = written(tmp_path / "a.warc.gz", {f"http://a-yanlian.com/{n}": NEWS for n in range(4)})
    whole.write_bytes(whole.read_bytes()[:-200])
    code, out, err = run(
        capsys, "import", str(whole), "--by", "张三", "--data", str(tmp_path / "data")
    )
    assert code == 3
    assert "a.warc.gz#" in out
    assert "http://a-yanlian" not in out  # defanged
    assert "Traceback" not in err


@pytest.mark.parametrize("arguments", [("none.warc", "--by", "张三"), (".", "--by", "张三")])
def test_a_wrong_path_is_told_in_a_sentence(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    code, _out, err = run(capsys, "import", *arguments)
    assert code == 2
    assert err.startswith("错误：")
    assert not (tmp_path / "var").exists()


def test_a_saved_page_may_be_told_its_address(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.html"
    page.write_text(SALE, encoding="utf-8")
    arguments = ("import", str(page), "--by", "张三", "--data", str(tmp_path / "data"), "--json")
    code, out, _err = run(capsys, *arguments)
    assert (code, json.loads(out)["pages"]) == (3, [])
    code, out, _err = run(capsys, *arguments, "--url", "http://seller-yanlian.com/1")
    (told,) = json.loads(out)["pages"]
    assert (code, told["url"], told["captured_at"]) == (0, "http://seller-yanlian.com/1", None)
    (tmp_path / "other.html").write_text(SALE, encoding="utf-8")
    code, _out, err = run(capsys, "import", str(tmp_path), *arguments[2:], "--url", "x")
    assert code == 2
    assert "--url" in err
