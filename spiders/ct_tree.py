"""The Merkle tree of a static certificate log: tiles are believed as far as its head proves them.

RFC 6962, section 2.1, in the tiles of c2sp.org/static-ct-api: each holds up to 256 hashes, and each
hash of a level above the lowest is that over a full tile below.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from spiders.ct_entries import TILE
from spiders.ct_heads import TreeHead

_HASH = 32
_LEVELS = 6

HashTile = tuple[int, int, int]
"""Level, number within it, and width."""


class TreeError(ValueError):
    """A tile is not what the log's signed head says."""


def leaf_hash(leaf: bytes) -> bytes:
    """The hash of one entry."""
    return sha256(b"\x00" + leaf).digest()


def tree_hash(hashes: Sequence[bytes]) -> bytes:
    """The hash over one or more hashes of subtrees, of which only the last may be smaller."""
    row = list(hashes)
    # Pairing from the left, the odd one carried up, is the split at the largest power of two.
    while len(row) > 1:
        paired = [
            sha256(b"\x01" + left + right).digest()
            for left, right in zip(row[::2], row[1::2], strict=False)
        ]
        row = paired + row[len(row) & ~1 :]
    return row[0]


def edge_of(size: int) -> list[HashTile]:
    """The partial tiles that a tree of this size ends with, lowest first."""
    levels = ((level, size >> 8 * level) for level in range(_LEVELS))
    return [(level, count >> 8, count & 255) for level, count in levels if count & 255]


class TreeTiles:
    """Hash tiles of one tree that its head has proved."""

    def __init__(self, head: TreeHead) -> None:
        self._head = head
        self._edge = {(level, number): width for level, number, width in edge_of(head.size)}
        self._claimed: dict[tuple[int, int], list[bytes]] = {}
        self._proved: dict[tuple[int, int], list[bytes]] = {}

    def lacking(self, level: int, number: int) -> HashTile | None:
        """The tile to fetch next so that one is proved in the end, or `None` where it is."""
        for edge, width in self._edge.items():
            if edge not in self._proved and edge not in self._claimed:
                return (*edge, width)
        lacks: HashTile | None = None
        while (level, number) not in self._proved:
            lacks = (level, number, TILE)
            level, number = level + 1, number >> 8
            if level >= _LEVELS:
                raise TreeError("a tile beyond the tree")
        return lacks

    def put(self, level: int, number: int, body: bytes) -> None:
        """Take a tile's bytes; raises `TreeError` where they contradict the head."""
        width = self._edge.get((level, number), TILE)
        # A partial tile may be gone once the full one is there, which begins with the same hashes.
        if len(body) not in (width * _HASH, TILE * _HASH):
            raise TreeError("a hash tile of another length")
        hashes = [body[at : at + _HASH] for at in range(0, width * _HASH, _HASH)]
        if (level, number) not in self._edge:
            self._prove(level, number, tree_hash(hashes))
            self._proved[level, number] = hashes
            return
        self._claimed[level, number] = hashes
        if len(self._claimed) == len(self._edge):
            if self._root(self._claimed, self._head.size) != self._head.root:
                raise TreeError("the tree's hash is not the signed one")
            self._proved |= self._claimed

    def grew_from(self, size: int, root: bytes) -> bool:
        """Whether a smaller tree with this hash is the beginning of this one.

        All tiles of `edge_of(size)` must be proved.
        """
        return not size or self._root(self._proved, size) == root

    def check(self, number: int, leaves: Sequence[bytes]) -> None:
        """Raise `TreeError` unless a data tile holds these entries; its hashes must be proved."""
        hashes = [leaf_hash(leaf) for leaf in leaves]
        if len(hashes) == TILE:
            self._prove(0, number, tree_hash(hashes))
        elif hashes != self._proved[0, number][: len(hashes)]:
            raise TreeError("entries that the log did not sign")

    def _prove(self, level: int, number: int, found: bytes) -> None:
        if self._proved[level + 1, number >> 8][number & 255] != found:
            raise TreeError("a tile that the log did not sign")

    @staticmethod
    def _root(tiles: dict[tuple[int, int], list[bytes]], size: int) -> bytes:
        """The hash over a tree, from the tiles that it ends with."""
        rest: list[bytes] = []
        for level, number, width in edge_of(size):
            rest = [tree_hash(tiles[level, number][:width] + rest)]
        return rest[0] if rest else sha256(b"").digest()
