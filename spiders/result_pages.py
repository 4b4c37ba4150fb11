"""Reading the result pages of search engines: results, or the reason why there are none to read.

Pure: the bytes of one answer go in. How each engine's pages are built stands in
`result_pages.toml`.
"""

from __future__ import annotations

import json
import re
import warnings
from dataclasses import dataclass, replace
from enum import StrEnum

from parsel import Selector

from crawler.charsets import decode
from crawler.language import _
from spiders.result_engines import Engine, load_engines

_LIMIT = 5_000_000
"""Bytes read of one answer; recorded pages have up to 650,000. Founders' judgement."""
_SNIPPET = 300
"""Characters kept of what stands below a title. Founders' judgement."""
_BOXES = 200
"""Results read of one page; engines give at most 50. Founders' judgement."""
_SAMPLE = 20_000
"""Characters looked at to tell text from bytes that nobody decoded."""
_NOISE = 0.02
"""Share of unreadable characters from which a text is none: 0 on recorded pages, more than 0.1
on compressed ones. Founders' judgement."""
_PACKED = (b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"PK\x03\x04", b"%PDF-", b"\x89PNG")
_UNREADABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ufffd]")
_HIGHLIGHT = re.compile(r"</?(?:em|b|strong|font)(?:\s[^<>]{0,200})?>|<!--red_(?:beg|end)-->")
"""What engines put around the words asked for; without it a text stays in one piece."""


class PageState(StrEnum):
    """What an answer of a search engine is; only `no_results` says that there is nothing."""

    RESULTS = "results"
    NO_RESULTS = "no_results"
    """The engine says in words that it found nothing."""
    BLOCKED = "blocked"
    """A captcha or a refusal stands in place of results."""
    GARBLED = "garbled"
    """A body that nobody decompressed, or no text at all."""
    ERROR = "error"
    """An error page, or an empty body."""
    UNRECOGNISED = "unrecognised"
    """Something else: a home page, a page of another design, or nothing but the engine's own."""


@dataclass(frozen=True, slots=True)
class SearchResult:
    """One address that an engine offers."""

    url: str
    """Normalised by `crawler.addresses.normalise`."""
    title: str
    snippet: str
    """What else stands in the result's box, at most 300 characters."""
    redirect: bool = False
    """Whether `url` is the engine's own redirect, so that the true address is not known yet."""


@dataclass(frozen=True, slots=True)
class ResultPage:
    """What one answer of a search engine holds."""

    engine: str
    """`baidu`, `baidu_news`, `sogou`, `so`, `bing`, or the empty string where nobody knows."""
    state: PageState
    results: tuple[SearchResult, ...] = ()
    """In the order of the page; empty in every state but `results`."""
    detail: str = ""
    """Why there are none, or what was left out, in one sentence, or the empty string."""


@dataclass(frozen=True, slots=True)
class _Box:
    """One result as written: its addresses, best first."""

    addresses: tuple[str, ...]
    title: str
    snippet: str
    ad: bool = False


def read_result_page(body: bytes, content_type: str = "") -> ResultPage:
    """What a search engine's answer holds; never raises, whatever the bytes are.

    `content_type` is the header of that name, or the empty string.
    """
    if not body.strip():
        return ResultPage("", PageState.ERROR, detail=_("搜索引擎的回答是空的"))
    if len(body) > _LIMIT:
        return ResultPage("", PageState.UNRECOGNISED, detail=_("搜索引擎的回答过大，没有读取"))
    text = legible(body, content_type)
    if not text:
        return ResultPage("", PageState.GARBLED, detail=_("搜索引擎的回答没有解压或不是文字"))
    if text.lstrip().startswith("{"):
        return _read_feed(text)
    return _read_html(text)


def legible(body: bytes, content_type: str) -> str:
    """The text of an answer, or the empty string where it is packed, too long or no text at all."""
    packed = body.startswith(_PACKED) or len(body) > _LIMIT
    text = "" if packed else decode(body, content_type)[0]
    sample = text[:_SAMPLE]
    is_noise = len(_UNREADABLE.findall(sample)) > _NOISE * len(sample)
    return "" if is_noise else text


def _read_html(text: str) -> ResultPage:
    page = parse_page(_HIGHLIGHT.sub("", text))
    if page is None:
        said = _("搜索引擎的回答嵌套过深，没有读取")
        return ResultPage("", PageState.UNRECOGNISED, detail=said)
    title = _squeeze(page.xpath("string((//title)[1])").get(""))
    engine = _engine_of(page, title)
    if not engine:
        return _read_rest(text, title)
    boxes = [_box(engine, item) for item in page.xpath(engine.results)[:_BOXES]]
    results, left_out = _collect(engine, boxes)
    if results:
        return ResultPage(engine.id, PageState.RESULTS, results, left_out)
    rest = _read_rest(text, title, engine)
    if rest.state is not PageState.UNRECOGNISED:
        return rest
    if not boxes and _says_nothing(engine, page):
        said = _("搜索引擎说明没有找到结果")
        return ResultPage(engine.id, PageState.NO_RESULTS, detail=said)
    return replace(rest, detail=left_out) if left_out else rest


