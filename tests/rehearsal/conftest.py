from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.server import Rehearsal


@pytest.fixture(scope="session")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    log: Path = tmp_path_factory.mktemp("rehearsal") / "log.jsonl"
    with Rehearsal(log=log) as running:
        yield running
