"""Reads what registries say into registration facts: known, absent, or unknown to us."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from crawler.addresses import AddressError, ascii_host
from crawler.capture.registration.dates import order_of, read_date
from crawler.capture.registration.facts import believable, merge
from crawler.capture.registration.fields import Entry, entries_of
from crawler.capture.registration.rdap import read_rdap
from crawler.capture.registration.second import read_again
from crawler.capture.registration.terms import Field, Notice, notice_of, terms
from crawler.model import BlobRef, Fact, Knowledge, Registration

__all__ = ["decode_reply", "merge", "read_rdap", "read_whois", "referral_of"]

# What no registry sends; patterns would crawl over such runs.
_LONG_GAP = re.compile(r"\s{64,}")
_HOST = re.compile(r"(?:[\w-]{1,63}\.)+(?:xn--[a-z0-9-]{1,59}|[^\W\d_]{2,63})\.?", re.IGNORECASE)
_TLD = re.compile(r"[a-z0-9-]{1,63}", re.IGNORECASE)
# EPP statuses (RFC 5731, RFC 3915) bear ICANN's explanation; registries add their own.
_EPP = re.compile(
    r"(?:client|server|pending)[A-Z]\w+|(?:add|auto[rR]enew|renew|transfer|redemption)Period\b"
)
_EXPLAINED = re.compile(r"\s+(?:\(?https?://\S*|-\s.*|#.*)$")
_NAMED_STATUS = re.compile(r"\S+\.\S+ is (\w+)", re.IGNORECASE)
_WORDS = re.compile(r"[\w ]+(?:,\s*[\w ]+)+")
_ESC = b"\x1b$"

_DETAILS = {
    Notice.THROTTLED: (Knowledge.UNKNOWN, "throttled"),
    Notice.NOT_FOUND: (Knowledge.ABSENT, "not found"),
    Notice.RESERVED: (Knowledge.ABSENT, "reserved"),
}


def decode_reply(reply: bytes, domain: str) -> str:
    """The text of a WHOIS reply: UTF-8 where it is, else in the way of its registry.

    RFC 3912 knows no charset; what cannot be read becomes U+FFFD.
    """
    own = terms().charsets.get(_tld(domain), "latin-1")
    if _ESC in reply:
        own = "iso2022_jp"
    else:
        try:
            return reply.decode("utf-8-sig")
        except UnicodeDecodeError:
            pass
    return reply.decode(own, "replace")


def read_whois(
    text: str, domain: str, asked_at: datetime, source: str, raw: BlobRef | None
) -> Registration:
    """The registration facts in a WHOIS reply about a registrable domain in ASCII.

    What a registry did not print is absent; what it printed and we cannot read with certainty is
    unknown. A reply that names other domains only is unknown as a whole, and so is every reply by
    which the registry refuses to answer.
    """
    text = _LONG_GAP.sub("\n\n", text)
    nothing = Registration(domain, Knowledge.UNKNOWN, asked_at, source=source, raw=raw)
    entries = [entry for entry in entries_of(text) if entry.counts]
    ours = _of_domain(entries, domain)
    if ours is None:
        return replace(nothing, detail="names another domain")
    read = _facts(ours, nothing)
    words = terms()
    for value in read.statuses.value or ():
        if words.available.search(value) and _bare(read):
            return replace(nothing, state=Knowledge.ABSENT, detail="not found")
        if words.reserved.search(value) and _bare(read):
            return replace(nothing, state=Knowledge.ABSENT, detail="reserved")
    facts = (read.registered_on, read.expires_on, read.registrar, read.name_servers, read.statuses)
    if any(fact.state is Knowledge.KNOWN for fact in facts):
        return read
    notice = notice_of(text)
    if notice is None:
        return read_again(text, replace(nothing, detail="not understood"))
    state, detail = _DETAILS[notice]
    return replace(nothing, state=state, detail=detail)


def referral_of(text: str, domain: str) -> str:
    """The registrar's WHOIS server that a registry's reply names, or the empty string."""
    ours = _of_domain([each for each in entries_of(text) if each.field in _REFERRING], domain)
    for entry in ours or ():
        if entry.field is Field.REFERRAL:
            for value in entry.values:
                host = value.removeprefix("whois://").strip("/ ").lower()
                if _HOST.fullmatch(host) or re.fullmatch(r"[\d.]+|\[?[0-9a-f:.]+\]?", host):
                    return host.rstrip(".")
    return ""


_REFERRING = (Field.REFERRAL, Field.DOMAIN)


def _tld(domain: str) -> str:
    return domain.rpartition(".")[2]


def _bare(read: Registration) -> bool:
    """Whether a reply says nothing of a registration but a status."""
    facts = (read.registered_on, read.expires_on, read.registrar, read.name_servers)
    return all(fact.state is Knowledge.ABSENT for fact in facts)


def _of_domain(entries: list[Entry], domain: str) -> list[Entry] | None:
    """What a reply says of the domain asked for; `None` where it names others only."""
    named = [
        (number, name)
        for number, entry in enumerate(entries)
        if entry.field is Field.DOMAIN and (name := _name_in(entry.values))
    ]
    if not named:
        return entries
    kept = entries[: named[0][0]]
    ends = [number for number, _ in named[1:]] + [len(entries)]
    ours = False
    for (start, name), end in zip(named, ends, strict=True):
        if name == domain:
            kept = kept + entries[start:end]
            ours = True
    return kept if ours else None


def _name_in(values: Iterable[str]) -> str:
    """The domain name at the head of a value, in ASCII, or the empty string; a TLD is one too."""
    for value in values:
        name = value.strip("'\" ")
        found = _HOST.match(name) or _TLD.fullmatch(name)
        if found is not None:
            try:
                return ascii_host(found[0].rstrip("."))
            except AddressError:
                return ""
    return ""


def _facts(entries: list[Entry], nothing: Registration) -> Registration:
    of: dict[Field, list[Entry]] = {}
    for entry in entries:
        of.setdefault(entry.field, []).append(entry)
    tld = _tld(nothing.domain)
    dated = of.get(Field.CREATED, []) + of.get(Field.EXPIRES, [])
    order = order_of((value for entry in dated for value in entry.values), tld)

    def date_of(field: Field) -> Fact[datetime]:
        value, untold = _first(of.get(field, []))
        if not value:
            return Fact.unknown() if untold else Fact.absent()
        moment = read_date(value, order, tld)
        return Fact.unknown() if moment is None else Fact.known(moment)

    created, expires = believable(date_of(Field.CREATED), date_of(Field.EXPIRES), nothing.asked_at)
    return replace(
        nothing,
        state=Knowledge.KNOWN,
        registered_on=created,
        expires_on=expires,
        registrar=_registrar(of.get(Field.REGISTRAR, [])),
        name_servers=_servers(of.get(Field.SERVERS, []), nothing.domain),
        statuses=_statuses(of.get(Field.STATUSES, []) + of.get(Field.DOMAIN, [])),
    )


def _first(entries: Iterable[Entry]) -> tuple[str, bool]:
    """The first value that says something, and whether one says that it is not told."""
    words, untold = terms(), False
    for entry in entries:
        for value in entry.values:
            if words.says_nothing(value):
                continue
            if words.untold.search(value):
                untold = True
                continue
            return value, untold
    return "", untold


def _registrar(entries: list[Entry]) -> Fact[str]:
    """The registrar's name; from its own part of the reply rather than its handle elsewhere."""
    own = [each for each in entries if each.label.startswith("registrar ")]
    ranked = [each for each in own if "organi" in each.label]
    ranked += [each for each in own if each.label.endswith(" name")]
    value, untold = _first([*ranked, *entries])
    if value:
        return Fact.known(value)
    return Fact.unknown() if untold else Fact.absent()


