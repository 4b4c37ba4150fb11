"""Takes out words that style sheets hide between those of an offer, as nobody sees them."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser

_RULE = re.compile(r"([^{}]{1,200})\{([^{}]{1,500})\}")
_SIMPLE = re.compile(r"[a-z0-9]{0,10}[.#][\w-]{1,40}", re.ASCII | re.IGNORECASE)
_HIDES = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d]*[1-9])|opacity\s*:\s*0(?![.\d])"
    r"|(?:left|top|text-indent)\s*:\s*-\d{3,}",
    re.IGNORECASE,
)
_INLINE = frozenset({"span", "b", "i", "em", "font", "u", "s", "small", "strong", "ins", "del"})
# Founders' judgement: longer hidden text is a menu or a dialogue that a click shows.
_SHORT = 12
_MOST = 50


def drop_hidden(tree: LexborHTMLParser) -> None:
    """Remove short inline elements that the page's own styles hide."""
    hidden = ["[style]"]
    for sheet in tree.css("style"):
        for selectors, declarations in _RULE.findall(sheet.text() or ""):
            if _HIDES.search(declarations):
                hidden += [each.strip() for each in selectors.split(",")]
    for selector in dict.fromkeys(hidden[:_MOST]):
        if selector != "[style]" and not _SIMPLE.fullmatch(selector):
            continue
        for node in tree.css(selector):
            style = node.attributes.get("style") or ""
            if selector == "[style]" and not _HIDES.search(style):
                continue
            if node.tag in _INLINE and len(node.text()) <= _SHORT:
                node.decompose()
