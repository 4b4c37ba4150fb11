"""Opening a data folder: made when new, refused in one sentence when it cannot be used."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from crawler.errors import StoreError
from crawler.evidence import Blobs
from crawler.store import Store
from tests.store.conftest import DAY


def test_a_new_folder_is_made_and_what_it_holds_is_found_again(tmp_path: Path) -> None:
    data = tmp_path / "a" / "b"
    with Store.open(data) as store:
        run = store.start_run(DAY)
    with Store.open(data, create=False) as store:
        assert store.unfinished_run() == run
        assert store.integrity() == ()


def test_a_folder_without_data_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="没有数据"):
        Store.open(tmp_path, create=False)
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_the_place_of_the_folder_is_told(tmp_path: Path) -> None:
    path = tmp_path / "data"
    path.write_text("x")
    with pytest.raises(StoreError, match="无法使用数据文件夹"):
        Store.open(path)


def test_a_folder_in_the_place_of_the_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "certhound.db").mkdir()
    with pytest.raises(StoreError, match="须存在且可写"):
        Store.open(tmp_path)


def test_a_damaged_database_is_told_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "certhound.db"
    path.write_bytes(b"not a database at all" * 100)
    with pytest.raises(StoreError, match="已损坏"):
        Store.open(tmp_path)
    assert path.read_bytes() == b"not a database at all" * 100


def test_what_sqlite_says_in_no_charset_is_told(tmp_path: Path) -> None:
    Store.open(tmp_path).close()
    path = tmp_path / "certhound.db"
    content = path.read_bytes()
    # The schema's own text, which SQLite quotes when it cannot read it.
    path.write_bytes(content.replace(b"CREATE TABLE", b"CREATE \xdf\xff\xfe\xdf\xff"))
    assert path.read_bytes() != content
    with pytest.raises(StoreError, match="已损坏"):
        Store.open(tmp_path)


@pytest.mark.parametrize("create", [True, False])
@pytest.mark.parametrize("left", [b"", None])
def test_evidence_without_its_database_is_no_new_folder(
    tmp_path: Path, left: bytes | None, create: bool
) -> None:
    Blobs(tmp_path / "blobs").put(b"page", "text/html")
    if left is not None:
        (tmp_path / "certhound.db").write_bytes(left)
    told = "没有数据" if left is None and not create else "数据库丢失或为空"
    with pytest.raises(StoreError, match=told):
        Store.open(tmp_path, create=create)


def test_what_is_no_text_is_not_found(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        assert store.case("domain:\udcff.test") is None


def test_a_newer_database_is_refused(tmp_path: Path) -> None:
    Store.open(tmp_path).close()
    direct = sqlite3.connect(tmp_path / "certhound.db")
    with direct:
        direct.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at)"
            " VALUES ('certhound', 'of_tomorrow', '2030-01-01')"
        )
    direct.close()
    with pytest.raises(StoreError, match="更新版本"):
        Store.open(tmp_path)


def test_two_programs_share_a_folder(tmp_path: Path) -> None:
    with Store.open(tmp_path) as one, Store.open(tmp_path) as other:
        run = one.start_run(DAY)
        assert other.run(run.id) == run
        assert other.complete_run(run.id, DAY, ()) == one.run(run.id)


def test_no_table_is_made_in_a_database_of_another_program(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "certhound.db")) as foreign:
        foreign.execute("CREATE TABLE runs (a)")
        foreign.commit()
    for create in (False, True):
        with pytest.raises(StoreError, match="不是 certhound 的数据库"):
            Store.open(tmp_path, create=create)
    with closing(sqlite3.connect(tmp_path / "certhound.db")) as foreign:
        assert [row[0] for row in foreign.execute("SELECT name FROM sqlite_master")] == ["runs"]
