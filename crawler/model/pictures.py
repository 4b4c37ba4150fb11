"""Pictures that a page shows: what could be read in each, frozen beside the Capture."""

from __future__ import annotations

from dataclasses import dataclass

from crawler.model.enums import Knowledge


@dataclass(frozen=True, slots=True)
class Code:
    """A code in a picture that was read whole."""

    kind: str
    """`QRCode`, `DataMatrix`, `PDF417`, …"""
    text: str
    """What it says, identity numbers included: as evidence holds it."""
    place: tuple[int, ...] = ()
    """Its four corners in pixels of the picture: x and y, clockwise from its upper left."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture of a page; its bytes lie in the capture's archive, screenshot, or document."""

    url: str
    """Where it came from; `screenshot`, or `inline N` for one written into the document."""
    sha256: str
    """Of its bytes; the empty string where there were none to read."""
    size: int
    """Bytes."""
    state: Knowledge
    """known: it was read; unknown: it could not be, which never means that it holds no code."""
    detail: str = ""
    """Why it is unknown, in one sentence, or the empty string."""
    format: str = ""
    """`PNG`, `JPEG`, … as its first bytes have it."""
    width: int = 0
    height: int = 0
    codes: tuple[Code, ...] = ()
    unread: int = 0
    """Codes that were seen and could not be read."""
    look: str = ""
    """Perceptual hash, 16 hex digits: few bits differ between copies of one picture."""
    text: str | None = None
    """Words in it, one line each, identity numbers masked; `None` where nobody read for words."""

    @property
    def is_card(self) -> bool:
        """Whether it is shaped like a card (85.6 × 54 mm, and margins) with a code on a part.

        Founders' judgement: from three to five fifths as wide again as it is high; the code fills
        from an eighth to four fifths of its height.
        """
        if not self.height or not 1.3 <= self.width / self.height <= 1.85:
            return False
        sides = (max(code.place[1::2]) - min(code.place[1::2]) for code in self.codes if code.place)
        return any(self.height / 8 <= side <= self.height * 4 / 5 for side in sides)

    @property
    def area(self) -> int:
        """Pixels."""
        return self.width * self.height
