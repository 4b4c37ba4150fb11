"""What a search engine answers over HTTP: to a query, and to one of its redirect links.

Pure: what came over the wire goes in. A captcha, a decoy, a torn or a strange answer is told as
such, never as a page without results.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from urllib.parse import urljoin, urlsplit

from crawler.addresses import host_of
from crawler.language import _
from spiders.result_engines import Engine
from spiders.result_pages import PageState, SearchResult, legible, read_result_page

_MOVED = frozenset({301, 302, 303, 307, 308})
_REFUSED = frozenset({401, 403, 429})
_READ = 20_000
"""Characters read of a redirect's page; engines send a tenth of that. Founders' judgement."""
_OPERATOR = re.compile(r"-\S+|\b(?:intitle|inurl|site|filetype):", re.IGNORECASE)
_WORD = re.compile(r"[\u3400-\u9fff]+|[A-Za-z0-9]{2,}")
# What public copies of these pages hold: a meta refresh, or a script that replaces the address.
_META = re.compile(r"<meta\b[^>]{0,2000}>", re.IGNORECASE)
_REFRESH = re.compile(r"""\burl\s*=\s*(?:"([^"]+)"|'([^']+)'|([^\s"'>]+))""", re.IGNORECASE)
_SCRIPT = re.compile(
    r"""(?:location(?:\.href)?\s*=|location\.(?:replace|assign)\s*\(|\bvar\s+u\s*=)\s*"""
    r"""(?:"((?:[^"\\]|\\.){1,4000})"|'((?:[^'\\]|\\.){1,4000})')""",
    re.IGNORECASE,
)
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))")


@dataclass(frozen=True, slots=True)
class WireAnswer:
    """One answer as it came."""

    url: str
    status: int
    body: bytes
    content_type: str = ""
    location: str = ""
    is_whole: bool = True
    """Whether the body is as long as the server said."""


@dataclass(frozen=True, slots=True)
class QueryAnswer:
    """What an engine's answer to a query holds."""

    results: tuple[SearchResult, ...] = ()
    problem: str = ""
    """Why it is none, or no whole one, in one sentence, or the empty string."""
    is_refused: bool = False
    """Whether the engine does not want to be asked any more."""
    moved_to: str = ""
    """Where the same question is to be asked instead, or the empty string."""


@dataclass(frozen=True, slots=True)
class LinkAnswer:
    """Where a redirect link of an engine leads to."""

    target: str = ""
    """Normalised, or the empty string where it is not known."""
    problem: str = ""
    is_refused: bool = False


def read_query_answer(engine: Engine, query: str, answer: WireAnswer) -> QueryAnswer:
    """The results for a query, or why there are none to read; never raises."""
    if refusal := _refusal(engine, answer):
        return QueryAnswer(problem=refusal, is_refused=True)
    if answer.status in _MOVED:
        return _moved(engine, answer)
    if answer.status != 200:
        return QueryAnswer(problem=_("返回 HTTP 状态 {status}").format(status=answer.status))
    page = read_result_page(answer.body, answer.content_type)
    if page.state is PageState.BLOCKED:
        return QueryAnswer(problem=page.detail, is_refused=True)
    torn = "" if answer.is_whole else _("回答中途断开，只读到一部分")
    if page.state is PageState.NO_RESULTS:
        return QueryAnswer(problem=torn)
    if page.state is not PageState.RESULTS:
        return QueryAnswer(problem=torn or page.detail)
    if page.engine.partition("_")[0] != engine.id:
        return QueryAnswer(problem=_("答的是另一个搜索引擎的页面（{id}）").format(id=page.engine))
    if is_decoy(query, page.results):
        return QueryAnswer(problem=_("没有一条结果含有所搜的词，是给程序看的假结果"))
    return QueryAnswer(page.results, torn)


def is_decoy(query: str, results: tuple[SearchResult, ...]) -> bool:
    """Whether not one result has any two neighbouring characters of the words asked for.

    Founders' judgement: engines that mistrust a program hand it results for something else; those
    that merely widen a query keep some of its words.
    """
    words = _WORD.findall(_OPERATOR.sub(" ", query.casefold()))
    pairs = {word[at : at + 2] for word in words for at in range(max(1, len(word) - 1))}
    if not pairs:
        return False
    said = ((result.title + " " + result.snippet).casefold() for result in results)
    return not any(pair in text for text in said for pair in pairs)


def read_link_answer(engine: Engine, answer: WireAnswer) -> LinkAnswer:
    """Where a redirect link leads, by Location, meta refresh or script; never raises."""
    if refusal := _refusal(engine, answer):
        return LinkAnswer(problem=refusal, is_refused=True)
    if answer.status in _MOVED:
        return _outside(engine, answer, [answer.location])
    if answer.status != 200:
        return LinkAnswer(problem=_("返回 HTTP 状态 {status}").format(status=answer.status))
    text = legible(answer.body, answer.content_type)[:_READ]
    if engine.refuses(text):
        return LinkAnswer(problem=_("搜索引擎要求验证或拒绝访问"), is_refused=True)
    metas = (found for tag in _META.findall(text) for found in _REFRESH.findall(unescape(tag)))
    scripts = (_plain(a or b) for a, b in _SCRIPT.findall(text))
    return _outside(engine, answer, ["".join(found) for found in metas] + list(scripts))


def _outside(engine: Engine, answer: WireAnswer, places: list[str]) -> LinkAnswer:
    """The first of some addresses that is not the engine's own."""
    for place in places:
        try:
            written = urljoin(answer.url, place.strip()) if place.strip() else ""
        except ValueError:  # broken brackets
            continue
        url = engine.resolve(written)
        if url and not engine.owns(url):
            return LinkAnswer(url)
    return LinkAnswer(problem=_("跳转链接没有给出真实网址"))


def _moved(engine: Engine, answer: WireAnswer) -> QueryAnswer:
    """A redirect: to the same page on another host of the engine's, or away from all results."""
    try:
        there = urljoin(answer.url, answer.location)
        is_same = urlsplit(there).path == urlsplit(answer.url).path and engine.owns(there)
    except ValueError:
        there, is_same = "", False
    if is_same and there != answer.url:
        return QueryAnswer(moved_to=there)
    said = _("被转到别处（{host}），没有结果页")
    return QueryAnswer(problem=said.format(host=host_of(there)[:80] or "?"))


def _refusal(engine: Engine, answer: WireAnswer) -> str:
    """Why the engine refuses us by status or by where it sends us, or the empty string."""
    if answer.status in _REFUSED:
        return _("拒绝访问（HTTP {status}）").format(status=answer.status)
    if answer.status in _MOVED and engine.refuses(answer.location):
        return _("搜索引擎要求验证或拒绝访问")
    return ""


def _plain(text: str) -> str:
    """The text of a JavaScript string."""
    return _ESCAPE.sub(
        lambda found: chr(int(found[1] or found[2], 16)) if found[1] or found[2] else found[3], text
    )
