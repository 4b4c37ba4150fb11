"""A misbehaving web: every hostile behaviour at an address of its own, with what should happen."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from rehearsal.hostile_wire import WIRES
from rehearsal.http import Answer, Handler, Request, plain
from rehearsal.journal import Journal
from rehearsal.registry import Registry
from rehearsal.server import Ports, Rehearsal
from rehearsal.site import Registration, Site

BEHAVIOURS_FILE = Path(__file__).parent / "hostile.toml"
HOST = "huaidan-yanlian.com"
HTML = (("Content-Type", "text/html; charset=utf-8"),)


@dataclass(frozen=True, slots=True)
class Behaviour:
    """A behaviour is one way to misbehave: where it is met, and what a sound client does."""

    name: str
    where: str
    expect: str
    location: str = ""
    html: str = ""
    site: Site | None = None

    @property
    def host(self) -> str:
        """The host at which it is met."""
        return urlsplit(self.where).hostname or ""

    @property
    def service_only(self) -> bool:
        """Whether the fault comes before any page: in the name service or in TLS."""
        return not (self.location or self.html or self.name in WIRES)


def _site(host: str, given: dict[str, Any]) -> Site:
    many = int(given.get("many", 0))
    numbered = [f"203.0.{100 + n // 250}.{n % 250 + 1}" for n in range(many)]
    return Site(
        host=host,
        registration=Registration(
            host, 30, whois=str(given.get("whois", "ok")), rdap=str(given.get("rdap", "ok"))
        ),
        addresses=tuple(given.get("addresses", numbered or ["203.0.113.66"])),
        dns=str(given.get("dns", "ok")),
        rotating=tuple(map(tuple, given.get("rotating", []))),
        tls=str(given.get("tls", "valid")),
    )


def behaviours(path: Path = BEHAVIOURS_FILE) -> tuple[Behaviour, ...]:
    """Every behaviour, in the order of the file."""
    found = []
    for entry in tomllib.loads(path.read_text(encoding="utf-8"))["behaviour"]:
        host = urlsplit(str(entry["where"])).hostname or ""
        found.append(
            Behaviour(
                name=str(entry["name"]),
                where=str(entry["where"]),
                expect=str(entry["expect"]),
                location=str(entry.get("location", "")),
                html=str(entry.get("html", "")),
                site=_site(host, entry["site"]) if "site" in entry else None,
            )
        )
    return tuple(found)


def _sites() -> list[Site]:
    """The hosts that take part; the main one answers to every name below it that is used."""
    own = [each.site for each in behaviours() if each.site]
    main = Site(
        HOST,
        Registration(HOST, 30),
        addresses=("203.0.113.66",),
        aliases=(f"b.{HOST}", *(f"r{n}.{HOST}" for n in range(40))),
    )
    return [main, *own]


def hostile_handler(registry: Registry, journal: Journal) -> Handler:
    """A handler that misbehaves as the first part of the path says."""
    known = {each.name: each for each in behaviours()}

    def handle(request: Request) -> Answer:
        name = urlsplit(request.target).path.strip("/").partition("/")[0]
        answer = _answer(known.get(name), name, request)
        if registry.site(request.host) is None:
            answer = plain(404, "no such host")
        journal.note(
            "http",
            scheme=request.scheme,
            method=request.method,
            host=request.host,
            target=request.target[:500],
            status=answer.status,
            agent=request.headers.get("user-agent", ""),
            referer=request.headers.get("referer", ""),
        )
        return answer

    return handle


def _answer(behaviour: Behaviour | None, name: str, request: Request) -> Answer:
    below = urlsplit(request.target).path.strip("/") != name
    if behaviour is None:
        return Answer(200, f"<title>{HOST}</title><p>well behaved</p>".encode(), HTML)
    if name in WIRES and (below or not behaviour.html):
        return WIRES[name](request)
    if behaviour.location:
        return Answer(302, b"", (("Location", behaviour.location),))
    return Answer(200, f"<!DOCTYPE html><body>{behaviour.html}".encode(), HTML)


class HostileWeb(Rehearsal):
    """The misbehaving web runs like the practice web, on ports of its own."""

    def __init__(self, *, log: Path | str | None = None, ports: Ports | None = None) -> None:
        super().__init__(log=log, ports=ports, sites=_sites())

    def handler(self) -> Handler:
        """What answers for the hosts, in HTTP and HTTPS alike."""
        return hostile_handler(self.sites, self.journal)
