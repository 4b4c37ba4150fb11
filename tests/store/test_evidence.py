"""Blobs are written whole, read checked, and named when they are damaged."""

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.digests import sm3
from crawler.errors import EvidenceError, StoreError
from crawler.evidence import Blobs, load_visit
from crawler.model import Visit
from crawler.store import Store
from tests.store.conftest import DAY, make_lead, make_visit


@given(st.binary(max_size=200))
def test_bytes_come_back(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    blobs = Blobs(tmp_path_factory.getbasetemp() / "blobs")
    blob = blobs.put(data, "text/html")
    assert (blob.size, blob.sha256) == (len(data), hashlib.sha256(data).hexdigest())
    assert blob.sm3 == sm3(data)
    assert blobs.get(blob) == data == blobs.get(blob.sha256)
    assert blob.sha256 in set(blobs.names())


def test_the_same_bytes_are_one_file_even_from_many_threads(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path / "blobs")
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _n: blobs.put(b"x" * 9999, "text/html"), range(20)))
    assert list(blobs.names()) == [made[0].sha256]
    assert [path.name for path in tmp_path.glob("blobs/*/*")] == [made[0].sha256[2:]]


def test_what_was_put_is_synced_with_its_folders_before_it_is_settled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    fsync = os.fsync

    def note(descriptor: int) -> None:
        synced.append(str(Path(f"/proc/self/fd/{descriptor}").readlink()))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", note)
    Blobs(tmp_path).put(b"left by a run that was broken off", "text/html")
    blobs = Blobs(tmp_path)
    blob = blobs.put(b"left by a run that was broken off", "text/html")
    assert synced == []
    blobs.settle()
    folder = tmp_path / blob.sha256[:2]
    assert set(synced) == {str(folder / blob.sha256[2:]), str(folder), str(tmp_path)}
    blobs.settle()
    assert len(synced) == 3


def test_what_is_held_can_be_read_and_is_whole_and_synced_once_it_is_settled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blobs = Blobs(tmp_path)
    blobs.hold()
    blob, same = blobs.put(b"page", "text/html"), blobs.put(b"page", "text/html")
    assert blob == same
    assert list(blobs.names()) == []
    assert blobs.get(blob) == b"page"
    synced: list[str] = []
    monkeypatch.setattr(
        os, "fsync", lambda number: synced.append(str(Path(f"/proc/self/fd/{number}").readlink()))
    )
    blobs.settle()
    assert str(tmp_path / blob.sha256[:2] / blob.sha256[2:]) in synced
    assert Blobs(tmp_path).get(blob) == b"page"


def test_no_more_is_held_than_memory_bears(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path)
    blobs.hold()
    pictures = [bytes([number]) * 3_000_000 for number in range(4)]
    made = [blobs.put(picture, "image/png") for picture in pictures]
    assert set(blobs.names()) == {blob.sha256 for blob in made[2:]}
    blobs.settle()
    assert set(blobs.names()) == {blob.sha256 for blob in made}
    blobs.put(b"room again", "text/plain")
    assert len(list(blobs.names())) == len(made)


def test_what_the_disk_refuses_stays_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blobs = Blobs(tmp_path)
    blobs.hold()
    blob = blobs.put(b"page", "text/html")
    with monkeypatch.context() as broken:

        def full(*_args: object) -> int:
            raise OSError(28, "No space left on device")

        broken.setattr(os, "open", full)
        with pytest.raises(StoreError, match="磁盘已满"):
            blobs.settle()
    assert blobs.get(blob) == b"page"
    blobs.settle()
    assert Blobs(tmp_path).get(blob) == b"page"


def test_a_half_written_file_is_no_blob(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path)
    blob = blobs.put(b"x", "text/html")
    (tmp_path / blob.sha256[:2] / ".half").write_bytes(b"y")
    assert list(blobs.names()) == [blob.sha256]


def test_a_damaged_and_a_missing_blob_are_named(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path)
    blob = blobs.put(b"page", "text/html")
    path = tmp_path / blob.sha256[:2] / blob.sha256[2:]
    path.write_bytes(b"Page")
    with pytest.raises(EvidenceError, match=f"{blob.sha256} 的内容已被改动"):
        blobs.get(blob)
    path.unlink()
    with pytest.raises(EvidenceError, match=f"{blob.sha256} 缺失"):
        blobs.get(blob)


def test_a_folder_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    (tmp_path / "blobs").write_text("x")
    with pytest.raises(StoreError, match="无法写入证据文件"):
        Blobs(tmp_path / "blobs")


def saved(store: Store, blobs: Blobs, body: bytes, encoding: str, content_type: str) -> Visit:
    run = store.start_run(DAY).id
    url = "http://shop.test/"
    store.add_leads(run, [make_lead(url)])
    visit = make_visit(run, url)
    capture = replace(
        visit.captures[0],
        body=blobs.put(body, "text/html"),
        encoding=encoding,
        headers=(("content-TYPE", content_type),),
    )
    store.save_visits([replace(visit, captures=(capture,))])
    return load_visit(store, blobs, visit.id)


@pytest.mark.parametrize(
    ("encoding", "content_type"),
    [
        ("gb18030", ""),
        ("", "text/html; charset=gbk"),
        ("no-such-charset", "text/html; charset=gbk"),
    ],
)
def test_a_visit_is_loaded_with_its_page_decoded(
    store: Store, tmp_path: Path, encoding: str, content_type: str
) -> None:
    body = "<title>证书查询</title>".encode("gb18030")
    visit = saved(store, Blobs(tmp_path / "blobs"), body, encoding, content_type)
    assert visit.captures[0].html == "<title>证书查询</title>"


def test_a_visit_without_its_blob_is_an_error(store: Store, tmp_path: Path) -> None:
    visit = saved(store, Blobs(tmp_path / "blobs"), b"x", "utf-8", "")
    with pytest.raises(EvidenceError, match="缺失"):
        load_visit(store, Blobs(tmp_path / "elsewhere"), visit.id)
