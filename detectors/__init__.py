"""Tells what a visit shows: pure detectors, and a written policy that weighs what they find."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from detectors.engine import Detectors, load_detectors

__all__ = ["Detectors", "load_detectors"]


def __getattr__(name: str) -> object:
    # The engine takes half a second to load; names are screened without it.
    if name in __all__:
        from detectors import engine  # noqa: PLC0415

        return getattr(engine, name)
    raise AttributeError(name)
