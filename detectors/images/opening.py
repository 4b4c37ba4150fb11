"""Opens a picture's bytes without being harmed by them: the header is judged before the pixels."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass

from PIL import ExifTags, Image, ImageOps

# What pages show and Pillow decodes without other programs. SVG is no picture but a document; the
# screenshot shows what it draws.
_FORMATS = ("AVIF", "BMP", "GIF", "ICO", "JPEG", "PNG", "WEBP")
MOST_PIXELS = 40_000_000
"""Founders' judgement: three times a phone's photograph or the longest screenshot we take."""
_MOST_KEPT = 12_000_000
"""Founders' judgement: what has more pixels than our longest screenshot is halved first."""
_ENOUGH = 2_400
"""Founders' judgement: a code that people are to scan is not smaller than a thirtieth of a picture,
and is read well at three pixels a module: longer sides are halved while a JPEG is decoded."""


_LYING = 5
"""EXIF orientations from here on exchange width and height."""


class UnreadableError(Exception):
    """The bytes are no picture that is read; the message says why in one sentence."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A decoded picture."""

    format: str
    width: int
    """As its header says; pixels of `colour` are `scale` times as wide."""
    height: int
    colour: Image.Image
    """RGB, on white where it is transparent."""
    veil: Image.Image | None
    """How opaque each pixel is (L), or `None` where all of it is."""
    scale: int = 1


def open_picture(data: bytes) -> Opened:
    """The first image in the bytes; raises `UnreadableError`."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of oddities, and of what is refused here
            return _opened(data)
    except UnreadableError:
        raise
    except Image.DecompressionBombError as problem:
        raise UnreadableError("more pixels than are read") from problem
    except MemoryError as problem:
        raise UnreadableError("more memory than there is") from problem
    # Pillow's decoders raise whatever they stumble over.
    except Exception as problem:
        raise UnreadableError(f"{type(problem).__name__}: {problem}"[:200]) from problem


def _opened(data: bytes) -> Opened:
    image: Image.Image = Image.open(io.BytesIO(data), formats=_FORMATS)
    name, (width, height) = image.format or "", image.size
    if width * height > MOST_PIXELS:
        raise UnreadableError(f"{width} × {height} pixels are more than are read")
    if name == "JPEG":
        image.draft(None, (_ENOUGH, _ENOUGH))
    sees_through = "A" in image.getbands() or "transparency" in image.info
    kept = ImageOps.exif_transpose(image.convert("RGBA" if sees_through else "RGB"))
    if image.getexif().get(ExifTags.Base.Orientation, 1) >= _LYING:
        width, height = height, width
    while kept.width * kept.height > _MOST_KEPT:
        kept = kept.reduce(2)
    scale = max(1, round(width / kept.width))
    veil = None
    if sees_through:
        solid = kept
        veil = solid.getchannel("A")
        if veil.getextrema() == (255, 255):
            veil = None
        ground = Image.new("RGBA", solid.size, "white")
        colour = Image.alpha_composite(ground, solid).convert("RGB")
    else:
        colour = kept
    return Opened(name, width, height, colour, veil, scale)
