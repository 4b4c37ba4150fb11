"""Loads the phrase rules and their word groups; strict, so that a typo accuses nobody."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import TypeVar

from crawler.errors import SeedError
from crawler.language import _
from crawler.model import Family, Offence
from crawler.tables import Table, parse_table
from detectors.gates import Gate, narrowed

S = TypeVar("S", bound=StrEnum)
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_GROUP = re.compile(r"\{([a-z_]+)\}")
OFFERS = frozenset({Family.OFFER, Family.SALE, Family.CHEATING, Family.OTHER_PAPERS})
"""Families of rules that say an offence."""
NOT_MEANT = "not_meant"
"""Name of the part of a group's expression that only looks like its words."""
RULE_FILES = (
    "sale.toml",
    "cheating.toml",
    "other_papers.toml",
    "mirror.toml",
    "payment.toml",
    "innocence.toml",
)


class Reach(StrEnum):
    """How far a stance reaches where the speaker gives a contact of his own beside the offer."""

    PASSAGE = "passage"
    """The whole passage, as where he gives none."""
    SENTENCE = "sentence"
    """The same sentence, and what it points at."""
    POINTING = "pointing"
    """Only what it points at, announces or rules."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing a text can say, told by words that stand close together."""

    name: str
    family: Family
    offence: Offence
    describe: str
    """One Chinese sentence for the reader of a verdict."""
    describe_en: str
    parts: tuple[tuple[str, ...], ...]
    """Groups that must all occur within the window, in any order; each part names alternatives."""
    pattern: re.Pattern[str] | None
    """In place of `parts`: an expression over the normalised text."""
    only_with: tuple[str, ...]
    """For a pattern: groups of which one must occur before it is tried; empty for always."""
    must: frozenset[str]
    """Groups (or the pattern, by the rule's name) that must all be open at the gate."""
    needs: tuple[frozenset[str], ...]
    """Of each set one must be open, too."""
    window: int
    """Greatest distance from the first to the last character, in normalised characters."""
    at_least: int
    """How many different wordings must occur before the rule fires."""
    per_thousand: float
    """How many occurrences a thousand characters of a long text must hold; 0 for any."""
    covers: str
    """Innocence only: `passage` (what is said around it is not the speaker's own), `text`."""
    yields_to_contact: bool
    """Innocence of a whole text only: whether it weighs less where the speaker gives a contact."""
    reach: Reach
    """Innocence of a passage only."""
    unless: str
    """A group whose words silence the rule (an offer: in the same passage; innocence: in the same
    sentence), or the empty string."""
    firing: tuple[str, ...]
    silent: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RuleBook:
    """All phrase rules with the groups they name."""

    groups: dict[str, re.Pattern[str]]
    rules: tuple[Rule, ...]
    offers: tuple[Rule, ...]
    """Rules that say an offence."""
    stances: tuple[Rule, ...]
    """Innocence that covers a passage."""
    quotations: tuple[Rule, ...]
    """Innocence that covers what stands between quotation marks."""
    kinds: tuple[Rule, ...]
    """Innocence of a whole text."""
    payments: tuple[Rule, ...]
    """Rules that say how money is asked for."""
    gate: Gate
    """Which groups and which rules' patterns a text may match, by name."""

    def __reduce__(self) -> tuple[object, tuple[()]]:
        """Pickled by reference: the files are the same in every process."""
        return load_rules, ()


@cache
def load_rules() -> RuleBook:
    """The rules of `detectors/rules`; raises `SeedError` naming file, key and remedy."""
    groups, compiled = read_groups(_read("words.toml"))
    rules: list[Rule] = []
    for name in RULE_FILES:
        table = _read(name)
        rules += [read_rule(each, groups) for each in table.take_tables("rules")]
        table.finish()
    names = [rule.name for rule in rules]
    for name in names:
        if names.count(name) > 1:
            raise SeedError(_("规则名 {name} 重复，请改名").format(name=name))
    innocent = [rule for rule in rules if rule.family is Family.INNOCENCE]
    patterns = {rule.name: rule.pattern for rule in rules if rule.pattern}
    if twice := compiled.keys() & patterns.keys():
        raise SeedError(_("规则名 {name} 重复，请改名").format(name=min(twice)))
    return RuleBook(
        groups=compiled,
        rules=tuple(rules),
        offers=tuple(rule for rule in rules if rule.family in OFFERS),
        stances=tuple(rule for rule in innocent if rule.covers == "passage"),
        quotations=tuple(rule for rule in innocent if rule.covers == "quotation"),
        kinds=tuple(rule for rule in innocent if rule.covers == "text"),
        payments=tuple(rule for rule in rules if rule.family is Family.PAYMENT),
        gate=Gate(compiled | patterns),
    )


def _read(name: str) -> Table:
    path = files("detectors") / "rules" / name
    return parse_table(path.read_text(encoding="utf-8"), f"detectors/rules/{name}", SeedError)


