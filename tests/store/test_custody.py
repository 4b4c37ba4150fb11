"""The chain holds, and whatever was changed behind its back is named."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.custody import Inspection, append, check, inspect
from crawler.digests import sm3
from crawler.evidence import Blobs
from crawler.model import CustodyEntry
from crawler.store import Store
from tests.store.conftest import DAY, make_lead, make_visit


@pytest.fixture
def chain(store: Store) -> list[CustodyEntry]:
    return [append(store, DAY, "machine", "captured", f"r.{n}", "ab" * 32) for n in range(4)]


def test_a_chain_holds(store: Store, chain: list[CustodyEntry]) -> None:
    assert list(store.custody()) == chain
    assert check(chain) == ()
    assert check([]) == ()


@pytest.mark.parametrize(
    "changed",
    [{"actor": "李四"}, {"digest": "00" * 32}, {"subject": "r.9"}, {"hash": "00" * 32}],
)
def test_a_changed_entry_is_named(
    store: Store, chain: list[CustodyEntry], changed: dict[str, str]
) -> None:
    del store
    broken = [*chain[:1], replace(chain[1], **changed), *chain[2:]]  # type: ignore[arg-type]
    assert check(broken)[0].subject == "证据链第 2 条"


def test_a_missing_or_swapped_entry_is_named(store: Store, chain: list[CustodyEntry]) -> None:
    del store
    assert [found.subject for found in check([chain[0], *chain[2:]])] == ["证据链第 3 条"] * 2
    assert check([chain[1], chain[0], *chain[2:]])


@settings(deadline=None)  # it waits for a disk
@given(st.text(), st.text())
def test_any_name_can_be_sealed(
    tmp_path_factory: pytest.TempPathFactory, actor: str, subject: str
) -> None:
    with Store.open(tmp_path_factory.getbasetemp() / "sealed") as store:
        append(store, DAY, actor, "judged", subject, "")
        assert check(store.custody()) == ()


def test_the_name_of_a_file_in_another_charset_can_be_sealed(store: Store) -> None:
    name = "备份.zip".encode("gbk").decode("utf-8", "surrogateescape")
    append(store, DAY, "machine", "backed up", name, "")
    assert check(store.custody()) == ()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with two sound visits in it."""
    folder = tmp_path / "whole"
    blobs = Blobs(folder / "blobs")
    with Store.open(folder) as store:
        run = store.start_run(DAY).id
        for url in ("http://a.test/", "http://b.test/"):
            store.add_leads(run, [make_lead(url)])
            visit = make_visit(run, url)
            capture = replace(visit.captures[0], body=blobs.put(url.encode(), "text/html"))
            store.save_visits([replace(visit, captures=(capture,))])
    return folder


def inspected(data: Path) -> Inspection:
    with Store.open(data) as store:
        return inspect(store, Blobs(data / "blobs"))


def tamper(data: Path, *statements: str) -> None:
    direct = sqlite3.connect(data / "certhound.db")
    with direct:
        for (name,) in direct.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
            direct.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            direct.execute(statement)
    direct.close()


def test_a_sound_folder_has_no_damage(data: Path) -> None:
    assert inspected(data) == Inspection(entries=2, visits=2, blobs=2, damages=())


class BusyBlobs(Blobs):
    """Blobs beside which a run stores another visit while they are listed."""

    def names(self) -> Iterator[str]:
        blob = self.put(b"late", "text/html")
        with Store.open(self.folder.parent) as other:
            run = other.start_run(DAY).id
            other.add_leads(run, [make_lead("http://late.test/")])
            visit = make_visit(run, "http://late.test/")
            capture = replace(visit.captures[0], body=blob)
            other.save_visits([replace(visit, captures=(capture,))])
        return super().names()


def test_a_run_that_writes_meanwhile_is_no_damage(data: Path) -> None:
    with Store.open(data) as store:
        found = inspect(store, BusyBlobs(data / "blobs"))
        assert (found.entries, found.visits, found.damages) == (2, 2, ())
        assert len(store.visit_ids()) == 3


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("UPDATE captures SET document = replace(document, '200', '404')", "哈希值不符"),
        ("DELETE FROM custody WHERE seq = 2", "证据链中没有这次取证的记录"),
        ("UPDATE custody SET actor = '李四' WHERE seq = 1", "内容与其哈希值不符"),
        ("UPDATE visits SET document = '{'", "已损坏"),
        ("UPDATE manifests SET document = replace(document, 'b.test', 'c.test')", "取证清单"),
        ("UPDATE manifests SET sm3 = 'ff' WHERE entry = 1", "取证清单"),
        ("UPDATE manifests SET document = '{' WHERE entry = 1", "已损坏"),
        ("DELETE FROM manifests WHERE entry = 2", "哈希值不符"),
    ],
)
def test_a_changed_row_is_named(data: Path, statement: str, problem: str) -> None:
    tamper(data, statement)
    assert any(problem in damage.problem for damage in inspected(data).damages)


def test_a_deleted_visit_is_missed(data: Path) -> None:
    tamper(data, "DELETE FROM captures", "DELETE FROM visits")
    said = [damage.problem for damage in inspected(data).damages]
    assert said.count("证据链中有记录，但取证记录已不存在") == 2
    # Their manifests point at nothing.
    assert said.count("记录与写入时的摘要不符") == len(said) - 2 == 2


def test_a_missing_blob_is_missed(data: Path) -> None:
    next(data.glob("blobs/*/*")).unlink()
    (damage,) = inspected(data).damages
    assert "缺失" in damage.problem


def test_a_changed_byte_is_named(data: Path) -> None:
    path = min(data.glob("blobs/*/*"))
    changed = bytearray(path.read_bytes())
    changed[3] ^= 1
    path.write_bytes(changed)
    (damage,) = inspected(data).damages
    assert damage.subject == path.parent.name + path.name
    assert "已被改动" in damage.problem


def test_another_sm3_than_the_recorded_one_is_named(data: Path) -> None:
    """As it would be were SHA-256 broken: the name fits, and the bytes are others."""
    with Store.open(data) as store:
        blob = next(store.manifests()).read().pieces[0]
        wrong = "0" * 64
    change = "UPDATE captures SET document = replace(document, '{}', '{}')"
    tamper(data, change.format(blob.sm3, wrong))
    said = {damage.subject: damage.problem for damage in inspected(data).damages}
    assert "SM3" in said[blob.sha256]


def test_a_manifest_names_every_piece_with_both_digests(data: Path) -> None:
    with Store.open(data) as store:
        for frozen, entry in zip(store.manifests(), store.custody(), strict=True):
            assert entry.digest == frozen.sha256 == sha256(frozen.document.encode()).hexdigest()
            said, visit = frozen.read(), store.visit(frozen.visit)
            assert said.record == store.visit_digest(visit.id)
            assert said.dns == visit.dns
            assert [piece.sha256 for piece in said.pieces] == [b.sha256 for b in visit.blobs()]
            (piece,) = said.pieces
            assert (piece.what, piece.received) == ("body", True)
            content = visit.url.encode()
            assert (piece.size, piece.sm3) == (
                len(content),
                sm3(content),
            )
