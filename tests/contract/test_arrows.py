"""A line imports only lines above it; the order is the one in docs/architecture.md."""

import ast
import re
from graphlib import CycleError, TopologicalSorter

import pytest

# Top to bottom. A name stands for the module and all below it; the longest name that fits counts.
ORDER = (
    ("crawler.model",),
    (
        "crawler.addresses",
        "crawler.browser",
        "crawler.certificates",
        "crawler.charsets",
        "crawler.documents",
        "crawler.clock",
        "crawler.config",
        "crawler.digests",
        "crawler.errors",
        "crawler.heap",
        "crawler.language",
        "crawler.locks",
        "crawler.logs",
        "crawler.processes",
        "crawler.masking",
        "crawler.notify_options",
        "crawler.numbers",
        "crawler.printing",
        "crawler.receipts",
        "crawler.saved",
        "crawler.tables",
        "crawler.telling",
        "crawler.wording",
    ),
    ("seeds",),
    ("detectors",),
    ("crawler.guard",),
    ("crawler.store",),
    (
        "crawler.evidence",
        "crawler.soundness",
        "crawler.custody",
        "crawler.backup",
        "crawler.policies",
        "crawler.references",
        "crawler.retention",
    ),
    ("crawler.capture",),
    ("crawler.archives",),
    (
        "crawler.casework",
        "crawler.changes",
        "crawler.health",
        "crawler.judging",
        "crawler.notices",
        "crawler.operators",
        "crawler.picturing",
        "crawler.progress",
        "crawler.reactor",
        "crawler.same_certificate",
        "crawler.scheduling",
        "crawler.querying",
        "crawler.screening",
        "crawler.silence",
        "crawler.snowball",
        "crawler.watch",
    ),
    ("spiders", "reports"),
    (
        "crawler.answering",
        "crawler.calibrate",
        "crawler.field",
        "crawler.finding",
        "crawler.importing",
        "crawler.replay",
    ),
    ("crawler.run",),
    ("console",),
    ("crawler.cli",),
    # Beside the house: only the command that starts it may know it.
    ("rehearsal",),
)
RANK = {name: rank for rank, names in enumerate(ORDER) for name in names}
OURS = {name.partition(".")[0] for name in RANK}
LOWEST_HOUSE = RANK["crawler.cli"]


def rank_of(module: str) -> int | None:
    parts = module.split(".")
    for length in range(len(parts), 0, -1):
        rank = RANK.get(".".join(parts[:length]))
        if rank is not None:
            return rank
    return None


