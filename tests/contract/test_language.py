"""Every sentence that a person reads can be read in English too."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest


def test_sentences_are_looked_up_whole(sources: dict[str, ast.Module]) -> None:
    faults = [
        f"{name}:{node.lineno}: `_()` takes one literal; put values in with .format() after it"
        for name, tree in sources.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "_"
        and not (
            len(node.args) == 1
            and isinstance(node.args[0], ast.Constant)
            and isinstance(node.args[0].value, str)
        )
    ]
    assert not faults, "\n".join(faults)


def test_the_english_catalogue_is_complete(root: Path) -> None:
    done = subprocess.run(
        [sys.executable, "tools/missing_english.py"],
        cwd=root,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    said = (done.stdout + done.stderr)[:2_000]
    if done.returncode:
        pytest.fail(f"run python tools/missing_english.py:\n{said}", pytrace=False)
