"""`certhound replay`: all that is stored is judged anew, and what would change is told."""

import hashlib
import json
import re
import shutil
from importlib.resources import files
from pathlib import Path

import pytest

from crawler.casework import decide
from crawler.clock import now
from crawler.model import Decision
from crawler.store import Store
from tests.run.practice import certhound

POLICY = (files("detectors") / "policy.toml").read_text(encoding="utf-8")


@pytest.fixture
def data(unbroken: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(unbroken, tmp_path / "data"))


def with_thresholds(folder: Path, suspect: float, doubtful: float) -> Path:
    text = re.sub(r"(?m)^suspect = .*", f"suspect = {suspect}", POLICY)
    text = re.sub(r"(?m)^doubtful = .*", f"doubtful = {doubtful}", text)
    path = folder / "policy-new.toml"
    path.write_text(re.sub(r"(?m)^version = .*", 'version = "try"', text), encoding="utf-8")
    return path


def kept(data: Path) -> str:
    """A digest over every row that is kept."""
    with Store.open(data, create=False) as store:
        dump = "\n".join(store._connection.iterdump())
    return hashlib.sha256(dump.encode()).hexdigest()


def test_nothing_changes_where_nothing_changed(data: Path) -> None:
    before = kept(data)
    done = certhound("replay", "--json", "--data", str(data))
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["visits"] == told["same"] > 100
    assert (told["other"], told["unread"], told["unjudged"]) == (0, 0, 0)
    assert told["cases"] == []
    assert kept(data) == before


def test_what_people_decided_stands_beside_what_would_change(data: Path, tmp_path: Path) -> None:
    with Store.open(data) as store:
        run = store.last_completed_run()
        assert run is not None
        weakest = sorted(store.page(now(), 1000), key=lambda case: case.facts.score)
        confirmed, rejected = (str(case.key) for case in weakest[:2])
        for person in ("甲", "乙"):
            decide(store, confirmed, Decision.CONFIRM, person, "属实", now())
        decide(store, rejected, Decision.DISMISS, "甲", "误报", now())
    before = kept(data)
    policy = with_thresholds(tmp_path, suspect=99.9, doubtful=99.0)
    done = certhound("replay", "--policy", str(policy), "--json", "--data", str(data))
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["policy"] == "try"
    rulings = {each["case"]: each["ruling"] for each in told["cases"]}
    assert rulings[confirmed] == "confirmed"
    assert rulings[rejected] == "rejected"
    assert told["totals"]["dropped"]["confirmed"] == 1
    assert told["totals"]["dropped"]["rejected"] == 1
    assert told["totals"]["added"] == {"confirmed": 0, "rejected": 0, "undecided": 0}
    assert kept(data) == before
    said = certhound("replay", "--policy", str(policy), "--data", str(data)).stdout
    assert re.search(r"撤出 \d+ 个案件：人已确认 1 个，人已排除 1 个", said)


def test_lower_thresholds_add_cases(data: Path, tmp_path: Path) -> None:
    policy = with_thresholds(tmp_path, suspect=20, doubtful=5)
    told = json.loads(
        certhound("replay", "--policy", str(policy), "--json", "--data", str(data)).stdout
    )
    assert told["totals"]["added"]["undecided"] > 0
    assert sum(told["totals"]["dropped"].values()) == 0
    assert {each["shift"] for each in told["cases"]} == {"added", "regraded"}


def test_damaged_evidence_changes_nothing_and_is_counted(data: Path) -> None:
    with Store.open(data, create=False) as store:
        listed = store.page(now(), 1)[0]
        body = store.visit(listed.facts.visits[0]).captures[0]
    read = body.rendered or body.body
    assert read is not None
    (data / "blobs" / read.sha256[:2] / read.sha256[2:]).write_bytes(b"another page")
    done = certhound("replay", "--json", "--data", str(data))
    assert done.returncode == 3
    told = json.loads(done.stdout)
    assert told["unread"] >= 1
    assert told["same"] + told["unread"] == told["visits"]
    assert told["cases"] == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("", "version"),
        (POLICY.replace("query_form = ", "query_fprm = "), "weights.query_form"),
        (POLICY.replace("suspect = 60.0", "suspect = 600.0"), "suspect"),
    ],
)
def test_a_policy_with_a_slip_is_refused_by_name(
    data: Path, tmp_path: Path, change: str, said: str
) -> None:
    policy = tmp_path / "p.toml"
    policy.write_text(change, encoding="utf-8")
    done = certhound("replay", "--policy", str(policy), "--data", str(data))
    assert done.returncode == 2
    assert said in done.stderr
    assert str(policy) in done.stderr
    assert "Traceback" not in done.stderr