def imports(tree: ast.Module, known: dict[str, ast.Module]) -> set[str]:
    """Modules of ours that a module imports, wherever in it the import stands."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: relative import"
            module = node.module or ""
            for alias in node.names:
                inner = f"{module}.{alias.name}"
                found.add(inner if inner in known else module)
    return {name for name in found if name.partition(".")[0] in OURS}


def upward(sources: dict[str, ast.Module]) -> list[str]:
    faults = []
    for name, tree in sources.items():
        rank = rank_of(name)
        for target in sorted(imports(tree, sources)):
            there = rank_of(target)
            if rank is None or there is None or there <= rank:
                continue
            if target.startswith("rehearsal") and name.startswith("crawler.cli"):
                continue
            faults.append(f"{name} imports {target}, which stands below it")
    return faults


def test_every_module_has_a_place_in_the_order(sources: dict[str, ast.Module]) -> None:
    # The empty package `crawler` is no room.
    lost = [name for name in sources if rank_of(name) is None and name != "crawler"]
    assert not lost, f"give these a place in ORDER and in docs/architecture.md: {lost}"


def test_no_arrow_runs_upward(sources: dict[str, ast.Module]) -> None:
    faults = upward(sources)
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(
    ("module", "line", "right"),
    [
        ("crawler.clock", "from crawler.model import Lead", True),
        ("crawler.model.leads", "from crawler.model.enums import Verdict", True),
        ("crawler.model.leads", "from crawler.clock import now", False),
        ("detectors.text", "from crawler.store import Store", False),
        ("detectors.text", "def late():\n    import crawler.store", False),
        ("crawler.cli.maintain", "from rehearsal.facts import truth", True),
        ("crawler.run", "from rehearsal.facts import truth", False),
    ],
)
def test_the_reading_of_arrows(module: str, line: str, right: bool) -> None:
    assert (upward({module: ast.parse(line)}) == []) is right


def test_the_rehearsal_knows_nothing_of_us(sources: dict[str, ast.Module]) -> None:
    faults = [
        f"{name} imports {target}"
        for name, tree in sources.items()
        if name.startswith("rehearsal")
        for target in imports(tree, sources)
        if not target.startswith("rehearsal")
    ]
    assert not faults, "\n".join(faults)


def test_nobody_imports_the_bare_package(sources: dict[str, ast.Module]) -> None:
    # Scrapy hands a `crawler` to from_crawler, which would hide the package.
    faults = [
        f"{name}:{node.lineno}"
        for name, tree in sources.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
        if alias.name.partition(".")[0] == "crawler"
    ]
    assert not faults, f"write `from crawler.model import Lead`: {faults}"


def test_no_circle_of_imports(sources: dict[str, ast.Module]) -> None:
    graph = {name: imports(tree, sources) - {name} for name, tree in sources.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as problem:
        pytest.fail(f"modules import each other: {' -> '.join(problem.args[1])}")


SQL = re.compile(
    r"\b(SELECT\s.+\sFROM|INSERT\s+(OR\s+\w+\s+)?INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM"
    r"|CREATE\s+(TABLE|INDEX|VIEW)|PRAGMA\s+\w+|BEGIN\s+IMMEDIATE)\b",
    re.DOTALL,
)


def test_sql_lives_in_the_store(sources: dict[str, ast.Module]) -> None:
    faults = []
    for name, tree in sources.items():
        if name.startswith("crawler.store"):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                if SQL.search(node.value):
                    faults.append(f"{name}:{node.lineno} speaks SQL")
            elif imported(node) & {"sqlite3", "sqlite_utils"}:
                faults.append(f"{name}:{getattr(node, 'lineno', 0)} imports a database")
    assert not faults, "\n".join(faults)


IMPURE = {
    "aiohttp", "asyncio", "dns", "http", "multiprocessing", "playwright", "random", "requests",
    "scrapy", "socket", "sqlite3", "sqlite_utils", "subprocess", "threading", "time", "twisted",
    "whois",
}  # fmt: skip
CLOCKS = {"now", "today", "utcnow"}


def impurities(tree: ast.Module) -> list[str]:
    found = []
    for node in ast.walk(tree):
        found += [
            f"line {getattr(node, 'lineno', 0)} imports {module}"
            for module in sorted(imported(node) & IMPURE)
        ]
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in CLOCKS
        ):
            found.append(f"line {node.lineno} asks the clock")
        if isinstance(node, ast.ImportFrom) and node.module == "crawler.clock":
            found += [
                f"line {node.lineno} takes the clock"
                for alias in node.names
                if alias.name in CLOCKS
            ]
    return found


def imported(node: ast.AST) -> set[str]:
    """First names of what an import statement imports; nothing for any other node."""
    if isinstance(node, ast.Import):
        return {alias.name.partition(".")[0] for alias in node.names}
    if isinstance(node, ast.ImportFrom) and node.level == 0:
        return {(node.module or "").partition(".")[0]}
    return set()


def test_detectors_are_pure(sources: dict[str, ast.Module]) -> None:
    faults = [
        f"{name}: {fault}"
        for name, tree in sources.items()
        if name.startswith("detectors")
        for fault in impurities(tree)
    ]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(
    ("code", "pure"),
    [
        ("from datetime import datetime, timedelta", True),
        ("from datetime import datetime\nx = datetime.now()", False),
        ("from crawler.clock import parse", True),
        ("from crawler.clock import now", False),
        ("import socket", False),
        ("def f():\n    from scrapy import Spider", False),
    ],
)
def test_the_reading_of_purity(code: str, pure: bool) -> None:
    assert (impurities(ast.parse(code)) == []) is pure
