"""Reads header, footer and headings of a suspicious page: where a page says who it is."""

from __future__ import annotations

import re
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.addresses import AddressError, host_of, normalise
from crawler.documents import parse
from detectors.pages import attribute, marked, tidied

_HEADER = re.compile(
    r"(?:^|[-_ ])(?:header|head|logo|top|banner|brand|site-?name)|(?:^| )hd(?![\w-])", re.IGNORECASE
)
_FOOTER = re.compile(
    r"(?:^|[-_ ])(?:footer|foot|bottom|copyright|copy|bq|banquan)|(?:^| )ft(?![\w-])", re.IGNORECASE
)
# Founders' judgement: a page without a marked footer says who owns it in its last lines.
_LAST_LINES = 8
_FIRST_LINES = 3
_MOST_HEADINGS = 3


@dataclass(frozen=True, slots=True)
class Structure:
    """Where on a page its identity is written."""

    header: tuple[str, ...]
    """Lines and picture texts of header, logo and first headings, links off the site left out."""
    footer: tuple[str, ...]
    first: tuple[str, ...] = ()
    """The first visible lines, whatever element they stand in."""


def read_structure(html: str, url: str) -> Structure:
    """Header and footer of a page, by element, by class or id, or else by place."""
    tree = parse(marked(html))
    for node in tree.css("script,style,noscript,template"):
        node.decompose()
    own = host_of(url)
    for link in tree.css("a[href]"):
        if _leads_away(attribute(link, "href"), url, own):
            link.decompose()
    header = _lines(tree, "header", _HEADER) + _headings(tree)
    footer = _lines(tree, "footer", _FOOTER)
    shown = tidied(tree.body.text(separator="")).split("\n") if tree.body else []
    if not footer:
        footer = shown[-_LAST_LINES:]
    first = tuple(shown[:_FIRST_LINES])
    return Structure(tuple(dict.fromkeys(header)), tuple(dict.fromkeys(footer)), first)


def _leads_away(written: str, url: str, own: str) -> bool:
    if "//" not in written[:12]:
        return False
    try:
        host = host_of(normalise(written, url))
    except AddressError:
        return False
    return bool(host) and host != own


def _lines(tree: LexborHTMLParser, element: str, mark: re.Pattern[str]) -> list[str]:
    found: list[str] = []
    within: set[int] = set()  # ids of what was read with an element around it
    for node in tree.css(f"{element},[class],[id]"):
        if node.mem_id in within or node.tag in ("html", "body", "head"):
            continue
        if node.tag != element and not mark.search(_names(node)):
            continue
        within.update(inner.mem_id for inner in node.css("*"))
        found += tidied(node.text(separator="")).split("\n")
        images = node.css("img") if node.tag != "img" else [node]
        found += [attribute(image, "alt") or attribute(image, "title") for image in images]
    return [line for line in found if line]


def _names(node: LexborNode) -> str:
    attributes = node.attributes
    return f"{attributes.get('class') or ''} {attributes.get('id') or ''}"


def _headings(tree: LexborHTMLParser) -> list[str]:
    return [
        tidied(node.text(separator="")).replace("\n", " ")
        for node in tree.css("h1,h2")[:_MOST_HEADINGS]
    ]
