"""The practice web and one unbroken run over it, shared by the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.server import Rehearsal
from tests.run.practice import Practice


@pytest.fixture(scope="session")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Practice]:
    folder = tmp_path_factory.mktemp("profile")
    with Rehearsal() as server:
        yield Practice(server, server.write_profile(folder))


@pytest.fixture(scope="session")
def unbroken(practice: Practice, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a run that nobody disturbed."""
    data = tmp_path_factory.mktemp("unbroken") / "data"
    done = practice.run(data)
    assert done.returncode == 0, done.stderr
    return data
