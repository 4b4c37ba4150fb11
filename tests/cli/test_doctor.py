import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from crawler.cli import cli
from rehearsal.server import Rehearsal


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
    for subject in ("配置", "磁盘", "数据文件夹", "names", "tips", "搜索服务", "DNS", "WHOIS"):
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
    assert (code, checks["names"][0], checks["tips"][0]) == (1, "fail", "ok")


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
