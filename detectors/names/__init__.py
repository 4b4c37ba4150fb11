"""Tells which host names imitate a protected host; pure text, nothing is looked up."""

from detectors.names.roles import LIKELY
from detectors.names.screen import NameHit, NameScreen, ScreenCount
from detectors.names.weighing import STRONG

__all__ = ["LIKELY", "STRONG", "NameHit", "NameScreen", "ScreenCount"]
