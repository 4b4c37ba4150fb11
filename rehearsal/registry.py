"""The invented sites as data: loading them, and changing them while the servers run."""

import re
import threading
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

SITES_FOLDER = Path(__file__).parent / "sites"

# Bodies are stored as UTF-8 text and encoded when served; everything else is sent as it is.
TEXT_SUFFIXES = frozenset({".html", ".txt", ".xml", ".css", ".js", ".svg", ".json"})

DEFAULT_ADDRESSES = ("203.0.113.10",)


@dataclass(frozen=True, slots=True)
class Registration:
    """A registration is what the registry says of one registrable domain."""

    domain: str
    registered_days_ago: int = 1000
    registrar: str = "云桥演练域名服务有限公司"
    name_servers: tuple[str, ...] = ("ns1.yunqiao-yanlian-dns.net", "ns2.yunqiao-yanlian-dns.net")
    status: str = "ok"
    absent: bool = False
    whois: str = "ok"  # or "ratelimited", "none"


@dataclass(frozen=True, slots=True)
class Page:
    """A page is the answer to one path, or to one path with certain query parameters."""

    path: str
    body: bytes = b""
    status: int = 200
    content_type: str = "text/html; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()
    query: tuple[tuple[str, str], ...] = ()
    search: tuple[str, ...] | None = None  # None: search engines have not indexed it
    title: str = ""
    text: str = ""

    def answers(self, target: str) -> bool:
        """Whether this page is what the request target asks for."""
        parts = urlsplit(target)
        if (parts.path or "/") != self.path:
            return False
        asked = dict(parse_qsl(parts.query, keep_blank_values=True))
        return all(name in asked and value in ("*", asked[name]) for name, value in self.query)


@dataclass(frozen=True, slots=True)
class Site:
    """A site is one host with its pages, addresses and registration."""

    host: str
    registration: Registration
    pages: tuple[Page, ...] = ()
    addresses: tuple[str, ...] = DEFAULT_ADDRESSES
    dns: str = "ok"  # or "nxdomain", "servfail"
    aliases: tuple[str, ...] = ()

    def page(self, target: str) -> Page | None:
        """The page for a request target; one that asks for more parameters wins."""
        found = [page for page in self.pages if page.answers(target)]
        return max(found, key=lambda page: len(page.query), default=None)


def visible_text(html: str) -> str:
    """The words of a page as a search engine would index them."""
    html = re.sub(r"(?is)<(script|style|head|title)\b.*?</\1>|<!--.*?-->", " ", html)
    html = re.sub(r"(?i)</?(b|i|em|strong|span|font|a|u|mark)\b[^>]*>", "", html)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def page_title(html: str) -> str:
    """The title of a page, empty when it has none."""
    found = re.search(r"(?is)<title[^>]*>(.*?)</title>", html)
    return " ".join(unescape(found[1]).split()) if found else ""


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
    )


def load_site(folder: Path) -> Site:
    """Read one site from its folder, whose name is the host."""
    data = tomllib.loads((folder / "site.toml").read_text(encoding="utf-8"))
    host = folder.name
    facts, dns = data.get("registration", {}), data.get("dns", {})
    default = Registration(domain=host.removeprefix("www."))
    registration = Registration(
        domain=str(facts.get("domain", default.domain)),
        registered_days_ago=int(facts.get("registered_on", default.registered_days_ago)),
        registrar=str(facts.get("registrar", default.registrar)),
        name_servers=tuple(facts.get("name_servers", default.name_servers)),
        status=str(facts.get("status", default.status)),
        absent=bool(facts.get("absent", False)),
        whois=str(facts.get("whois", default.whois)),
    )
    addresses = dns.get("addresses", list(DEFAULT_ADDRESSES))
    return Site(
        host=host,
        registration=registration,
        pages=tuple(_page(entry, folder) for entry in data.get("pages", [])),
        addresses=tuple(addresses) if isinstance(addresses, list) else (),
        dns=addresses if isinstance(addresses, str) else "ok",
        aliases=tuple(map(str, dns.get("aliases", []))),
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
