"""What was taken away when its time was over: which blobs of which Visit, and under which seal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from crawler.clock import stamp
from crawler.model import MACHINE, Verdict
from crawler.store.base import Value
from crawler.store.custody import digest_of
from crawler.store.sums import SummedStore

_SHOT = "json_extract(captures.document, '$.screenshot.sha256')"
_ARCHIVE = "json_extract(captures.document, '$.archive.sha256')"


class Expired(NamedTuple):
    """A clear Visit whose pictures and archives are older than they are kept."""

    visit: str
    url: str
    blobs: tuple[str, ...]
    """SHA-256 of each picture and archive, in order."""


class RetiredStore(SummedStore):
    """Retention: facts stay, pictures and archives of clear pages go."""

    def expired(self, before: datetime, behind: str, limit: int) -> list[Expired]:
        """Clear Visits from before a moment that still have pictures, by id, behind an id."""
        sql = f"""
            SELECT visits.id, visits.url, group_concat({_SHOT}) AS shots,
                group_concat({_ARCHIVE}) AS archives
            FROM visits JOIN assessments ON assessments.visit = visits.id
            JOIN captures ON captures.visit = visits.id
            WHERE assessments.verdict = ? AND visits.at < ? AND visits.id > ?
            AND ({_SHOT} IS NOT NULL OR {_ARCHIVE} IS NOT NULL)
            AND NOT EXISTS (SELECT 1 FROM retired WHERE retired.visit = visits.id)
            GROUP BY visits.id ORDER BY visits.id LIMIT ?
        """
        rows = self._rows(sql, (Verdict.CLEAR.value, stamp(before), behind, limit))
        return [
            Expired(
                row["id"],
                row["url"],
                tuple(
                    sorted(
                        {
                            name
                            for column in ("shots", "archives")
                            for name in (row[column] or "").split(",")
                            if name
                        }
                    )
                ),
            )
            for row in rows
        ]

    def retire(self, visits: Sequence[Expired], at: datetime) -> None:
        """Note and seal that these Visits lose their pictures, all or none."""
        with self._transaction():
            for expired in visits:
                digest = digest_of(*expired.blobs)
                entry = self._seal(at, MACHINE, "retired", expired.visit, digest)
                for blob in expired.blobs:
                    values: dict[str, Value] = {
                        "visit": expired.visit,
                        "blob": blob,
                        "entry": entry,
                    }
                    self._insert("retired", values)

    def unneeded(self) -> list[str]:
        """SHA-256 of each retired blob that no Visit names for which it was not retired."""
        # `+` takes the column's affinity away, without which SQLite cannot search by expression.
        still = " AND ".join(
            f"""
            NOT EXISTS (
                SELECT 1 FROM captures WHERE {column} = +gone.blob AND NOT EXISTS (
                    SELECT 1 FROM retired
                    WHERE retired.visit = captures.visit AND retired.blob = gone.blob
                )
            )
            """
            for column in (_SHOT, _ARCHIVE, "captures.body")
        )
        sql = f"""
            SELECT gone.blob FROM (SELECT DISTINCT blob FROM retired) AS gone
            WHERE {still} ORDER BY gone.blob
        """
        return [row["blob"] for row in self._each(sql)]

    def retired(self) -> frozenset[tuple[str, str]]:
        """Visit and SHA-256 of everything that was retired."""
        rows = self._each("SELECT visit, blob FROM retired")
        return frozenset((row["visit"], row["blob"]) for row in rows)

    def retired_digests(self) -> dict[int, tuple[str, str]]:
        """For each entry of the chain that seals a retirement: its Visit, and the digest due."""
        found: dict[int, tuple[str, list[str]]] = {}
        for row in self._each("SELECT entry, visit, blob FROM retired ORDER BY entry, blob"):
            found.setdefault(row["entry"], (row["visit"], []))[1].append(row["blob"])
        return {entry: (visit, digest_of(*blobs)) for entry, (visit, blobs) in found.items()}
