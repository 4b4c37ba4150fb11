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
from detectors.queries import labelled
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
    narrators: re.Pattern[str]
    """Words of those who tell of notices, and of owners whose page is their own."""
    reporters: re.Pattern[str]
    """Words of which one alone makes a report."""
    article_titles: re.Pattern[str]
    """Titles of explanations."""
    voices: re.Pattern[str]
    """How a host, a registrar or a browser speaks to the visitor in the site's place."""
    supposed: re.Pattern[str]
    """What stands before words that are supposed, quoted or foretold, not said."""
    rules: tuple[ConditionRule, ...]


# Founders' judgement: a notice may hold one such word by chance.
_ARTICLE_WORDS = 2
# Founders' judgement: a host's notice with all its explanations is no longer than this, and says
# what is the matter before this many characters.
_LONGEST_NOTICE = 1500
_HEAD = 160
# Founders' judgement: items of menus and lists of adverts are no sentences.
_SENTENCE = 15
# Founders' judgement: a site with more pages of its own than this is there.
_OWN_PAGES = 6
_SHOWN_LABELS = 4
_LINK = re.compile(r"<a\s[^>]{0,300}?href\s*=\s*[\"']?([^\"'\s>]{1,300})", re.IGNORECASE)
_CUT = re.compile(r"[。！!？?\n]")
# Words after a notice's that make it a question or a clause about those whom it meets.
_ASKED_AFTER = re.compile(
    r"[^。！!\n]{0,12}(?:[？?]|怎么|如何|的?(?:处理|解决)(?:办|方)法)"
    r"|(?:的?时候?[，,]|的(?:用户|人员|证书|顾客|客户|情况|网站[^。，,\n]))"
)


@cache
def load_conditions() -> ConditionBook:
    """The rules of `rules/conditions.toml`; raises `SeedError` naming file, key and remedy."""
    text = (files("detectors") / "rules" / "conditions.toml").read_text(encoding="utf-8")
    table = parse_table(text, "detectors/rules/conditions.toml", SeedError)
    rules = tuple(_rule(each) for each in table.take_tables("conditions"))
    book = ConditionBook(
        articles=_compiled(table, "articles"),
        narrators=_compiled(table, "narrators"),
        reporters=_compiled(table, "reporters"),
        article_titles=_compiled(table, "article_titles"),
        voices=_compiled(table, "voices"),
        supposed=_compiled(table, "supposed"),
        rules=rules,
    )
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
    if len(seen) <= _LONGEST_NOTICE:
        notice = _notice(page, seen, failed)
        if notice:
            rule, said = notice
            return rule.condition, Signal(rule.name, Family.CONDITION, 1.0, shown(said), rule.where)
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


def _notice(page: Page, seen: str, failed: bool) -> tuple[ConditionRule, str] | None:
    """The first rule that fits a short page, and the words that told it."""
    book = load_conditions()
    if not failed and _looks_up(page):
        return None
    asks = bool(page.asked)
    titled = bool(book.article_titles.search(page.title))
    for rule in book.rules:
        place = {"title": page.title, "text": seen, "html": page.html}[rule.where]
        match = next((m for m in rule.pattern.finditer(place) if _is_said(m, book)), None)
        if match is None:
            continue
        short = len(seen) <= rule.longest
        if failed and short:
            return rule, match[0]
        plain = (not asks or rule.with_form) and not (
            rule.spares_articles and (titled or _is_article(page, seen, match, book))
        )
        if (short and plain) or _stands_in(page, seen, rule, match):
            return rule, match[0]
    return None


def _is_said(match: re.Match[str], book: ConditionBook) -> bool:
    """Whether words are said of this site now, not supposed, quoted, foretold or asked about."""
    before = _CUT.split(match.string[max(0, match.start() - 40) : match.start()])[-1]
    return not (book.supposed.search(before) or _ASKED_AFTER.match(match.string, match.end()))


def _stands_in(page: Page, seen: str, rule: ConditionRule, match: re.Match[str]) -> bool:
    """Whether a notice leads the page and speaks to the visitor in the place of its owner."""
    book = load_conditions()
    if rule.where == "html" or not _leads(page, match) or not book.voices.search(seen):
        return False
    if book.article_titles.search(page.title):
        return False
    gone = rule.condition is PageCondition.ERROR and match.start() < len(page.title)
    if gone:
        # A missing page wears its site's menu and foot.
        return True
    if rule.condition is not PageCondition.PARKED and _own_pages(page) >= _OWN_PAGES:
        return False
    return not _is_told(page, book)


def _leads(page: Page, match: re.Match[str]) -> bool:
    return match.start() <= len(page.title) + 1 + _HEAD


def _is_told(page: Page, book: ConditionBook) -> bool:
    """Whether title or sentences are those of somebody who tells of such notices."""
    sentences = [line for line in page.lines if len(line) >= _SENTENCE]
    said = "\n".join((page.title, *sentences))
    return bool(book.reporters.search(said)) or _counts(book.narrators, said)


def _is_article(page: Page, seen: str, match: re.Match[str], book: ConditionBook) -> bool:
    """Whether a short page speaks of such notices; the foot of a host's company says nothing."""
    if _leads(page, match) and _own_pages(page) < _OWN_PAGES:
        return _is_told(page, book)
    return _counts(book.articles, seen)


def _counts(words: re.Pattern[str], seen: str) -> bool:
    return len({match[0] for match in words.finditer(seen)}) >= _ARTICLE_WORDS


def _own_pages(page: Page) -> int:
    """How many pages of its own host a page links to, its front page left out."""
    host = host_of(page.url)
    links = {link.split("#")[0] for link in _LINK.findall(page.html)}
    return sum(
        not _FRONT.fullmatch(link or "/")
        and (host_of(link) == host if "//" in link[:8] else ":" not in link)
        for link in links
    )


def _looks_up(page: Page) -> bool:
    """Whether certificates are looked up or shown here: whatever else it says, that is content."""
    if any(load_words().number.search(field.words) for field in page.fields):
        return True
    labels = {label for label, _value in labelled(page.plain)}
    return len(labels) >= _SHOWN_LABELS


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
