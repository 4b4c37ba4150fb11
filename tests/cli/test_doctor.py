import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner

from crawler.browser import find_browser
from crawler.cli import cli
from crawler.cli.checkup_browser import missing_letters
from crawler.cli.checkup_clock import look_at_clock
from crawler.cli.checkup_sources import look_at_idle_sources
from crawler.clock import now
from crawler.custody import append
from crawler.evidence import Blobs
from crawler.store import Store
from rehearsal.server import Rehearsal
from spiders import open_profile, sources

NAMES, TIPS = "域名名单（names）", "举报线索（tips）"


@pytest.fixture(scope="module")
def profile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with Rehearsal() as web:
        yield web.write_profile(tmp_path_factory.mktemp("practice"))


def ask(*arguments: str) -> tuple[int, dict[str, tuple[str, str]]]:
    """Exit code of doctor, and by subject the level and the remedy."""
    done = CliRunner().invoke(cli, ["doctor", "--json", *arguments], standalone_mode=False)
    assert done.exception is None, done.exception
    checks = json.loads(done.stdout)
    code = done.return_value
    assert isinstance(code, int)
    return code, {check["subject"]: (check["level"], check["remedy"]) for check in checks}


def changed(profile: Path, folder: Path, before: str, after: str) -> Path:
    text = profile.read_text(encoding="utf-8")
    assert before in text
    copy = folder / "profile.toml"
    copy.write_text(text.replace(before, after), encoding="utf-8")
    for name in ("names.txt", "tips.csv"):
        (folder / name).write_bytes((profile.parent / name).read_bytes())
    return copy


def test_everything_of_the_practice_web_answers(profile: Path, tmp_path: Path) -> None:
    code, checks = ask("--profile", str(profile), "--data", str(tmp_path / "data"))
    assert code == 0
    for subject in ("配置", "磁盘", "数据文件夹", NAMES, TIPS, "搜索服务", "DNS", "WHOIS"):
        assert checks[subject] == ("ok", "")
    assert not (tmp_path / "data").exists()


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def test_a_dead_search_service_fails(profile: Path, tmp_path: Path) -> None:
    lines = profile.read_text(encoding="utf-8").splitlines()
    line = next(each for each in lines if each.startswith("url = "))
    copy = changed(profile, tmp_path, line, f'url = "http://127.0.0.1:{free_port()}"')
    code, checks = ask("--profile", str(copy), "--data", str(tmp_path))
    assert code == 1
    level, remedy = checks["搜索服务"]
    assert level == "fail"
    assert "search.formats" in remedy


def test_something_that_is_no_search_service_fails(profile: Path, tmp_path: Path) -> None:
    text = profile.read_text(encoding="utf-8")
    hosts = next(line for line in text.splitlines() if line.startswith("hosts_to"))
    line = next(each for each in text.splitlines() if each.startswith("url = "))
    address = hosts.partition('"')[2].strip('"')
    copy = changed(profile, tmp_path, line, f'url = "http://{address}"')
    code, checks = ask("--profile", str(copy), "--data", str(tmp_path))
    assert (code, checks["搜索服务"][0]) == (1, "fail")


def test_a_missing_file_of_a_source_fails(profile: Path, tmp_path: Path) -> None:
    copy = changed(profile, tmp_path, "names.txt", "gone.txt")
    code, checks = ask("--profile", str(copy), "--data", str(tmp_path))
    assert (code, checks[NAMES][0], checks[TIPS][0]) == (1, "fail", "ok")


def test_a_broken_profile_is_one_line_among_the_others(tmp_path: Path) -> None:
    broken = tmp_path / "broken.toml"
    broken.write_text("[networks]\n", encoding="utf-8")
    code, checks = ask("--profile", str(broken), "--data", str(tmp_path))
    assert (code, checks["配置"][0], checks["磁盘"][0]) == (1, "fail", "ok")


def test_a_profile_without_sources_fails(tmp_path: Path) -> None:
    empty = tmp_path / "empty.toml"
    # No service outside is asked by a test.
    empty.write_text(
        f'[network]\nwhois = "127.0.0.1:{free_port()}"\ndns = "127.0.0.1:{free_port()}"\n'
        "allow_private = true\n",
        encoding="utf-8",
    )
    code, checks = ask("--profile", str(empty), "--data", str(tmp_path))
    assert (code, checks["来源"][0]) == (1, "fail")
    assert (checks["DNS"][0], checks["WHOIS"][0]) == ("fail", "warn")


