"""Finds what the page's own style sheets hide: words put between others, links for robots only."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser

_HIDES = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?:px|em|rem|pt|%)?\s*(?:[;}!\"']|$)"
    r"|opacity\s*:\s*0\s*(?:[;}!\"']|$)|text-indent\s*:\s*-\d{3,}|left\s*:\s*-\d{3,}px",
    re.IGNORECASE,
)
_RULE = re.compile(r"([^{}@]{1,300})\{([^{}]{0,2000})\}")
_SIMPLE = re.compile(r"[a-z]{0,12}[.#][A-Za-z_][\w-]{0,60}|[bisu]|em|span|font|del|q|tt", re.ASCII)
_MOST_RULES = 40


def take_hidden(tree: LexborHTMLParser, html: str) -> str:
    """The text of elements that style sheets on the page hide, which is taken out of the tree."""
    if not _HIDES.search(html):
        return ""
    pieces = []
    selectors = ["[hidden]", *_hiding_selectors(html)]
    nodes = [node for node in tree.css("[style]") if _HIDES.search(node.attributes["style"] or "")]
    nodes += [node for node in tree.css(",".join(selectors)) if node.tag not in ("html", "body")]
    seen: set[int] = set()
    for node in nodes:
        if node.mem_id not in seen:
            seen.update(inner.mem_id for inner in node.css("*"))
            seen.add(node.mem_id)
            pieces.append(node.text(separator=""))
            # Emptied, not removed: another of the nodes may lie inside it.
            node.inner_html = ""
    return "\n".join(pieces)


def _hiding_selectors(html: str) -> list[str]:
    found: list[str] = []
    for style in re.findall(r"(?is)<style\b[^>]{0,200}>(.{0,100000}?)</style", html):
        for selector, body in _RULE.findall(style):
            if _HIDES.search(body + ";"):
                found += [
                    each.strip()
                    for each in selector.split(",")
                    if _SIMPLE.fullmatch(each.strip())
                ]
    return found[:_MOST_RULES]
