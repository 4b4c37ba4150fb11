"""The record of every request that reaches the practice web."""

import json
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

Entry = Mapping[str, str | int]


class Journal:
    """A journal keeps every request in memory, and in a JSON-lines file when given one."""

    def __init__(self, path: Path | None = None) -> None:
        self._lock = threading.Lock()
        self._entries: list[Entry] = []
        self._file: IO[str] | None = path.open("a", encoding="utf-8") if path else None

    def note(self, service: str, **facts: str | int) -> None:
        """Record one request."""
        entry = {"time": datetime.now(UTC).isoformat(), "service": service, **facts}
        with self._lock:
            self._entries.append(entry)
            if self._file:
                # Flushed line by line: a test reads the file while the servers run.
                self._file.write(json.dumps(entry, ensure_ascii=False) + "\n")
                self._file.flush()

    def entries(self, service: str = "") -> list[Entry]:
        """The requests so far, of one service or of all."""
        with self._lock:
            return [each for each in self._entries if service in ("", each["service"])]

    def hits(self, host: str) -> int:
        """How many HTTP requests a host has received."""
        return sum(each.get("host") == host for each in self.entries("http"))

    def close(self) -> None:
        """Close the file; later requests are kept in memory only."""
        with self._lock:
            if self._file:
                self._file.close()
            self._file = None
