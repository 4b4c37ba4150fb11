"""Several people and a run at work at once, each a process: nothing lost, every conflict told."""

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from crawler.custody import check
from crawler.model import MACHINE
from crawler.store import Store
from tests.casework.conftest import Office, Seen
from tests.run.practice import certhound
from tests.store.colleague import KEYS, SITES

ROOT = Path(__file__).parents[2]


def start(data: Path, *role: str) -> subprocess.Popen[str]:
    script = str(Path(__file__).with_name("colleague.py"))
    return subprocess.Popen(
        [sys.executable, script, str(data), *role],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )


def work_together(data: Path, rounds: int) -> Counter[str]:
    """Two people and a run until all are done; what came of the people's acts."""
    with Store.open(data) as store:
        Office(store).day(dict.fromkeys(SITES, Seen()))
    colleagues = [
        start(data, "person", "张三", str(rounds)),
        start(data, "person", "李四", str(rounds)),
        start(data, "run", str(rounds // 10)),
    ]
    said = [colleague.communicate(timeout=300) for colleague in colleagues]
    for colleague, (_out, errors) in zip(colleagues, said, strict=True):
        assert colleague.returncode == 0, errors
    lines = [line for out, _errors in said[:2] for line in out.splitlines()]
    assert len(lines) == 2 * rounds
    done = {line.removeprefix("done ") for line in lines if line.startswith("done")}
    with Store.open(data) as store:
        kept = [each for key in KEYS for each in store.judgements(key)]
        assert Counter(each.reason for each in kept if each.by != MACHINE) == Counter(done)
        for key in KEYS:
            case = store.case(key)
            assert case is not None
            judgements = store.judgements(key)
            assert [each.version for each in judgements] == list(range(1, case.version + 1))
            assert not judgements or judgements[-1].leads_to == case.standing
        assert check(store.custody()) == ()
        assert list(store.misplaced_cases()) == []
        assert list(store.unsound_rows()) == []
    return Counter(line.split()[0] for line in lines)


def test_two_people_decide_while_a_run_writes(tmp_path: Path) -> None:
    came = work_together(tmp_path / "data", 60)
    assert came["done"] > 0


@pytest.mark.long
def test_two_people_decide_for_long_while_a_run_writes(tmp_path: Path) -> None:
    came = work_together(tmp_path / "data", 1500)
    assert came["done"] > 0
    assert came["late"] > 0


def test_of_two_commands_at_once_one_confirms_and_the_other_is_second(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with Store.open(data) as store:
        Office(store).day(dict.fromkeys(SITES, Seen()))
    command = [sys.executable, "-m", "crawler.cli", "review", "confirm", KEYS[0]]
    both = [
        subprocess.Popen(
            [*command, "--by", name, "--data", str(data)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for name in ("张三", "李四")
    ]
    said = [each.communicate(timeout=120) for each in both]
    done = [each.returncode for each in both].count(0)
    with Store.open(data) as store:
        assert len(store.judgements(KEYS[0])) == done >= 1
    for each, (_out, errors) in zip(both, said, strict=True):
        assert each.returncode in (0, 1)
        assert each.returncode == 0 or "请查看后重新决定" in errors
    assert certhound("verify", "--chain", "--data", str(data)).returncode == 0


def test_programs_that_make_a_new_folder_at_once_all_get_it(tmp_path: Path) -> None:
    line = "import sys; from pathlib import Path; from crawler.store import Store; "
    line += "Store.open(Path(sys.argv[1])).close()"
    makers = [
        subprocess.Popen(
            [sys.executable, "-c", line, str(tmp_path / "data")],
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        for _each in range(4)
    ]
    for maker in makers:
        _out, errors = maker.communicate(timeout=120)
        assert maker.returncode == 0, errors
