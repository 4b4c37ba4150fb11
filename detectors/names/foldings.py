"""Folds names so that letters that are taken for each other are one, for texts and whole blocks."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from itertools import product

from detectors.names.letters import known_letters


def written_pairs(word: str) -> set[str]:
    """The word and all forms that `unpaired` reads as it."""
    choices = [
        (letter, *(pair for pair, read in known_letters().pairs.items() if read == letter))
        for letter in word
    ]
    return {"".join(each) for each in product(*choices)}


@cache
def _seen_table() -> dict[int, str]:
    """One letter for all letters and digits that are written for each other."""
    first: dict[str, str] = {}

    def root(mark: str) -> str:
        while first.get(mark, mark) != mark:
            mark = first[mark]
        return mark

    for digit, letters in known_letters().digits.items():
        for letter in letters:
            first[root(digit)] = root(letter)
    return {ord(mark): root(mark) for mark in first if root(mark) != mark}


@cache
def _seen_bytes() -> bytes:
    return _as_bytes(_seen_table())[0]


def fold_seen(text: str) -> str:
    """The text with one letter for all that are written for each other; as long as before.

    Whatever `undigited` reads as a word is folded as the word is.
    """
    if text.isascii():
        return text.encode().translate(_seen_bytes()).decode()  # some ten times as fast
    return text.translate(_seen_table())


@cache
def _heard_table() -> dict[int, str | None]:
    table: dict[int, str | None] = {}
    for written, said in known_letters().sounds.items():
        if len(written) == 1:
            table[ord(written)] = said
        else:
            table |= {ord(mark): None for mark in written if mark not in said}
    return table


@cache
def _heard_bytes() -> tuple[bytes, bytes]:
    return _as_bytes(_heard_table())


def fold_heard(text: str) -> str:
    """The text with one letter for all sounds that are mixed up.

    Texts that `sounded` makes the same are folded the same, and some others, too.
    """
    if text.isascii():
        return text.encode().translate(*_heard_bytes()).decode()
    return text.translate(_heard_table())


def _as_bytes(folding: Mapping[int, str | None]) -> tuple[bytes, bytes]:
    """A folding of ASCII for `bytes.translate`: a table, and what falls off."""
    table = bytearray(range(256))
    for mark, said in folding.items():
        table[mark] = ord(said or "\0")
    return bytes(table), bytes(mark for mark, said in folding.items() if said is None)


def byte_tables() -> tuple[tuple[bytes, bytes], tuple[bytes, bytes]]:
    """The two foldings for `bytes.translate`, of what is seen and heard.

    Each is a table and the bytes that fall off. Upper case is lowered, hyphens fall off.
    """
    tables = []
    for folding in (_seen_table(), _heard_table()):
        table = bytearray(bytes(range(256)).lower())
        for mark, said in folding.items():
            if said is not None:
                table[mark] = table[ord(chr(mark).upper())] = ord(said)
        gone = "".join(chr(mark) for mark, said in folding.items() if said is None)
        tables.append((bytes(table), f"-{gone}{gone.upper()}".encode()))
    return tables[0], tables[1]
