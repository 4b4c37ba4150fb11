"""Twins of the practice web, run end to end: other hosts, words, charsets and layouts."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.cli.practice import compare, import_practice_references
from rehearsal.facts import truth
from rehearsal.mutate import mutate
from rehearsal.server import Rehearsal
from tests.run.practice import Practice


@pytest.mark.long
@pytest.mark.parametrize("seed", [7, 42])
def test_twins_are_judged_as_the_sites_they_come_from(tmp_path: Path, seed: int) -> None:
    made = mutate(tmp_path / "sites", seed)
    data = tmp_path / "data"
    import_practice_references(data)
    with Rehearsal(folder=tmp_path / "sites") as server:
        done = Practice(server, server.write_profile(tmp_path)).run(data)
        assert done.returncode in (0, 3), done.stderr
    compared = compare(data, truth(made))
    assert len(compared) > 90
    wrong = {each.truth.host: each.faults for each in compared if each.faults}
    accused = {
        each.truth.host: each.assessment.verdict.value
        for each in compared
        if each.faults and not each.truth.offender and each.assessment is not None
        if each.assessment.verdict.gravity > 1
    }
    assert "suspect" not in accused.values(), accused
    assert len(accused) <= 2, accused
    assert len(wrong) - len(accused) <= 3, wrong
