"""Names say what a thing is, and where to find it."""

import ast
from pathlib import Path

SAYS_NOTHING = {
    "base_utils", "common", "data", "helper", "helpers", "info", "manager", "managers", "misc",
    "tools", "util", "utils",
}  # fmt: skip
LONGEST = 300


def test_no_module_has_a_name_that_says_nothing(sources: dict[str, ast.Module]) -> None:
    faults = [name for name in sources if SAYS_NOTHING & set(name.split("."))]
    assert not faults


def spiders_in(tree: ast.Module) -> dict[str, str]:
    """Classes made from a spider, with the `name` each gives itself."""
    found = {}
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and any(
            ast.unparse(base).endswith("Spider") for base in node.bases
        ):
            names = [
                ast.literal_eval(line.value)
                for line in node.body
                if isinstance(line, ast.Assign) and ast.unparse(line.targets[0]) == "name"
            ]
            found[node.name] = "".join(names)
    return found


def test_file_class_and_name_of_a_source_agree(sources: dict[str, ast.Module]) -> None:
    faults = []
    seen = 0
    for module, tree in sources.items():
        package, _, stem = module.partition(".")
        found = spiders_in(tree)
        if package != "spiders" or not any(found.values()):
            continue  # what several sources share has no name in a profile
        seen += 1
        right = {"".join(part.capitalize() for part in stem.split("_")) + "Spider": stem}
        if found != right:
            faults.append(f"{module}: expected {right}, found {found}")
    assert not faults, "\n".join(faults)
    assert seen


def test_modules_are_short(root: Path, sources: dict[str, ast.Module]) -> None:
    faults = []
    for package in sorted({name.partition(".")[0] for name in sources}):
        for file in sorted((root / package).rglob("*.py")):
            lines = len(file.read_text(encoding="utf-8").splitlines())
            if lines > LONGEST:
                faults.append(f"{file.relative_to(root)} has {lines} lines")
    assert not faults, "\n".join(faults)