def parse_page(text: str) -> Selector | None:
    """The page as a tree, or `None` where lxml's limits against hostile nesting cut it."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        try:
            return Selector(text, type="html", huge_tree=False)
        except (UserWarning, SyntaxError):
            return None


def _engine_of(page: Selector, title: str) -> Engine | None:
    engines = load_engines().engines
    by_title = (engine for engine in engines if engine.title.search(title))
    by_results = (engine for engine in engines if page.xpath(engine.results))
    return next(by_title, None) or next(by_results, None)


def _read_rest(text: str, title: str, engine: Engine | None = None) -> ResultPage:
    """What a page without results is, its words about finding nothing not considered."""
    known = load_engines()
    blocker = next((it for it in known.engines if it.refuses(text)), None)
    name = engine.id if engine else blocker.id if blocker else ""
    if blocker or known.refused.search(title):
        return ResultPage(name, PageState.BLOCKED, detail=_("搜索引擎要求验证或拒绝访问"))
    if known.failed.search(title):
        said = _("搜索引擎返回错误页：{title}").format(title=title[:80])
        return ResultPage(name, PageState.ERROR, detail=said)
    said = _("不是认得的搜索结果页：{title}").format(title=title[:80])
    return ResultPage(name, PageState.UNRECOGNISED, detail=said)


def _says_nothing(engine: Engine, page: Selector) -> bool:
    """Whether the engine says in visible words that it found nothing."""
    for place in page.xpath(engine.nothing_at):
        hidden = place.xpath(
            "ancestor-or-self::*[contains(translate(@style, ' ', ''), 'display:none')]"
        )
        if not hidden and engine.nothing_said.search(_text(place)):
            return True
    return False


def _box(engine: Engine, item: Selector) -> _Box:
    addresses = [item.xpath(path).get("") for path in engine.addresses]
    link = item.xpath(engine.link)
    return _Box(
        tuple(address for address in addresses if address.strip()),
        _text(link[0]) if link else "",
        _text(item, "[not(ancestor::h2 or ancestor::h3)]")[:_SNIPPET],
        bool(item.xpath(load_engines().ad_label)),
    )


def _text(item: Selector, condition: str = "") -> str:
    shown = "[not(ancestor::script or ancestor::style or ancestor::textarea)]"
    return _squeeze(" ".join(item.xpath(f".//text(){shown}{condition}").getall()))


def _squeeze(text: str) -> str:
    return " ".join(text.split())


def _read_feed(text: str) -> ResultPage:
    """Baidu's JSON form: `feed.entry`, each with title, url, abs."""
    engine = next(it for it in load_engines().engines if it.id == "baidu")
    try:
        answer = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return ResultPage("", PageState.ERROR, detail=_("搜索引擎返回的 JSON 不完整"))
    if answer.get("antiFlag"):
        return ResultPage("baidu", PageState.BLOCKED, detail=_("搜索引擎要求验证或拒绝访问"))
    feed = answer.get("feed")
    entries = feed.get("entry") if isinstance(feed, dict) else None
    if not isinstance(entries, list):
        return ResultPage("", PageState.UNRECOGNISED, detail=_("JSON 中没有结果列表"))
    boxes = [
        _Box((_string(it, "url"),), _string(it, "title"), _string(it, "abs")[:_SNIPPET])
        for it in entries
        if isinstance(it, dict) and _string(it, "url")
    ]
    results, left_out = _collect(engine, boxes)
    if results:
        return ResultPage("baidu", PageState.RESULTS, results, left_out)
    # An empty list says nothing in words: a refusal looks the same.
    said = left_out or _("JSON 中的结果列表是空的")
    return ResultPage("baidu", PageState.UNRECOGNISED, detail=said)


def _string(entry: dict[str, object], key: str) -> str:
    value = entry.get(key)
    if not isinstance(value, str):
        return ""
    # JSON can spell lone surrogates, which no file and no address can hold.
    return _squeeze(value.encode("utf-8", "replace").decode())


def _collect(engine: Engine, boxes: list[_Box]) -> tuple[tuple[SearchResult, ...], str]:
    """The results in the boxes, and a sentence about what was left out."""
    found: dict[str, SearchResult] = {}
    ads = own = bad = repeated = 0
    for box in boxes:
        urls = [url for address in box.addresses if (url := engine.resolve(address))]
        if box.ad:
            ads += 1
        elif not urls:
            # A box without any address is one of the engine's own: «others also searched for».
            bad, own = bad + bool(box.addresses), own + (not box.addresses)
        elif not (chosen := engine.choose(urls)):
            own += 1
        elif chosen in found:
            repeated += 1
        else:
            redirect = engine.is_redirect(chosen)
            found[chosen] = SearchResult(chosen, box.title, box.snippet, redirect)
    said = ""
    if ads or own or bad or repeated:
        said = _("略去：引擎自有 {own}、广告 {ads}、地址无法识别 {bad}、重复 {repeated}")
        said = said.format(own=own, ads=ads, bad=bad, repeated=repeated)
    return tuple(found.values()), said
