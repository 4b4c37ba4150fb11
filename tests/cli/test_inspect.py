"""`certhound inspect` on what inspectors bring in: right, masked, on one screen, with a step."""

import json
from pathlib import Path

import pytest
import segno
from PIL import Image

from crawler.casework import decide
from crawler.cli import main
from crawler.clock import now
from crawler.model import Decision
from crawler.store import Store
from tests.casework.conftest import DOUBTFUL, Office, Seen

SCREEN = 24

PREPARED = [
    # the platform and other hosts that are never accused
    ("http://cx.mem.gov.cn/", "platform"),
    ("cx.mem.gov.cn", "platform"),
    ("HTTPS://CX.MEM.GOV.CN./static/index.html?x=1", "platform"),
    ("https://www.mem.gov.cn/", "trusted"),
    ("http://yjglj.beijing.gov.cn/col/1.html", "trusted"),
    ("扫描结果：https://zlaq.mohurd.gov.cn/fwmh 请核对", "trusted"),
    # addresses that only look official
    ("http://cx.mem.gov.cn@a.test/", "confirmed"),
    ("http://mem.gov.cn.zs-chaxun.top/", "lookalike"),
    ("cx-mem-gov.cn", "lookalike"),
    ("http://cxmem.cn/v?id=3", "lookalike"),
    ("扫码得到 http://cx-mem.gov-cn.com/q?no=1，是真的吗", "lookalike"),
    # known cases, in each state
    ("http://a.test/", "confirmed"),
    ("http://www.a.test/other?x=1", "confirmed"),
    ("http://b.test/", "suspected"),
    ("b.test/deep/page.html", "suspected"),
    ("http://c.test/", "rejected"),
    ("http://d.test/", "victim"),
    # codes that lead elsewhere
    ("https://u.wechat.com/EAbcDef", "contact"),
    ("https://qm.qq.com/cgi-bin/qm/qr?k=abc", "contact"),
    # nothing known
    ("http://yifu-anquan-peixun.com/", "stranger"),
    ("http://8.8.8.8/v", "stranger"),
    ("张三 低压电工 2026-03", "stranger"),
    ("weixin://dl/business", "stranger"),
    # numbers
    ("T110101199003070011", "well_formed"),
    ("t 110101 19900307 0011", "well_formed"),
    ("Ｔ１１０１０１１９９００３０７００１１", "well_formed"),
    ("T110101199003070012", "malformed"),
    ("T990101199003070010", "malformed"),
    ("T110101199013070013", "malformed"),
    ("110101199003070011", "malformed"),
    ("T11010119900307", "malformed"),
]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("field")
    with Store.open(folder) as store:
        office = Office(store)
        office.day(
            {f"http://{name}.test/": Seen() for name in "acd"} | {"http://b.test/": DOUBTFUL}
        )
        decide(store, "domain:a.test", Decision.CONFIRM, "甲", "属实", now())
        decide(store, "domain:c.test", Decision.DISMISS, "甲", "学校", now())
        decide(store, "domain:d.test", Decision.VICTIM, "甲", "被入侵", now())
    return folder


def ask(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(["inspect", *arguments])
    said = capsys.readouterr()
    assert isinstance(ended.value.code, int)
    return ended.value.code, said.out, said.err


@pytest.mark.parametrize(("subject", "outcome"), PREPARED)
def test_prepared_inputs(
    subject: str, outcome: str, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _err = ask(capsys, subject, "--data", str(data), "--json")
    assert code == 0
    (answer,) = json.loads(out)
    assert answer["outcome"] == outcome
    assert answer["steps"]
    code, shown, _err = ask(capsys, subject, "--data", str(data))
    assert code == 0
    assert "结论：" in shown
    assert len(shown.splitlines()) <= SCREEN
    assert "http" not in shown
    for text in (out, shown):
        assert "19900307" not in text
        assert "１９９００３０７" not in text


def test_credentials_in_an_address_are_told_as_the_trick_they_are(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = ask(capsys, "http://cx.mem.gov.cn@a.test/", "--data", str(data))[1]
    assert "障眼法，实际打开的是 a[.]test" in out


def test_a_machine_without_cases_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _err = ask(capsys, "http://a.test/", "--data", str(tmp_path / "none"))
    assert code == 0
    assert "没有记录不等于没有问题" in out
    assert "本机没有案件资料" in out
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("subject", ["", "   ", "\x1b[31m", "http://", "﷽" * 500, "T" + "9" * 400])
def test_rubbish_is_answered_and_moves_no_terminal(
    subject: str, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _err = ask(capsys, subject, "--data", str(data))
    assert code == 0
    assert "\x1b" not in out
    assert "结论：" in out


def picture(folder: Path, text: str) -> Path:
    """A photograph's worth of a code that says this."""
    path = folder / "card.png"
    segno.make(text, micro=False).save(str(path), scale=6)
    return path


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("http://cx.mem.gov.cn/", "platform"),
        ("http://a.test/?no=T110101199003070011", "confirmed"),
        ("http://cx-mem-gov.cn/v?id=3", "lookalike"),
        ("https://u.wechat.com/EAbcDef", "contact"),
        ("张三 T110101199003070011 低压电工", "stranger"),
    ],
)
def test_a_picture_is_answered_by_its_code(
    text: str, outcome: str, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(picture(tmp_path, text))
    code, out, _err = ask(capsys, path, "--data", str(data), "--json")
    assert code == 0
    (answer,) = json.loads(out)
    assert answer["outcome"] == outcome
    assert "19900307" not in out + ask(capsys, path, "--data", str(data))[1]


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\nrubbish", b"GIF89a", b"text"])
def test_a_broken_picture_is_unreadable_never_without_a_code(
    content: bytes, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "card.jpg"
    path.write_bytes(content)
    code, out, _err = ask(capsys, str(path), "--data", str(data))
    assert code == 0
    assert "不等于没有" in out


def test_a_picture_without_a_code_is_not_cleared(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "wall.png"
    Image.new("RGB", (400, 300), "white").save(path)
    (answer,) = json.loads(ask(capsys, str(path), "--data", str(data), "--json")[1])
    assert answer["outcome"] == "unreadable"


def test_a_huge_file_is_refused_in_a_sentence(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "huge.jpg"
    with path.open("wb") as stream:
        stream.truncate(60_000_000)
    code, _out, err = ask(capsys, str(path), "--data", str(data))
    assert code == 2
    assert "请缩小" in err
