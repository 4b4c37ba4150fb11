"""Tells what kind of answer a capture is: content, or one of the pages that stand in its place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from urllib.parse import urlsplit

from crawler.addresses import host_of, parts
from crawler.errors import SeedError
from crawler.language import _
from crawler.model import Capture, Family, PageCondition, Signal
from crawler.tables import Table, parse_table
from detectors.identities import load_words
from detectors.pages import Page
from detectors.shown import shown

# Founders' judgement: fewer visible characters than these say nothing about anybody.
_EMPTY_BELOW = 8
# An answer with an error status and more text than this is a site's content sent wrongly.
_ERROR_BELOW = 300
_FRONT = re.compile(r"/(?:(?:index|default|home)\.[a-z]{2,5})?", re.IGNORECASE)
_LONGEST_WAIT = 60
# What a page says until its script has fetched the rest.
_WAITING = re.compile(
    r"(?:页面|数据|内容)?(?:正在)?(?:加载|载入|读取|查询)(?:中|数据)*|请?(?:稍候|稍等|等待)"
    r"|loading|please wait|请(?:启用|开启|打开)\s?javascript\S*|[\s.…,，。!！:：]",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class ConditionRule:
    """One kind of page that stands in the place of content."""

    name: str
    condition: PageCondition
    where: str
    longest: int
    with_form: bool
    """Whether such a page may ask for something to be typed."""
    spares_articles: bool
    pattern: re.Pattern[str]
    firing: tuple[str, ...]
    silent: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ConditionBook:
    """All rules, in the order in which they decide."""

    articles: re.Pattern[str]
    """Words of pages that speak of such notices."""
    rules: tuple[ConditionRule, ...]


# Founders' judgement: a notice may hold one such word by chance.
_ARTICLE_WORDS = 2


@cache
def load_conditions() -> ConditionBook:
    """The rules of `rules/conditions.toml`; raises `SeedError` naming file, key and remedy."""
    text = (files("detectors") / "rules" / "conditions.toml").read_text(encoding="utf-8")
    table = parse_table(text, "detectors/rules/conditions.toml", SeedError)
    rules = tuple(_rule(each) for each in table.take_tables("conditions"))
    book = ConditionBook(_compiled(table, "articles"), rules)
    table.finish()
    return book


def _rule(table: Table) -> ConditionRule:
    condition = table.take("condition", str)
    if condition not in [each.value for each in PageCondition]:
        raise table.fail("condition", _("没有名为 {name} 的页面状态").format(name=condition))
    where = table.take("where", str)
    if where not in ("title", "text", "html"):
        raise table.fail("where", _("应为 title、text 或 html"))
    rule = ConditionRule(
        name=table.take("name", str),
        condition=PageCondition(condition),
        where=where,
        longest=table.take("longest", int),
        with_form=table.take("with_form", bool, False),
        spares_articles=table.take("spares_articles", bool, True),
        pattern=_compiled(table, "pattern"),
        firing=table.take_strings("firing"),
        silent=table.take_strings("silent"),
    )
    table.finish()
    return rule


def _compiled(table: Table, key: str) -> re.Pattern[str]:
    try:
        return re.compile(table.take(key, str), re.IGNORECASE | re.MULTILINE)
    except re.error as problem:
        remedy = _("正则表达式有误（{problem}）").format(problem=problem)
        raise table.fail(key, remedy) from problem


def condition_of(page: Page, capture: Capture) -> tuple[PageCondition, Signal | None]:
    """The condition of an answer, with the words that told it; our own failure is `unknown`."""
    if capture.failure is not None or (capture.status is None and not page.html.strip()):
        return PageCondition.UNKNOWN, None
    seen = f"{page.title}\n{page.text}".strip()
    failed = capture.status is not None and capture.status >= 400
    book = load_conditions()
    looked_up = any(load_words().number.search(field.words) for field in page.fields)
    asks = bool(page.asked)
    for rule in book.rules:
        if len(seen) > rule.longest or (asks and not failed and not rule.with_form):
            continue
        if not failed and (looked_up or (rule.spares_articles and _is_article(seen, book))):
            continue
        place = {"title": page.title, "text": seen, "html": page.html}[rule.where]
        match = rule.pattern.search(place)
        if match:
            said = Signal(rule.name, Family.CONDITION, 1.0, shown(match[0]), rule.where)
            return rule.condition, said
    if failed and len(seen) < _ERROR_BELOW:
        return PageCondition.ERROR, None
    if (
        len(seen) >= _EMPTY_BELOW
        or page.fields
        or page.linked
        or page.targets
        or page.drawn.lines
        or (page.shell and page.title)
    ):
        return PageCondition.CONTENT, None
    # Pictures only: there is something, whatever it is.
    pictures = any(load.kind == "img" and load.url for load in page.loads)
    return (PageCondition.CONTENT if pictures else PageCondition.EMPTY), None


def _is_article(seen: str, book: ConditionBook) -> bool:
    words = {match[0] for match in book.articles.finditer(seen)}
    return len(words) >= _ARTICLE_WORDS


def is_legible(page: Page) -> bool:
    """Whether a page shows enough to be judged: not a shell that waits for its script."""
    text = page.text if len(page.text) > _LONGEST_WAIT else _WAITING.sub("", page.text)
    return len(text) >= _EMPTY_BELOW or bool(page.fields)


def sent_home(capture: Capture) -> Signal | None:
    """The signal that the page asked for is gone: it led to the front page of its own site."""
    asked, answered = urlsplit(capture.url), urlsplit(capture.final_url)
    at_home = _FRONT.fullmatch(answered.path or "/") and not answered.query
    if _FRONT.fullmatch(asked.path or "/") or not at_home:
        return None
    here, there = host_of(capture.url), host_of(capture.final_url)
    if not parts(here).registrable or parts(here).registrable != parts(there).registrable:
        return None
    return Signal("sent_home", Family.CONDITION, 1.0, shown(capture.final_url), "url")
