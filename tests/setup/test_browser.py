import os
from pathlib import Path

from crawler.browser import find_browser


def program(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def environment(folder: Path, **more: str) -> dict[str, str]:
    return {
        "PATH": str(folder / "bin"),
        "PLAYWRIGHT_BROWSERS_PATH": str(folder / "playwright"),
        **more,
    }


def test_no_browser_at_all(tmp_path: Path) -> None:
    assert find_browser(environment(tmp_path), places=()) is None


def test_the_order_of_preference(tmp_path: Path) -> None:
    environ = environment(tmp_path)
    usual = program(tmp_path / "usual" / "chrome")
    places = (str(usual),)
    assert find_browser(environ, places) == usual
    chromium = program(tmp_path / "bin" / "chromium")
    assert find_browser(environ, places) == chromium
    headless = program(tmp_path / "bin" / "chromium-headless-shell")
    assert find_browser(environ, places) == headless
    own = program(tmp_path / "playwright" / "chromium-1100" / "chrome-linux" / "chrome")
    assert find_browser(environ, places) == own
    named = program(tmp_path / "mine")
    assert find_browser({**environ, "CERTHOUND_BROWSER": str(named)}, places) == named


def test_the_newest_of_playwrights(tmp_path: Path) -> None:
    folder = tmp_path / "playwright"
    program(folder / "chromium-999" / "chrome-linux" / "chrome")
    program(folder / "chromium-1200" / "chrome-linux" / "chrome")
    shell = program(folder / "chromium_headless_shell-1200" / "chrome-linux" / "headless_shell")
    (folder / "chromium_headless_shell-1300" / "chrome-linux").mkdir(parents=True)
    assert find_browser(environment(tmp_path), places=()) == shell


def test_a_named_browser_that_is_missing_is_not_replaced(tmp_path: Path) -> None:
    program(tmp_path / "bin" / "chromium")
    environ = environment(tmp_path, CERTHOUND_BROWSER=str(tmp_path / "gone"))
    assert find_browser(environ, places=()) is None


def test_a_file_that_cannot_be_run_is_no_browser(tmp_path: Path) -> None:
    program(tmp_path / "bin" / "chromium").chmod(0o644)
    assert find_browser(environment(tmp_path), places=(os.devnull,)) is None
