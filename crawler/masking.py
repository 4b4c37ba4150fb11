"""Hides what must not be read by the way: contacts until asked for, identity numbers always."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from urllib.parse import unquote

from crawler.model import Contact, ContactType

# 18 digits alone are masked whatever they mean: to hide an order number harms nobody. Inside a
# longer run of digits, or with gaps, they must read as region, birthday and order to be one.
# `\d` takes full-width digits too.
_IDENTITY = re.compile(
    r"(?<!\d)\d{17}[\dXxＸｘ](?!\d)"
    r"|[1-9１-９]\d{5}[ -]?(?:18|19|20|１８|１９|２０)\d\d"
    r"(?:[0０][1-9１-９]|[1１][0-2０-２])(?:[0０][1-9１-９]|[12１２]\d|[3３][01０１])"
    r"[ -]?\d{3}[\dXxＸｘ]"
)
_GAP = r"[^\w%&=?<>]{0,3}"
_DIGIT = r"(?:\d|%3\d)"
# Written apart in another way, or as an address may write a digit, it is one if its check digit
# says so: dates and times beside other numbers do not become one by chance.
_APART = re.compile(
    rf"(?<!\d)(?<!%3)(?:{_DIGIT}{_GAP}){{17}}(?:{_DIGIT}|[XxＸｘ]|%[57]8)", re.IGNORECASE
)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_KEPT = re.compile(r"[\dXxＸｘ]")


def mask_identity(text: str) -> str:
    """The text with the middle of every identity and certificate number hidden.

    Works on addresses as well; the region (six digits) and the last two characters stay.

    >>> mask_identity("证号T11010119900307123X有效")
    '证号T110101**********3X有效'
    """
    return _APART.sub(_hide_if_valid, _IDENTITY.sub(_hide_middle, text))


def _hide_middle(match: re.Match[str]) -> str:
    return _hidden("".join(_KEPT.findall(match.group())))


def _hidden(number: str) -> str:
    return number[:6] + "*" * 10 + number[-2:]


def _hide_if_valid(match: re.Match[str]) -> str:
    number = "".join(_KEPT.findall(unquote(match.group())))
    born = f"{int(number[6:14]):08d}"
    is_valid = (
        born[:2] in ("18", "19", "20")
        and "01" <= born[4:6] <= "12"
        and "01" <= born[6:] <= "31"
        and check_character(number) == unicodedata.normalize("NFKC", number[-1]).upper()
    )
    return _hidden(number) if is_valid else match.group()


def check_character(number: str) -> str:
    """The last character of an identity number by its first 17 digits.

    GB 11643-1999, which follows ISO 7064 MOD 11-2.

    >>> check_character("11010119900307123")
    '3'
    """
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False))
    return _CHECKS[total % 11]


def mask_contact(contact: Contact) -> str:
    """The contact with its middle hidden, so that reviewers can tell two apart.

    >>> mask_contact(Contact(ContactType.PHONE, "13800005678", "138-0000-5678", 1.0))
    '138****5678'
    >>> mask_contact(Contact(ContactType.BANK, "6200000000000005", "", 1.0))
    '****0005'
    """
    value = contact.value
    if contact.type is ContactType.BANK:
        return f"****{value[len(value) - min(4, len(value) // 2) :]}"
    is_mobile = contact.type is ContactType.ALIPAY and value.isdigit()
    if (contact.type is ContactType.PHONE or is_mobile) and len(value) >= 11:
        return f"{value[:-8]}****{value[-4:]}"
    name, at, host = value.rpartition("@")
    if contact.type in (ContactType.EMAIL, ContactType.ALIPAY) and len(name) > 1:
        return f"{name[0]}***{at}{host}"
    kept = min(2, len(value) // 4)
    return f"{value[: kept or 1]}****{value[len(value) - kept :]}"


def mask_contacts(text: str, contacts: Iterable[Contact]) -> str:
    """The text with the middle of every one of these contacts hidden, as a page wrote them.

    >>> mask_contacts("加微信banzheng8866", [Contact(ContactType.WECHAT, "banzheng8866", "", 1.0)])
    '加微信ba****66'
    """
    written = {form: mask_contact(each) for each in contacts for form in (each.raw, each.value)}
    forms = [re.escape(form) for form in sorted(written, key=len, reverse=True) if form]
    if not forms:
        return text
    hidden = {form.casefold(): mask for form, mask in written.items()}
    pattern = re.compile("|".join(forms), re.IGNORECASE)
    return pattern.sub(lambda match: hidden.get(match.group().casefold(), "****"), text)
