"""Reads one page of a site's list: its items, or the reason why there are none to read. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from urllib.parse import urlsplit

from parsel import Selector, SelectorList

from crawler.addresses import AddressError, host_of, normalise, parts
from crawler.language import _
from crawler.model import Capture, PageCondition, Vantage
from detectors.conditions import condition_of
from detectors.pages import read_page
from spiders.listing_dates import read_moment
from spiders.listing_sites import Form, ListingSite
from spiders.result_pages import legible, parse_page

_WORDS = 120
"""Characters kept of a title, price or seller. Founders' judgement."""
_FEW = 3
"""Founders' judgement: so many items that all lead to one address are bait for programs."""
_LOGIN = re.compile(
    r"(?:请|需要?|须)(?:您)?先?(?:登录|登陆)|(?:登录|登陆)(?:之?后|才)(?:可|能|方可|查看|浏览|继续)"
    r"|尚未登录|没有登录|(?:log|sign) ?in to (?:continue|view|see)",
    re.IGNORECASE,
)
_LOGIN_PATH = re.compile(r"(?i)/(?:login|signin|sign_in|passport|logging)\b|[?&](?:mod|act)=login")
_XPATH = "xpath:"
_NEVER = datetime.min.replace(tzinfo=UTC)


class ListingState(StrEnum):
    """What a page of a list is; only `nothing` says that there is nothing."""

    ITEMS = "items"
    NOTHING = "nothing"
    """The site says in words that it has no items."""
    BLOCKED = "blocked"
    """A captcha or a refusal stands in the list's place."""
    LOGIN = "login"
    DECOY = "decoy"
    """Items as programs are given that a site wants to mislead."""
    GARBLED = "garbled"
    ERROR = "error"
    UNRECOGNISED = "unrecognised"
    """Content without items: the site has another design now."""


@dataclass(frozen=True, slots=True)
class Item:
    """One post or offer as the list shows it."""

    url: str
    """Normalised."""
    title: str
    price: str
    seller: str
    seller_site: str
    """Normalised, or the empty string."""
    made_at: datetime | None
    is_wanted: bool
    """Whether it holds one of the site's `words`."""

    @property
    def told(self) -> str:
        """Title, price and seller in one line."""
        return "｜".join(part for part in (self.title, self.price, self.seller) if part)


@dataclass(frozen=True, slots=True)
class ListingPage:
    """What one answer holds."""

    state: ListingState
    items: tuple[Item, ...] = ()
    next_url: str = ""
    detail: str = ""
    """Why there is nothing to read, or what was left out, in one sentence, or the empty string."""


def read_listing(
    site: ListingSite, url: str, body: bytes, content_type: str, at: datetime, status: int = 200
) -> ListingPage:
    """What an answer of a site holds, read at `at`; never raises, whatever the bytes are."""
    if site.charset:
        content_type = f"text/html; charset={site.charset}"
    if not body.strip():
        return _none(ListingState.ERROR, _("回答是空的"))
    text = legible(body, content_type)
    if not text:
        return _none(ListingState.GARBLED, _("回答没有解压、不是文字或过大"))
    page = _tree(site.form, text)
    items = _items(site, page, url, at) if page is not None and status < 400 else []
    if items:
        return _judged(site, url, page, items)
    return _without(site, url, text, status)


def _judged(
    site: ListingSite, url: str, page: Selector | None, items: list[Item | None]
) -> ListingPage:
    """Items as they are, unless they are there to mislead."""
    linked = [item for item in items if item is not None]
    found = {item.url: item for item in linked}
    if not found:
        return _none(ListingState.UNRECOGNISED, _("有条目而没有一个能识别的链接，页面可能已改版"))
    if len(linked) >= _FEW and len(found) == 1:
        return _none(ListingState.DECOY, _("所有条目都指向同一网址，是给程序看的假列表"))
    if site.asked and not any(item.is_wanted for item in found.values()):
        return _none(ListingState.DECOY, _("没有一个条目含有所搜的词，是给程序看的假列表"))
    left = len(items) - len(linked)
    said = _("{count} 个条目的链接无法识别").format(count=left) if left else ""
    following = _said(page, site.next, site.form) if page is not None and site.next else ""
    return ListingPage(ListingState.ITEMS, tuple(found.values()), _next(url, following), said)


