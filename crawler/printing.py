"""What hostile text may be on a terminal, in a sheet, in JSON: seen whole, acting on nothing."""

from __future__ import annotations

import json
import re

from crawler.masking import mask_identity

# What no XML file may hold; what terminals act on (ECMA-48); what nobody sees or what turns the
# reading direction around (Unicode: Cc but for tab and line feed, Cf, Zl, Zp, Cs, fillers,
# variation selectors, noncharacters): a page that puts them into a title could make a sheet
# unreadable, a name look like another, an analyst's terminal do something.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2"
    "\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\ud800-\udfff\U000110bd\U000110cd"
    "\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)


def plain(text: str) -> str:
    r"""The text without unseen and direction-turning characters, identity numbers masked.

    >>> plain("a\x1b[2Jb\u202ec")
    'a[2Jbc'
    """
    return mask_identity(_UNSEEN.sub("", text))


def json_text(value: object, indent: int | None = None) -> str:
    r"""The value as JSON, Chinese as it is; what terminals act on or nobody sees as its escape.

    >>> json_text({"a": "证\x9b\u202e"})
    '{"a": "证\\u009b\\u202e"}'
    """
    return _UNSEEN.sub(_escaped, json.dumps(value, ensure_ascii=False, indent=indent))


def _escaped(match: re.Match[str]) -> str:
    return json.dumps(match.group())[1:-1]
