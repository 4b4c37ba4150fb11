"""Tells texts written backwards or in columns from texts written in lines."""

from __future__ import annotations

import re
from collections.abc import Callable

_OVERRIDE = re.compile("\u202e([^\u202c\n]*)\u202c?")
_ASCII_RUN = re.compile(r"[!-~]{5,}|\d{2,}")
# Founders' judgement: a sheet of columns is at least three lines high and not wider than a bubble.
_LEAST_LINES, _WIDEST, _NARROWEST = 3, 24, 2
_LONGEST = 400
# Founders' judgement: one more known word may be chance, two in a text that short are none.
_CLEARLY = 2


def bidi_order(written: str) -> list[int]:
    """The places of the characters in the order in which a screen shows them."""
    order = list(range(len(written)))
    if "\u202e" in written:
        for match in _OVERRIDE.finditer(written):
            order[match.start(1) : match.end(1)] = reversed(order[match.start(1) : match.end(1)])
    return order


def better_order(
    order: list[int], written: str, known: Callable[[list[int]], int], backwards: bool
) -> list[int] | None:
    """Another order in which clearly more words are known, or nothing.

    `known` counts the words of an order; `backwards` says that a reversed key word was seen.
    """
    if len(order) > _LONGEST:
        return None
    others = [_columns(order, written)] if "\n" in written else []
    if backwards:
        others.append(_backwards(order, written))
    possible = [other for other in others if other]
    if not possible:
        return None
    best, least = None, known(order) + _CLEARLY
    for other in possible:
        if (count := known(other)) >= least:
            best, least = other, count + 1
    return best


def _columns(order: list[int], written: str) -> list[int] | None:
    """Columns from left to right, each read downwards, where the text is such a sheet."""
    lines: list[list[int]] = [[]]
    for place in order:
        if written[place] == "\n":
            lines.append([])
        elif written[place] not in "\r\u200b\u200c\u200d\u2060\ufeff\u00ad":
            lines[-1].append(place)
    lines = [line for line in lines if line]
    if len(lines) < _LEAST_LINES or len(lines[-1]) * 2 < len(lines[0]):
        return None
    width = len(lines[0])
    lengths = [len(line) for line in lines]
    # Only the last columns may be shorter, so that no line is longer than the one above.
    if not _NARROWEST <= width <= _WIDEST or lengths != sorted(lengths, reverse=True):
        return None
    return [line[column] for column in range(width) for line in lines if column < len(line)]


def _backwards(order: list[int], written: str) -> list[int]:
    """The text from its end; numbers and ids stay as they are, for nobody reverses those."""
    turned = order[::-1]
    text = "".join(written[place] for place in turned)
    for run in _ASCII_RUN.finditer(text):
        turned[run.start() : run.end()] = reversed(turned[run.start() : run.end()])
    return turned
