"""Receipt numbers of tips: by one a tipster asks what became of the tip, and nobody who it was."""

from __future__ import annotations

import re
from datetime import datetime

from crawler.clock import beijing_date
from crawler.digests import digest_of_parts

_MARK = re.compile(r"^〔(?P<receipt>(?:\d{8}-)?[a-p]{10})〕")
_LETTERS = str.maketrans("0123456789abcdef", "abcdefghijklmnop")
RECEIPT = re.compile(r"(?:\d{8}-)?[a-p]{10}")


def receipt_of(received_at: datetime | None, *parts: str) -> str:
    """The number of a tip, the same whenever its file is read: `20261101-hfdkacjbfe`.

    The Beijing day it came in, where that is known, and the first 40 bits of the SHA-256 over what
    it says, as letters, so that no masking of numbers touches it; the name is no part of it.
    """
    digest = digest_of_parts(*parts)[:10].translate(_LETTERS)
    return f"{beijing_date(received_at):%Y%m%d}-{digest}" if received_at else digest


def marked(receipt: str, text: str) -> str:
    """The words of a tip with its number in front, as a lead's reason keeps them."""
    return f"〔{receipt}〕{text}"


def receipt_in(detail: str) -> str:
    """The number in front of a lead's reason, or the empty string."""
    found = _MARK.match(detail)
    return found["receipt"] if found else ""
