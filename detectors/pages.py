"""Takes a page apart: what people see, what it asks for, and what it names; runs no script."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.addresses import host_of
from crawler.documents import parse
from crawler.model import Target
from detectors.drawn import Drawn, read_drawn
from detectors.links import address, base_of, read_targets
from detectors.plainly import plainly
from detectors.unseen import take_hidden

# By the letters that block elements begin with, and no inline element does: a whole word would cost
# five times as much. `<a`, `<b`, `<i`, `<u`, `<span>`, `<font>`, `<em>`, `<strong>` are no blocks.
_BLOCK = re.compile(
    r"<(?=/?(?:[aA][drsDRS]|[bB][lruLRU]|[cC][eE]|[dD][diltDILT]|[fF][iI]|[fF][oO][rR]|[hH][1-6erER]"
    r"|[lL][aeiAEI]|[mM][aA][iI]|[nN][aA]|[oO][lpLP]|[pP][ rR>]|[sS][eE]|[tT][abdefhirABDEFHIR]"
    r"|[uU][lL]))"
)
_SHELLS = "#app,#root,#__nuxt,#__next,[data-reactroot]"
_UNSEEN = "script,style,noscript,template,svg,iframe"
_SPACES = "\t\f\v\u00a0\u3000"
_SPACE = re.compile(r"  +")
# A page that long is read to here; founders' judgement: sellers put their words on top.
_LONGEST_TEXT = 200_000
_LONGEST_TITLE = 1000
_LONGEST_META = 5000
# Founders' judgement, as in the plan of a closer look: a page with less text than a short notice
# may draw the rest by script.
_THIN = 300


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
    """Normalised; as written where it is relative."""
    words: str
    """Alternative text and title."""
    kind: str
    """`img`, `icon`, `script`, `style`."""


@dataclass(frozen=True)
class Page:
    """A page taken apart."""

    url: str
    html: str = field(repr=False)
    title: str
    text: str = field(repr=False)
    """What people see, one line a block."""
    hidden: str = field(repr=False)
    """What style sheets written on the page keep from being seen."""
    metas: tuple[tuple[str, str], ...]
    """Names in lower case and contents of meta elements."""
    fields: tuple[Field, ...]
    form_actions: tuple[str, ...]
    loads: tuple[Image, ...]
    targets: tuple[Target, ...]
    """Frames and refreshes; of links those that lead to another host."""
    linked: bool
    """Whether there is any link at all."""
    shell: bool
    """Whether a script is to draw the page into an empty element."""
    scripts: tuple[str, ...] = field(repr=False)
    """The scripts and templates written on the page, of a page with little text only."""

    @property
    def lines(self) -> list[str]:
        """The visible lines."""
        return self.text.split("\n")

    @property
    def thin(self) -> bool:
        """Whether it shows so little that scripts may draw the rest."""
        return len(self.text) < _THIN

    @cached_property
    def drawn(self) -> Drawn:
        """What the scripts of a page with little text would draw."""
        return read_drawn(self.scripts)

    @cached_property
    def whole(self) -> str:
        """What people see, and what scripts on the page would show them."""
        return "\n".join(filter(None, (self.text, *self.drawn.lines)))

    @cached_property
    def plain(self) -> str:
        """The same with every character in its one form."""
        return plainly(self.whole)

    @cached_property
    def asked(self) -> tuple[Field, ...]:
        """Whatever can be typed into, drawn fields included; not what is ticked or sent."""
        drawn = tuple(Field("text", words) for words in self.drawn.fields)
        kinds = ("text", "search", "number", "tel")
        return tuple(each for each in (*self.fields, *drawn) if each.kind in kinds)


def read_page(html: str, url: str) -> Page:
    """The parts of a page; broken markup is read as browsers read it."""
    tree = parse(marked(html))
    base = base_of(tree, url)
    targets, linked = read_targets(tree, base, host_of(url))
    loads = _loads(tree, base)
    actions = [attribute(node, "action") for node in tree.css("form")]
    title_node = tree.css_first("title")
    title = tidied(title_node.text()).replace("\n", " ")[:_LONGEST_TITLE] if title_node else ""
    shells = [node for node in tree.css(_SHELLS) if not node.text(strip=True)]
    shell = bool(shells) and tree.css_first("script") is not None
    # The lines are ours; in a script they would break its literals.
    scripts = [node.text().replace("\n", "") for node in tree.css("script:not([src])")]
    scripts += [node.html or "" for node in tree.css("template,svg")]
    styles = [node.text() for node in tree.css("style")]
    for node in tree.css(_UNSEEN):
        node.decompose()
    fields = tuple(
        Field(
            attribute(node, "type").lower() or "text",
            words_of(node, "placeholder", "aria-label", "name", "id", "title"),
        )
        for node in tree.css("input,textarea")
    )
    _show_values(tree)
    hidden = take_hidden(tree, styles)
    text = tidied(tree.body.text(separator="")) if tree.body else ""
    if text[:1] in ("{", "["):
        scripts.append(text)  # data served as a page
    thin = len(text) < _THIN
    return Page(
        url=url,
        html=html,
        title=title,
        text=text,
        hidden=tidied(hidden),
        metas=_metas(tree),
        fields=fields,
        form_actions=tuple(filter(None, (address(written, base) for written in actions))),
        loads=loads,
        targets=targets,
        linked=linked,
        shell=shell,
        scripts=tuple(scripts) if thin else (),
    )


def marked(html: str) -> str:
    """The document with every block on a line of its own, so that its text has one line a block."""
    return _BLOCK.sub("\n<", html.replace("\r", " ").replace("\n", " "))


def tidied(text: str) -> str:
    """Text with spaces as one, without empty lines."""
    cut = text[: 2 * _LONGEST_TEXT]
    for space in _SPACES:
        cut = cut.replace(space, " ")
    lines = filter(None, map(str.strip, _SPACE.sub(" ", cut).split("\n")))
    return "\n".join(lines)[:_LONGEST_TEXT]


def attribute(node: LexborNode, name: str) -> str:
    """An attribute's value without spaces around it, or the empty string."""
    return (node.attributes.get(name) or "").strip()


