"""Knows identity and certificate numbers, so that no sentence of ours ever prints one."""

from __future__ import annotations

import re

_NUMBER = re.compile(
    r"(?<![0-9])(T?)([1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx])(?![0-9])",
    re.IGNORECASE,
)
_LONGEST = 120


def is_identity_number(text: str) -> bool:
    """Whether the text holds an 18-digit identity number, or T and such a number."""
    return bool(_NUMBER.search(text))


def mask_identity(text: str) -> str:
    """The text with the birthday and serial of every identity and certificate number starred.

    >>> mask_identity("证号T110101199003071234")
    '证号T110101************'
    """
    return _NUMBER.sub(lambda match: match[1] + match[2][:6] + "*" * 12, text)


def shown(text: str) -> str:
    """The words as a signal carries them: one line, masked, at most 120 characters."""
    line = " ".join(mask_identity(text).split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"
