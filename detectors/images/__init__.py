"""Reads pictures: codes, perceptual hashes, and words where the extra `ocr` is installed."""

from detectors.images.looks import alike
from detectors.images.reader import read_picture

__all__ = ["alike", "read_picture"]
