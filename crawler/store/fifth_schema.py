"""The fifth version of the tables: query words, decisions about them, how often they were asked."""

from __future__ import annotations

from sqlite_utils import Database

from crawler.store.fourth_schema import MIGRATIONS

__all__ = ["MIGRATIONS"]

_STATEMENTS = (
    """
    CREATE TABLE query_words (
        word TEXT NOT NULL PRIMARY KEY,
        at TEXT NOT NULL,
        document TEXT NOT NULL,
        digest TEXT NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE word_decisions (
        seq INTEGER PRIMARY KEY,
        word TEXT NOT NULL REFERENCES query_words (word),
        state TEXT NOT NULL,
        decided_by TEXT NOT NULL,
        at TEXT NOT NULL,
        digest TEXT NOT NULL
    ) STRICT
    """,
    "CREATE INDEX word_decisions_by_word ON word_decisions (word)",
    """
    CREATE TABLE words_asked (
        run TEXT NOT NULL REFERENCES runs (id),
        source TEXT NOT NULL,
        word TEXT NOT NULL REFERENCES query_words (word),
        asked INTEGER NOT NULL,
        digest TEXT NOT NULL,
        PRIMARY KEY (run, source, word)
    ) STRICT, WITHOUT ROWID
    """,
)


@MIGRATIONS()
def query_words(db: Database) -> None:
    """Add the words to ask for, and let no decision about them be changed."""
    for statement in _STATEMENTS:
        db.execute(statement)
    for act in ("UPDATE", "DELETE"):
        db.execute(
            f"CREATE TRIGGER word_decisions_no_{act.lower()} BEFORE {act} ON word_decisions "
            "BEGIN SELECT RAISE(ABORT, 'word_decisions is append-only'); END"
        )
