"""Which law held on the day of an act: `law.toml`, a dated table, read strictly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources import files

from crawler.errors import SeedError
from crawler.language import _
from crawler.model import Offence
from crawler.tables import Table, parse_table
from reports.states import take_state, take_states


class Role(StrEnum):
    """What an article is named for in a referral."""

    CRIMINAL = "criminal"
    ADMINISTRATIVE = "administrative"
    TRANSFER = "transfer"
    EVIDENCE = "evidence"


@dataclass(frozen=True, slots=True)
class Law:
    """One article with the days on which it holds."""

    act: str
    article: str
    """The article as cited, or the empty string where its number was not established."""
    role: Role
    text: str
    """Our summary in one sentence."""
    offences: tuple[Offence, ...]
    holds_from: date
    holds_until: date | None
    """The last day, or `None` for no known end."""
    verified: bool
    source: str
    note: str

    @property
    def cited(self) -> str:
        """Act and article as printed; what is not verified is marked so."""
        article = self.article or _("（条文序号待核实）")
        mark = "" if self.verified or not self.article else _("（待核实）")
        return f"《{self.act}》{article}{mark}"

    def holds(self, first: date, last: date) -> bool:
        """Whether it holds on any day from `first` to `last`."""
        return self.holds_from <= last and (self.holds_until is None or first <= self.holds_until)


def law_for(laws: Sequence[Law], offence: Offence, first: date, last: date) -> tuple[Law, ...]:
    """The articles for an offence committed from `first` to `last`, in the order of the table.

    An act that goes on across a change of the law is given the old and the new one.
    """
    return tuple(law for law in laws if offence in law.offences and law.holds(first, last))


@cache
def load_laws() -> tuple[Law, ...]:
    """The law we know; raises `SeedError` naming file, key and remedy."""
    text = (files("reports") / "law.toml").read_text(encoding="utf-8")
    return parse_laws(text, "reports/law.toml")


def parse_laws(text: str, where: str) -> tuple[Law, ...]:
    """The laws in a TOML text; raises `SeedError` naming `where`, key and remedy."""
    table = parse_table(text, where, SeedError)
    found = tuple(_law(each) for each in table.take_tables("laws"))
    table.finish()
    return found


def _law(table: Table) -> Law:
    law = Law(
        act=table.take("act", str),
        article=table.take("article", str),
        role=take_state(table, "role", Role),
        text=table.take("text", str),
        offences=take_states(table, "offences", Offence),
        holds_from=table.take("holds_from", date),
        holds_until=table.take("holds_until", date) if "holds_until" in table else None,
        verified=table.take("verified", bool),
        source=table.take("source", str),
        note=table.take("note", str, ""),
    )
    if law.verified and not law.article:
        raise table.fail("article", _("已核实的条目须写明条文序号，否则 verified 应为 false"))
    if law.holds_until is not None and law.holds_until < law.holds_from:
        raise table.fail("holds_until", _("不能早于 holds_from"))
    table.finish()
    return law
