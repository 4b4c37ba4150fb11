"""One thing that `certhound doctor` looked at: how it stands, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from crawler.language import _


class Level(StrEnum):
    """How a thing stands."""

    OK = "ok"
    WARN = "warn"
    """A run works without it, or with less."""
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    subject: str
    level: Level
    said: str
    remedy: str = ""
    """What to do, or the empty string where all is well."""


def name_of_level(level: Level) -> str:
    """The word for a level in the language of output."""
    return {Level.OK: _("正常"), Level.WARN: _("注意"), Level.FAIL: _("失败")}[level]
