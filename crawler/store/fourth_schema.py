"""The fourth version of the tables: what sources remember from one run to the next."""

from __future__ import annotations

from sqlite_utils import Database

from crawler.store.third_schema import MIGRATIONS

__all__ = ["MIGRATIONS"]


@MIGRATIONS()
def memory(db: Database) -> None:
    """Add the marks that sources leave where they stopped reading."""
    db.execute(
        """
        CREATE TABLE marks (
            source TEXT NOT NULL,
            name TEXT NOT NULL,
            value TEXT NOT NULL,
            digest TEXT NOT NULL,
            PRIMARY KEY (source, name)
        ) STRICT, WITHOUT ROWID
        """
    )
