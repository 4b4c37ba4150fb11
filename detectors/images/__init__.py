"""Reads pictures: codes, perceptual hashes, and words where the extra `ocr` is installed."""

from detectors.images.looks import alike
from detectors.images.reader import SMALLEST, read_picture
from detectors.images.words import can_read_words, read_words

__all__ = ["SMALLEST", "alike", "can_read_words", "read_picture", "read_words"]
