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
from detectors.plainly import plainly

_SPLIT = re.compile(r"[|_\-–—·•»>:/\\,()\[\]【】《》「」\"“”]|\s{1,}|--")
HAN = "\u3400-\u9fff"
_WITHIN_LATIN = re.compile(r"(?<=[a-z]) (?=[a-z])")
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
    english: dict[str, str]
    """English names by authority."""
    owner_marks: re.Pattern[str]
    owner_labels: re.Pattern[str]
    owners: str
    brands: str
    invented: re.Pattern[str]
    columns: re.Pattern[str]
    identity_code: re.Pattern[str]
    others: re.Pattern[str]
    routes: re.Pattern[str]
    logos: re.Pattern[str]
    number: re.Pattern[str]
    ours: re.Pattern[str]
    trades: re.Pattern[str]
    named: re.Pattern[str]
    general: re.Pattern[str]
    action: re.Pattern[str]
    labels: tuple[str, ...]
    holder: re.Pattern[str]
    category: re.Pattern[str]
    validity: re.Pattern[str]
    number_label: re.Pattern[str]
    issuer_label: re.Pattern[str]
    status_label: re.Pattern[str]
    data_keys: tuple[tuple[str, tuple[str, ...]], ...]
    verdict: re.Pattern[str]
    heading: re.Pattern[str]
    staff: re.Pattern[str]
    employer: re.Pattern[str]
    issuer: re.Pattern[str]
    explains: re.Pattern[str]
    disclaims: re.Pattern[str]
    demo: re.Pattern[str]
    elsewhere: re.Pattern[str]
    official: re.Pattern[str]
    ours_copied: re.Pattern[str]


@cache
def load_words() -> Words:
    """The words of `claims.toml`; raises `SeedError` naming file, key and remedy."""
    text = (files("detectors") / "claims.toml").read_text(encoding="utf-8")
    table = parse_table(text, "detectors/claims.toml", SeedError)
    query = table.take_table("query")
    mirror = table.take_table("mirror")
    english = table.take_table("english")
    words = Words(
        before=table.take("before", str),
        after=table.take("after", str),
        default=table.take("default", str),
        services=table.take_strings("services"),
        bureaus=table.take("bureaus", str),
        english={key: english.take(key, str) for key in english.keys()},  # noqa: SIM118 - no dict
        owner_marks=_pattern(table, "owner_marks"),
        owner_labels=_pattern(table, "owner_labels"),
        owners=table.take("owners", str),
        brands=table.take("brands", str),
        invented=_pattern(table, "invented"),
        columns=re.compile("|".join(table.take_strings("columns"))),
        identity_code=_pattern(table, "identity_code"),
        others=_pattern(table, "others"),
        routes=re.compile("|".join(table.take_strings("routes"))),
        logos=_pattern(table, "logos"),
        number=_pattern(query, "number"),
        ours=_pattern(query, "ours"),
        trades=_pattern(query, "trades"),
        named=_pattern(query, "named"),
        general=_pattern(query, "general"),
        action=_pattern(query, "action"),
        labels=query.take_strings("labels"),
        holder=_pattern(query, "holder"),
        category=_pattern(query, "category"),
        validity=_pattern(query, "validity"),
        number_label=_pattern(query, "number_label"),
        issuer_label=_pattern(query, "issuer_label"),
        status_label=_pattern(query, "status_label"),
        data_keys=tuple(
            (each.take("label", str), each.take_strings("keys"))
            for each in query.take_tables("data")
        ),
        verdict=_pattern(query, "verdict"),
        heading=_pattern(query, "heading"),
        staff=_pattern(query, "staff"),
        employer=_pattern(query, "employer"),
        issuer=_pattern(query, "issuer"),
        explains=_pattern(query, "explains"),
        disclaims=_pattern(query, "disclaims"),
        demo=_pattern(query, "demo"),
        elsewhere=_pattern(query, "elsewhere"),
        official=_pattern(mirror, "official"),
        ours_copied=_pattern(mirror, "ours_copied"),
    )
    for each in (query, mirror, english, table):
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


# Founders' judgement: a name of fewer characters is a kind of owner, not one.
_SHORT_OWNER = 3
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
        for authority, name in self._words.english.items():
            self._named[_bare(name)] = Identity(authority, hosts.get(authority, ""), False)
        default = self._words.default
        self._service = Identity(default, hosts.get(default, ""), True)
        self._bureau = Identity(default, "", False)
        names = "|".join(re.escape(n) for n in sorted(self._named, key=len, reverse=True))
        services = "|".join(self._words.services)
        body = f"(?:(?P<name>{names})|(?P<service>{services})|(?P<bureau>{self._words.bureaus}))"
        shape = f"{self._words.before}{body}{self._words.after}"
        self._whole = re.compile(shape)
        labels, marks = self._words.owner_labels.pattern, self._words.owner_marks.pattern
        self._owners = (
            re.compile(f"(?:{labels})[^\\n]{{0,24}}?{shape}{_HAN_AFTER}", re.IGNORECASE),
            re.compile(rf"(?<![{HAN}]){shape}[\s:,©]{{0,4}}(?:{marks})(?!单位)", re.IGNORECASE),
        )
        self._other = re.compile(
            rf"(?:^|[\s:©|_/,、-]|(?:版权所有|主办|承办|主管|运营|出品)(?:单位|方)?|\d年?)"
            rf"([{HAN}()（）]{{0,24}}(?:{self._words.owners}))"
        )
        self._brand = re.compile(
            rf"(?:^|[\s:©|_/,、—-])((?!全国|国家|中国|中华)[{HAN}]{{2,6}}(?:{self._words.brands}))"
            r"(?=$|[\s|_©,。.—-]|版权)"
        )
        self._any = re.compile(names)

    def of_name(self, text: str) -> Identity | None:
        """The authority for which a whole line or title segment stands, or `None`."""
        match = self._whole.fullmatch(_bare(text))
        return self._identity(match) if match else None

    def of_title(self, title: str) -> Identity | None:
        """The authority a title claims; a title that names another owner claims none."""
        whole = self.of_name(title)
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
        plain = plainly(line)
        for text in dict.fromkeys((plain, _WITHIN_LATIN.sub("", plain))):
            match = next((m for owner in self._owners if (m := owner.search(text))), None)
            identity = self._identity(match) if match else None
            if match and identity:
                return identity, line[slice(*match.span())] if len(text) == len(line) else line
        return None

    def owner_within(self, text: str) -> str:
        """The company, school or paper that a footer or title names, or the empty string."""
        for match in self._other.finditer(text):
            # «应急管理部培训中心» is part of what is claimed, not somebody else.
            if len(match[1]) > _SHORT_OWNER and not self.names_one(match[1]):
                return match[1]
        brand = self._brand.search(text)
        return brand[1] if brand and not self._words.ours.search(brand[1]) else ""

    def other_owner(self, line: str) -> str:
        """The owner that a line names and nothing else, or the empty string."""
        owner = self.owner_within(line)
        return owner if owner and len(line.strip()) <= len(owner) + _SHORT_OWNER else ""

    def _identity(self, match: re.Match[str]) -> Identity | None:
        if match["name"]:
            return self._named[match["name"]]
        return self._service if match["service"] else self._bureau


def _bare(text: str) -> str:
    return re.sub(r"[^\w]", "", plainly(text))
