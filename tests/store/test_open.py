"""Opening a data folder: made when new, refused in one sentence when it cannot be used."""

import sqlite3
from pathlib import Path

import pytest

from crawler.custody import Inspection, inspect
from crawler.errors import StoreError
from crawler.evidence import Blobs, load_visit
from crawler.store import Store
from tests.store.conftest import DAY, make_visit


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
    with pytest.raises(StoreError, match="无法读写数据库"):
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


def test_a_database_of_the_first_version_opens_and_verifies(tmp_path: Path) -> None:
    direct = sqlite3.connect(tmp_path / "certhound.db")
    direct.executescript((Path(__file__).parent / "first_version.sql").read_text(encoding="utf-8"))
    direct.close()
    blobs = Blobs(tmp_path / "blobs")
    blobs.put(b"http://a.test/", "text/html")
    blobs.put(b"Domain Name: shop.test\n", "text/plain")
    with Store.open(tmp_path) as store:
        # Opening sealed what the first version had left unsealed: its opinions, its finished run.
        assert inspect(store, blobs) == Inspection(entries=3, visits=1, blobs=2, damages=())
        (visit,) = store.visit_ids()
        assert load_visit(store, blobs, visit).captures[0].html == "http://a.test/"
        assert store.manifest(visit) == ""
        run = store.start_run(DAY).id
        store.save_visits([make_visit(run, "http://a.test/")])
        assert [damage.problem for damage in inspect(store, blobs).damages] == [
            f"证据文件 {'ab' * 32} 缺失"  # the new visit's, which this test never stored
        ]


def test_a_changed_row_of_the_first_version_is_named(tmp_path: Path) -> None:
    text = (Path(__file__).parent / "first_version.sql").read_text(encoding="utf-8")
    direct = sqlite3.connect(tmp_path / "certhound.db")
    direct.executescript(text.replace('"status":200', '"status":404'))
    direct.close()
    with Store.open(tmp_path) as store:
        said = [damage.problem for damage in inspect(store, Blobs(tmp_path / "blobs")).damages]
    assert "取证记录与证据链中的哈希值不符" in said


def test_two_programs_share_a_folder(tmp_path: Path) -> None:
    with Store.open(tmp_path) as one, Store.open(tmp_path) as other:
        run = one.start_run(DAY)
        assert other.run(run.id) == run
        assert other.complete_run(run.id, DAY, ()) == one.run(run.id)
