"""Finds technical marks that tie sites together: counters and filing numbers."""

from __future__ import annotations

import re

from crawler.model import Trace

_BAIDU = re.compile(r"hm\.baidu\.com/(?:hm|h)\.js\?([0-9a-f]{32})")
_CNZZ = re.compile(
    r"(?:cnzz\.com/[a-z_]*\.php\?(?:web_)?id=|cnzz\.com/stat\.php\?id=|cnzz_stat_icon_)(\d{6,12})"
)
_ICP = re.compile(
    r"([京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]\s?ICP\s?[备证]\s?\d{5,14}\s?号?(?:\s?-\s?\d{1,4})?)",
    re.IGNORECASE,
)
_PSB = re.compile(
    r"([京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]公网安备\s?\d{11,16}\s?号?)"
)


def find_traces(html: str, text: str) -> tuple[Trace, ...]:
    """The marks of a page, each once."""
    found: dict[Trace, None] = {}
    for kind, pattern, source in (
        ("baidu_tongji", _BAIDU, html),
        ("cnzz", _CNZZ, html),
        ("icp", _ICP, text),
        ("psb", _PSB, text),
    ):
        for match in pattern.finditer(source):
            found[Trace(kind, re.sub(r"\s", "", match[1]))] = None
    return tuple(found)
