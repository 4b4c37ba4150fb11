"""Finds what the page's own style sheets hide: words put between others, links for robots only."""

from __future__ import annotations

import re
from collections.abc import Sequence

from selectolax.lexbor import LexborHTMLParser

_HIDES = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*(?:0(?:px|em|rem|pt|%)?|[01]px)\s*(?:[;}!\"']|$)"
    r"|opacity\s*:\s*0\s*(?:[;}!\"']|$)|text-indent\s*:\s*-\d{3,}|left\s*:\s*-\d{3,}px",
    re.IGNORECASE,
)
_RULE = re.compile(r"([^{}@]{1,300})\{([^{}]{0,2000})\}")
_SIMPLE = re.compile(r"[a-z]{0,12}[.#][A-Za-z_][\w-]{0,60}|[bisu]|em|span|font|del|q|tt", re.ASCII)
_MOST_RULES = 40


def take_hidden(tree: LexborHTMLParser, styles: Sequence[str]) -> str:
    """The text of elements that style sheets on the page hide, which is taken out of the tree."""
    nodes = [node for node in tree.css("[style]") if _HIDES.search(node.attributes["style"] or "")]
    selectors = ",".join(["[hidden]", *_hiding_selectors(styles)])
    nodes += [node for node in tree.css(selectors) if node.tag not in ("html", "body")]
    pieces = []
    seen: set[int] = set()
    for node in nodes:
        if node.mem_id not in seen:
            seen.update(inner.mem_id for inner in node.css("*"))
            seen.add(node.mem_id)
            pieces.append(node.text(separator=""))
            # Emptied, not removed: another of the nodes may lie inside it.
            node.inner_html = ""
    return "\n".join(pieces)


def _hiding_selectors(styles: Sequence[str]) -> list[str]:
    found: list[str] = []
    for style in styles:
        if not _HIDES.search(style):
            continue
        for selector, body in _RULE.findall(style):
            if _HIDES.search(body + ";"):
                each = (part.strip() for part in selector.split(","))
                found += [part for part in each if _SIMPLE.fullmatch(part)]
    return found[:_MOST_RULES]
