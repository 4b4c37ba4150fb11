"""Who can act against a case, and how they are reached: `recipients.toml`, read strictly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources import files

from crawler.addresses import covers
from crawler.errors import SeedError
from crawler.model import Case, KeyKind, Offence
from crawler.tables import Table, parse_table
from reports.states import take_state, take_states


class Power(StrEnum):
    """What kind of body a recipient is, and so which sheet it stands on."""

    AUTHORITY = "authority"
    EXAM_AUTHORITY = "exam_authority"
    REGISTRY = "registry"
    REGISTRAR = "registrar"
    HOSTING = "hosting"
    PLATFORM = "platform"


@dataclass(frozen=True, slots=True)
class Recipient:
    """One body that can act, with how it is reached and what it wants to be told."""

    id: str
    power: Power
    name: str
    contact: str
    """As published, or the empty string where a person has to look it up."""
    wants: str
    asks: str
    """What it is asked to do."""
    offences: tuple[Offence, ...]
    key_kinds: tuple[KeyKind, ...]
    """Empty for any."""
    suffixes: tuple[str, ...]
    registrars: tuple[str, ...]
    otherwise: bool
    verified: bool
    holds_from: date
    source: str

    def fits(self, case: Case) -> bool:
        """Whether it can act against the case; `otherwise` is for the caller to weigh."""
        facts, registrar = case.facts, case.facts.registrar.casefold()
        return (
            facts.offence in self.offences
            and (not self.key_kinds or case.key.kind in self.key_kinds)
            and (not self.suffixes or any(covers(each, facts.domain) for each in self.suffixes))
            and (not self.registrars or any(each in registrar for each in self.registrars))
        )


def recipients_for(case: Case, recipients: Sequence[Recipient]) -> tuple[Recipient, ...]:
    """Everybody who can act against the case, in the order of the table."""
    fitting = [each for each in recipients if each.fits(case)]
    named = {each.power for each in fitting if not each.otherwise}
    return tuple(each for each in fitting if not each.otherwise or each.power not in named)


@cache
def load_recipients() -> tuple[Recipient, ...]:
    """The recipients we know; raises `SeedError` naming file, key and remedy."""
    text = (files("reports") / "recipients.toml").read_text(encoding="utf-8")
    return parse_recipients(text, "reports/recipients.toml")


def parse_recipients(text: str, where: str) -> tuple[Recipient, ...]:
    """The recipients in a TOML text; raises `SeedError` naming `where`, key and remedy."""
    table = parse_table(text, where, SeedError)
    found = tuple(_recipient(each) for each in table.take_tables("recipients"))
    table.finish()
    return found


def _recipient(table: Table) -> Recipient:
    recipient = Recipient(
        id=table.take("id", str),
        power=take_state(table, "class", Power),
        name=table.take("name", str),
        contact=table.take("contact", str),
        wants=table.take("wants", str),
        asks=table.take("asks", str),
        offences=take_states(table, "offences", Offence),
        key_kinds=take_states(table, "key_kinds", KeyKind, ()),
        suffixes=table.take_strings("suffixes", ()),
        registrars=table.take_strings("registrars", ()),
        otherwise=table.take("otherwise", bool, False),
        verified=table.take("verified", bool),
        holds_from=table.take("holds_from", date),
        source=table.take("source", str),
    )
    table.finish()
    return recipient
