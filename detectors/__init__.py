"""Tells what a visit shows: pure detectors, and a written policy that weighs what they find."""

from detectors.engine import Detectors, load_detectors

__all__ = ["Detectors", "load_detectors"]
