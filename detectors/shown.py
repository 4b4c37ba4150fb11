"""Words as a signal carries them: short, on one line, without identity numbers."""

from __future__ import annotations

from crawler.masking import mask_identity

_LONGEST = 120


def is_identity_number(text: str) -> bool:
    """Whether the text holds an identity or certificate number."""
    return mask_identity(text) != text


def shown(text: str) -> str:
    """The words as printed: one line, masked, at most 120 characters."""
    line = " ".join(mask_identity(text).split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"
