"""Reads the words in a picture, where the extra `ocr` is installed; its models lie in its wheel."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from typing import Any

import numpy
from PIL import Image

# Founders' judgement: the recogniser's own measure of how sure it is of a line.
_SURE = 0.5
_LONGEST = 20_000
"""Characters of one picture: a poster has hundreds."""
_MOST_PIXELS = 12_000_000
"""Founders' judgement: the longest screenshot; what is larger is halved first."""


def can_read_words() -> bool:
    """Whether the extra is installed."""
    return find_spec("rapidocr") is not None and find_spec("onnxruntime") is not None


def read_words(image: Image.Image) -> str:
    """The words in an RGB picture: what stands side by side on one line, from top to bottom.

    Raises whatever the recogniser stumbles over.
    """
    while image.width * image.height > _MOST_PIXELS:
        image = image.reduce(2)
    pixels = numpy.asarray(image)[:, :, ::-1]  # it wants blue first
    found = _engine()(numpy.ascontiguousarray(pixels))
    if found.boxes is None or found.txts is None:
        return ""
    sure = [
        (box, str(text))
        for box, text, score in zip(found.boxes, found.txts, found.scores, strict=True)
        if score >= _SURE
    ]
    return _in_rows(sure)[:_LONGEST]


@cache
def _engine() -> Any:
    from rapidocr import RapidOCR  # noqa: PLC0415 - an extra, and half a second to load

    return RapidOCR(params={"Global.log_level": "error"})


def _in_rows(pieces: list[tuple[Any, str]]) -> str:
    """The pieces by rows: a price beside its trade belongs to it."""
    placed = []
    for box, text in pieces:
        ys = [float(point[1]) for point in box]
        xs = [float(point[0]) for point in box]
        placed.append((min(ys), max(ys), min(xs), text))
    rows: list[list[tuple[float, float, float, str]]] = []
    for piece in sorted(placed):
        middle = (piece[0] + piece[1]) / 2
        if rows and rows[-1][0][0] <= middle <= rows[-1][0][1]:
            rows[-1].append(piece)
        else:
            rows.append([piece])
    lines = (" ".join(each[3] for each in sorted(row, key=lambda each: each[2])) for row in rows)
    return "\n".join(lines)