def _without(site: ListingSite, url: str, text: str, status: int) -> ListingPage:
    """What a page without items is; that it says so itself counts last."""
    if site.form is Form.HTML or text.lstrip()[:1] == "<":
        seen = read_page(text, url)
        words = f"{seen.title}\n{seen.text}"
        capture = Capture("", "", "", Vantage.DESKTOP, url, url, _NEVER, (), status)
        condition, signal = condition_of(seen, capture)
        if condition is PageCondition.WAF:
            told = signal.words if signal else ""
            return _none(
                ListingState.BLOCKED, _("要求验证或拒绝访问（{words}）").format(words=told)
            )
        if _LOGIN_PATH.search(urlsplit(url).path + "?" + urlsplit(url).query):
            return _none(ListingState.LOGIN, _("要求登录，本程序从不登录"))
        is_asked = "type=password" in text.replace('"', "").replace("'", "").lower()
        if (is_asked and len(words) < 2000) or _LOGIN.search(words[:3000]):
            return _none(ListingState.LOGIN, _("要求登录，本程序从不登录"))
    else:
        words, condition = text, PageCondition.CONTENT
    if status >= 400 or condition is PageCondition.ERROR:
        return _none(ListingState.ERROR, _("返回 HTTP 状态 {status}").format(status=status))
    if site.nothing is not None and site.nothing.search(words):
        return ListingPage(ListingState.NOTHING)
    said = _("有内容而找不到条目，页面可能已改版，请核对 items 选择器")
    return _none(ListingState.UNRECOGNISED, said)


def _none(state: ListingState, detail: str) -> ListingPage:
    return ListingPage(state, detail=detail)


def _tree(form: Form, text: str) -> Selector | None:
    """The page as a tree, or `None` where it is none or nested too deep."""
    if form is Form.HTML:
        return parse_page(text)
    try:
        if form is Form.JSON:
            json.loads(text)
            return Selector(text, type="json")
        return Selector(text, type="xml", huge_tree=False)
    except (ValueError, RecursionError, SyntaxError):
        return None


def _items(site: ListingSite, page: Selector, url: str, at: datetime) -> list[Item | None]:
    if site.form is Form.XML:
        page.remove_namespaces()
    found = _select(page, site.items, site.form)
    return [_item(site, each, url, at) for each in found[: site.max_items]]


def _item(site: ListingSite, item: Selector, url: str, at: datetime) -> Item | None:
    said: Callable[[str], str] = lambda path: _said(item, path, site.form) if path else ""  # noqa: E731
    address = _address(said(site.link), url)
    if not address:
        return None
    title, price, seller = (said(path)[:_WORDS] for path in (site.title, site.price, site.seller))
    whole = f"{title} {_whole(item, site.form)}"
    return Item(
        url=address,
        title=title,
        price=price,
        seller=seller,
        seller_site=_address(said(site.seller_site), url),
        made_at=read_moment(said(site.date), at) if site.date else None,
        is_wanted=not site.words or any(word in whole for word in site.words),
    )


def _select(place: Selector, path: str, form: Form) -> SelectorList[Selector]:
    if form is Form.JSON:
        return place.jmespath(path)
    if path.startswith(_XPATH):
        return place.xpath(path.removeprefix(_XPATH))
    return place.css(path)


def _said(place: Selector, path: str, form: Form) -> str:
    """The text of the first thing that a selector finds, or the empty string."""
    found = next(iter(_select(place, path, form)), None)
    if found is None:
        return ""
    return _whole(found, form)


def _whole(place: Selector, form: Form) -> str:
    root = place.root
    if form is Form.JSON:
        text = root if isinstance(root, str) else json.dumps(root, ensure_ascii=False)
    elif isinstance(root, str):
        text = root
    else:
        text = place.xpath("string()").get("")
    # JSON can spell lone surrogates, which no file and no address can hold.
    return " ".join(text.encode("utf-8", "replace").decode().split())


def _address(text: str, base: str) -> str:
    if not text or text.lower().startswith(("javascript:", "#", "mailto:", "tel:")):
        return ""
    try:
        return normalise(text, base)
    except AddressError:
        return ""


def _next(url: str, text: str) -> str:
    """The next page's address where it is of the same site, or the empty string."""
    found = _address(text, url)
    here, there = parts(host_of(url)), parts(host_of(found)) if found else None
    if there is None or found == url:
        return ""
    is_same = host_of(url) == host_of(found) or here.registrable == there.registrable != ""
    return found if is_same else ""
