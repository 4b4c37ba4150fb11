"""Takes a page apart: what people see, what it asks for, and what it names; runs no script."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.addresses import AddressError, normalise
from crawler.documents import parse
from crawler.model import Target, TargetKind
from detectors.hidden import drop_hidden

_BLOCKS = frozenset(
    re.findall(
        r"\w+",
        """
        address article aside blockquote br button center dd div dl dt fieldset figcaption figure
        footer form h1 h2 h3 h4 h5 h6 header hr label legend li main nav ol option p pre section
        select table tbody td textarea tfoot th thead title tr ul
        """,
    )
)
_UNSEEN = "script,style,noscript,template,svg,iframe"
_REFRESH = re.compile(r"url\s*=\s*['\"]?\s*([^'\"\s>]+)", re.IGNORECASE)
_SCRIPT_JUMP = re.compile(
    r"""(?:location(?:\.href)?\s*=|location\.(?:replace|assign)\()\s*['"]([^'"\s]{3,500})['"]"""
)
_SPACE = re.compile(r"[ \t\r\f\v\u00a0\u3000]+")
_LINES = re.compile(r"\s*\n\s*")
# A page that long is read to here; founders' judgement: sellers put their words on top.
_LONGEST_TEXT = 200_000
_LONGEST_TITLE = 1000
_LONGEST_META = 5000
_MOST_TARGETS = 500


@dataclass(frozen=True, slots=True)
class Field:
    """One thing a page asks the visitor to type."""

    kind: str
    """The input's type: `text`, `password`, …"""
    words: str
    """Placeholder, name and id."""


@dataclass(frozen=True, slots=True)
class Image:
    """A picture the page shows, or a style or script it loads."""

    url: str
    words: str
    """Alternative text and title."""
    kind: str
    """`img`, `script`, `style`."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page taken apart."""

    url: str
    html: str = field(repr=False)
    title: str
    text: str = field(repr=False)
    """What people see, one line a block."""
    metas: tuple[tuple[str, str], ...]
    """Names in lower case and contents of meta elements."""
    fields: tuple[Field, ...]
    form_actions: tuple[str, ...]
    loads: tuple[Image, ...]
    targets: tuple[Target, ...]
    shell: bool
    """Whether a script is to draw the page into an empty element."""

    @property
    def lines(self) -> list[str]:
        """The visible lines."""
        return self.text.split("\n")


def read_page(html: str, url: str) -> Page:
    """The parts of a page; broken markup is read as browsers read it."""
    tree = parse(html)
    base = _base(tree, url)
    targets = _targets(tree, base)
    loads = _loads(tree, base)
    fields = tuple(
        Field(
            _attribute(node, "type").lower() or "text",
            _words(node, "placeholder", "name", "id", "title"),
        )
        for node in tree.css("input,textarea")
    )
    actions = tuple(
        address
        for node in tree.css("form")
        if (address := _address(_attribute(node, "action"), base))
    )
    metas = tuple(
        (
            (
                _attribute(node, "name")
                or _attribute(node, "property")
                or _attribute(node, "http-equiv")
            ).lower(),
            _attribute(node, "content")[:_LONGEST_META],
        )
        for node in tree.css("meta")
    )
    shell = any(
        not (node.text(strip=True) if node else "")
        for node in tree.css("#app,#root,#__nuxt,#__next,[data-reactroot]")
    ) and bool(tree.css("script"))
    title_node = tree.css_first("title")
    title = _SPACE.sub(" ", title_node.text(strip=True))[:_LONGEST_TITLE] if title_node else ""
    drop_hidden(tree)
    for node in tree.css(_UNSEEN):
        node.decompose()
    text = visible_text(tree.body)
    return Page(url, html, title, text, metas, fields, actions, loads, targets, shell)


def visible_text(root: LexborNode | None) -> str:
    """What people see below an element: one line a block, spaces as one."""
    if root is None:
        return ""
    pieces: list[str] = []
    length = 0
    for node in root.traverse(include_text=True):
        if node.tag == "-text":
            piece = _SPACE.sub(" ", (node.text_content or "").replace("\n", " "))
            pieces.append(piece)
            length += len(piece)
        elif node.tag in _BLOCKS:
            pieces.append("\n")
        if length > _LONGEST_TEXT:
            break
    return _LINES.sub("\n", "".join(pieces)[:_LONGEST_TEXT]).strip()


def _attribute(node: LexborNode, name: str) -> str:
    return (node.attributes.get(name) or "").strip()


def _words(node: LexborNode, *names: str) -> str:
    return " ".join(filter(None, (_attribute(node, name) for name in names)))


def _base(tree: LexborHTMLParser, url: str) -> str:
    node = tree.css_first("base[href]")
    return (_address(_attribute(node, "href"), url) if node else "") or url


def _address(written: str, base: str) -> str:
    """The address written on the page, or the empty string where it is none."""
    if not written or written.startswith(("#", "javascript:", "data:", "mailto:", "tel:")):
        return ""
    try:
        return normalise(written, base)
    except AddressError:
        return ""


def _targets(tree: LexborHTMLParser, base: str) -> tuple[Target, ...]:
    found: dict[Target, None] = {}

    def add(kind: TargetKind, written: str) -> None:
        address = _address(written, base)
        if address and len(found) < _MOST_TARGETS:
            found[Target(kind, address)] = None

    for node in tree.css("iframe[src],frame[src]"):
        add(TargetKind.FRAME, _attribute(node, "src"))
    for node in tree.css("meta"):
        if _attribute(node, "http-equiv").lower() == "refresh":
            jump = _REFRESH.search(_attribute(node, "content"))
            add(TargetKind.REFRESH, jump[1] if jump else "")
    for node in tree.css("script"):
        for jump in _SCRIPT_JUMP.finditer(node.text() or ""):
            add(TargetKind.REFRESH, jump[1])
    for node in tree.css("a[href],area[href]"):
        add(TargetKind.LINK, _attribute(node, "href"))
    return tuple(found)


def _loads(tree: LexborHTMLParser, base: str) -> tuple[Image, ...]:
    found = []
    for kind, selector, name in (
        ("img", "img[src]", "src"),
        ("script", "script[src]", "src"),
        ("style", "link[rel=stylesheet][href]", "href"),
    ):
        for node in tree.css(selector):
            address = _address(_attribute(node, name), base)
            if address or kind == "img":
                found.append(Image(address, _words(node, "alt", "title", "class", "id"), kind))
    return tuple(found)
