"""An RDAP server: `GET /domain/NAME` answered in JSON as RFC 9083 has it, or refused."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import unquote

from rehearsal.faults import PATIENCE, head_of, pour, repeat, slowly
from rehearsal.http import Answer, Handler, Raw, Request
from rehearsal.journal import Journal
from rehearsal.registry import Registry
from rehearsal.site import Registration
from rehearsal.whois import (
    CHINESE_SUFFIXES,
    PRIVATE_ADDRESS,
    expires_at,
    registered_at,
    to_ascii,
    to_unicode,
)

JSON_TYPE = (("Content-Type", "application/rdap+json"), ("Access-Control-Allow-Origin", "*"))
CONFORMANCE = ["rdap_level_0", "icann_rdap_technical_implementation_guide_0"]

BROKEN = ("hang", "endless", "drip", "drop", "huge")
HUGE = 100 * 1024 * 1024
DEPTH = 500_000

Json = dict[str, object]


def _error(code: int, title: str, *more: tuple[str, str]) -> Answer:
    body = {"rdapConformance": CONFORMANCE[:1], "errorCode": code, "title": title}
    return Answer(code, json.dumps(body).encode(), (*JSON_TYPE, *more))


def _registrar(registration: Registration) -> Json:
    """The registrar with its card and the abuse contact below it."""

    def card(*lines: list[object]) -> list[object]:
        return ["vcard", [["version", {}, "text", "4.0"], *lines]]

    abuse: Json = {
        "objectClassName": "entity",
        "roles": ["abuse"],
        "vcardArray": card(
            ["fn", {}, "text", "Abuse Desk"],
            ["tel", {"type": "voice"}, "uri", "tel:+86.00000000000"],
            ["email", {}, "text", "abuse@yunqiao-yanlian-dns.net"],
        ),
    }
    return {
        "objectClassName": "entity",
        "handle": "9999",
        "roles": ["registrar"],
        "publicIds": [{"type": "IANA Registrar ID", "identifier": "9999"}],
        "vcardArray": card(["fn", {}, "text", registration.registrar]),
        "entities": [abuse],
    }


def _status(name: str) -> str:
    """The RDAP word for an EPP status (RFC 8056): clientHold is «client hold», ok is «active»."""
    spaced = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name)
    return "active" if name == "ok" else spaced


def domain_object(registration: Registration, now: datetime) -> Json:
    """The domain object of a registration, with times in UTC."""
    stamp = "%Y-%m-%dT%H:%M:%SZ"
    created = registered_at(registration, now).astimezone(UTC).strftime(stamp)
    expires = expires_at(registration, now).astimezone(UTC).strftime(stamp)
    name = registration.domain
    entry: Json = {
        "rdapConformance": CONFORMANCE,
        "objectClassName": "domain",
        "handle": f"{sum(name.encode())}0001_DOMAIN_COM-VRSN",
        "ldhName": name,
        "status": [_status(registration.status)],
        "events": [
            {"eventAction": "registration", "eventDate": created},
            {"eventAction": "expiration", "eventDate": expires},
            {"eventAction": "last changed", "eventDate": created},
            {
                "eventAction": "last update of RDAP database",
                "eventDate": now.astimezone(UTC).strftime(stamp),
            },
        ],
        "entities": [_registrar(registration)],
        "nameservers": [
            {"objectClassName": "nameserver", "ldhName": server}
            for server in registration.name_servers
        ],
        "secureDNS": {"delegationSigned": False},
    }
    if to_unicode(name) != name:
        entry["unicodeName"] = to_unicode(name)
    return entry


def _broken(kind: str) -> Raw:
    """What writes an answer of a broken server."""

    async def write(writer: asyncio.StreamWriter) -> None:
        opening = b'{"objectClassName":"domain","remarks":["'
        match kind:
            case "hang":
                await asyncio.sleep(PATIENCE)
            case "drip":
                await pour(writer, head_of(200, JSON_TYPE), slowly(opening * 100, 0.2))
            case "drop":
                writer.write(head_of(200, JSON_TYPE, length=5000) + opening)
                await writer.drain()
                writer.transport.abort()
            case "huge":
                body = HUGE - len(opening) - 3
                head = head_of(200, JSON_TYPE, length=HUGE) + opening
                await pour(writer, head, repeat(b"x" * 65536, body // 65536))
                writer.write(b"x" * (body % 65536) + b'"]}')
            case _:  # endless
                await pour(writer, head_of(200, JSON_TYPE) + opening, repeat(b"x" * 65536))

    return write


def _answer(registration: Registration | None, domain: str, base: str, now: datetime) -> Answer:
    """What the registry says of one domain."""
    if registration is None:
        # Whoever asks here about a suffix without RDAP asked the wrong server: no word on absence.
        if domain.endswith(CHINESE_SUFFIXES):
            return _error(400, "not authoritative for this suffix")
        return _error(404, "object not found")
    fixed = {
        "none": _error(400, "not authoritative for this suffix"),
        "ratelimited": _error(429, "rate limit exceeded", ("Retry-After", "2")),
        "error": _error(500, "internal error"),
        "garbage": Answer(200, b'{"objectClassName": "domain", "events": [{', JSON_TYPE),
        "empty": Answer(200, b"{}", JSON_TYPE),
        "loop": Answer(302, b"", (("Location", f"{base}/domain/{domain}"),)),
        "deep": Answer(200, b'{"objectClassName":"domain","x":' + b"[" * DEPTH, JSON_TYPE),
        "private": Answer(302, b"", (("Location", f"http://{PRIVATE_ADDRESS}/domain/{domain}"),)),
        "html_404": Answer(404, b"<h1>404</h1>", (("Content-Type", "text/html"),)),
        **{kind: Answer(200, raw=_broken(kind)) for kind in BROKEN},
    }
    if registration.rdap in fixed:
        return fixed[registration.rdap]
    if registration.absent:
        return _error(404, "object not found")
    if registration.rdap == "other":
        registration = replace(registration, domain="somebody-else-yan.com")
    body = json.dumps(domain_object(registration, now), ensure_ascii=False).encode()
    return Answer(200, body, JSON_TYPE)


def rdap_handler(registry: Registry, journal: Journal, now: Callable[[], datetime]) -> Handler:
    """A handler for `GET /domain/NAME`, the name in ASCII or percent-encoded form."""

    def handle(request: Request) -> Answer:
        kind, _, raw_name = request.target.partition("?")[0].strip("/").partition("/")
        domain = to_ascii(unquote(raw_name))
        if kind != "domain" or not domain or "/" in domain:
            answer = _error(400, "only /domain/NAME is served here")
        else:
            base = f"http://{request.headers.get('host', '')}"
            answer = _answer(registry.registration(domain), domain, base, now())
        journal.note("rdap", name=domain, status=answer.status)
        return answer

    return handle
