"""Where certificates are really checked and who takes reports: `bulletin.toml`, read strictly."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources import files

from crawler.errors import SeedError
from crawler.language import _
from crawler.tables import Table, parse_table
from reports.states import take_state


class ChannelKind(StrEnum):
    """What a reader uses a channel for."""

    QUERY = "query"
    HOTLINE = "hotline"


@dataclass(frozen=True, slots=True)
class Channel:
    """One official address, account or number that a bulletin ends with."""

    kind: ChannelKind
    name: str
    value: str
    verified: bool
    holds_from: date
    source: str

    def __str__(self) -> str:
        """The channel as printed; what is not verified is marked so."""
        return f"{self.name} {self.value}" + ("" if self.verified else _("（待核实）"))


@cache
def load_channels() -> tuple[Channel, ...]:
    """The channels we know; raises `SeedError` naming file, key and remedy."""
    text = (files("reports") / "bulletin.toml").read_text(encoding="utf-8")
    return parse_channels(text, "reports/bulletin.toml")


def parse_channels(text: str, where: str) -> tuple[Channel, ...]:
    """The channels in a TOML text; raises `SeedError` naming `where`, key and remedy."""
    table = parse_table(text, where, SeedError)
    found = tuple(_channel(each) for each in table.take_tables("channels"))
    table.finish()
    return found


def _channel(table: Table) -> Channel:
    channel = Channel(
        kind=take_state(table, "kind", ChannelKind),
        name=table.take("name", str),
        value=table.take("value", str),
        verified=table.take("verified", bool),
        holds_from=table.take("holds_from", date),
        source=table.take("source", str),
    )
    table.finish()
    return channel
