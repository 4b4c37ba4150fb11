"""What is public is explained, and every plug-in has its line in the docs."""

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from spiders import sources as all_sources


def public(node: ast.AST) -> bool:
    return not getattr(node, "name", "_").startswith("_")


def documented(name: str, tree: ast.Module) -> list[tuple[str, ast.AST]]:
    """The module and the public classes, functions and methods in it."""
    found: list[tuple[str, ast.AST]] = [(name, tree)]
    for node in tree.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and public(node):
            found.append((f"{name}.{node.name}", node))
            if isinstance(node, ast.ClassDef):
                found += [
                    (f"{name}.{node.name}.{inner.name}", inner)
                    for inner in node.body
                    if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef) and public(inner)
                ]
    return found


def lacks(node: ast.AST) -> str:
    """What is wrong with the docstring of a node, or the empty string."""
    assert isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
    text = ast.get_docstring(node)
    if not text:
        return "has no docstring"
    # A first sentence may run over several lines, up to the blank one.
    first = text.partition("\n\n")[0].rstrip()
    if not first.endswith((".", "。")):
        return "does not begin with a sentence that ends in a period"
    return ""


def test_public_things_have_a_sentence(sources: dict[str, ast.Module]) -> None:
    faults = [
        f"{where} {fault}"
        for name, tree in sources.items()
        # A stub of a package with nothing in it needs no sentence.
        if tree.body
        for where, node in documented(name, tree)
        if (fault := lacks(node))
    ]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(
    ("code", "right"),
    [
        ('"""A room."""', True),
        ('"""A room\nwith two lines."""', True),
        ('"""A room"""', False),
        ("x = 1", False),
    ],
)
def test_the_reading_of_docstrings(code: str, right: bool) -> None:
    assert (lacks(ast.parse(code)) == "") is right


def page(root: Path, name: str) -> str:
    return (root / "docs" / name).read_text(encoding="utf-8")


def absent(names: set[str], text: str) -> list[str]:
    return sorted(name for name in names if f"`{name}`" not in text)


def test_every_source_is_in_the_docs(root: Path) -> None:
    names = set(all_sources())
    assert names
    assert not absent(names, page(root, "sources.md"))


def test_every_reporter_is_in_the_docs(root: Path, sources: dict[str, ast.Module]) -> None:
    names = {
        node.name
        for module, tree in sources.items()
        for node in tree.body
        # The one function of a reporter that carries the name of its file: write_takedown.
        if module == "reports." + module.rpartition(".")[2]
        and isinstance(node, ast.FunctionDef)
        and node.name.startswith("write_" + module.rpartition(".")[2])
    }
    assert names
    assert not absent(names, page(root, "reports.md"))


def test_every_rule_is_in_the_docs(root: Path) -> None:
    done = subprocess.run(
        [sys.executable, "tools/rules_page.py", "--check"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_every_signal_that_weighs_is_in_the_docs(root: Path) -> None:
    text = (root / "detectors" / "policy.toml").read_text(encoding="utf-8")
    policy = tomllib.loads(text)
    names = {*policy["weights"], *policy["innocence"]}
    assert names
    assert not absent(names, page(root, "rules.md"))


def test_the_chinese_readme_is_a_twin(root: Path) -> None:
    shapes = []
    for name in ("README.md", "README.zh.md"):
        text = (root / name).read_text(encoding="utf-8")
        # Headings, code and items in order; sentences are each language's own.
        kinds = (line.split(" ", 1)[0] for line in text.splitlines())
        shapes.append([kind for kind in kinds if kind in {"#", "##", "```sh", "```", "-"}])
    assert shapes[0] == shapes[1]
