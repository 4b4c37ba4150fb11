"""The second version of the tables: digests for every row, lists by index, papers."""

from __future__ import annotations

import sqlite3

from sqlite_utils import Database

from crawler.clock import now
from crawler.store.custody import digest_of, seal
from crawler.store.schema import MIGRATIONS
from crawler.store.sums import digest_sql

__all__ = ["MIGRATIONS"]

_COLUMNS = (
    "ALTER TABLE runs ADD COLUMN digest TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE sources ADD COLUMN digest TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE leads ADD COLUMN digest TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE reasons ADD COLUMN digest TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE registrations ADD COLUMN digest TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE judgements ADD COLUMN digest TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE assessments ADD COLUMN digest TEXT NOT NULL DEFAULT ''",
    # The entry of the chain that seals the opinion together with others.
    "ALTER TABLE assessments ADD COLUMN entry INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE case_records ADD COLUMN digest TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE case_records ADD COLUMN seq INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE case_records ADD COLUMN offence TEXT NOT NULL DEFAULT 'none'",
    "ALTER TABLE case_records ADD COLUMN score REAL NOT NULL DEFAULT 0",
    "ALTER TABLE case_records ADD COLUMN change TEXT NOT NULL DEFAULT 'same'",
    "ALTER TABLE cases ADD COLUMN digest TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE cases ADD COLUMN muted_until TEXT",
    "ALTER TABLE cases ADD COLUMN part_of TEXT",
    # What the last completed run that wrote about the case says; `rank` sorts lists by an index,
    # the gravest first. `listed`: 0 no, 1 yes, 2 only in the run that tells of the change.
    "ALTER TABLE cases ADD COLUMN seq INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE cases ADD COLUMN verdict INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE cases ADD COLUMN rank REAL NOT NULL DEFAULT 0",
    "ALTER TABLE cases ADD COLUMN change TEXT NOT NULL DEFAULT 'same'",
    "ALTER TABLE cases ADD COLUMN listed INTEGER NOT NULL DEFAULT 0",
)

_TABLES = (
    """
    CREATE TABLE papers (
        entry INTEGER NOT NULL REFERENCES custody (seq),
        key TEXT NOT NULL REFERENCES cases (key),
        name TEXT NOT NULL,
        at TEXT NOT NULL,
        digest_of_file TEXT NOT NULL,
        digest TEXT NOT NULL,
        PRIMARY KEY (entry, key)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE TABLE sums (name TEXT NOT NULL PRIMARY KEY, digest TEXT NOT NULL) STRICT",
)

_INDEXES = (
    "CREATE INDEX leads_by_recheck ON leads (recheck_at)",
    "CREATE INDEX leads_asked_for ON leads (asked_at) WHERE asked_at IS NOT NULL",
    "CREATE INDEX assessments_by_entry ON assessments (entry)",
    "CREATE INDEX custody_by_subject ON custody (subject)",
    "CREATE INDEX papers_by_key ON papers (key)",
    "DROP INDEX case_records_by_key",
    "CREATE INDEX case_records_by_key ON case_records (key, seq)",
    "CREATE INDEX cases_by_state ON cases (state)",
    "CREATE INDEX cases_merged ON cases (part_of) WHERE part_of IS NOT NULL",
    "CREATE INDEX cases_listed ON cases (rank, key) WHERE listed > 0",
    "CREATE INDEX cases_listed_once ON cases (seq) WHERE listed = 2",
)

_APPEND_ONLY = ("reasons", "registrations", "assessments", "judgements", "papers")

_RECORDS = """
    UPDATE case_records SET
        seq = (SELECT seq FROM runs WHERE id = case_records.run),
        verdict = json_extract(document, '$.known.verdict'),
        offence = json_extract(document, '$.known.offence'),
        score = json_extract(document, '$.known.score') * 1.0,
        change = json_extract(document, '$.change.kind')
"""


@MIGRATIONS()
def casework(db: Database) -> None:
    """Add digests, sealed runs and opinions, standing of cases, papers and the lists' indexes."""
    for act in ("UPDATE", "DELETE"):
        db.execute(f"DROP TRIGGER judgements_no_{act.lower()}")
    for statement in (*_COLUMNS, *_TABLES, _RECORDS, *_INDEXES):
        db.execute(statement)
    _seal_opinions(db.conn)
    for table in ("runs", "sources", "leads", "reasons", "registrations", "judgements"):
        _sum(db, table)
    _sum(db, "case_records")
    _sum(db, "cases")
    for table in _APPEND_ONLY:
        for act in ("UPDATE", "DELETE"):
            db.execute(
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )


def _sum(db: Database, table: str) -> None:
    db.execute(f"UPDATE {table} SET digest = {digest_sql(table)}")


def _seal_opinions(connection: sqlite3.Connection) -> None:
    """Seal in one entry what the first version left unsealed."""
    if connection.execute("SELECT 1 FROM assessments LIMIT 1").fetchone() is None:
        return
    last = connection.execute("SELECT coalesce(max(seq), 0) FROM custody").fetchone()[0]
    connection.execute("UPDATE assessments SET entry = ?", (last + 1,))
    connection.execute(f"UPDATE assessments SET digest = {digest_sql('assessments')}")
    rows = connection.execute("SELECT digest FROM assessments ORDER BY visit")
    digest = digest_of(*(row[0] for row in rows))
    seal(connection, now(), "machine", "assessed", "first", digest)
