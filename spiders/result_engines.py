"""What is known of search engines' result pages, and the reading of the addresses on them."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

from crawler.addresses import covers, host_of, is_ip, normalise
from crawler.errors import SeedError
from crawler.language import _
from crawler.tables import Table, read_table


@dataclass(frozen=True, slots=True)
class Engine:
    """One table of `result_pages.toml`, where every key is explained."""

    id: str
    title: re.Pattern[str]
    base: str
    parameter: str
    own: tuple[str, ...]
    hosted: tuple[str, ...]
    redirects: tuple[str, ...]
    results: str
    link: str
    addresses: tuple[str, ...]
    blocked: tuple[str, ...]
    nothing_at: str
    nothing_said: re.Pattern[str]

    def question(self, query: str) -> str:
        """The address that asks the engine for a query."""
        return normalise(f"{self.base}?{urlencode({self.parameter: query})}")

    def refuses(self, text: str) -> bool:
        """Whether a text, of a page or of an address, has a mark of a captcha or a refusal."""
        return any(mark in text for mark in self.blocked)

    def owns(self, url: str) -> bool:
        """Whether an address is the engine's own, not one where strangers publish."""
        host = host_of(url)
        ours = any(covers(own, host) for own in self.own)
        return ours and not any(covers(hosted, host) for hosted in self.hosted)

    def is_redirect(self, url: str) -> bool:
        """Whether an address is the engine's own and leads on to a result."""
        return self.owns(url) and urlsplit(url).path in self.redirects

    def resolve(self, address: str) -> str:
        """The address normalised, out of a redirect that names it; empty where it is none."""
        base = self.base if address.strip().startswith(("/", "?")) else ""
        try:
            url = normalise(address, base)
            if self.is_redirect(url):
                url = _target(urlsplit(url).query) or url
        except ValueError:  # AddressError is one; urllib raises others for broken brackets
            return ""
        host = host_of(url)
        return url if "." in host or is_ip(host) else ""

    def choose(self, urls: list[str]) -> str:
        """The first foreign address, else the best one where it is a redirect, else none."""
        foreign = next((url for url in urls if not self.owns(url)), "")
        return foreign or (urls[0] if self.is_redirect(urls[0]) else "")


@dataclass(frozen=True, slots=True)
class Engines:
    """All of `result_pages.toml`."""

    ad_label: str
    """XPath from a result's box to a label that marks an advertisement."""
    failed: re.Pattern[str]
    """Titles of error pages."""
    refused: re.Pattern[str]
    """Titles of refusals that belong to no engine."""
    engines: tuple[Engine, ...]


@cache
def load_engines() -> Engines:
    """What `result_pages.toml` says; raises `SeedError` where the file is not as it must be."""
    table = read_table(Path(__file__).with_name("result_pages.toml"), SeedError)
    known = Engines(
        ad_label=table.take("ad_label", str),
        failed=_pattern(table, "failed"),
        refused=_pattern(table, "refused"),
        engines=tuple(_engine(entry) for entry in table.take_tables("engines")),
    )
    table.finish()
    return known


def _engine(table: Table) -> Engine:
    table.take("source", str)
    engine = Engine(
        id=table.take("id", str),
        title=_pattern(table, "title"),
        base=table.take("base", str),
        parameter=table.take("parameter", str),
        own=table.take_strings("own"),
        hosted=table.take_strings("hosted"),
        redirects=table.take_strings("redirects"),
        results=table.take("results", str),
        link=table.take("link", str),
        addresses=table.take_strings("addresses"),
        blocked=table.take_strings("blocked"),
        nothing_at=table.take("nothing_at", str),
        nothing_said=_pattern(table, "nothing_said"),
    )
    table.finish()
    return engine


def _pattern(table: Table, key: str) -> re.Pattern[str]:
    try:
        return re.compile(table.take(key, str))
    except re.error as problem:
        remedy = _("不是有效的正则表达式（{problem}）").format(problem=problem)
        raise table.fail(key, remedy) from problem


def _target(query: str) -> str:
    """The address inside a redirect (`u=a1` + base64url, or in clear), or the empty string."""
    values = parse_qs(query)
    for value in values.get("u", []) + values.get("url", []):
        plain = value
        if value.startswith("a1"):
            try:
                packed = value[2:] + "=" * (-len(value[2:]) % 4)
                plain = base64.urlsafe_b64decode(packed).decode("utf-8")
            except ValueError:
                continue
        if plain.startswith(("http://", "https://")):
            return normalise(plain)
    return ""
