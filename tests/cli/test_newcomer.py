"""What a newcomer mistypes or misses is told in one sentence that says what to do."""

from datetime import timedelta
from pathlib import Path

import pytest

from crawler.cli import main
from crawler.clock import now
from crawler.store import Store
from tests.casework.conftest import Office, Seen


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[object, str]:
    """Exit code, and all that was said."""
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    said = capsys.readouterr()
    return ended.value.code, said.out + said.err


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("noise").write_bytes(bytes(range(128, 256)) * 20)
    Path("gbk.txt").write_bytes("办证.cn\n".encode("gbk"))
    Path("page.html").write_text("<p>无地址", encoding="utf-8")
    Path("half.toml").write_text("[run", encoding="utf-8")
    with Store.open(Path("data")) as store:
        office = Office(store)
        office.day({"http://a.test/": Seen()})
    return tmp_path


CASE = ("domain:a.test", "--by", "张三", "--reason", "r", "--data", "data")


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("review", "mute", *CASE, "--days", "99999999999"), 2, "超出范围 1<=x<=180"),
        (("review", "list", "--limit", "9" * 30, "--data", "data"), 2, "超出范围"),
        (("backup", "none/b.zip", "--data", "data"), 1, "none/b.zip（文件或文件夹不存在）"),
        (("restore", "noise", "--data", "new"), 1, "不是完整的 ZIP 文件"),
        (("import", "page.html", "--by", "张三", "--url", "foo"), 2, "--url 应为完整的网址"),
        (("inspect", "card.jpg"), 2, "找不到图片文件 card.jpg"),
        (("inspect", "fotos/Card.JPEG"), 2, "找不到图片文件 fotos/Card.JPEG"),
        (("inspect", "a.cn/card.jpg"), 0, "hxxp://a[.]cn/card[.]jpg"),
        (("inspect", "办证"), 0, "不是网址"),
        (("inspect", "noise"), 0, "图片读不出来，请换一张"),
        (("screen", "gbk.txt"), 3, "另存为 UTF-8"),
        (("evaluate", "names", "noise"), 2, "不是 UTF-8"),
        (("run", "--profile", "noise"), 2, "不是 UTF-8"),
        (("run", "--profile", "half.toml"), 2, "half.toml 不是有效的 TOML"),
        (("tips", "list", "--data", "data"), 0, "没有举报"),
        (("reference", "list", "--data", "data"), 0, "没有参考样本"),
    ],
)
def test_a_slip_is_told(
    arguments: tuple[str, ...],
    code: int,
    sentence: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    ended, said = told(capsys, *arguments)
    assert (ended, sentence in said) == (code, True), said


@pytest.mark.usefixtures("here")
def test_what_is_right_is_done(capsys: pytest.CaptureFixture[str]) -> None:
    until = f"{now() + timedelta(days=9):%Y-%m-%d}"
    assert told(capsys, "review", "mute", *CASE, "--until", until)[0] == 0
    assert told(capsys, "review", "list", "--limit", "5", "--data", "data")[0] == 0
    assert told(capsys, "backup", "b.zip", "--data", "data")[0] == 0
    assert told(capsys, "restore", "b.zip", "--data", "new")[0] == 0
    Path("names.txt").write_text("办证.cn\n", encoding="utf-8")
    code, said = told(capsys, "screen", "names.txt")
    assert (code, "UTF-8" in said) == (0, False)
