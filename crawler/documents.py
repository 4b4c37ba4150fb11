"""Reads documents as browsers do: frames and page as one, and no deeper than a browser goes."""

from __future__ import annotations

import re
from collections.abc import Sequence

from selectolax.lexbor import LexborHTMLParser

_DEEPEST = 512
"""Blink nests elements no deeper and puts what is below side by side, and so do we."""
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
# Elements that hold no others, or that the next one of their kind closes, add no depth.
_FLAT = frozenset(
    re.findall(
        r"\w+",
        """
        area base br col dd dt embed hr img input li link meta option p param script select source
        style td textarea th title tr track wbr
        """,
    )
)


def parse(html: str) -> LexborHTMLParser:
    """The tree of a document, in a time that grows with its length alone.

    Lexbor's own time grows with the square of the depth: minutes for a page of mere `<div>`.
    """
    return LexborHTMLParser(_shallow(html))


def _shallow(html: str) -> str:
    """The document with each element below the deepest level closed where it begins."""
    if html.count("<") - html.count("</") <= _DEEPEST:
        return html  # fewer elements than that are no deeper
    pieces, done, depth = [], 0, 0
    for tag in _TAG.finditer(html):
        name = tag[2].lower()
        if name in _FLAT:
            continue
        if tag[1]:
            depth = max(0, depth - 1)
            continue
        depth += 1
        if depth > _DEEPEST:
            end = html.find(">", tag.end()) + 1
            if not end:
                break
            if end > done:
                pieces += [html[done:end], f"</{name}>"]
                done = end
    return "".join([*pieces, html[done:]]) if pieces else html


# A parser that meets a frameset takes no text after it; its frames' own documents follow instead.
_FRAME_TAGS = re.compile(
    r"<(i?frame)\b[^<>]*>|</?(?:frameset|frame|noframes|iframe|html|body)\b[^<>]*>", re.IGNORECASE
)
_SOURCE = re.compile(r"""[\s"'/]src\s*=\s*("[^"<>]*"|'[^'<>]*'|[^\s"'<>]+)""", re.IGNORECASE)
_ELSEWHERE = re.compile(r"""["']?\s*(?:https?:)?//""", re.IGNORECASE)


def joined(main: str, frames: Sequence[str]) -> str:
    """One document of all, the one that says most first: it gives the page its title.

    The main one alone where it has no frames. Frames stay named, empty: where they lead is part of
    what a page says. A relative address inside a frame is left out, for it would be read as the
    page's own.
    """
    if not frames:
        return main
    documents = [(_FRAME_TAGS.sub(_emptied, main), main)]
    documents += [(_FRAME_TAGS.sub(_emptied_far, inner), inner) for inner in frames]
    documents.sort(key=lambda each: _length(each[1]), reverse=True)
    return "\n".join(text for text, _document in documents)


def _emptied(tag: re.Match[str]) -> str:
    """A frame's tag without what it holds; of any other tag, nothing."""
    source = _SOURCE.search(tag[0]) if tag[1] else None
    return f"\n<iframe src={source[1]}></iframe>\n" if source else "\n"


def _emptied_far(tag: re.Match[str]) -> str:
    source = _SOURCE.search(tag[0])
    return _emptied(tag) if source and _ELSEWHERE.match(source[1]) else "\n"


def _length(document: str) -> int:
    return len(visible(parse(document)))


def visible(tree: LexborHTMLParser) -> str:
    """The text of a tree's body without what is never shown, which is taken out of the tree."""
    for unseen in tree.css("script, style, noscript, template"):
        unseen.decompose()
    return tree.body.text(separator=" ", strip=True) if tree.body else ""
