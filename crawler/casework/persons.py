"""Who decides: the name as it is kept, and what tells one person from another."""

from __future__ import annotations

import unicodedata

from crawler.errors import CaseworkError
from crawler.language import _
from crawler.model import MACHINE


def written(by: str) -> str:
    """The name in one written form; raises `CaseworkError` for none, or for the machine's."""
    text = unicodedata.normalize("NFKC", by).encode("utf-8", "replace").decode()
    seen = "".join(letter for letter in text if letter.isspace() or letter.isprintable())
    name = " ".join(seen.split())
    if not identity(name):
        raise CaseworkError(_("请用 --by 写明是谁作出的决定"))
    if identity(name) == MACHINE:
        raise CaseworkError(_("决定须由人作出，请用 --by 写本人姓名"))
    return name


def identity(by: str) -> str:
    """What is left of a name once nothing counts but its letters and digits.

    `张 三` is `张三`: a blank, a full-width letter, a dot, what nobody sees make no second person.

    >>> identity("张　三") == identity("张三\u200b"), identity("LI·Si")
    (True, 'lisi')
    """
    text = unicodedata.normalize("NFKC", by).casefold()
    return "".join(letter for letter in text if unicodedata.category(letter)[0] in "LN")
