"""The hash-chained log: entries are sealed here, inside the transaction of what they tell of."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime

from crawler.clock import parse, stamp
from crawler.errors import StoreError
from crawler.language import _
from crawler.model import CustodyEntry
from crawler.store.base import StoreBase

FIRST = "0" * 64
"""What the first entry names as the one before it."""


def entry_hash(
    seq: int, at: str, actor: str, action: str, subject: str, digest: str, previous: str
) -> str:
    """SHA-256 over the fields of an entry as canonical JSON: keys sorted, no spaces, ASCII.

    `at` is ISO 8601 in UTC with milliseconds and `Z`, as stored.
    """
    named = {
        "seq": seq,
        "at": at,
        "actor": actor,
        "action": action,
        "subject": subject,
        "digest": digest,
        "previous": previous,
    }
    return digest_of(json.dumps(named, sort_keys=True, separators=(",", ":")))


def digest_of(*texts: str) -> str:
    """SHA-256 over texts in their order, a line feed after each but the last."""
    # Only a damaged row holds surrogates; it has a digest too, which is not the one kept.
    return hashlib.sha256("\n".join(texts).encode("utf-8", "surrogatepass")).hexdigest()


def row_digest(*values: str | float | None) -> str:
    """SHA-256 over the columns of a row as a JSON list: no spaces, ASCII.

    It finds what changed by itself; against who recomputes it, digests over many rows stand in the
    chain.
    """
    # SQLite keeps no sign of a zero.
    stored = [value + 0.0 if isinstance(value, float) else value for value in values]
    return digest_of(json.dumps(stored, separators=(",", ":")))


def seal(
    connection: sqlite3.Connection,
    at: datetime,
    actor: str,
    action: str,
    subject: str,
    digest: str,
) -> int:
    """Append an entry inside the caller's transaction; returns its number."""
    sql = "SELECT seq, hash FROM custody WHERE seq = (SELECT max(seq) FROM custody)"
    last = connection.execute(sql).fetchone()
    seq = last[0] + 1 if last else 1
    previous = last[1] if last else FIRST
    # The name of a file may be bytes of another charset, which are no text.
    subject = subject.encode("utf-8", "backslashreplace").decode()
    fields = (seq, stamp(at), actor, action, subject, digest, previous)
    connection.execute(
        "INSERT INTO custody (seq, at, actor, action, subject, digest, previous, hash)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (*fields, entry_hash(*fields)),
    )
    return seq


_NO_MOMENT = datetime.min.replace(tzinfo=UTC)
"""Stands for a time that cannot be read, so that the entry's hash does not bear it out."""


class CustodyStore(StoreBase):
    """One chain for all evidence and all decisions; entries only come in."""

    _expects_damage = False

    def add_custody(
        self, at: datetime, actor: str, action: str, subject: str, digest: str
    ) -> CustodyEntry:
        """A new last entry of the chain."""
        with self._transaction():
            seq = self._seal(at, actor, action, subject, digest)
        return next(self.custody(seq))

    def _seal(self, at: datetime, actor: str, action: str, subject: str, digest: str) -> int:
        """Append inside the caller's transaction; returns the entry's number."""
        return seal(self._connection, at, actor, action, subject, digest)

    def newest_entry(self) -> CustodyEntry | None:
        """The last entry of the chain, or `None` where there is none."""
        row = self._row("SELECT max(seq) AS seq FROM custody")
        return next(self.custody(row["seq"]), None) if row and row["seq"] else None

    def custody(self, since: int = 1) -> Iterator[CustodyEntry]:
        """The entries from a number on, in order."""
        for row in self._each("SELECT * FROM custody WHERE seq >= ? ORDER BY seq", (since,)):
            yield CustodyEntry(
                row["seq"],
                self._moment(row["at"]),
                row["actor"],
                row["action"],
                row["subject"],
                row["digest"],
                row["previous"],
                row["hash"],
            )

    def _moment(self, text: str) -> datetime:
        try:
            return parse(text)
        except ValueError as problem:
            if self._expects_damage:
                return _NO_MOMENT
            said = _("数据库 {file} 已损坏（{problem}），请从备份恢复，原文件请保留")
            raise StoreError(said.format(file=self._path, problem=problem)) from problem