def words_of(node: LexborNode, *names: str) -> str:
    """The values of several attributes with spaces between."""
    attributes = node.attributes
    return " ".join(value for name in names if (value := (attributes.get(name) or "").strip()))


def _show_values(tree: LexborHTMLParser) -> None:
    """Write what fields and buttons show beside them, as people read it."""
    for node in tree.css("input[value]"):
        attributes = node.attributes
        kind = (attributes.get("type") or "text").lower()
        fixed = "readonly" in attributes or "disabled" in attributes
        if kind in ("submit", "button") or (kind == "text" and fixed):
            node.insert_before(f" {attributes['value'] or ''} ")


def _metas(tree: LexborHTMLParser) -> tuple[tuple[str, str], ...]:
    found = []
    for node in tree.css("meta"):
        attributes = node.attributes
        name = attributes.get("name") or attributes.get("property") or attributes.get("http-equiv")
        content = (attributes.get("content") or "").strip()[:_LONGEST_META]
        found.append(((name or "").strip().lower(), content))
    return tuple(found)


def _loads(tree: LexborHTMLParser, base: str) -> tuple[Image, ...]:
    found = []
    for kind, selector, name in (
        ("img", "img[src]", "src"),
        ("script", "script[src]", "src"),
        ("style", "link[rel=stylesheet][href]", "href"),
        ("icon", "link[rel~=icon][href]", "href"),
    ):
        for node in tree.css(selector):
            written = attribute(node, name)
            # Whether it comes from an official host can be seen of absolute addresses only.
            url = address(written, base) if "//" in written[:8] else written
            found.append(Image(url, words_of(node, "alt", "title", "class", "id"), kind))
    return tuple(found)
