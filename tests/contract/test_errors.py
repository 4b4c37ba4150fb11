"""An error is designed: one base, one exit code each, and a sentence that says what to do."""

import ast
import inspect
import re

import pytest

from crawler import errors
from crawler.errors import CerthoundError

KINDS = {
    name: kind
    for name, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, CerthoundError)
}
# How a Chinese sentence asks for something: please, first, must, may, change, again …
ASKS = re.compile(
    "请|先|须|应为|应写|应在|可用的|改为|再次|重新|重试|最多|至少|只能|不能|换一|无需"
)
# What these say stands inside the sentence of another error, or in the list that `verify` prints.
TOLD_BY_OTHERS = {"crawler.evidence"}


def sentences_of_errors(tree: ast.Module) -> dict[str, int]:
    """Every sentence that becomes an error of ours in a module, with its line."""
    found = {}
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        assigned: dict[str, list[ast.expr]] = {}
        for node in ast.walk(function):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                assigned.setdefault(node.targets[0].id, []).append(node.value)
        for node in ast.walk(function):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in KINDS:
                parts = [inner for argument in node.args for inner in ast.walk(argument)]
                names = [part.id for part in parts if isinstance(part, ast.Name)]
                parts += [
                    inner
                    for name in names
                    for value in assigned.get(name, ())
                    for inner in ast.walk(value)
                ]
                for part in parts:
                    if (
                        isinstance(part, ast.Call)
                        and ast.unparse(part.func) == "_"
                        and isinstance(part.args[0], ast.Constant)
                    ):
                        found[str(part.args[0].value)] = part.lineno
    return found


def test_every_error_says_what_to_do(sources: dict[str, ast.Module]) -> None:
    said = {
        f"{name}:{line}: {text}": text
        for name, tree in sources.items()
        if name not in TOLD_BY_OTHERS
        for text, line in sentences_of_errors(tree).items()
    }
    assert len(said) > 40
    silent = [where for where, text in said.items() if not ASKS.search(text)]
    assert not silent, "these say what is wrong, and not what to do:\n" + "\n".join(silent)


def test_every_error_is_explained_and_ends_with_a_code_of_the_contract() -> None:
    for name, kind in KINDS.items():
        assert kind.__doc__, name
        assert kind.exit_code in (1, 2) or name == "StoppedError", name


def test_no_error_of_ours_is_made_elsewhere(sources: dict[str, ast.Module]) -> None:
    """A second module of exceptions for users would be one that `main` does not know."""
    strange = [
        f"{name}.{node.name}"
        for name, tree in sources.items()
        if name != "crawler.errors"
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and any(ast.unparse(base) in KINDS for base in node.bases)
    ]
    assert not strange


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("无法读取文件 {file}（{problem}），请检查路径和权限", True),
        ("{file} 已存在", False),
    ],
)
def test_the_reading_of_what_to_do(text: str, asks: bool) -> None:
    tree = ast.parse(f"def f():\n    said = _({text!r})\n    raise StoreError(said.format(x=1))")
    assert sentences_of_errors(tree) == {text: 2}
    assert bool(ASKS.search(text)) is asks
