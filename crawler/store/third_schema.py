"""The third version of the tables: what was taken away when its time was over."""

from __future__ import annotations

from sqlite_utils import Database

from crawler.store.second_schema import MIGRATIONS

__all__ = ["MIGRATIONS"]

_STATEMENTS = (
    """
    CREATE TABLE retired (
        visit TEXT NOT NULL REFERENCES visits (id),
        blob TEXT NOT NULL,
        entry INTEGER NOT NULL REFERENCES custody (seq),
        digest TEXT NOT NULL,
        PRIMARY KEY (visit, blob)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX retired_by_blob ON retired (blob)",
    # By these a blob that several captures name is found to be needed still.
    """
    CREATE INDEX captures_by_screenshot ON captures (json_extract(document, '$.screenshot.sha256'))
    WHERE json_extract(document, '$.screenshot.sha256') IS NOT NULL
    """,
    """
    CREATE INDEX captures_by_archive ON captures (json_extract(document, '$.archive.sha256'))
    WHERE json_extract(document, '$.archive.sha256') IS NOT NULL
    """,
    "CREATE INDEX captures_by_body ON captures (body) WHERE body IS NOT NULL",
)


@MIGRATIONS()
def retention(db: Database) -> None:
    """Add the list of retired blobs, and the indexes that tell which are needed still."""
    for statement in _STATEMENTS:
        db.execute(statement)
    for act in ("UPDATE", "DELETE"):
        db.execute(
            f"CREATE TRIGGER retired_no_{act.lower()} BEFORE {act} ON retired "
            "BEGIN SELECT RAISE(ABORT, 'retired is append-only'); END"
        )
