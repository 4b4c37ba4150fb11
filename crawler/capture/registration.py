"""Reads WHOIS replies into registration facts: known, absent, or unknown to us."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from whois.exceptions import PywhoisError
from whois.parser import WhoisEntry

from crawler.clock import BEIJING
from crawler.model import BlobRef, Fact, Knowledge, Registration

# Said by registries instead of an answer; none of it tells anything about the domain.
_THROTTLED = re.compile(
    r"(?i)(quer(y|ies)[^\n]{0,40}(limit|exceed|quota)|rate limit|limit exceeded|too many|"
    r"exceeded[^\n]{0,40}(quer|limit|quota)|try again later|access denied|blacklisted|"
    r"temporarily unavailable|please wait|slow down|throttl|quota)"
)
_NOT_FOUND = re.compile(
    r"(?im)(^\s*no match(ing record)?\b|no match for\b|\bnot found\b|^\s*no data found|"
    r"^\s*no entries found|^\s*no object found|domain status:\s*(available|free|no object)|"
    r"^\s*status:\s*(available|free)\s*$|is available for (registration|purchase)|"
    r"object does not exist|^\s*nothing found|has not been registered|^\s*domain unknown|"
    r"is not registered)"
)
_RESERVED = re.compile(
    r"(?i)(is reserved\b|reserved (name|domain)|not available for registration|"
    r"can not be registered|cannot be registered|prohibited string|in the domain protection)"
)
_CNNIC = re.compile(r"(?m)^(?:Registration Time|Sponsoring Registrar|ROID):")
_FIELD = re.compile(r"(?m)^([A-Za-z ]{4,30}):[ \t]*(\S.*?)\s*$")
_ANSWER = re.compile(
    r"(?im)^\s*(domain name|domain|registrar|name ?servers?|creation date|registration time|"
    r"created|nserver|status)\s*[:.]"
)


# What no registry sends; patterns of ours and of the parser crawl over such runs and lines.
_LONG_GAP = re.compile(r"\s{64,}")
_LONGEST_LINE = 1000


def read_whois(
    text: str, domain: str, asked_at: datetime, source: str, raw: BlobRef | None
) -> Registration:
    """The registration facts in a WHOIS reply; what cannot be read is unknown, never absent.

    CNNIC prints Beijing time without a zone (seen in its replies against registration mails);
    other registries print UTC or say their zone.
    """
    text = "\n".join(line[:_LONGEST_LINE] for line in _LONG_GAP.sub("\n", text).splitlines())
    if _CNNIC.search(text):
        return _read_cnnic(text, domain, asked_at, source, raw)
    answered = _ANSWER.search(text) is not None
    if _THROTTLED.search(text) and not answered:
        return _no_facts(Knowledge.UNKNOWN, "throttled", domain, asked_at, source, raw)
    if _RESERVED.search(text) and not answered:
        return _no_facts(Knowledge.ABSENT, "reserved", domain, asked_at, source, raw)
    if _NOT_FOUND.search(text):
        return _no_facts(Knowledge.ABSENT, "not found", domain, asked_at, source, raw)
    return _read_other(text, domain, asked_at, source, raw)


def _no_facts(
    state: Knowledge,
    detail: str,
    domain: str,
    asked_at: datetime,
    source: str,
    raw: BlobRef | None,
) -> Registration:
    return Registration(domain, state, asked_at, source=source, raw=raw, detail=detail)


@dataclass(slots=True)
class _Fields:
    """Fields of a reply in the order they stand, several values for one name."""

    values: dict[str, list[str]] = field(default_factory=dict)

    def one(self, name: str) -> Fact[str]:
        found = self.values.get(name)
        return Fact[str].known(found[0]) if found else Fact[str].absent()

    def all(self, name: str) -> Fact[tuple[str, ...]]:
        found = self.values.get(name)
        if not found:
            return Fact[tuple[str, ...]].absent()
        return Fact[tuple[str, ...]].known(tuple(found))

    def time(self, name: str) -> Fact[datetime]:
        found = self.values.get(name)
        if not found:
            return Fact[datetime].absent()
        try:
            local = datetime.strptime(found[0], "%Y-%m-%d %H:%M:%S").replace(tzinfo=BEIJING)
            return Fact[datetime].known(local.astimezone(UTC))
        except (ValueError, OverflowError):  # the year 1 in Beijing has no UTC
            return Fact[datetime].unknown()


def _read_cnnic(
    text: str, domain: str, asked_at: datetime, source: str, raw: BlobRef | None
) -> Registration:
    fields = _Fields()
    for name, value in _FIELD.findall(text):
        fields.values.setdefault(name, []).append(value)
    servers = fields.all("Name Server")
    if servers.value:
        servers = Fact[tuple[str, ...]].known(_servers(servers.value))
    return Registration(
        domain,
        Knowledge.KNOWN,
        asked_at,
        registered_on=fields.time("Registration Time"),
        expires_on=fields.time("Expiration Time"),
        registrar=fields.one("Sponsoring Registrar"),
        name_servers=servers,
        statuses=fields.all("Domain Status"),
        source=source,
        raw=raw,
    )


def _servers(names: tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return tuple(sorted({name.split()[0].rstrip(".").lower() for name in names if name.strip()}))


def _read_other(
    text: str, domain: str, asked_at: datetime, source: str, raw: BlobRef | None
) -> Registration:
    try:
        entry = WhoisEntry.load(domain, text)
    except PywhoisError:
        return _no_facts(Knowledge.UNKNOWN, "not understood", domain, asked_at, source, raw)
    registered = _time(entry.get("creation_date"))
    registrar = _text(entry.get("registrar"))
    servers = entry.get("name_servers") or []
    if registered.state is not Knowledge.KNOWN and registrar.state is not Knowledge.KNOWN:
        return _no_facts(Knowledge.UNKNOWN, "not understood", domain, asked_at, source, raw)
    names = _servers([servers] if isinstance(servers, str) else list(servers))
    statuses = entry.get("status") or []
    listed = (statuses,) if isinstance(statuses, str) else tuple(str(item) for item in statuses)
    return Registration(
        domain,
        Knowledge.KNOWN,
        asked_at,
        registered_on=registered,
        expires_on=_time(entry.get("expiration_date")),
        registrar=registrar,
        name_servers=Fact[tuple[str, ...]].known(names) if names else Fact.absent(),
        statuses=Fact[tuple[str, ...]].known(listed) if listed else Fact.absent(),
        source=source,
        raw=raw,
    )


def _time(value: Any) -> Fact[datetime]:
    """The earliest of the parser's dates; a date that it left as text is unknown to us."""
    values = value if isinstance(value, list) else [value]
    try:
        moments = [
            moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
            for moment in values
            if isinstance(moment, datetime)
        ]
    except OverflowError:
        return Fact[datetime].unknown()
    if moments:
        return Fact[datetime].known(min(moments))
    return Fact[datetime].unknown() if any(values) else Fact[datetime].absent()


def _text(value: Any) -> Fact[str]:
    first = value[0] if isinstance(value, list) and value else value
    if isinstance(first, str) and first.strip():
        return Fact[str].known(first.strip())
    return Fact[str].absent()
