"""A changed byte in any column of any row of any table is found, and the row is named."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from crawler.casework import decide, merge, mute, published, settle
from crawler.custody import inspect, inspect_chain
from crawler.errors import StoreError
from crawler.evidence import Blobs
from crawler.model import (
    CaseKey,
    Decision,
    KeyKind,
    KeyWord,
    SourceState,
    SourceStatus,
    WordState,
)
from crawler.store import Expired, Store
from tests.casework.conftest import ERROR, WATCHLIST, Office, Seen
from tests.store.conftest import make_lead, make_visit

A, B, C = "http://a.test/", "http://b.test/", "http://c.test/"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with at least one row in every table."""
    data = tmp_path_factory.mktemp("bytes") / "data"
    blobs = Blobs(data / "blobs")
    with Store.open(data) as store:
        office = Office(store, blobs=blobs)
        for pages in ({A: Seen(), B: Seen(), C: Seen()}, {A: ERROR, B: Seen()}):
            run = office.begin(pages)
            store.save_source(run, SourceState("names", SourceStatus.DONE, 2, 1))
            settle(store, run, WATCHLIST, office.now)
            store.complete_run(run, office.now, ("来源 tips 未能工作",))
        decide(store, "domain:a.test", Decision.CONFIRM, "张三", "", office.now)
        decide(store, "domain:a.test", Decision.DISMISS, "李四", "误报", office.now)
        mute(store, "domain:b.test", "张三", "等", office.now, office.now + timedelta(days=9))
        merge(store, "domain:c.test", "domain:b.test", "张三", "同", office.now)
        key = CaseKey(KeyKind.DOMAIN, "a.test")
        published(store, [key], "通报.html", "ab" * 32, office.now)
        seen = store.visit(store.visit_ids()[0])
        store.retire([Expired(seen.id, seen.url, ("cd" * 32,))], office.now)
        store.ask_for(make_lead(A).id, office.now)
        store.keep_marks("ct", {"log": "17"})
        store.propose_words([KeyWord("带钢印", 30.0, 5, 6, 0, 60)], office.now)
        store.decide_words(["带钢印"], WordState.ACCEPTED, "张三", office.now)
        store.count_words(run, "bocha", {"带钢印": 2})
        run = store.start_run(office.now + timedelta(days=1)).id
        visit = make_visit(run, A, office.now)
        blob = blobs.put(b"last", "text/html")
        capture = replace(visit.captures[0], body=blob)
        store.save_visits([replace(visit, captures=(capture,))])
    return data


def damages(data: Path) -> list[str]:
    with Store.open(data) as store:
        found = inspect(store, Blobs(data / "blobs")).damages
    return [f"{each.subject}：{each.problem}" for each in found]


def columns(data: Path) -> Iterator[tuple[str, str]]:
    with closing(sqlite3.connect(data / "certhound.db")) as direct:
        tables = direct.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        ).fetchall()
        for (table,) in sorted(tables):
            for row in direct.execute(f"PRAGMA table_info({table})"):
                yield table, row[1]


