"""Reads the watchlist from TOML; whatever is empty, doubled or no host is an error."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from importlib.resources import as_file, files
from pathlib import Path

from crawler.addresses import AddressError, ascii_host
from crawler.errors import SeedError
from crawler.language import _
from crawler.model import (
    Authority,
    CertificateKind,
    NameWord,
    Platform,
    TrustedHost,
    TrustKind,
    Watchlist,
    WordRole,
)
from crawler.tables import Table, read_table

with as_file(files("seeds")) as _folder:
    SEEDS = Path(_folder)
"""The folder of the seeds that come with the package."""

_NEVER = date.max
# Founders' judgement: a review that never ends would be a way to hide a suspect for good.
_MUST_END = frozenset({TrustKind.UNDER_REVIEW})


def load_watchlist(folder: Path = SEEDS) -> Watchlist:
    """All that we protect and trust, from the TOML files in a folder.

    Raises `SeedError` naming file, key and remedy for anything missing, empty or malformed.
    """
    authorities = _authorities(read_seed(folder, "authorities.toml"))
    protected = frozenset(host for authority in authorities for host in authority.hosts)
    words = _words(read_seed(folder, "words.toml"), protected)
    return Watchlist(
        authorities=authorities,
        trusted=_trusted(read_seed(folder, "trusted.toml")),
        certificates=_certificates(
            read_seed(folder, "certificates.toml"), {authority.id for authority in authorities}
        ),
        platforms=_platforms(read_seed(folder, "platforms.toml")),
        service_words=_of_role(words, WordRole.SERVICE),
        province_words=_of_role(words, WordRole.PLACE),
        name_words=words,
    )


def read_seed(folder: Path, name: str) -> Table:
    """The table in one seed file; raises `SeedError` where it is missing or no TOML."""
    return read_table(folder / name, SeedError)


def _entries(table: Table, key: str) -> list[Table]:
    entries = table.take_tables(key)
    table.finish()
    if not entries:
        raise table.fail(key, _("一条也没有，请至少写一节 [[{key}]]").format(key=key))
    return entries


def _text(table: Table, key: str) -> str:
    value = table.take(key, str)
    if not value.strip():
        raise table.fail(key, _("不能为空，请填写"))
    return value


def _texts(table: Table, key: str) -> tuple[str, ...]:
    values = table.take_strings(key)
    if not all(value.strip() for value in values):
        raise table.fail(key, _("不能有空文字，请删去或填写"))
    if len(set(values)) != len(values):
        raise table.fail(key, _("有重复的文字，请删去一个"))
    return values


def _unique(table: Table, key: str, value: str, seen: set[str]) -> str:
    if value in seen:
        raise table.fail(key, _("{value} 重复，请改名或删去").format(value=value))
    seen.add(value)
    return value


def _host(table: Table, key: str, value: str, *, suffix: bool = False) -> str:
    try:
        right = ascii_host(value) == value and (suffix or "." in value)
    except AddressError:
        right = False
    if not value or not right:
        said = _("{value} 不是域名，应为小写 ASCII 域名，例如 cx.mem.gov.cn")
        raise table.fail(key, said.format(value=value or '""'))
    return value


def _authorities(table: Table) -> tuple[Authority, ...]:
    ids: set[str] = set()
    hosts: set[str] = set()
    found = []
    for entry in _entries(table, "authority"):
        authority = Authority(
            id=_unique(entry, "id", _text(entry, "id"), ids),
            name=_text(entry, "name"),
            aliases=_texts(entry, "aliases"),
            hosts=tuple(
                _unique(entry, "hosts", _host(entry, "hosts", host), hosts)
                for host in entry.take_strings("hosts")
            ),
            platforms=_texts(entry, "platforms"),
            words=_latin(entry, "words", _texts(entry, "words")),
            source=_text(entry, "source"),
        )
        if not authority.hosts:
            raise entry.fail("hosts", _("至少要有一个官方域名"))
        entry.finish()
        found.append(authority)
    return tuple(found)


def _latin(table: Table, key: str, words: tuple[str, ...]) -> tuple[str, ...]:
    for word in words:
        if not re.fullmatch(r"[a-z0-9]+", word):
            said = _("{word} 应只含小写字母和数字")
            raise table.fail(key, said.format(word=word))
    return words


def _trusted(table: Table) -> tuple[TrustedHost, ...]:
    seen: set[str] = set()
    found = []
    for entry in _entries(table, "trusted"):
        host = _host(entry, "host", entry.take("host", str), suffix=True)
        expires = entry.take("expires", date, _NEVER)
        kind = entry.take("kind", str)
        if kind not in set(TrustKind):
            raise entry.fail("kind", _("应为 {kinds} 之一").format(kinds="、".join(TrustKind)))
        if kind in _MUST_END and expires == _NEVER:
            raise entry.fail("expires", _("{kind} 的条目必须写明到期日").format(kind=kind))
        found.append(
            TrustedHost(
                host=_unique(entry, "host", host, seen),
                kind=TrustKind(kind),
                reason=_text(entry, "reason"),
                owner=_text(entry, "owner"),
                expires=None if expires == _NEVER else expires,
            )
        )
        _text(entry, "source")
        entry.finish()
    return tuple(found)


def _certificates(table: Table, authorities: set[str]) -> tuple[CertificateKind, ...]:
    ids: set[str] = set()
    found = []
    for entry in _entries(table, "certificate"):
        kind = CertificateKind(
            id=_unique(entry, "id", _text(entry, "id"), ids),
            name=_text(entry, "name"),
            aliases=_texts(entry, "aliases"),
            ours=entry.take("ours", bool),
            issuer=entry.take("issuer", str),
        )
        if kind.issuer not in authorities and (kind.ours or kind.issuer):
            said = _("authorities.toml 里没有 {id}，请改为其中的一个 id")
            raise entry.fail("issuer", said.format(id=kind.issuer or '""'))
        _text(entry, "source")
        entry.finish()
        found.append(kind)
    return tuple(found)


def _platforms(table: Table) -> tuple[Platform, ...]:
    seen: set[str] = set()
    found = []
    for entry in _entries(table, "platform"):
        account = entry.take("account", str)
        if account and not _names_account(account):
            raise entry.fail("account", _("应为含 (?P<account>…) 的正则表达式，或留空"))
        domain = _host(entry, "domain", entry.take("domain", str))
        found.append(
            Platform(_unique(entry, "domain", domain, seen), _text(entry, "name"), account)
        )
        entry.take("verified", bool)
        entry.finish()
    return tuple(found)


def _names_account(pattern: str) -> bool:
    try:
        return "account" in re.compile(pattern).groupindex
    except re.error:
        return False


def _words(table: Table, protected: frozenset[str]) -> tuple[NameWord, ...]:
    seen: set[str] = set()
    found: list[NameWord] = []
    for entry in _entries(table, "group"):
        role = entry.take("role", str)
        if role not in set(WordRole):
            raise entry.fail("role", _("应为 {roles} 之一").format(roles="、".join(WordRole)))
        points = entry.take("points", int)
        means = _text(entry, "means")
        host = entry.take("host", str, "")
        if host and host not in protected:
            raise entry.fail("host", _("{host} 不在 authorities.toml 里").format(host=host))
        fuzzy = entry.take("fuzzy", bool, default=False)
        words = _texts(entry, "words")
        if not words:
            raise entry.fail("words", _("至少要有一个词"))
        for text in words:
            if text.isascii():
                _latin(entry, "words", (text,))
            _unique(entry, "words", text, seen)
            found.append(NameWord(text, WordRole(role), points, means, host, fuzzy))
        entry.finish()
    return tuple(found)


def _of_role(words: Iterable[NameWord], role: WordRole) -> tuple[str, ...]:
    return tuple(word.text for word in words if word.role is role and word.text.isascii())
