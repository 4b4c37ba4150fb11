"""Writes the tables of rules in docs/rules.md from detectors/rules/*.toml and the policy.

python tools/rules_page.py           write
python tools/rules_page.py --check   exit code 1 where the page is not up to date
"""

import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "rules.md"
DETECTORS = ROOT / "detectors"
MARK = "<!-- Below this line: written by tools/rules_page.py -->\n"


def tables() -> str:
    """One table for each file of rules."""
    policy = tomllib.loads((DETECTORS / "policy.toml").read_text(encoding="utf-8"))
    weights = policy["weights"] | {
        rule: -max(points.values()) for rule, points in policy["innocence"].items()
    }
    out = []
    for file in sorted((DETECTORS / "rules").glob("*.toml")):
        content = tomllib.loads(file.read_text(encoding="utf-8"))
        rows = [
            f"| `{rule['name']}` | {rule['offence']} | {weights.get(rule['name'], 0):g} "
            f"| {rule['describe_en']} | {rule['describe']} |\n"
            for rule in content.get("rules", [])
        ]
        if rows:
            out.append(f"\n## {file.stem}\n\n| rule | offence | weight | it says | 含义 |\n")
            out += ["|---|---|---:|---|---|\n", *rows]
        rows = [
            f"| `{rule['name']}` | {rule['condition']} |\n"
            for rule in content.get("conditions", [])
        ]
        if rows:
            out.append(f"\n## {file.stem}\n\n| rule | page condition |\n|---|---|\n")
            out += rows
    return "".join(out)


def main(arguments: list[str]) -> int:
    """Write the page, or compare it."""
    before = PAGE.read_text(encoding="utf-8")
    head, mark, _old = before.partition(MARK)
    if not mark:
        sys.stderr.write(f"{PAGE.name} has lost its line {MARK}")
        return 1
    after = head + mark + tables()
    if "--check" in arguments:
        if after != before:
            sys.stderr.write(f"{PAGE.name} is out of date; run python tools/rules_page.py\n")
        return int(after != before)
    PAGE.write_text(after, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
