"""What is handed out names versions, never places."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PINNED = re.compile(r"^(?P<name>[a-z0-9][a-z0-9.-]*)==(?P<version>[0-9][^\s:@/]*)(?: ; [^:@/]+)?$")


def pins(root: Path) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for line in (root / "constraints.txt").read_text(encoding="utf-8").splitlines():
        match = PINNED.match(line)
        assert match, f"constraints.txt holds versions only: {line!r}"
        found.setdefault(canonicalize_name(match["name"]), set()).add(match["version"])
    return found


def test_constraints_fit_what_the_project_asks_for(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [Requirement(text) for text in project["dependencies"]]
    for extra in project["optional-dependencies"].values():
        wanted += [Requirement(text) for text in extra]
    pinned = pins(root)
    faults = [
        str(need)
        for need in wanted
        if not any(
            need.specifier.contains(version, prereleases=True)
            for version in pinned.get(canonicalize_name(need.name), ())
        )
    ]
    assert not faults, f"compile constraints.txt again (CONTRIBUTING.md says how): {faults}"


def test_constraints_are_as_the_compiler_wrote_them(root: Path) -> None:
    """Each line once, by name: a merge by hand leaves a line twice, or in another place."""
    lines = (root / "constraints.txt").read_text(encoding="utf-8").splitlines()
    names = [line.partition("==")[0] for line in lines]
    assert names == sorted(names)
    assert sorted(lines) == sorted(set(lines))


# Put together from parts so that this file does not find itself.
PLACES = re.compile(
    r"(?<![\w.\-])/(?:work|farm|root|home/\w+|opt/(?:pypi|wheels))/[\w.]"
    r"|\.\./" + r"shared\b"
    r"|\b(?:pypi|test\.pypi|npmjs|npmmirror|conda)" + r"\.(?:org|com|io)\b"
    r"|pythonhosted" + r"\.org|mirrors?\.[\w.-]+/(?:pypi|simple)|index-" + r"url\s*="
)


def tracked(root: Path) -> list[Path]:
    if not (root / ".git").exists() or not shutil.which("git"):
        pytest.skip("not a git checkout")
    listed = subprocess.run(
        ["git", "-c", f"safe.directory={root}", "ls-files", "-z"],
        cwd=root,
        check=True,
        capture_output=True,
    )
    return [root / name for name in listed.stdout.decode().split("\0") if name]


def test_tracked_files_name_no_place_of_a_machine(root: Path) -> None:
    faults = []
    for path in tracked(root):
        if not path.is_file():
            continue
        for number, line in enumerate(path.read_bytes().splitlines(), 1):
            if PLACES.search(line.decode("utf-8", "replace")):
                faults.append(f"{path.relative_to(root)}:{number}")
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("see /root/" + "x", True),
        ("file:///opt/" + "wheels/x", True),
        ("../" + "shared/DESIGN.md", True),
        ("https://pypi" + ".org/simple", True),
        ("https://example.cn/work/list", False),
        ("the root of /etc/fonts", False),
    ],
)
def test_the_reading_of_places(text: str, found: bool) -> None:
    assert bool(PLACES.search(text)) is found
