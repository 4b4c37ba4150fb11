from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rehearsal.server import Rehearsal

PLAIN_PAGE = '[[pages]]\npath = "/"\nfile = "index.html"\n'

MakeSite = Callable[..., Path]


@pytest.fixture(scope="session")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    log: Path = tmp_path_factory.mktemp("rehearsal") / "log.jsonl"
    with Rehearsal(log=log) as running:
        yield running


@pytest.fixture
def make_site(tmp_path: Path) -> MakeSite:
    """Writes one site into a folder of sites and returns the folder."""

    def make(toml: str = PLAIN_PAGE, host: str = "demo-yan.com", **files: str) -> Path:
        folder = tmp_path / "sites" / host
        folder.mkdir(parents=True)
        (folder / "site.toml").write_text(toml, encoding="utf-8")
        for name, text in {"index": "<p>一二三四五六七八</p>", **files}.items():
            (folder / f"{name}.html").write_text(text, encoding="utf-8")
        return folder.parent

    return make
