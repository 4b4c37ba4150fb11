"""Finds the codes in a picture: QR and its kin, read in several renderings of the same pixels."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy
from PIL import Image, ImageFilter, ImageOps

from crawler.model import Code
from detectors.images.opening import Opened

if TYPE_CHECKING:
    from zxingcpp import Barcode

_QR = ("QRCodeModel2",)
# Other codes that can hold an address. Phones read no Micro QR codes, which are found in any noise;
# stripes are numbers of goods, and are found in photographs.
_KIN = ("DataMatrix", "Aztec", "PDF417")
_NEAR, _WHOLE = "LocalAverage", "GlobalHistogram"
# Pixels that are searched in one picture, all renderings together: some 6 ms a million. A limit of
# work, not of time: the same picture reads the same on every machine.
_WORK = 12_000_000
_LEAST_SIDE = 40
"""Founders' judgement: pixels of the smallest code that a person would scan."""
_SAME_PLACE = 20.0
_LONGEST = 4_296
"""Characters that a QR code can hold (ISO/IEC 18004)."""
_MOST = 20
"""Founders' judgement: a poster has one code or two; a picture of hundreds is a flood."""

_HALF_WIDTH = re.compile("[\uff61-\uff9f]")

_Grey = Callable[[Image.Image], Image.Image]


@dataclass(frozen=True, slots=True)
class _Attempt:
    """One way to look at a picture."""

    make: _Grey
    binarizer: str
    scale: float = 1.0
    """Width of what `make` gives, as a share of the picture's own."""
    cost: float = 1.0
    """What a pixel of it costs, in pixels merely searched; as measured."""
    formats: tuple[str, ...] = _QR


def _same(grey: Image.Image) -> Image.Image:
    return grey


def _twice(grey: Image.Image) -> Image.Image:
    return grey.resize((grey.width * 2, grey.height * 2), Image.Resampling.BICUBIC)


def _thrice(grey: Image.Image) -> Image.Image:
    return grey.resize((grey.width * 3, grey.height * 3), Image.Resampling.BICUBIC)


def _half(grey: Image.Image) -> Image.Image:
    return grey.reduce(2)


def _stretched(grey: Image.Image) -> Image.Image:
    return ImageOps.autocontrast(grey, cutoff=2)


def _blurred(grey: Image.Image) -> Image.Image:
    return grey.filter(ImageFilter.GaussianBlur(1))


def _median(grey: Image.Image) -> Image.Image:
    return grey.filter(ImageFilter.MedianFilter(3))


def _sharpened(first: _Grey, radius: float, amount: float) -> _Grey:
    """What blurring takes away, added so many times; a tenth of the cost of Pillow's own filter."""

    def make(grey: Image.Image) -> Image.Image:
        made = first(grey)
        return Image.blend(made.filter(ImageFilter.BoxBlur(radius)), made, 1 + amount)

    return make


_ALWAYS = (_Attempt(_same, _NEAR), _Attempt(_same, _WHOLE, cost=0.3), _Attempt(_twice, _NEAR, 2))
"""A poster can hold a plain code and a faint one: the first attempt that finds one is no end."""
# In the order in which they help; found with spoilt cards other than those of the tests.
_FURTHER = (
    _Attempt(_sharpened(_twice, 3, 2.5), _NEAR, 2, cost=1.5),
    _Attempt(_thrice, _WHOLE, 3),
    _Attempt(_half, _NEAR, 0.5),
    _Attempt(_stretched, _NEAR),
    _Attempt(_blurred, _NEAR, cost=3),
    _Attempt(_sharpened(_twice, 5, 3), _NEAR, 2, cost=1.5),
    _Attempt(_median, _NEAR, cost=12),
    _Attempt(ImageOps.equalize, _WHOLE),
    _Attempt(_sharpened(_half, 2, 1.5), _WHOLE, 0.5),
)
_OTHER_CODES = _Attempt(_same, _NEAR, cost=8, formats=_KIN)


@dataclass(frozen=True, slots=True)
class CodesFound:
    """The codes of a picture."""

    codes: tuple[Code, ...]
    unread: int
    """Codes that were seen, at one place each, and that no attempt could read."""


def find_codes(opened: Opened) -> CodesFound:
    """Every code in the picture, each text once, in the order in which they were found."""
    search = _Search(opened.scale)
    grey = opened.colour.convert("L")
    for attempt in _ALWAYS:
        search.look(grey, attempt)
    for other in _other_greys(opened):
        search.look(other, _ALWAYS[0])
    if search.is_blank:
        search.look(grey, _OTHER_CODES)
    for attempt in _FURTHER:
        if search.is_done:
            break
        search.look(grey, attempt)
    return search.found()


