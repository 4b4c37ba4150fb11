"""What identifies the suspect behind an address: never more than one owner answers for."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from crawler.addresses import covers, host_of, is_ip, normalise, parts
from crawler.model import CaseKey, Hosting, KeyKind, Platform, Watchlist

_ESCAPE = re.compile(r"%[0-9a-f]{2}", re.IGNORECASE)
_PORTS = {"http": 80, "https": 443}


def case_key(url: str, watchlist: Watchlist, hosting: Hosting = Hosting.OWN) -> CaseKey:
    """The key of the case that an address belongs to.

    The registered domain, or the name under a free-hosting suffix, or IP address and port; on a
    public platform the account, or the page where the address does not show who publishes; the
    page too on a trusted host and in a foreign site, whose owner was hacked at worst. Raises
    `AddressError` for what is no http address.
    """
    address = normalise(url)
    host = host_of(address)
    split = urlsplit(address)
    if is_ip(host):
        shown = f"[{host}]" if ":" in host else host
        return CaseKey(KeyKind.IP_PORT, f"{shown}:{split.port or _PORTS[split.scheme]}")
    page = split.path + (f"?{split.query}" if split.query else "")
    platform = _platform(host, watchlist)
    account = _account(platform, page) if platform else ""
    if platform and account:
        return CaseKey(KeyKind.ACCOUNT, f"{platform.domain}/{account}")
    cut = parts(host)
    if platform or not cut.registrable or _is_trusted(host, watchlist):
        return CaseKey(KeyKind.PATH, host + page)
    if cut.private:
        return CaseKey(KeyKind.HOST, cut.registrable)
    if hosting is Hosting.FOREIGN:
        return CaseKey(KeyKind.PATH, host + page)
    return CaseKey(KeyKind.DOMAIN, cut.registrable)


def page_key(url: str) -> CaseKey:
    """The key of the page alone, by which it is a case where its site is somebody else's."""
    split = urlsplit(normalise(url))
    page = split.path + (f"?{split.query}" if split.query else "")
    return CaseKey(KeyKind.PATH, host_of(url) + page)


def domain_of(key: CaseKey, url: str) -> str:
    """The domain that a case is listed under; the host where it has none of its own."""
    if key.kind in (KeyKind.DOMAIN, KeyKind.HOST):
        return key.value
    host = host_of(url)
    return parts(host).registrable or host


def _platform(host: str, watchlist: Watchlist) -> Platform | None:
    """The platform a host belongs to; of two that fit, the one with the longer name."""
    fitting = [item for item in watchlist.platforms if covers(item.domain, host)]
    return max(fitting, key=lambda item: len(item.domain), default=None)


def _account(platform: Platform, page: str) -> str:
    found = re.match(platform.account, page) if platform.account else None
    return _readable(found["account"]) if found else ""


def _readable(written: str) -> str:
    """The name that an address writes in percent signs; as written where it is not plainly UTF-8.

    Read with signs for what cannot be read, all names of two letters in GBK would be one account.
    """
    try:
        name = unquote(written, errors="strict")
    except UnicodeDecodeError:
        name = ""
    return name if name.isprintable() and name else _ESCAPE.sub(lambda m: m[0].upper(), written)


def _is_trusted(host: str, watchlist: Watchlist) -> bool:
    """Whether a host is listed as trusted or as an authority's own, expired entries included.

    An expired entry no longer protects, but it still says that the domain as such is no suspect.
    """
    return any(covers(entry.host, host) for entry in watchlist.trusted) or any(
        covers(own, host) for authority in watchlist.authorities for own in authority.hosts
    )
