"""A digest beside every row that the chain of custody does not seal by itself."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from crawler.store.base import Value
from crawler.store.custody import CustodyStore, digest_of, row_digest

SUMMED: Mapping[str, tuple[str, ...]] = {
    "runs": ("seq", "id", "status", "started_at", "document"),
    "sources": ("run", "source", "document"),
    "leads": ("id", "url", "depth", "first_run", "visited_at", "recheck_at", "asked_at"),
    "reasons": ("lead", "source", "detail", "at"),
    "registrations": ("domain", "asked_at", "document"),
    "assessments": (
        "visit", "verdict", "offence", "page_condition", "score", "document", "entry",
    ),
    "cases": (
        "key", "state", "version", "muted_until", "part_of", "seq", "verdict", "rank", "change",
        "listed",
    ),
    "case_records": (
        "run", "key", "seq", "verdict", "offence", "score", "change", "document",
    ),
    "judgements": ("seq", "key", "version", "verdict", "offence", "document"),
    "papers": ("entry", "key", "name", "at", "digest_of_file"),
    "retired": ("visit", "blob", "entry"),
    "marks": ("source", "name", "value"),
    "query_words": ("word", "at", "document"),
    "word_decisions": ("seq", "word", "state", "decided_by", "at"),
    "words_asked": ("run", "source", "word", "asked"),
}  # fmt: skip
"""The columns that each table's `digest` is of, in order."""

NAMED_BY: Mapping[str, tuple[str, ...]] = {
    "runs": ("id",),
    "sources": ("run", "source"),
    "leads": ("id",),
    "reasons": ("lead", "source"),
    "registrations": ("domain", "asked_at"),
    "assessments": ("visit",),
    "cases": ("key",),
    "case_records": ("run", "key"),
    "judgements": ("key", "version"),
    "papers": ("name", "key"),
    "retired": ("visit", "blob"),
    "marks": ("source", "name"),
    "query_words": ("word",),
    "word_decisions": ("word", "seq"),
    "words_asked": ("run", "source", "word"),
}
"""The columns by which people are told of a row."""


_SAID_TWICE: Mapping[str, str] = {
    "visits": """
        SELECT id FROM visits WHERE CASE WHEN json_valid(document) THEN
            id IS NOT json_extract(document, '$.id')
            OR run IS NOT json_extract(document, '$.run')
            OR lead IS NOT json_extract(document, '$.lead')
            OR url IS NOT json_extract(document, '$.url')
            OR at IS NOT json_extract(document, '$.at')
        ELSE 1 END
    """,
    "captures": """
        SELECT id FROM captures WHERE CASE WHEN json_valid(document) THEN
            id IS NOT json_extract(document, '$.id')
            OR run IS NOT json_extract(document, '$.run')
            OR lead IS NOT json_extract(document, '$.lead')
            OR vantage IS NOT json_extract(document, '$.vantage')
            OR body IS NOT json_extract(document, '$.body.sha256')
            OR visit IS NOT run || '.' || lead
        ELSE 1 END
    """,
}
"""The rows of evidence, which the chain seals by their documents, that contradict these."""


def digest_sql(table: str) -> str:
    """The SQL expression that makes the digest of a table's row."""
    return f"row_digest({', '.join(SUMMED[table])})"


class SummedStore(CustodyStore):
    """Writes rows with their digests, and finds those that have another one."""

    def _insert(self, table: str, values: Mapping[str, Value], conflict: str = "") -> int:
        """Insert one row; returns 0 where `conflict` (an upsert clause) let it fall."""
        summed = row_digest(*(values[name] for name in SUMMED[table]))
        columns = (*values, "digest")
        marks = ", ".join("?" * len(columns))
        return self._write(
            f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks}) {conflict}",
            (*values.values(), summed),
        )

    def _change(
        self, table: str, sql: str, where: str, parameters: Sequence[Value], of: Sequence[Value]
    ) -> int:
        """Update the rows of a condition that holds afterwards too; returns how many there are."""
        touched = self._write(f"UPDATE {table} SET {sql} WHERE {where}", (*parameters, *of))
        if touched:
            self._sum(table, where, of)
        return touched

    def _sum(self, table: str, where: str, parameters: Sequence[Value]) -> None:
        """Renew the digests of the rows of a condition."""
        self._write(f"UPDATE {table} SET digest = {digest_sql(table)} WHERE {where}", parameters)

    def unsound_rows(self) -> Iterator[tuple[str, str]]:
        """Table and name of each row that is not what was written, and of what surrounds them."""
        for table, columns in SUMMED.items():
            named = NAMED_BY[table]
            sql = f"SELECT {', '.join(dict.fromkeys((*named, *columns)))}, digest FROM {table}"
            for row in self._each(sql):
                if row_digest(*(row[name] for name in columns)) != row["digest"]:
                    yield table, " ".join(str(row[name]) for name in named)
        if self._migrations_digest() != self._kept_digest():
            yield "_sqlite_migrations", "certhound"
        for row in self._each("PRAGMA foreign_key_check"):
            yield str(row["table"]), f"rowid {row['rowid']}"

    def strange_columns(self) -> Iterator[tuple[str, str]]:
        """Table and name of each row of evidence whose columns say other than its document."""
        for table, sql in _SAID_TWICE.items():
            for row in self._each(sql):
                yield table, str(row["id"])

    @contextmanager
    def reading_damaged(self) -> Iterator[None]:
        """Read texts and times that are none any more, so that their rows can be named."""
        before = self._connection.text_factory
        self._connection.text_factory = lambda data: data.decode("utf-8", "surrogateescape")
        self._expects_damage = True
        try:
            yield
        finally:
            self._expects_damage = False
            self._connection.text_factory = before

    def migrations_are_sound(self) -> bool:
        """Whether the list of migrations is as it was left; so it is before there is a digest."""
        tables = self._rows("SELECT 1 FROM sqlite_master WHERE name = 'sums'")
        return not tables or self._migrations_digest() == self._kept_digest()

    def _migrations_digest(self) -> str:
        rows = self._rows("SELECT id, migration_set, name, applied_at FROM _sqlite_migrations")
        return digest_of(*(row_digest(*row) for row in rows))

    def _kept_digest(self) -> str:
        rows = self._rows("SELECT name, digest FROM sums")
        return "".join(row["digest"] for row in rows if row["name"] == "_sqlite_migrations")

    def _keep_migrations(self) -> None:
        """Note what the list of migrations is, inside the caller's transaction."""
        self._write("DELETE FROM sums")
        self._write(
            "INSERT INTO sums (name, digest) VALUES (?, ?)",
            ("_sqlite_migrations", self._migrations_digest()),
        )


def prepare(connection: sqlite3.Connection) -> None:
    """Let SQL on a connection make digests."""
    connection.create_function("row_digest", -1, row_digest, deterministic=True)
