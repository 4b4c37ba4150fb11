"""Knows the names by which a page can say that it is an authority, and the owners who are none."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from crawler.errors import SeedError
from crawler.model import Watchlist
from crawler.tables import Table, parse_table
from detectors.normal import normalise

_SPLIT = re.compile(r"[|_\-–—·•»>:/\\,()\[\]【】《》「」\"“”]|\s{1,}|--")
_HAN_AFTER = (
    r"(?=[^\u4e00-\u9fff]|$|版权|政府网站|网站标识|标识码|地址|电话|备案|承办|主办|技术|联系|未经"
    r"|[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼](?:icp|公网))"
)


@dataclass(frozen=True, slots=True)
class Words:
    """The expressions of `claims.toml`."""

    before: str
    after: str
    default: str
    services: tuple[str, ...]
    bureaus: str
    owner_labels: re.Pattern[str]
    identity_code: re.Pattern[str]
    others: re.Pattern[str]
    routes: re.Pattern[str]
    logos: re.Pattern[str]
    number: re.Pattern[str]
    ours: re.Pattern[str]
    general: re.Pattern[str]
    action: re.Pattern[str]
    labels: tuple[str, ...]
    holder: re.Pattern[str]
    category: re.Pattern[str]
    validity: re.Pattern[str]
    verdict: re.Pattern[str]
    staff: re.Pattern[str]
    issuer: re.Pattern[str]
    official: re.Pattern[str]
    ours_copied: re.Pattern[str]


@cache
def load_words() -> Words:
    """The words of `claims.toml`; raises `SeedError` naming file, key and remedy."""
    text = (files("detectors") / "claims.toml").read_text(encoding="utf-8")
    table = parse_table(text, "detectors/claims.toml", SeedError)
    query = table.take_table("query")
    mirror = table.take_table("mirror")
    words = Words(
        before=table.take("before", str),
        after=table.take("after", str),
        default=table.take("default", str),
        services=table.take_strings("services"),
        bureaus=table.take("bureaus", str),
        owner_labels=_pattern(table, "owner_labels"),
        identity_code=_pattern(table, "identity_code"),
        others=_pattern(table, "others"),
        routes=re.compile("|".join(table.take_strings("routes"))),
        logos=_pattern(table, "logos"),
        number=_pattern(query, "number"),
        ours=_pattern(query, "ours"),
        general=_pattern(query, "general"),
        action=_pattern(query, "action"),
        labels=query.take_strings("labels"),
        holder=_pattern(query, "holder"),
        category=_pattern(query, "category"),
        validity=_pattern(query, "validity"),
        verdict=_pattern(query, "verdict"),
        staff=_pattern(query, "staff"),
        issuer=_pattern(query, "issuer"),
        official=_pattern(mirror, "official"),
        ours_copied=_pattern(mirror, "ours_copied"),
    )
    for each in (query, mirror, table):
        each.finish()
    return words


def _pattern(table: Table, key: str) -> re.Pattern[str]:
    try:
        return re.compile(table.take(key, str), re.IGNORECASE)
    except re.error as problem:
        raise table.fail(key, str(problem)) from problem


@dataclass(frozen=True, slots=True)
class Identity:
    """An authority that a name stands for."""

    authority: str
    host: str
    """The host imitated."""
    platform: bool
    """Whether the name is that of a platform."""
    query: bool = False
    """Whether the platform is one on which certificates are looked up."""


# Founders' judgement: a longer part of a title is a sentence about something.
_LONG_PIECE = 14


class Identities:
    """The names of all authorities and platforms, ready for comparing."""

    def __init__(self, watchlist: Watchlist) -> None:
        self._words = load_words()
        self._named: dict[str, Identity] = {}
        hosts = {each.id: each.hosts[0] if each.hosts else "" for each in watchlist.authorities}
        for each in watchlist.authorities:
            for name in (each.name, *each.aliases):
                self._named.setdefault(_bare(name), Identity(each.id, hosts[each.id], False))
            for name in each.platforms:
                self._named[_bare(name)] = Identity(
                    each.id, hosts[each.id], True, query="查询" in name
                )
        default = self._words.default
        self._service = Identity(default, hosts.get(default, ""), True)
        self._bureau = Identity(default, "", False)
        names = "|".join(re.escape(n) for n in sorted(self._named, key=len, reverse=True))
        services = "|".join(self._words.services)
        body = f"(?:(?P<name>{names})|(?P<service>{services})|(?P<bureau>{self._words.bureaus}))"
        shape = f"{self._words.before}{body}{self._words.after}"
        self._whole = re.compile(shape)
        self._owner = re.compile(
            f"(?:{self._words.owner_labels.pattern})[^\\n]{{0,24}}?{shape}{_HAN_AFTER}",
            re.IGNORECASE,
        )
        self._any = re.compile(names)

    def of_name(self, text: str) -> Identity | None:
        """The authority for which a whole line or title segment stands, or `None`."""
        match = self._whole.fullmatch(_bare(text))
        return self._identity(match) if match else None

    def of_title(self, title: str) -> Identity | None:
        """The authority a title claims; a title that names another owner claims none."""
        plain = normalise(title).text
        whole = self.of_name(plain)
        if whole:
            return whole
        # Split as written: the normaliser takes out the very signs that stand between segments.
        written = unicodedata.normalize("NFKC", title)
        segments = [piece for piece in _SPLIT.split(written) if piece]
        claims = [found for piece in segments if (found := self.of_name(piece))]
        rest = [piece for piece in segments if not self.of_name(piece)]
        if not claims or any(self._is_other(piece) for piece in rest):
            return None
        return next((claim for claim in claims if claim.platform), claims[0])

    def _is_other(self, piece: str) -> bool:
        """Whether part of a title speaks of somebody else; a body of the authority's is not."""
        if self.names_one(piece):
            return False
        return bool(self._words.others.search(piece)) or len(piece) > _LONG_PIECE

    def names_one(self, text: str) -> bool:
        """Whether a text names an authority or platform at all."""
        return bool(self._any.search(text))

    def of_owner_line(self, line: str) -> tuple[Identity, str] | None:
        """The authority that a footer line names as owner, with the words."""
        plain = normalise(line)
        match = self._owner.search(plain.text)
        identity = self._identity(match) if match else None
        return (identity, plain.original(*match.span())) if match and identity else None

    def mentions(self, text: str) -> int:
        """How often an authority or platform is named at all."""
        return sum(1 for _ in self._any.finditer(text))

    def _identity(self, match: re.Match[str]) -> Identity | None:
        if match["name"]:
            return self._named[match["name"]]
        return self._service if match["service"] else self._bureau


def _bare(text: str) -> str:
    return re.sub(r"[^\w]", "", normalise(text).text)