def test_a_folder_that_cannot_be_written_fails(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    code, checks = ask("--data", str(file / "data"))
    assert (code, checks["数据文件夹"][0]) == (1, "fail")


def test_a_damaged_database_fails(tmp_path: Path) -> None:
    (tmp_path / "certhound.db").write_bytes(b"no database at all" * 100)
    code, checks = ask("--data", str(tmp_path))
    assert (code, checks["数据库"][0]) == (1, "fail")
    (tmp_path / "certhound.db").unlink()
    assert "数据库" not in ask("--data", str(tmp_path))[1]


def test_without_a_browser_a_run_still_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CERTHOUND_BROWSER", str(tmp_path / "gone"))
    code, checks = ask("--data", str(tmp_path))
    level, remedy = checks["浏览器"]
    assert (code, level) == (0, "warn")
    assert "CERTHOUND_BROWSER" in remedy


def test_a_browser_that_does_not_start_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "chromium"
    broken.write_text("#!/bin/sh\necho no >&2\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setenv("CERTHOUND_BROWSER", str(broken))
    code, checks = ask("--data", str(tmp_path))
    assert (code, checks["浏览器"][0], checks["中文字体"][0]) == (1, "fail", "warn")


@pytest.mark.skipif(find_browser(os.environ) is None, reason="no browser")
def test_a_started_browser_draws_the_letters_or_says_which_are_boxes(tmp_path: Path) -> None:
    """The same browser with the fonts of this machine, and with none that knows Chinese."""
    assert ask("--data", str(tmp_path))[1]["中文字体"] == ("ok", "")
    fonts = tmp_path / "fonts.conf"
    fonts.write_text(
        '<?xml version="1.0"?><fontconfig>'
        f"<dir>{tmp_path / 'none'}</dir><cachedir>{tmp_path / 'cache'}</cachedir></fontconfig>"
    )
    done = subprocess.run(
        [sys.executable, "-m", "crawler.cli", "doctor", "--json", "--data", str(tmp_path)],
        env=os.environ | {"FONTCONFIG_FILE": str(fonts)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    checks = {check["subject"]: check for check in json.loads(done.stdout)}
    assert checks["浏览器"]["level"] == "ok"
    assert checks["中文字体"]["level"] == "warn"
    assert "特种作业操作证" not in checks["中文字体"]["said"].removeprefix("“")
    assert "显示为方框或空白" in checks["中文字体"]["said"]
    assert "fonts-noto-cjk" in checks["中文字体"]["remedy"]


@pytest.mark.parametrize(
    ("glyphs", "missing"),
    [
        (["1 2", "3 4", "5 6", "3 4"], ""),  # 作 twice
        (["9 9", "9 9", "9 9", "9 9"], "种作业"),
        (["0 0", "3 4", "5 6", "3 4"], "种"),
        (["7 7", "3 4", "5 6", "3 4"], "种"),
        (["5 6", "3 4", "5 6", "3 4"], "种业"),
    ],
)
def test_what_counts_as_not_drawn(glyphs: list[str], missing: str) -> None:
    assert missing_letters("种作业作", glyphs, ["7 7"]) == missing


@pytest.fixture
def dated() -> Iterator[tuple[str, list[float]]]:
    """A service whose clock is as many seconds off as the list says."""
    behind = [0.0]

    class Service(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response_only(404)
            self.send_header("Date", formatdate(now().timestamp() - behind[0], usegmt=True))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Service) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/", behind
        server.shutdown()


@pytest.mark.parametrize(
    ("seconds", "level"), [(0, "ok"), (-60, "warn"), (60, "warn"), (-7200, "fail"), (7200, "fail")]
)
def test_the_clock_is_held_against_a_service(
    dated: tuple[str, list[float]], seconds: float, level: str
) -> None:
    url, behind = dated
    behind[0] = seconds
    check = look_at_clock([f"http://127.0.0.1:{free_port()}/", url])
    assert check.level == level
    assert url in check.said
    assert bool(check.remedy) is (level != "ok")


def test_a_clock_that_nobody_vouches_for_is_not_called_right() -> None:
    check = look_at_clock([f"http://127.0.0.1:{free_port()}/"])
    assert check.said in ("系统报告时钟已同步", "无法确认时钟是否准确")


def test_a_clock_that_went_back_fails(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        append(store, now() + timedelta(days=400), "张三", "exported", "x", "ab" * 32)
    code, checks = ask("--data", str(tmp_path))
    assert (code, checks["记录时间"][0]) == (1, "fail")
    assert checks["数据库"][0] == "ok"


def test_changed_evidence_is_found_in_a_sample(tmp_path: Path) -> None:
    with Store.open(tmp_path):
        blobs = Blobs(tmp_path / "blobs")
    for number in range(20):
        blob = blobs.put(b"%d" % number, "text/html")
    assert ask("--data", str(tmp_path))[1]["证据文件"] == ("ok", "")
    (tmp_path / "blobs" / blob.sha256[:2] / blob.sha256[2:]).write_bytes(b"other")
    code, checks = ask("--data", str(tmp_path))
    assert (code, checks["证据文件"][0]) == (1, "fail")
    assert "verify" in checks["证据文件"][1]


def test_who_asks_sources_without_saying_how_to_be_reached_is_reminded(
    profile: Path, tmp_path: Path
) -> None:
    text = profile.read_text(encoding="utf-8")
    practice = [line for line in text.splitlines() if line.startswith(("hosts_to", "tls_to"))]
    copy = changed(profile, tmp_path, "\n".join(practice), "")
    _code, checks = ask("--profile", str(copy), "--data", str(tmp_path))
    level, remedy = checks["联系方式"]
    assert level == "warn"
    assert "discovery_agent" in remedy
    agent = 'discovery_agent = "certhound/0.1 (+mailto:zhiban@yanlian.example)"'
    (tmp_path / "profile.toml").write_text(
        copy.read_text(encoding="utf-8").replace("[run]", f"[run]\n{agent}"), encoding="utf-8"
    )
    _code, checks = ask("--profile", str(copy), "--data", str(tmp_path))
    assert checks["联系方式"] == ("ok", "")


def test_what_idle_sources_would_bring_is_said_of_every_one(tmp_path: Path) -> None:
    path = tmp_path / "p.toml"
    path.write_text("", encoding="utf-8")
    checks = list(look_at_idle_sources(open_profile(path)))
    assert len(checks) == len(sources())
    for name, check in zip(sources(), checks, strict=True):
        assert f"[sources.{name}]" in check.remedy
        assert "未启用" in check.said
