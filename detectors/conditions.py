"""Tells what kind of answer a capture is: content, or one of the pages that stand in its place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from crawler.errors import SeedError
from crawler.language import _
from crawler.model import Capture, Family, PageCondition, Signal
from crawler.tables import Table, parse_table
from detectors.pages import Page
from detectors.shown import shown

# Founders' judgement: fewer visible characters than these say nothing about anybody.
_EMPTY_BELOW = 8
# An answer with an error status and more text than this is a site's content sent wrongly.
_ERROR_BELOW = 300


@dataclass(frozen=True, slots=True)
class ConditionRule:
    """One kind of page that stands in the place of content."""

    name: str
    condition: PageCondition
    where: str
    longest: int
    pattern: re.Pattern[str]
    firing: tuple[str, ...]
    silent: tuple[str, ...]


@cache
def load_conditions() -> tuple[ConditionRule, ...]:
    """The rules of `rules/conditions.toml`; raises `SeedError` naming file, key and remedy."""
    text = (files("detectors") / "rules" / "conditions.toml").read_text(encoding="utf-8")
    table = parse_table(text, "detectors/rules/conditions.toml", SeedError)
    rules = tuple(_rule(each) for each in table.take_tables("conditions"))
    table.finish()
    return rules


def _rule(table: Table) -> ConditionRule:
    condition = table.take("condition", str)
    if condition not in [each.value for each in PageCondition]:
        raise table.fail("condition", _("没有名为 {name} 的页面状态").format(name=condition))
    where = table.take("where", str)
    if where not in ("title", "text", "html"):
        raise table.fail("where", _("应为 title、text 或 html"))
    try:
        pattern = re.compile(table.take("pattern", str), re.IGNORECASE | re.MULTILINE)
    except re.error as problem:
        remedy = _("正则表达式有误（{problem}）").format(problem=problem)
        raise table.fail("pattern", remedy) from problem
    rule = ConditionRule(
        name=table.take("name", str),
        condition=PageCondition(condition),
        where=where,
        longest=table.take("longest", int),
        pattern=pattern,
        firing=table.take_strings("firing"),
        silent=table.take_strings("silent"),
    )
    table.finish()
    return rule


def condition_of(page: Page, capture: Capture) -> tuple[PageCondition, Signal | None]:
    """The condition of an answer, with the words that told it; our own failure is `unknown`."""
    if capture.failure is not None or (capture.status is None and not page.html.strip()):
        return PageCondition.UNKNOWN, None
    seen = f"{page.title}\n{page.text}".strip()
    failed = capture.status is not None and capture.status >= 400
    asks = any(field.kind in ("text", "search", "number", "tel") for field in page.fields)
    for rule in load_conditions():
        if len(seen) > rule.longest or (
            asks and not failed and rule.condition is not PageCondition.WAF
        ):
            continue
        place = {"title": page.title, "text": seen, "html": page.html}[rule.where]
        match = rule.pattern.search(place)
        if match:
            said = Signal(rule.name, Family.CONDITION, 1.0, shown(match[0]), rule.where)
            return rule.condition, said
    if failed and len(seen) < _ERROR_BELOW:
        return PageCondition.ERROR, None
    if len(seen) >= _EMPTY_BELOW or page.fields or page.linked or page.targets or page.drawn.lines or (page.shell and page.title):
        return PageCondition.CONTENT, None
    pictures = any(load.kind == "img" and load.url for load in page.loads)
    return (PageCondition.CONTENT if pictures else PageCondition.EMPTY), None
