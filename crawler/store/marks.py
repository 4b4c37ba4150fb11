"""What sources remember from one run to the next: how far they have read, what they spent."""

from __future__ import annotations

from collections.abc import Mapping

from crawler.store.sums import SummedStore


class MarkStore(SummedStore):
    """Small named values, a set of them for each source."""

    def marks(self, source: str) -> dict[str, str]:
        """All that a source remembers, by name."""
        rows = self._rows("SELECT name, value FROM marks WHERE source = ?", (source,))
        return {row["name"]: row["value"] for row in rows}

    def keep_marks(self, source: str, marks: Mapping[str, str]) -> None:
        """Remember values in place of those of the same names, all or none; empty ones go."""
        with self._transaction():
            for name, value in sorted(marks.items()):
                self._write("DELETE FROM marks WHERE source = ? AND name = ?", (source, name))
                if value:
                    self._insert("marks", {"source": source, "name": name, "value": value})