def read_groups(table: Table) -> tuple[dict[str, str], dict[str, re.Pattern[str]]]:
    """Groups by name: as one expression each, and compiled as texts are searched for them.

    A group, its `not_behind` and `not_before` may hold groups that stand before it. What stands
    behind or before those is searched for too, as `NOT_MEANT`, so that no part of it is taken for a
    word of the group.
    """
    groups: dict[str, str] = {}
    compiled: dict[str, re.Pattern[str]] = {}
    for each in table.take_tables("groups"):
        name = each.take("name", str)
        words = each.take_strings("words")
        behind = _expand(each.take("not_behind", str, ""), groups, each)
        before = _expand(each.take("not_before", str, ""), groups, each)
        each.finish()
        body = "|".join(_expand(word, groups, each) for word in words)
        groups[name] = f"(?:{body})"
        compiled[name] = _compile(body, each, "words", re.NOFLAG)
        unmeant = [f"(?:{behind})(?:{body})"] if behind else []
        unmeant += [f"(?:{body})(?:{before})"] if before else []
        if unmeant:
            both = f"(?P<{NOT_MEANT}>{'|'.join(unmeant)})|{groups[name]}"
            compiled[name] = _compile(both, each, "not_behind", re.NOFLAG)
    table.finish()
    return groups, compiled


def _expand(text: str, groups: dict[str, str], table: Table) -> str:
    def body(match: re.Match[str]) -> str:
        if match[1] not in groups:
            raise table.fail("words", _("没有名为 {name} 的词组").format(name=match[1]))
        return groups[match[1]]

    return _GROUP.sub(body, text)


def _compile(
    body: str, table: Table, key: str, flags: re.RegexFlag = re.MULTILINE
) -> re.Pattern[str]:
    try:
        return re.compile(narrowed(body), flags)
    except re.error as problem:
        remedy = _("正则表达式有误（{problem}）").format(problem=problem)
        raise table.fail(key, remedy) from problem


def read_rule(table: Table, groups: dict[str, str]) -> Rule:
    """The rule in a TOML table; raises `SeedError` naming file, key and remedy."""
    name = table.take("name", str)
    if not _NAME.fullmatch(name):
        raise table.fail("name", _("只用小写字母、数字和下划线"))
    pattern = table.take("pattern", str, "")
    parts = tuple(tuple(part.split("|")) for part in table.take_strings("parts", ()))
    if bool(pattern) == bool(parts):
        raise table.fail("parts", _("parts 与 pattern 须写且只写一项"))
    for group in (group for part in parts for group in part):
        if group not in groups and group != "contact":
            raise table.fail("parts", _("没有名为 {name} 的词组").format(name=group))
    only_with = table.take_strings("only_with", ())
    needs = _needs(name, parts, only_with)
    rule = Rule(
        name=name,
        family=_one_of(table, "family", Family),
        offence=_one_of(table, "offence", Offence),
        describe=table.take("describe", str),
        describe_en=table.take("describe_en", str),
        parts=parts,
        pattern=_compile(_expand(pattern, groups, table), table, "pattern") if pattern else None,
        must=frozenset(next(iter(each)) for each in needs if len(each) == 1),
        needs=tuple(each for each in needs if len(each) > 1),
        only_with=only_with,
        window=table.take("window", int, 60),
        at_least=table.take("at_least", int, 1),
        per_thousand=table.take("per_thousand", float, 0.0),
        covers=table.take("covers", str, "text"),
        yields_to_contact=table.take("yields_to_contact", bool, False),
        reach=_one_of(table, "reach", Reach, Reach.POINTING),
        unless=table.take("unless", str, ""),
        firing=table.take_strings("firing"),
        silent=table.take_strings("silent"),
    )
    for group in only_with:
        if group not in groups:
            raise table.fail("only_with", _("没有名为 {name} 的词组").format(name=group))
    if rule.unless and rule.unless not in groups:
        raise table.fail("unless", _("没有名为 {name} 的词组").format(name=rule.unless))
    if rule.covers not in ("passage", "quotation", "text"):
        raise table.fail("covers", _('应为 "passage"、"quotation" 或 "text"'))
    if not rule.firing or not rule.silent:
        raise table.fail("firing", _("每条规则至少要有一个命中例和一个不命中例"))
    table.finish()
    return rule


def _needs(
    name: str, parts: tuple[tuple[str, ...], ...], only_with: tuple[str, ...]
) -> tuple[frozenset[str], ...]:
    if parts:
        return tuple(map(frozenset, parts))
    return (frozenset({name}), *([frozenset(only_with)] if only_with else ()))


def _one_of(table: Table, key: str, kind: type[S], default: str | None = None) -> S:
    value = table.take(key, str) if default is None else table.take(key, str, default)
    try:
        return kind(value)
    except ValueError as problem:
        known = "、".join(member.value for member in kind)
        raise table.fail(key, _("应为其中之一：{known}").format(known=known)) from problem
