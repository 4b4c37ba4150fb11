"""Reads what a person wrote down about one site's lists: where they begin, what an item looks like.

One TOML file a site; every key is explained in docs/sources.md.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import jmespath
from cssselect import SelectorError
from jmespath.exceptions import JMESPathError
from lxml.etree import XPath, XPathError
from parsel.csstranslator import HTMLTranslator

from crawler.addresses import AddressError, normalise
from crawler.config import read_amount, read_positive
from crawler.errors import ProfileError
from crawler.language import _
from crawler.tables import Table, read_table

_XPATH = "xpath:"


class Form(StrEnum):
    """What a list is written in."""

    HTML = "html"
    XML = "xml"
    """RSS, Atom, sitemaps."""
    JSON = "json"


@dataclass(frozen=True, slots=True)
class ListingSite:
    """One site's lists; selectors are CSS, `xpath:` and an XPath, or JMESPath where it is JSON."""

    name: str
    """Name of the file without its suffix."""
    entries: tuple[str, ...]
    """Addresses, normalised."""
    items: str
    link: str
    title: str = ""
    price: str = ""
    seller: str = ""
    seller_site: str = ""
    date: str = ""
    next: str = ""
    """Address of the next page; empty where only the entries are read."""
    form: Form = Form.HTML
    charset: str = ""
    """What the site fails to declare, or the empty string."""
    nothing: re.Pattern[str] | None = None
    """What the site says where it has no items."""
    words: tuple[str, ...] = ()
    """Only items that hold one of these become leads; empty for all."""
    asked: bool = False
    """Whether the entries ask for `words`: a page without any of them is a decoy then."""
    pages: int = 3
    """List pages read for each entry. Founders' judgement: what is new in a day."""
    max_items: int = 200
    delay: float = 2.0
    """Seconds between two requests. Founders' judgement: a person turning pages."""


def load_sites(folder: Path) -> tuple[ListingSite, ...]:
    """The sites in a folder by name, those switched off left out.

    Raises `ProfileError` naming file, key and remedy.
    """
    files = sorted(folder.glob("*.toml")) if folder.is_dir() else []
    if not files:
        said = _("{folder} 中没有站点文件（*.toml），请放入或改正 folder")
        raise ProfileError(said.format(folder=folder))
    found = [load_site(path) for path in files]
    return tuple(site for site in found if site is not None)


def load_site(path: Path, *, even_off: bool = False) -> ListingSite | None:
    """The site in a file, or `None` where it is switched off; raises `ProfileError`.

    `even_off` reads one that is switched off as well.
    """
    table = read_table(path, ProfileError)
    default = ListingSite("", (), "", "")
    enabled = table.take("enabled", bool, True)
    form = _form(table)
    site = ListingSite(
        name=path.stem,
        entries=_entries(table),
        items=_selector(table, "items", form, needed=True),
        link=_selector(table, "link", form, needed=True),
        title=_selector(table, "title", form),
        price=_selector(table, "price", form),
        seller=_selector(table, "seller", form),
        seller_site=_selector(table, "seller_site", form),
        date=_selector(table, "date", form),
        next=_selector(table, "next", form),
        form=form,
        charset=_charset(table),
        nothing=_pattern(table, "nothing"),
        words=table.take_strings("words", ()),
        asked=table.take("asked", bool, False),
        pages=read_positive(table, "pages", default.pages, most=100),
        max_items=read_positive(table, "max_items", default.max_items, most=10_000),
        delay=read_amount(table, "delay", default.delay, least=0.0, most=600),
    )
    if site.asked and not site.words:
        raise table.fail("words", _("asked = true 时请写明搜的是哪些词"))
    table.finish()
    return site if enabled or even_off else None


def _form(table: Table) -> Form:
    text = table.take("format", str, Form.HTML.value)
    if text not in list(Form):
        raise table.fail("format", _("应为 {known} 之一").format(known="、".join(Form)))
    return Form(text)


def _entries(table: Table) -> tuple[str, ...]:
    written = table.take_strings("entries")
    if not written:
        raise table.fail("entries", _("请至少写一个列表页网址"))
    try:
        return tuple(normalise(url) for url in written)
    except AddressError as problem:
        raise table.fail("entries", _("应为 http 或 https 网址")) from problem


def _selector(table: Table, key: str, form: Form, *, needed: bool = False) -> str:
    text = table.take(key, str, None if needed else "").strip()
    if needed and not text:
        raise table.fail(key, _("缺少此项，请补上"))
    try:
        if text and form is Form.JSON:
            jmespath.compile(text)
        elif text.startswith(_XPATH):
            XPath(text.removeprefix(_XPATH))
        elif text:
            HTMLTranslator().css_to_xpath(text)
    except (SelectorError, XPathError, JMESPathError, ValueError) as problem:
        remedy = _("选择器写错了（{problem}）").format(problem=problem)
        raise table.fail(key, remedy) from problem
    return text


def _charset(table: Table) -> str:
    text = table.take("charset", str, "")
    try:
        "".encode(text or "utf-8")
    except LookupError as problem:
        raise table.fail("charset", _('不认得的编码，例如应为 "gb18030"')) from problem
    return text


def _pattern(table: Table, key: str) -> re.Pattern[str] | None:
    text = table.take(key, str, "")
    try:
        return re.compile(text) if text else None
    except re.error as problem:
        remedy = _("正则表达式有误（{problem}）").format(problem=problem)
        raise table.fail(key, remedy) from problem
