"""The words of registries: what their labels mean and what they say instead of a record."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib.resources import as_file, files
from typing import TypeVar

from crawler.errors import SeedError
from crawler.tables import Table, read_table

T = TypeVar("T")


class Field(Enum):
    """What a labelled value is about."""

    CREATED = "created"
    EXPIRES = "expires"
    REGISTRAR = "registrar"
    SERVERS = "servers"
    STATUSES = "statuses"
    DOMAIN = "domain"
    REFERRAL = "referral"


class Notice(Enum):
    """What a registry says instead of a record."""

    THROTTLED = "throttled"
    NOT_FOUND = "not_found"
    RESERVED = "reserved"


@dataclass(frozen=True, slots=True)
class Terms:
    """All of `terms.toml`, ready for use."""

    labels: Mapping[str, tuple[Field, bool]]
    """What a label means, and whether it is firm."""
    phrase: re.Pattern[str]
    """A label of several words at the head of a line that has no colon behind it."""
    registrar_parts: frozenset[str]
    registrar_names: frozenset[str]
    other_parts: frozenset[str]
    objects: frozenset[str]
    server_objects: frozenset[str]
    empty: frozenset[str]
    no_value: re.Pattern[str]
    untold: re.Pattern[str]
    available: re.Pattern[str]
    reserved: re.Pattern[str]
    notices: Mapping[Notice, re.Pattern[str]]
    zones: Mapping[str, int]
    local: Mapping[str, int]
    day_first: frozenset[str]
    month_first: frozenset[str]
    charsets: Mapping[str, str]

    def says_nothing(self, value: str) -> bool:
        """Whether a value is the registry's way to leave a field empty."""
        return value.lower() in self.empty or self.no_value.search(value) is not None


_LONGEST_NOTICE = 300
_MOST_LINES = 4000
_OTHER_ENDS = re.compile("[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_RUNS = re.compile(r"[\s._\-\u3000]+")


def label_of(text: str) -> str:
    """A label as `terms.toml` has it: lower case, runs of spaces and dots as one space."""
    return _RUNS.sub(" ", text).strip(" *#%").lower()


@cache
def terms() -> Terms:
    """The words of registries; raises `SeedError` where their file is malformed."""
    with as_file(files(__package__) / "terms.toml") as path:
        table = read_table(path, SeedError)
    labels: dict[str, tuple[Field, bool]] = {}
    for field in Field:
        part = table.take_table(field.value)
        labels |= dict.fromkeys(part.take_strings("bare"), (field, False))
        labels |= dict.fromkeys(part.take_strings("firm"), (field, True))
        part.finish()
    parts, values = table.take_table("parts"), table.take_table("values")
    notices, order = table.take_table("notices"), table.take_table("order")
    zones, local = table.take_table("zones"), table.take_table("local")
    charsets = table.take_table("charsets")
    made = Terms(
        labels=labels,
        phrase=_phrase(labels),
        registrar_parts=frozenset(parts.take_strings("registrar")),
        registrar_names=frozenset(parts.take_strings("registrar_name")),
        other_parts=frozenset(parts.take_strings("other")),
        objects=frozenset(parts.take_strings("objects")),
        server_objects=frozenset(parts.take_strings("servers")),
        empty=frozenset(values.take_strings("empty")),
        no_value=re.compile(values.take("no_value", str)),
        untold=re.compile(values.take("untold", str)),
        available=re.compile(values.take("available", str)),
        reserved=re.compile(values.take("reserved", str)),
        notices={each: _any(notices.take_strings(each.value)) for each in Notice},
        zones=_all(zones, int),
        local=_all(local, int),
        day_first=frozenset(order.take_strings("day_first")),
        month_first=frozenset(order.take_strings("month_first")),
        charsets=_all(charsets, str),
    )
    for each in (parts, values, notices, order, zones, local, charsets, table):
        each.finish()
    return made


def _all(table: Table, kind: type[T]) -> dict[str, T]:
    names = table.keys()
    return {name: table.take(name, kind) for name in names}


def _any(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)


def _phrase(labels: Mapping[str, tuple[Field, bool]]) -> re.Pattern[str]:
    dates = (
        label
        for label, (field, firm) in labels.items()
        if firm and " " in label and field in (Field.CREATED, Field.EXPIRES)
    )
    spaced = "|".join(
        re.escape(label).replace("\\ ", r"\s+") for label in sorted(dates, key=len, reverse=True)
    )
    return re.compile(
        rf"({spaced})\s+(?=\D{{0,20}}\d)|(name ?server|nserver|domain\s+name)\s+(?=\S+\.\S+)",
        re.IGNORECASE,
    )


def lines_of(text: str) -> list[str]:
    """The lines of a reply, which line feeds end (RFC 3912).

    Whatever else Unicode calls the end of a line, a registrant may have written into a name, and
    behind it a date that no registry printed.
    """
    ended = text if "\n" in text else text.replace("\r", "\n")
    return [_OTHER_ENDS.sub(" ", line.rstrip("\r")) for line in ended.split("\n")]


def notice_of(text: str) -> Notice | None:
    """What a registry says instead of a record; the first line that says anything decides."""
    patterns = terms().notices
    for raw in lines_of(text)[:_MOST_LINES]:
        line = raw.strip(" \t%#*>;-")[:_LONGEST_NOTICE]
        for notice in Notice:
            if line and patterns[notice].search(line):
                return notice
    return None
