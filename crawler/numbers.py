"""Reads the number of a certificate as far as its own form goes; nobody is ever asked about it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from crawler.masking import check_character, mask_identity

# GB/T 2260, the provincial level; 83 is used for Taiwan residents in residence permits.
_PROVINCES = frozenset(
    str(code)
    for code in (
        *range(11, 16),
        *range(21, 24),
        *range(31, 38),
        *range(41, 47),
        *range(50, 55),
        *range(61, 66),
        71,
        81,
        82,
        83,
    )
)
_FORM = re.compile(r"(?i)(t?)(\d{17}[\dx])")
_GAPS = re.compile(r"[\s\-－—_.·]+")
_ADULT = 18
"""Years below which nobody may hold one (安监总局令第30号 第四条; background knowledge)."""
_WIDE = str.maketrans("０１２３４５６７８９ＸｘＴｔ", "0123456789XxTt")


class NumberFault(StrEnum):
    """What is wrong with a number by its own form."""

    LENGTH = "length"
    PROVINCE = "province"
    BIRTHDAY = "birthday"
    AGE = "age"
    CHECK = "check"
    """The last character does not follow from the others."""
    PREFIX = "prefix"
    """An identity number without the T that a special operation certificate begins with."""


@dataclass(frozen=True, slots=True)
class CertificateNumber:
    """A number as somebody read it off a card, of which no more than the form is known."""

    masked: str
    faults: tuple[NumberFault, ...]

    @property
    def is_well_formed(self) -> bool:
        """Whether the form says nothing against it, which proves nothing for it."""
        return not self.faults


def looks_like_number(text: str) -> bool:
    """Whether a text is meant as a number: digits and little else, and no address."""
    bare = _GAPS.sub("", text.translate(_WIDE))
    return bool(re.fullmatch(r"(?i)t?\d{8,24}x?", bare)) and "/" not in text


def read_number(text: str, today: date) -> CertificateNumber:
    """The number in a text: `T` and an identity number, gaps and full-width characters allowed."""
    bare = _GAPS.sub("", text.translate(_WIDE)).upper()
    form = _FORM.fullmatch(bare)
    if form is None:
        return CertificateNumber(_hidden(bare), (NumberFault.LENGTH,))
    prefix, digits = form.groups()
    faults = []
    if not prefix:
        faults.append(NumberFault.PREFIX)
    if digits[:2] not in _PROVINCES:
        faults.append(NumberFault.PROVINCE)
    born = _birthday(digits[6:14])
    if born is None or born > today or today.year - born.year > 120:
        faults.append(NumberFault.BIRTHDAY)
    elif (today.year - born.year) - ((today.month, today.day) < (born.month, born.day)) < _ADULT:
        faults.append(NumberFault.AGE)
    if digits[17] != check_character(digits):
        faults.append(NumberFault.CHECK)
    return CertificateNumber(mask_identity(bare), tuple(faults))


def _birthday(digits: str) -> date | None:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None


def _hidden(text: str) -> str:
    """What is no identity number may be one with a slip: only its ends are shown."""
    return text[:3] + "*" * max(0, len(text) - 5) + text[-2:] if len(text) > 5 else text
