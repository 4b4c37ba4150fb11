"""A strict reader of TOML: every key is asked for by name, and what is left over is an error."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import TypeVar, cast

from crawler.errors import CerthoundError
from crawler.language import _, said_by_system

T = TypeVar("T")
_PLACE = re.compile(r"at line (\d+), column (\d+)")


class Table:
    """One TOML table that remembers where it stands and which keys were taken."""

    def __init__(
        self, values: Mapping[str, object], where: str, error: type[CerthoundError], path: str = ""
    ) -> None:
        self._values = dict(values)
        self._where = where
        self._path = path
        self._error = error
        self._known: set[str] = set()

    def _name(self, key: str) -> str:
        return f"{self._path}.{key}" if self._path else key

    def fail(self, key: str, remedy: str) -> CerthoundError:
        """The error that names file, key and remedy; the caller raises it."""
        text = _("{file}：键 {key} 有误：{remedy}")
        return self._error(text.format(file=self._where, key=self._name(key), remedy=remedy))

    def take(self, key: str, kind: type[T], default: T | None = None) -> T:
        """The value of a key, checked for its kind; without a default the key must be there.

        Raises the table's error for a missing key or a value of another kind.
        """
        self._known.add(key)
        if key not in self._values:
            if default is None:
                raise self.fail(key, _("缺少此项，请补上"))
            return default
        value = self._values.pop(key)
        if kind is float and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        right = isinstance(value, kind) and not (kind is int and isinstance(value, bool))
        if kind is date and isinstance(value, datetime):
            right = False
        if not right:
            raise self.fail(key, _("应为{kind}").format(kind=_name_of(kind)))
        return cast("T", value)

    def take_strings(self, key: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        """The list of strings under a key; without a default the key must be there."""
        value = self.take(key, list, None if default is None else list(default))
        if not all(isinstance(item, str) for item in value):
            raise self.fail(key, _('应为文字列表，例如 ["甲", "乙"]'))
        return tuple(value)

    def take_table(self, key: str) -> Table:
        """The table under a key, empty where the key is absent."""
        self._known.add(key)
        value = self._values.pop(key, {})
        if not isinstance(value, dict):
            raise self.fail(key, _("应为一节，例如 [{key}]").format(key=self._name(key)))
        return Table(value, self._where, self._error, self._name(key))

    def take_tables(self, key: str) -> list[Table]:
        """The array of tables under a key, empty where the key is absent."""
        self._known.add(key)
        value = self._values.pop(key, [])
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise self.fail(key, _("应为若干节，例如 [[{key}]]").format(key=self._name(key)))
        return [
            Table(item, self._where, self._error, f"{self._name(key)}[{number}]")
            for number, item in enumerate(value, 1)
        ]

    def __contains__(self, key: str) -> bool:
        self._known.add(key)
        return key in self._values

    def keys(self) -> list[str]:
        """Names of the keys that were not taken yet."""
        return list(self._values)

    def finish(self) -> None:
        """Raise the table's error when a key was never asked for."""
        for key in self._values:
            near = get_close_matches(key, self._known, 1)
            if near:
                remedy = _("没有这个键，是否想写 {near}？").format(near=near[0])
            else:
                known = "、".join(sorted(self._known))
                remedy = _("没有这个键，请删去；可用的键：{known}").format(known=known)
            raise self.fail(key, remedy)


def _name_of(kind: type[object]) -> str:
    names = {
        str: _("文字"),
        bool: "true/false",
        int: _("整数"),
        float: _("数字"),
        list: _("列表"),
        date: _("日期"),
    }
    return names.get(kind, kind.__name__)


def parse_table(text: str, where: str, error: type[CerthoundError]) -> Table:
    """The table in a TOML text; raises `error` where it is no TOML.

    `where` is the file's name as messages show it.
    """
    try:
        return Table(tomllib.loads(text), where, error)
    except tomllib.TOMLDecodeError as problem:
        said = _("{file} 不是有效的 TOML（{problem}），请改正后重试")
        raise error(said.format(file=where, problem=_place_of(problem))) from problem
    except RecursionError as problem:
        said = _("{file} 不是有效的 TOML（{problem}），请改正后重试")
        raise error(said.format(file=where, problem=_("嵌套过深"))) from problem


def _place_of(problem: tomllib.TOMLDecodeError) -> str:
    """Where a TOML text breaks, by line and column; at its end there is neither."""
    place = _PLACE.search(str(problem))
    if place is None:
        return _("在文件末尾")
    return _("第 {line} 行第 {column} 列").format(line=place[1], column=place[2])


def read_table(path: Path, error: type[CerthoundError]) -> Table:
    """The table in a TOML file; raises `error` where it is missing, unreadable or no TOML."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as problem:
        said = _("找不到文件 {file}，请检查路径")
        raise error(said.format(file=path)) from problem
    except (OSError, UnicodeDecodeError) as problem:
        said = _("无法读取文件 {file}（{problem}），请检查权限和编码（须为 UTF-8）")
        why = said_by_system(problem) if isinstance(problem, OSError) else _("不是 UTF-8")
        raise error(said.format(file=path, problem=why)) from problem
    return parse_table(text, str(path), error)
