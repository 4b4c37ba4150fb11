"""How far one certificate log was read, what comes next, and what to remember of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from crawler.clock import parse, stamp
from spiders.ct_entries import TILE, EntryError, LogEntry, read_entries, read_tile, tile_path
from spiders.ct_heads import HeadError, TreeHead, read_checkpoint, read_sth
from spiders.ct_list import CertificateLog, LogApi
from spiders.ct_tree import TreeTiles, edge_of

_ENTRY_BYTES = 3_000
"""What a certificate takes before we have measured it at a log. Founders' judgement."""


@dataclass(frozen=True, slots=True)
class Step:
    """One question to a log."""

    path: str
    """Below the log's address."""
    number: int = 0
    """Of the tile, within its level."""
    level: int = -1
    """Of a hash tile; below zero for the head and for entries."""
    entries: bool = False
    otherwise: Step | None = None
    """What to ask where this is not found."""


class LogReading:
    """One log in one run."""

    def __init__(self, log: CertificateLog, budget: int, remembered: Callable[[str], str]) -> None:
        self.log = log
        self.head: TreeHead | None = None
        self.next = 0
        """Index of the entry to be read next."""
        self.fresh = 0
        """Entries that were new when this run began."""
        self.read = 0
        self.rewritten = False
        """Whether the log is not what it was: it shrank, or its beginning is another one."""
        self._budget = budget
        self._remembered = remembered
        self._spent = 0
        self._unpacked = 0
        self._tree: TreeTiles | None = None
        self._before: TreeHead | None = None
        self._held = False
        """Whether the head was held against the one of the last run."""

    def first(self) -> Step:
        """The question for the log's head."""
        return Step("checkpoint" if self.log.api is LogApi.STATIC else "ct/v1/get-sth")

    def take_head(self, body: bytes) -> None:
        """Take the log's head; raises `HeadError` for one that is not signed or has gone back."""
        static = self.log.api is LogApi.STATIC
        head = (read_checkpoint if static else read_sth)(body, self.log)
        before = self._last_head()
        if before is not None and head.made_at < before.made_at:
            raise HeadError("older than the tree head of the last run")
        if before is not None and (
            head.size < before.size or (head.size == before.size and head.root != before.root)
        ):
            self.rewritten, before = True, None
        self.head, self._before = head, before
        self._tree = TreeTiles(head) if static else None
        known = 0 if self.rewritten else min(self._mark("next"), head.size)
        self.fresh = head.size - known
        affordable = self._budget // max(1, self._mark("bytes") or _ENTRY_BYTES)
        self.next = max(known, head.size - affordable)
        if self.next > known and head.size - self.next > TILE:
            self.next = -(-self.next // TILE) * TILE  # a tile is read whole or not at all

    def take_hashes(self, step: Step, body: bytes) -> None:
        """Take a hash tile; raises `TreeError` for one that the head does not prove."""
        assert self._tree is not None  # noqa: S101 - only static logs have steps for tiles
        self._tree.put(step.level, step.number, body)

    def following(self) -> Step | None:
        """The next question, or `None` where all is read or the budget is spent.

        Raises `TreeError` where the tree cannot hold what is asked for.
        """
        assert self.head is not None  # noqa: S101 - it is asked for first
        if self._tree is not None and self.head.size:
            lacking = self._lacking_edge(self._tree, self.head)
            if lacking is not None:
                return lacking
        self._held = True
        if self.next >= self.head.size or self._spent >= self._budget:
            return None
        number = self.next // TILE
        if self._tree is None:
            last = min(self.next + TILE, self.head.size) - 1
            path = f"ct/v1/get-entries?start={self.next}&end={last}"
            return Step(path, number, entries=True)
        width = self._width(number)
        above = (1, number >> 8) if width == TILE else (0, number)
        return self._lacking(self._tree, *above) or _tile("data", number, width, entries=True)

    def _lacking_edge(self, tree: TreeTiles, head: TreeHead) -> Step | None:
        """What is lacking to prove the head, and that it continues the one of the last run."""
        before = self._before if self._before is not None and self._before.size else None
        for level, number, _width in edge_of((before or head).size):
            step = self._lacking(tree, level, number)
            if step is not None:
                return step
        if before is not None and not self._held and not tree.grew_from(before.size, before.root):
            self.rewritten = True
        return None

    @staticmethod
    def _lacking(tree: TreeTiles, level: int, number: int) -> Step | None:
        lacks = tree.lacking(level, number)
        return None if lacks is None else _tile(*lacks)

    def _width(self, number: int) -> int:
        """Entries of a data tile that are part of the tree."""
        assert self.head is not None  # noqa: S101 - it is asked for first
        return min(TILE, self.head.size - number * TILE)

    def entries(self, step: Step, body: bytes) -> list[LogEntry]:
        """The entries in an answer from `next` on.

        Raises `EntryError` for bytes that are not all that was asked for, `TreeError` for what the
        log did not sign.
        """
        assert self.head is not None  # noqa: S101 - it is asked for first
        if self._tree is None:
            found = list(read_entries(body))[: min(TILE, self.head.size - self.next)]
            self._unpacked += len(found)
            return found
        whole, width = list(read_tile(body)), self._width(step.number)
        if len(whole) not in (width, TILE):
            raise EntryError(f"{len(whole)} of {width} entries")
        self._tree.check(step.number, [entry.leaf for entry in whole[:width]])
        self._unpacked += len(whole)
        return whole[self.next - step.number * TILE : width]

    def took(self, count: int, size: int) -> dict[str, str]:
        """Go on by so many entries; what to remember once their leads are kept."""
        self.next += count
        self.read += count
        self._spent += size
        each = str(self._spent // max(1, self._unpacked))
        return self._named({"next": str(self.next), "bytes": each, "stumbled": ""}) | self.marks()

    def stumbled(self) -> dict[str, str]:
        """What to remember where entries are missing or garbled.

        They are asked for once more in the next run, and left out by the one after it: one lost
        tile must not end the reading of a log.
        """
        if self._mark("stumbled") != self.next + 1:
            return self._named({"next": str(self.next), "stumbled": str(self.next + 1)})
        beyond = (self.next // TILE + 1) * TILE
        return self._named({"next": str(beyond), "stumbled": ""})

    def marks(self) -> dict[str, str]:
        """What to remember of the head, once it was held against the last one."""
        head = self.head if self._held else None
        if head is None:
            return {}
        return self._named({"head": f"{head.size} {head.root.hex()} {stamp(head.made_at)}"})

    def _named(self, marks: Mapping[str, str]) -> dict[str, str]:
        return {f"{self.log.id.hex()}.{name}": value for name, value in marks.items()}

    def _mark(self, name: str) -> int:
        text = self._remembered(f"{self.log.id.hex()}.{name}")
        return int(text) if text.isascii() and text.isdecimal() else 0

    def _last_head(self) -> TreeHead | None:
        size, _space, rest = self._remembered(f"{self.log.id.hex()}.head").partition(" ")
        root, _space, moment = rest.partition(" ")
        try:
            return TreeHead(int(size), bytes.fromhex(root), parse(moment))
        except ValueError:
            return None


def _tile(level: int | str, number: int, width: int, *, entries: bool = False) -> Step:
    """The question for a tile; the full one is asked for where a partial one is gone."""
    otherwise = None if width == TILE else _tile(level, number, TILE, entries=entries)
    own = level if isinstance(level, int) else -1
    return Step(tile_path(str(level), number, width), number, own, entries, otherwise)
