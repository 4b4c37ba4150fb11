"""Where a Chromium that can take page pictures is installed on this machine."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

# Commands in the order we want them: the headless shell is the smallest and has no window.
_COMMANDS = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
    "microsoft-edge-stable",
)
# Where they lie when they are not on PATH, as under cron or on macOS.
_PLACES = (
    "/usr/bin/chromium-headless-shell",
    "/usr/bin/chromium",
    "/usr/lib/chromium/chromium",
    "/snap/bin/chromium",
    "/opt/google/chrome/chrome",
    "/opt/microsoft/msedge/msedge",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
_PLAYWRIGHT_FILES = re.compile(r"^(?:headless_shell|chrome-headless-shell|chrome|Chromium)$")


def find_browser(environ: Mapping[str, str], places: tuple[str, ...] = _PLACES) -> Path | None:
    """The browser to use: the one named by `CERTHOUND_BROWSER`, else the first that is installed.

    A path named by `CERTHOUND_BROWSER` that cannot be run gives `None`: somebody meant that one,
    and another browser would silently answer in its place. Otherwise Playwright's own is taken
    before those on `PATH`, and those before the usual places.
    """
    named = environ.get("CERTHOUND_BROWSER", "")
    if named:
        found = shutil.which(named, path=environ.get("PATH", ""))
        return Path(found) if found else None
    return next(_candidates(environ, places), None)


def _candidates(environ: Mapping[str, str], places: tuple[str, ...]) -> Iterator[Path]:
    yield from _playwright(environ)
    for command in _COMMANDS:
        found = shutil.which(command, path=environ.get("PATH", ""))
        if found:
            yield Path(found)
    yield from (Path(place) for place in places if os.access(place, os.X_OK))


def _playwright(environ: Mapping[str, str]) -> Iterator[Path]:
    """Browsers that Playwright fetched, newest first, the headless shell before the whole one."""
    folders = [
        (int(folder.name.rpartition("-")[2]), "headless" in folder.name, folder)
        for folder in _playwright_folder(environ).glob("chromium*-*")
        if folder.name.rpartition("-")[2].isdigit()
    ]
    for _revision, _headless, folder in sorted(folders, reverse=True):
        for file in sorted(folder.rglob("*")):
            if _PLAYWRIGHT_FILES.match(file.name) and file.is_file() and os.access(file, os.X_OK):
                yield file
                break


def _playwright_folder(environ: Mapping[str, str]) -> Path:
    """The folder where Playwright keeps what it fetches, as its documentation gives it."""
    chosen = environ.get("PLAYWRIGHT_BROWSERS_PATH", "")
    if chosen:
        return Path(chosen)
    home = Path(environ.get("HOME", "") or Path.home())
    if sys.platform == "darwin":
        return home / "Library" / "Caches" / "ms-playwright"
    return Path(environ.get("XDG_CACHE_HOME", "") or home / ".cache") / "ms-playwright"


def main() -> int:
    """Print the browser found; exit code 1 where there is none (asked by the set-up script)."""
    found = find_browser(os.environ)
    sys.stdout.write(f"{found or ''}\n")
    return 0 if found else 1


if __name__ == "__main__":
    sys.exit(main())
