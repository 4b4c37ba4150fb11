"""A second reader for replies in words that are not ours: python-whois, its dates checked."""

from __future__ import annotations

import logging
import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from whois.exceptions import PywhoisError
from whois.parser import WhoisEntry

from crawler.capture.registration.facts import believable
from crawler.capture.registration.terms import lines_of
from crawler.model import Fact, Knowledge, Registration

# Its patterns crawl over long texts and lines; no honest reply that we do not understand has such.
_LONGEST = 8_192
_LONGEST_LINE = 200
_YEAR_FIRST = re.compile(r"\b((?:19|20)\d\d)[-./ ]?(\d\d)[-./ ]?(\d\d)")


def read_again(text: str, nothing: Registration) -> Registration:
    """The facts that python-whois finds in a reply, or `nothing` where it finds none.

    It cannot say that a date is ambiguous, so a date counts only where the reply prints the same
    day with its year first. A registrar alone is no registration: its patterns take notices for
    names.
    """
    short = "\n".join(line[:_LONGEST_LINE] for line in lines_of(text[:_LONGEST]))
    quiet = logging.getLogger("whois.parser")
    quiet.setLevel(logging.CRITICAL)  # it logs every date it cannot read
    try:
        entry = WhoisEntry.load(nothing.domain, short)
    except (PywhoisError, ValueError, OverflowError):
        return nothing
    printed = {"".join(found) for found in _YEAR_FIRST.findall(short)}
    created = _date(entry.get("creation_date"), printed)
    expires = _date(entry.get("expiration_date"), printed)
    created, expires = believable(created, expires, nothing.asked_at)
    if created.state is not Knowledge.KNOWN and expires.state is not Knowledge.KNOWN:
        return nothing
    return replace(
        nothing,
        state=Knowledge.KNOWN,
        registered_on=created,
        expires_on=expires,
        registrar=_text(entry.get("registrar")),
        detail="read by python-whois",
    )


def _date(value: Any, printed: set[str]) -> Fact[datetime]:
    """The one date that the parser read and the reply prints; unknown where there are several."""
    values = value if isinstance(value, list) else [value]
    moments = {
        moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
        for moment in values
        if isinstance(moment, datetime) and f"{moment:%Y%m%d}" in printed
    }
    return Fact.known(moments.pop()) if len(moments) == 1 else Fact.unknown()


def _text(value: Any) -> Fact[str]:
    first = value[0] if isinstance(value, list) and value else value
    text = first.strip() if isinstance(first, str) else ""
    return Fact.known(text) if text else Fact.unknown()
