"""States in our TOML files are read as enum members, or refused with the names that exist."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar

from crawler.language import _
from crawler.tables import Table

S = TypeVar("S", bound=StrEnum)


def take_state(table: Table, key: str, kind: type[S]) -> S:
    """The state under a key; raises the table's error for a name that is none."""
    return _state(table, key, table.take(key, str), kind)


def take_states(
    table: Table, key: str, kind: type[S], default: tuple[str, ...] | None = None
) -> tuple[S, ...]:
    """The states listed under a key; without a default the key must be there."""
    return tuple(_state(table, key, each, kind) for each in table.take_strings(key, default))


def _state(table: Table, key: str, text: str, kind: type[S]) -> S:
    try:
        return kind(text)
    except ValueError as problem:
        known = "、".join(member.value for member in kind)
        remedy = _("没有 {name} 这个值，可用的值：{known}").format(name=text, known=known)
        raise table.fail(key, remedy) from problem
