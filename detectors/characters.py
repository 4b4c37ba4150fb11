"""What a character stands for by itself: its common form, simplified, read through look-alikes."""

from __future__ import annotations

import unicodedata

from opencc import OpenCC


class Meant(dict[int, str]):
    """What each character stands for; made when first met, of those that no table names."""

    def __init__(self, characters: dict[int, str]) -> None:
        super().__init__(characters)
        self._characters = characters
        self.uneven = {chr(code) for code, meant in characters.items() if len(meant) != 1}
        """Those that stand for none or for several."""

    def __missing__(self, code: int) -> str:
        meant = self[code] = _plain(chr(code)).translate(self._characters)
        if len(meant) != 1:
            self.uneven.add(chr(code))
        return meant


def _plain(character: str) -> str:
    """Compatible form without marks, in lower case; nothing for invisible characters."""
    folded = unicodedata.normalize("NFKD", character).lower()
    kept = [part for part in folded if unicodedata.category(part) not in ("Mn", "Me", "Cf")]
    if kept and kept[0].isspace() and kept[0] != "\n":
        return " "
    return "".join(kept)


def simplified() -> dict[int, str]:
    """One character for another, from OpenCC's traditional-to-simplified table."""
    block = [chr(code) for code in (*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000))]
    converted = OpenCC("t2s").convert("\n".join(block)).split("\n")
    return {
        ord(before): after
        for before, after in zip(block, converted, strict=True)
        if before != after
    }
