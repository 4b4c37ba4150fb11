"""Tells what a visit shows: pure detectors, and a written policy that weighs what they find."""

from detectors.engine import Detectors, load_detectors
from detectors.identity import mask_identity

__all__ = ["Detectors", "load_detectors", "mask_identity"]