def _other_greys(opened: Opened) -> Iterator[Image.Image]:
    """Renderings by colour, and by what is transparent.

    Yellow on white is seen in blue alone, red on green in red and in green; a code may be drawn
    white for a dark page.
    """
    if opened.veil is not None:
        black = Image.new("RGB", opened.colour.size)
        yield Image.composite(opened.colour, black, opened.veil).convert("L")
        yield opened.veil
    bands = opened.colour.split()
    small = [numpy.asarray(band.resize((64, 64)), dtype=numpy.int16) for band in bands]
    # Founders' judgement: in pictures that are nearly grey every channel says the same.
    if max(int(numpy.abs(small[0] - each).mean()) for each in small[1:]) >= 12:
        yield from (bands[2], bands[0], bands[1])


class _Search:
    """What all attempts at one picture have found."""

    def __init__(self, scale: int) -> None:
        self._scale = scale
        self._work = 0
        self._codes: dict[str, Code] = {}
        self._seen: list[tuple[float, float, int]] = []

    @property
    def is_done(self) -> bool:
        """Whether a code was read, and none was seen that was not."""
        return bool(self._codes) and not self._unread()

    @property
    def is_blank(self) -> bool:
        """Whether nothing was seen yet, read or not."""
        return not self._codes and not self._seen

    def look(self, grey: Image.Image, attempt: _Attempt) -> None:
        """Search one rendering, unless too much has been searched already."""
        work = int(grey.width * grey.height * attempt.scale**2 * attempt.cost)
        if self._work and self._work + work > _WORK:
            return
        self._work += work
        image = attempt.make(grey)
        if min(image.size) < 3:
            return
        # Loaded where it is used: at the end of a process that holds values of its types it prints.
        import zxingcpp  # noqa: PLC0415

        read = zxingcpp.read_barcodes(
            numpy.asarray(image),
            formats=zxingcpp.BarcodeFormats(
                tuple(getattr(zxingcpp.BarcodeFormat, name) for name in attempt.formats)
            ),
            text_mode=zxingcpp.TextMode.Plain,
            binarizer=getattr(zxingcpp.Binarizer, attempt.binarizer),
            # A QR code's three corners are sure marks; other codes are seen in any noise.
            return_errors=attempt.formats == _QR,
        )
        for each in read[:_MOST]:
            self._note(each, self._scale / attempt.scale)

    def _note(self, read: Barcode, factor: float) -> None:
        spot = read.position
        corners = (spot.top_left, spot.top_right, spot.bottom_right, spot.bottom_left)
        place = tuple(round(value * factor) for point in corners for value in (point.x, point.y))
        text = _text_of(read) if read.valid else ""
        if not text:
            if _is_a_code(read, place):
                self._seen.append((sum(place[0::2]) / 4, sum(place[1::2]) / 4, self._work))
        elif text not in self._codes and len(self._codes) < _MOST:
            name = str(read.format).replace(" ", "")
            self._codes[text] = Code(name, text[:_LONGEST], place)

    def found(self) -> CodesFound:
        """The codes so far."""
        return CodesFound(tuple(self._codes.values()), self._unread())

    def _unread(self) -> int:
        """Places at which more than one attempt saw a code that none could read."""
        count = 0
        known = [_middle_and_reach(code.place) for code in self._codes.values()]
        for number, (x, y, attempt) in enumerate(self._seen):
            if any(abs(x - a) <= r and abs(y - b) <= r for a, b, r in known):
                continue
            again = any(
                abs(x - a) <= _SAME_PLACE and abs(y - b) <= _SAME_PLACE and other != attempt
                for a, b, other in self._seen[number + 1 :]
            )
            if again:
                count += 1
                known.append((x, y, _SAME_PLACE))
        return count


def _middle_and_reach(place: tuple[int, ...]) -> tuple[float, float, float]:
    xs, ys = place[0::2], place[1::2]
    return sum(xs) / 4, sum(ys) / 4, max(max(xs) - min(xs), max(ys) - min(ys), 1)


def _is_a_code(read: Barcode, place: tuple[int, ...]) -> bool:
    """Whether what could not be read is a code all the same: print holds small look-alikes."""
    wide, high = (max(side) - min(side) for side in (place[0::2], place[1::2]))
    wrong = read.error is not None and read.error.type.name == "Checksum"
    return wrong and min(wide, high) >= _LEAST_SIDE and max(wide, high) <= 1.6 * min(wide, high)


def _text_of(read: Barcode) -> str:
    """What a code says: UTF-8 where it is that, as phones read it, else what zxing makes of it.

    Of bytes in GB 18030 zxing makes Japanese with half-width signs, which no code of Japan's own
    mode holds.
    """
    data = bytes(read.bytes)
    try:
        return data.decode("utf-8").strip()
    except UnicodeDecodeError:
        text = str(read.text)
    if _HALF_WIDTH.search(text):
        text = data.decode("gb18030", "replace")
    return text.strip()
