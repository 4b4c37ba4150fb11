"""Reads RDAP answers (RFC 9083) into registration facts: known, absent, or unknown to us."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from crawler.addresses import AddressError, ascii_host
from crawler.capture.registration.dates import Order, read_date
from crawler.capture.registration.facts import believable
from crawler.capture.registration.terms import Notice, terms
from crawler.model import Fact, Knowledge, Registration

_MEDIA_TYPE = "application/rdap+json"
_MOST = 100
"""Entities, events, servers or statuses looked at; honest answers have a dozen."""


def read_rdap(status: int, media_type: str, body: bytes, nothing: Registration) -> Registration:
    """The facts in an RDAP answer about the domain of `nothing`, which has its source and raw.

    Only an answer that is RDAP says that a domain is not registered: a 404 in HTML comes from
    something in between.
    """
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        said = None
    if status == 404:
        return _not_found(said, media_type, nothing)
    if status != 200:
        return replace(nothing, detail=f"HTTP {status}")
    if not isinstance(said, dict) or said.get("objectClassName") != "domain":
        return replace(nothing, detail="not understood")
    names = {_ascii(said.get(key)) for key in ("ldhName", "unicodeName")}
    if nothing.domain not in names:
        return replace(nothing, detail="names another domain")
    created, expires = believable(
        _event(said, "registration", nothing.domain),
        _event(said, "expiration", nothing.domain),
        nothing.asked_at,
    )
    return replace(
        nothing,
        state=Knowledge.KNOWN,
        registered_on=created,
        expires_on=expires,
        registrar=_registrar(said),
        name_servers=_names(said),
        statuses=_statuses(said),
    )


def _not_found(said: object, media_type: str, nothing: Registration) -> Registration:
    is_error = isinstance(said, dict) and ("errorCode" in said or "rdapConformance" in said)
    if not is_error and media_type != _MEDIA_TYPE:
        return replace(nothing, detail="HTTP 404 without RDAP")
    text = json.dumps(said, ensure_ascii=False)[:2000] if isinstance(said, dict) else ""
    reserved = terms().notices[Notice.RESERVED].search(text)
    detail = "reserved" if reserved else "not found"
    return replace(nothing, state=Knowledge.ABSENT, detail=detail)


def _each(said: dict[str, Any], key: str) -> Iterator[dict[str, Any]]:
    found = said.get(key)
    if isinstance(found, list):
        yield from (each for each in found[:_MOST] if isinstance(each, dict))


def _ascii(name: object) -> str:
    if not isinstance(name, str):
        return ""
    try:
        return ascii_host(name.rstrip("."))
    except AddressError:
        return ""


def _event(said: dict[str, Any], action: str, domain: str) -> Fact[datetime]:
    for event in _each(said, "events"):
        if event.get("eventAction") == action:
            date = event.get("eventDate")
            tld = domain.rpartition(".")[2]
            moment = read_date(date[:100], Order.UNCERTAIN, tld) if isinstance(date, str) else None
            return Fact.unknown() if moment is None else Fact.known(moment)
    return Fact.absent()


def _registrar(said: dict[str, Any]) -> Fact[str]:
    for entity in _each(said, "entities"):
        roles = entity.get("roles")
        if not isinstance(roles, list) or "registrar" not in roles:
            continue
        name = _card_name(entity.get("vcardArray")) or entity.get("handle")
        if isinstance(name, str) and name.strip():
            return Fact.known(name.strip()[:300])
        return Fact.unknown()
    return Fact.absent()


def _card_name(card: object) -> str:
    """The formatted name in a jCard (RFC 7095), or its organisation, or the empty string."""
    lines = card[1] if isinstance(card, list) and len(card) > 1 else None
    if not isinstance(lines, list):
        return ""
    for wanted in ("fn", "org"):
        for line in lines[:_MOST]:
            if isinstance(line, list) and len(line) > 3 and line[0] == wanted:
                value = line[3][0] if isinstance(line[3], list) and line[3] else line[3]
                if isinstance(value, str) and value.strip():
                    return value
    return ""


def _names(said: dict[str, Any]) -> Fact[tuple[str, ...]]:
    listed = list(_each(said, "nameservers"))
    names = {_ascii(each.get("ldhName") or each.get("unicodeName")) for each in listed} - {""}
    if names:
        return Fact.known(tuple(sorted(names)))
    return Fact.unknown() if listed else Fact.absent()


def _statuses(said: dict[str, Any]) -> Fact[tuple[str, ...]]:
    """Statuses in EPP's spelling (RFC 8056), so that both ways of asking say the same."""
    found = said.get("status")
    if not isinstance(found, list):
        return Fact.absent()
    spelt = dict.fromkeys(_epp(each) for each in found[:_MOST] if isinstance(each, str))
    return Fact.known(tuple(spelt)) if spelt else Fact.absent()


def _epp(status: str) -> str:
    first, *more = status[:100].lower().split() or [""]
    name = first + "".join(word.capitalize() for word in more)
    return "ok" if name == "active" else name
