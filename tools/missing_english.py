"""Prints what is wrong with the English catalogue; stubs for missing sentences can be pasted in.

    python tools/missing_english.py

Exit code 1 where a sentence has no English, an entry's {placeholders} differ from the Chinese
sentence's, or an entry is of no use any more.
"""

import ast
import io
import string
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("crawler", "detectors", "reports", "seeds", "spiders")
PO = ROOT / "crawler" / "locale" / "en" / "LC_MESSAGES" / "certhound.po"


def sentences() -> Iterator[tuple[str, str, int]]:
    """Every sentence looked up in code and templates, with file and line."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*")):
            where = path.relative_to(ROOT).as_posix()
            if path.suffix == ".py":
                tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
                for node in ast.walk(tree):
                    if (
                        isinstance(node, ast.Call)
                        and isinstance(node.func, ast.Name)
                        and node.func.id == "_"
                        and node.args
                        and isinstance(node.args[0], ast.Constant)
                    ):
                        yield str(node.args[0].value), where, node.lineno
            elif path.suffix == ".html":
                with path.open("rb") as stream:
                    for line, _name, text, _notes in babel_extract(stream, ("_",), (), {}):
                        yield str(text), where, line


def placeholders(text: str) -> set[str]:
    """Names of the values that a sentence takes."""
    return {field for _text, field, _format, _kind in string.Formatter().parse(text) if field}


def main() -> int:
    """Compare code with catalogue and tell every difference."""
    with PO.open("rb") as stream:
        catalogue = read_po(stream, locale="en")
    known = {str(entry.id): str(entry.string) for entry in catalogue if entry.id}
    missing = Catalog()
    used = set()
    faults = []
    for text, where, line in sentences():
        used.add(text)
        english = known.get(text)
        if not english:
            missing.add(text, locations=[(where, line)])
        elif placeholders(english) != placeholders(text):
            faults.append(f"# {where}:{line}: other placeholders: {text!r} / {english!r}")
    faults += [f"# no longer used: {text!r}" for text in sorted(set(known) - used)]
    out = io.BytesIO()
    write_po(out, missing, omit_header=True, width=0, sort_by_file=True)
    sys.stdout.write(out.getvalue().decode("utf-8"))
    sys.stdout.write("".join(fault + "\n" for fault in faults))
    return 1 if faults or len(missing) else 0


if __name__ == "__main__":
    sys.exit(main())
