"""Reads header, footer and headings of a suspicious page: where a page says who it is."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bs4 import BeautifulSoup, Tag

from crawler.addresses import AddressError, host_of, normalise

_HEADER = re.compile(r"(?:^|[-_ ])(?:header|head|logo|top|banner|brand|site-?name)", re.IGNORECASE)
_FOOTER = re.compile(r"(?:^|[-_ ])(?:footer|foot|bottom|copyright|copy|bq|banquan)", re.IGNORECASE)
# Founders' judgement: a page without a marked footer says who owns it in its last lines.
_LAST_LINES = 8


@dataclass(frozen=True, slots=True)
class Structure:
    """Where on a page its identity is written."""

    header: tuple[str, ...]
    """Lines and picture texts of header, logo and first headings, links off the site left out."""
    footer: tuple[str, ...]


def read_structure(html: str, url: str) -> Structure:
    """Header and footer of a page, by element, by class or id, or else by place."""
    soup = BeautifulSoup(html, "lxml")
    for node in soup(["script", "style", "noscript", "template"]):
        node.decompose()
    own = host_of(url)
    for link in soup.find_all("a", href=True):
        if isinstance(link, Tag) and _leads_away(str(link["href"]), url, own):
            link.decompose()
    header = _lines(soup, "header", _HEADER) + _headings(soup)
    footer = _lines(soup, "footer", _FOOTER)
    if not footer:
        footer = list(soup.stripped_strings)[-_LAST_LINES:]
    return Structure(tuple(dict.fromkeys(header)), tuple(dict.fromkeys(footer)))


def _leads_away(written: str, url: str, own: str) -> bool:
    try:
        host = host_of(normalise(written, url))
    except AddressError:
        return False
    return bool(host) and host != own


def _lines(soup: BeautifulSoup, element: str, mark: re.Pattern[str]) -> list[str]:
    def marked(tag: Tag) -> bool:
        if tag.name in ("html", "body", "head"):
            return False
        names = tag.get("class") or []
        joined = " ".join(
            [*([names] if isinstance(names, str) else names), str(tag.get("id") or "")]
        )
        return tag.name == element or bool(mark.search(joined))

    found: list[str] = []
    within: set[int] = set()  # ids of what was read with an element around it
    for tag in soup.find_all(marked):
        if id(tag) in within:
            continue
        within.update(id(inner) for inner in tag.descendants)
        found += tag.stripped_strings
        images = [*tag.find_all("img"), *([tag] if tag.name == "img" else [])]
        found += [str(image.get("alt") or image.get("title") or "") for image in images]
    return [line for line in found if line]


def _headings(soup: BeautifulSoup) -> list[str]:
    return [" ".join(tag.stripped_strings) for tag in soup.find_all(["h1", "h2"], limit=3)]
