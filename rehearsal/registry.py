"""The invented sites as data: loading them, and changing them while the servers run."""

import re
import threading
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from rehearsal.site import (
    CERTIFICATES,
    DEFAULT_ADDRESSES,
    DNS_FAULTS,
    FAULTS,
    RDAP_FAULTS,
    WHOIS_FAULTS,
    Fault,
    Page,
    Registration,
    Site,
    When,
)

__all__ = [
    "SITES_FOLDER",
    "Page",
    "Registration",
    "Registry",
    "Site",
    "load_site",
    "load_sites",
    "page_title",
    "visible_text",
]

SITES_FOLDER = Path(__file__).parent / "sites"

# Bodies are stored as UTF-8 text and encoded when served; everything else is sent as it is.
TEXT_SUFFIXES = frozenset({".html", ".txt", ".xml", ".css", ".js", ".svg", ".json"})


def visible_text(html: str) -> str:
    """The words of a page as a search engine would index them."""
    html = re.sub(r"(?is)<(script|style|head|title)\b.*?</\1>|<!--.*?-->", " ", html)
    html = re.sub(r"(?i)</?(b|i|em|strong|span|font|a|u|mark)\b[^>]*>", "", html)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def page_title(html: str) -> str:
    """The title of a page, empty when it has none."""
    found = re.search(r"(?is)<title[^>]*>(.*?)</title>", html)
    return " ".join(unescape(found[1]).split()) if found else ""


def _one_of(value: object, allowed: frozenset[str], where: str) -> str:
    if value not in allowed:
        raise ValueError(f"{where}: {value!r} is not one of {sorted(allowed)}")
    return str(value)


def _words(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else (str(value),)


def _when(entry: Mapping[str, Any]) -> When:
    agents, referers = entry.get("user_agent", []), entry.get("referer", [])
    return When(_words(agents), _words(referers), str(entry.get("scheme", "")))


def _fault(entry: Mapping[str, Any], where: str) -> Fault:
    kind = _one_of(entry["kind"], FAULTS, where)
    return Fault(kind, int(entry.get("times", 0)), float(entry.get("seconds", 1.0)))


def _encode(text: str, charset: str) -> bytes:
    # What the old charset lacks becomes a character reference, as old editors saved it.
    return text.encode(charset, errors="xmlcharrefreplace")


def _page(entry: Mapping[str, Any], folder: Path) -> Page:
    """Read one `[[pages]]` entry and its file."""
    raw_path, _, raw_query = str(entry["path"]).partition("?")
    body, text = b"", ""
    if name := entry.get("file"):
        body = (folder / str(name)).read_bytes()
        if Path(str(name)).suffix in TEXT_SUFFIXES:
            text = body.decode("utf-8")
            body = _encode(text, str(entry.get("charset", "utf-8")))
    search = entry.get("search")
    return Page(
        path=raw_path,
        body=body,
        status=int(entry.get("status", 200)),
        content_type=str(entry.get("content_type", "text/html; charset=utf-8")),
        headers=tuple((str(k), str(v)) for k, v in entry.get("headers", {}).items()),
        query=tuple(parse_qsl(raw_query, keep_blank_values=True)),
        search=None if search is None else tuple(map(str, search)),
        title=str(entry.get("title", "")) or page_title(text),
        text=visible_text(text),
        when=_when(entry.get("when", {})),
        fault=_fault(entry["fault"], folder.name) if "fault" in entry else None,
        qr=str(entry.get("qr", "")),
    )


def _registration(facts: Mapping[str, Any], host: str) -> Registration:
    default = Registration(domain=host.removeprefix("www."))
    domain = str(facts.get("domain", default.domain))
    whois = _one_of(facts.get("whois", "ok"), WHOIS_FAULTS, host)
    # CNNIC offers no RDAP, and a registry that limits or fails its WHOIS does so in RDAP too.
    usual = {"ratelimited": "ratelimited", "none": "none"}.get(whois, "ok")
    if domain.endswith((".cn", ".xn--fiqs8s")):
        usual = "none"
    return Registration(
        domain=domain,
        registered_days_ago=int(facts.get("registered_on", default.registered_days_ago)),
        registrar=str(facts.get("registrar", default.registrar)),
        name_servers=tuple(facts.get("name_servers", default.name_servers)),
        status=str(facts.get("status", default.status)),
        absent=bool(facts.get("absent", False)),
        whois=whois,
        rdap=_one_of(facts.get("rdap", usual), RDAP_FAULTS, host),
    )


def load_site(folder: Path) -> Site:
    """Read one site from its folder, whose name is the host."""
    data = tomllib.loads((folder / "site.toml").read_text(encoding="utf-8"))
    host = folder.name
    dns = data.get("dns", {})
    addresses = dns.get("addresses", list(DEFAULT_ADDRESSES))
    failure = addresses if isinstance(addresses, str) else "ok"
    return Site(
        host=host,
        registration=_registration(data.get("registration", {}), host),
        pages=tuple(_page(entry, folder) for entry in data.get("pages", [])),
        addresses=tuple(addresses) if isinstance(addresses, list) else (),
        dns=_one_of(dns.get("fault", failure), DNS_FAULTS, host),
        aliases=tuple(map(str, dns.get("aliases", []))),
        rotating=tuple(tuple(map(str, each)) for each in dns.get("rotating", [])),
        tls=_one_of(data.get("tls", {}).get("certificate", "valid"), CERTIFICATES, host),
        certified=_words(data.get("tls", {}).get("names", [])),
    )


def load_sites(folder: Path = SITES_FOLDER) -> tuple[Site, ...]:
    """Read every site of a folder, in the order of their hosts."""
    return tuple(load_site(toml.parent) for toml in sorted(folder.glob("*/site.toml")))


@dataclass(slots=True)
class Registry:
    """The registry holds the sites that the servers answer for, and may be changed at any time.

    Servers read `by_host` once per request; a change replaces it whole, so that a request never
    sees half of a change.
    """

    by_host: dict[str, Site] = field(default_factory=dict)
    # True makes every engine of the search unresponsive: no results, which is not «none exist».
    search_blind: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def of(cls, sites: Iterable[Site]) -> "Registry":
        """A registry of these sites."""
        return cls({site.host: site for site in sites})

    def put(self, site: Site) -> None:
        """Add a site, or replace the one with the same host."""
        with self._lock:
            self.by_host = {**self.by_host, site.host: site}

    def remove(self, host: str) -> None:
        """Take a host off the web: its name no longer resolves and its domain is not registered."""
        with self._lock:
            self.by_host = {name: site for name, site in self.by_host.items() if name != host}

    def reload(self, folder: Path = SITES_FOLDER) -> None:
        """Replace every site by those of a folder."""
        with self._lock:
            self.by_host = {site.host: site for site in load_sites(folder)}

    def site(self, host: str) -> Site | None:
        """The site that answers to a host name or to one of its aliases."""
        host = host.lower().rstrip(".")
        sites = self.by_host
        if host in sites:
            return sites[host]
        return next((site for site in sites.values() if host in site.aliases), None)

    def registration(self, domain: str) -> Registration | None:
        """The registration of a registrable domain in ASCII form."""
        found = (site.registration for site in self.by_host.values())
        return next((each for each in found if each.domain == domain.lower().rstrip(".")), None)