def _servers(entries: list[Entry], domain: str) -> Fact[tuple[str, ...]]:
    names: set[str] = set()
    printed = False
    for entry in entries:
        for value in entry.values:
            if terms().says_nothing(value):
                continue
            printed = True
            names |= set(_hosts(value))
    # The Danish registry prints the name itself as «DNS».
    names.discard(domain)
    if names:
        return Fact.known(tuple(sorted(names)))
    return Fact.unknown() if printed else Fact.absent()


def _hosts(value: str) -> Iterable[str]:
    """The host names at the head of a value; addresses and remarks behind them are none."""
    for piece in value.replace(";", ",").split(","):
        for word in piece.split():
            if not _HOST.fullmatch(word):
                break
            yield word.rstrip(".").lower()


def _statuses(entries: list[Entry]) -> Fact[tuple[str, ...]]:
    found: dict[str, str] = {}
    printed = False
    for entry in entries:
        for printed_value in entry.values:
            value = printed_value
            if entry.field is Field.DOMAIN:
                # «EXAMPLE.TK is Active»
                named = _NAMED_STATUS.fullmatch(value)
                value = named[1] if named is not None else ""
            if terms().says_nothing(value):
                continue
            printed = True
            if terms().untold.search(value):
                continue
            epp = _EPP.match(value)
            value = epp[0] if epp is not None else _EXPLAINED.sub("", value).strip()
            pieces = value.split(",") if _WORDS.fullmatch(value) else [value]
            for piece in pieces:
                found.setdefault(piece.strip().casefold(), piece.strip())
    if found:
        return Fact.known(tuple(found.values()))
    return Fact.unknown() if printed else Fact.absent()