def other(value: object, turn: int) -> object:
    """The value with one bit changed, another one each turn, of the same kind."""
    if value is None:
        return "2026-01-01T00:00:00.000Z"
    if isinstance(value, int):
        return value ^ (1 << turn)
    if isinstance(value, float):
        return value + 1 / 64
    text = str(value)
    place = (len(text) // 2 + turn) % max(len(text), 1)
    return text[:place] + chr(ord(text[place]) ^ 1) + text[place + 1 :] if text else "x"


def changed(whole: Path, data: Path, table: str, column: str) -> str:
    """Copy the database with one value of the last row changed; returns what stood there."""
    data.mkdir()
    (data / "blobs").symlink_to(whole / "blobs")
    with (
        closing(sqlite3.connect(whole / "certhound.db")) as source,
        closing(sqlite3.connect(data / "certhound.db")) as direct,
    ):
        source.backup(direct)
        direct.execute("PRAGMA foreign_keys = OFF")
        for (name,) in direct.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            direct.execute(f"DROP TRIGGER {name}")
        keys = [row[1] for row in direct.execute(f"PRAGMA table_info({table})") if row[5]]
        named = ", ".join(keys)
        wanted = f"ORDER BY {column} IS NULL, {', '.join(f'{key} DESC' for key in keys)}"
        row = direct.execute(f"SELECT {column}, {named} FROM {table} {wanted} LIMIT 1").fetchone()
        where = " AND ".join(f"{key} = ?" for key in keys)
        update = f"UPDATE {table} SET {column} = ? WHERE {where}"
        for turn in range(9):
            with suppress(sqlite3.IntegrityError):  # another row bears that name already
                direct.execute(update, (other(row[0], turn), *row[1:]))
                break
        assert direct.total_changes
        direct.commit()
        return f"{table} {row[1:]}"


def test_the_whole_database_is_sound(whole: Path) -> None:
    assert damages(whole) == []
    with closing(sqlite3.connect(whole / "certhound.db")) as direct:
        for table in {table for table, _column in columns(whole)}:
            assert direct.execute(f"SELECT count(*) FROM {table}").fetchone()[0] > 0, table


def test_every_changed_column_is_found(whole: Path, tmp_path: Path) -> None:
    missed = []
    for number, (table, column) in enumerate(columns(whole)):
        data = tmp_path / str(number)
        what = changed(whole, data, table, column)
        try:
            found = damages(data)
        except StoreError as problem:
            found = [str(problem)] if table in ("_sqlite_migrations", "sums") else []
        if not found:
            missed.append(f"{column} of {what}")
    assert missed == []


@pytest.mark.parametrize(
    ("table", "column", "named"),
    [
        ("leads", "recheck_at", "leads "),
        ("assessments", "document", "assessments 2"),
        ("case_records", "score", "case_records 2"),
        ("judgements", "document", "judgements domain:"),
        ("cases", "state", "domain:"),
        ("captures", "body", ".desktop"),
        ("visits", "url", "visits 2"),
        ("papers", "key", "通报.html"),
        ("sources", "document", "sources 2"),
        ("runs", "document", "runs 2"),
        ("registrations", "document", "registrations shop.test"),
        ("custody", "actor", "证据链第"),
    ],
)
def test_the_row_is_named(whole: Path, tmp_path: Path, table: str, column: str, named: str) -> None:
    changed(whole, tmp_path / "data", table, column)
    assert any(named in line for line in damages(tmp_path / "data"))


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        # Whoever renews the digest of the row as well still meets the chain.
        ("UPDATE assessments SET score = 1.0", "一批判定与证据链"),
        (
            "UPDATE case_records SET document = replace(document, 'a.test', 'z.test')",
            "案件记录与证",
        ),
        ("UPDATE sources SET document = replace(document, 'names', 'nomen')", "来源或案件记录"),
        ("UPDATE cases SET state = 'released' WHERE key = 'domain:a.test'", "案件状态与"),
        ("UPDATE papers SET key = 'domain:b.test'", "对外材料"),
        ("DELETE FROM assessments", "一批判定"),
        ("DELETE FROM case_records", "案件记录"),
        ("DELETE FROM judgements", "已不存在或被改动"),
        ("DELETE FROM papers", "对外材料"),
    ],
)
def test_a_forger_who_renews_the_digests_is_found(
    whole: Path, tmp_path: Path, statement: str, said: str
) -> None:
    data = tmp_path / "data"
    changed(whole, data, "leads", "asked_at")
    with Store.open(data) as store:
        store._connection.execute("PRAGMA foreign_keys = OFF")
        store._connection.execute(statement)
        table = statement.split()[1].replace("FROM", statement.split()[2])
        if table != "FROM" and statement.startswith("UPDATE"):
            store._sum(table, "1", ())
    assert any(said in line for line in damages(data))


def test_bytes_that_are_no_text_any_more_are_named(whole: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    changed(whole, data, "leads", "asked_at")
    with closing(sqlite3.connect(data / "certhound.db")) as direct:
        direct.execute("UPDATE reasons SET detail = CAST(x'ff6162' AS TEXT)")
        direct.commit()
    assert any("reasons" in line for line in damages(data))


@pytest.mark.parametrize(
    "column", ["at", "actor", "action", "subject", "digest", "previous", "hash"]
)
@pytest.mark.parametrize("text", ["x'ff6162'", "x'2026'", "x''"])
def test_a_damaged_line_of_the_chain_is_named(
    whole: Path, tmp_path: Path, column: str, text: str
) -> None:
    data = tmp_path / "data"
    changed(whole, data, "custody", column)
    with closing(sqlite3.connect(data / "certhound.db")) as direct:
        direct.execute(f"UPDATE custody SET {column} = CAST({text} AS TEXT) WHERE seq = 3")
        direct.commit()
    assert any("证据链第 3 条" in line for line in damages(data))
    with Store.open(data) as store:
        assert any("证据链第 3 条" in each.subject for each in inspect_chain(store).damages)


def test_a_blob_with_a_changed_byte_is_named(tmp_path: Path) -> None:
    data = tmp_path / "data"
    blobs = Blobs(data / "blobs")
    with Store.open(data) as store:
        Office(store, blobs=blobs).day({A: Seen()})
    path = next(data.glob("blobs/*/*"))
    path.chmod(0o600)
    content = bytearray(path.read_bytes())
    content[0] ^= 1
    path.write_bytes(content)
    (line,) = damages(data)
    assert path.parent.name + path.name in line


@pytest.mark.parametrize("score", [-0.0, 0.1 + 0.2, 1e-300, 100.0, 77.5])
def test_no_score_is_stored_otherwise_than_its_digest_says(tmp_path: Path, score: float) -> None:
    data = tmp_path / "data"
    with Store.open(data) as store:
        Office(store, blobs=Blobs(data / "blobs")).day({A: Seen(score=score)})
    assert damages(data) == []
