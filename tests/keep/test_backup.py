"""A backup gives back the same list and a valid chain, or says in one sentence why it cannot."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler.backup import back_up, restore
from crawler.casework import decide, hit_list
from crawler.clock import now
from crawler.custody import inspect
from crawler.errors import BackupError, StoreError, UsageError
from crawler.evidence import Blobs
from crawler.model import Case, Decision
from crawler.store import Store
from tests.casework.conftest import DOUBTFUL, Seen
from tests.keep.office import KeptOffice


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("office") / "data"
    with Store.open(folder) as store:
        office = KeptOffice(store, data=folder)
        office.day({"http://a.test/": Seen(), "http://b.test/": DOUBTFUL})
        office.day({"http://a.test/": Seen(contacts=("13900000001",))})
        decide(store, "a.test", Decision.CONFIRM, "张三", "属实", now())
    paper = folder / "reports" / "2026-03-02" / "hitlist.html"
    paper.parent.mkdir(parents=True)
    paper.write_text("清单", encoding="utf-8")
    (paper.parent / ".hitlist.html.1.part").write_text("half")
    (folder / "logs").mkdir()
    (folder / "logs" / "certhound.jsonl").write_text("{}")
    return folder


@pytest.fixture
def backup(data: Path, tmp_path: Path) -> Path:
    return back_up(data, tmp_path / "backup.zip", now()).file


def cases(data: Path) -> tuple[Case, ...]:
    with Store.open(data, create=False) as store:
        run = store.last_completed_run()
        assert run is not None
        return hit_list(store, run.id)


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "certhound.db" not in path.name
    }


def certhound(*arguments: str, before: Callable[[], None] | None = None) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "crawler.cli", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        preexec_fn=before,
    )
    assert "Traceback" not in done.stderr
    return done.returncode, done.stderr


def test_an_empty_machine_gives_the_same_list_and_a_valid_chain(
    data: Path, backup: Path, tmp_path: Path
) -> None:
    new = tmp_path / "new" / "data"
    restored = restore(backup, new, now())
    assert restored.blobs == 7
    assert restored.chain.damages == ()
    assert cases(new) == cases(data)
    assert files(new) == {
        name: content
        for name, content in files(data).items()
        if name.startswith(("blobs/", "reports/")) and not name.endswith(".part")
    }
    with Store.open(new) as store:
        found = inspect(store, Blobs(new / "blobs"))
        assert found.damages == ()
        assert found.visits == 3
        *_earlier, last = store.custody()
        assert (last.action, last.subject) == ("restored", "backup.zip")
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["data"]


def test_the_chain_tells_of_the_backup(data: Path, backup: Path) -> None:
    with Store.open(data) as store:
        told = [entry for entry in store.custody() if entry.action == "backed up"]
        assert told[-1].subject == backup.name
        assert inspect(store, Blobs(data / "blobs")).damages == ()
    assert [path.name for path in backup.parent.iterdir()] == ["backup.zip"]


def test_a_folder_with_something_in_it_is_never_touched(backup: Path, tmp_path: Path) -> None:
    full = tmp_path / "full"
    full.mkdir()
    (full / "mine.txt").write_text("mine")
    with pytest.raises(UsageError, match="不是空的"):
        restore(backup, full, now())
    assert [path.name for path in full.iterdir()] == ["mine.txt"]
    with pytest.raises(UsageError, match="不是空的"):
        restore(backup, full / "mine.txt", now())
    code, said = certhound("restore", str(backup), "--data", str(full))
    assert (code, said.count("\n")) == (2, 1)


def test_an_empty_folder_is_filled(backup: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    restore(backup, tmp_path / "empty", now())
    assert cases(tmp_path / "empty")


def test_a_backup_is_never_overwritten(data: Path, backup: Path) -> None:
    before = backup.read_bytes()
    with pytest.raises(UsageError, match="已存在"):
        back_up(data, backup, now())
    assert backup.read_bytes() == before


def test_a_backup_cut_off_anywhere_leaves_nothing(backup: Path, tmp_path: Path) -> None:
    whole = backup.read_bytes()
    for part in range(0, 100, 7):
        cut = tmp_path / "cut.zip"
        cut.write_bytes(whole[: len(whole) * part // 100])
        with pytest.raises(BackupError, match="没有恢复任何数据"):
            restore(cut, tmp_path / "data", now())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["backup.zip", "cut.zip"]
    code, said = certhound("restore", str(cut), "--data", str(tmp_path / "data"))
    assert (code, said.count("\n")) == (1, 1)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(at=st.integers(0, 10**9), byte=st.integers(1, 255))
def test_a_changed_byte_is_told_or_means_nothing(
    data: Path, backup: Path, tmp_path: Path, at: int, byte: int
) -> None:
    content = bytearray(backup.read_bytes())
    content[at % len(content)] ^= byte
    changed = tmp_path / "changed.zip"
    changed.write_bytes(content)
    new = tmp_path / "data"
    try:
        restore(changed, new, now())
    except BackupError:
        assert not new.exists()
        return
    assert files(new).keys() <= files(data).keys()
    assert cases(new) == cases(data)
    shutil.rmtree(new)


@pytest.mark.parametrize("name", ["../out", "/etc/x", "blobs/ab/../../x", "reports/../x", "other"])
def test_a_name_that_leads_out_of_the_folder_is_refused(
    backup: Path, tmp_path: Path, name: str
) -> None:
    with zipfile.ZipFile(backup, "a") as archive:
        archive.writestr(name, "x")
    with pytest.raises(BackupError):
        restore(backup, tmp_path / "inner" / "data", now())
    assert not list((tmp_path / "inner").iterdir())


def test_a_file_taken_out_is_missed(backup: Path, tmp_path: Path) -> None:
    for gone in ("blobs/", "reports/", "certhound.db"):
        less = tmp_path / "less.zip"
        with zipfile.ZipFile(backup) as old, zipfile.ZipFile(less, "w") as new:
            for name in old.namelist():
                if not name.startswith(gone):
                    new.writestr(name, old.read(name))
        with pytest.raises(BackupError):
            restore(less, tmp_path / "data", now())
        assert not (tmp_path / "data").exists()


def test_what_is_no_backup_is_told(tmp_path: Path) -> None:
    (tmp_path / "text.zip").write_text("no archive")
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr("manifest.json", "[1, 2]")
    for name in ("text.zip", "other.zip", "none.zip"):
        with pytest.raises(BackupError, match=name):
            restore(tmp_path / name, tmp_path / "data", now())


def test_a_damaged_blob_is_told_and_kept_as_found(data: Path, tmp_path: Path) -> None:
    hurt = tmp_path / "hurt"
    shutil.copytree(data, hurt)
    blob = next(path for path in (hurt / "blobs").rglob("*") if path.is_file())
    blob.write_bytes(b"other")
    code, _said = certhound("backup", str(tmp_path / "b.zip"), "--data", str(hurt))
    assert code == 3
    restore(tmp_path / "b.zip", tmp_path / "new", now())
    with Store.open(tmp_path / "new") as store:
        (damage,) = inspect(store, Blobs(tmp_path / "new" / "blobs")).damages
        assert damage.subject == blob.parent.name + blob.name


def test_a_damaged_database_makes_no_backup(data: Path, tmp_path: Path) -> None:
    hurt = tmp_path / "hurt"
    shutil.copytree(data, hurt)
    database = hurt / "certhound.db"
    content = bytearray(database.read_bytes())
    for at in range(8_192, len(content) - 4_096, 4_096):
        content[at : at + 512] = bytes(range(256)) * 2
    database.write_bytes(content)
    code, said = certhound("backup", str(tmp_path / "b.zip"), "--data", str(hurt))
    assert (code, said.count("\n")) == (1, 1)
    assert "certhound.db" in said
    assert [path.name for path in tmp_path.iterdir()] == ["hurt"]


def test_no_room_leaves_nothing_half(data: Path, backup: Path, tmp_path: Path) -> None:
    def little_room() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    code, said = certhound(
        "backup", str(tmp_path / "b.zip"), "--data", str(data), before=little_room
    )
    assert (code, said.count("\n")) == (1, 1)
    assert "b.zip" in said
    code, said = certhound(
        "restore", str(backup), "--data", str(tmp_path / "new"), before=little_room
    )
    assert (code, said.count("\n")) == (1, 1)
    assert [path.name for path in tmp_path.iterdir()] == ["backup.zip"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_restore_leaves_no_data_folder_and_can_be_done_again(
    data: Path, tmp_path: Path, number: signal.Signals
) -> None:
    big = tmp_path / "big"
    shutil.copytree(data, big)
    blobs = Blobs(big / "blobs")
    for _time in range(40):
        blobs.put(os.urandom(2_000_000), "image/png")
    file = back_up(big, tmp_path / "big.zip", now()).file
    new = tmp_path / "new"
    command = [sys.executable, "-m", "crawler.cli", "restore", str(file), "--data", str(new)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as working:
        half = tmp_path / ".new.restoring" / "blobs"
        while not half.exists() and working.poll() is None:
            time.sleep(0.005)
        working.send_signal(number)
        _out, said = working.communicate(timeout=60)
    assert "Traceback" not in said
    if working.returncode == 0:  # on a busy machine all was done before the signal came
        assert cases(new) == cases(data)
        return
    assert not new.exists()
    if number is not signal.SIGKILL:
        assert not (tmp_path / ".new.restoring").exists()
    restore(file, new, now())
    assert cases(new) == cases(data)
    assert not (tmp_path / ".new.restoring").exists()


def test_a_newer_backup_is_refused(data: Path, tmp_path: Path) -> None:
    newer = tmp_path / "newer"
    shutil.copytree(data, newer)
    file = back_up(newer, tmp_path / "b.zip", now()).file
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(tmp_path / "c.zip", "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "manifest.json":
                content = content.replace(b'"schema": 1', b'"schema": 2')
            new.writestr(name, content)
    with pytest.raises(BackupError, match="升级"):
        restore(tmp_path / "c.zip", tmp_path / "data", now())


def test_nothing_to_back_up_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="没有数据"):
        back_up(tmp_path / "none", tmp_path / "b.zip", now())
    assert not list(tmp_path.iterdir())


def test_a_backup_made_while_others_write_is_whole(data: Path, tmp_path: Path) -> None:
    busy = tmp_path / "busy"
    shutil.copytree(data, busy)
    writer = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from crawler.store import Store
from tests.casework.conftest import Seen
from tests.keep.office import KeptOffice
data = Path(sys.argv[1])
with Store.open(data) as store:
    for number in range(10_000):
        office = KeptOffice(store, days=10 + number, data=data)
        office.day({f"http://n{number}-{each}.test/": Seen() for each in range(5)})
        print(number, flush=True)
"""
    root = str(Path(__file__).parents[2])
    with subprocess.Popen(
        [sys.executable, "-c", writer, str(busy), root], stdout=subprocess.PIPE, text=True, cwd=root
    ) as working:
        assert working.stdout is not None
        for turn in range(4):
            working.stdout.readline()
            file = back_up(busy, tmp_path / f"{turn}.zip", now()).file
            new = tmp_path / f"new{turn}"
            assert restore(file, new, now()).chain.damages == ()
            with Store.open(new) as store:
                assert inspect(store, Blobs(new / "blobs")).damages == ()
        assert working.poll() is None
        working.kill()
