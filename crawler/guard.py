"""One decision for HTTP, browser, DNS and WHOIS: may this host or address be contacted now."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from datetime import date, datetime

from crawler.clock import beijing_date
from crawler.model import Watchlist

_CGNAT = ipaddress.ip_network("100.64.0.0/10")
# Prefixes that wrap an IPv4 address in an IPv6 one: NAT64 (RFC 6052, RFC 8215) and 6to4 (RFC 3056).
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_NAT64_LOCAL = ipaddress.ip_network("64:ff9b:1::/48")
# RFC 4291: the only global unicast addresses. Elsewhere lie ::a.b.c.d and the old site-local ones.
_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
# RFC 7526: the withdrawn anycast address of 6to4 relays.
_6TO4_RELAYS = ipaddress.ip_network("192.88.99.0/24")
_6TO4 = ipaddress.ip_network("2002::/16")


@dataclass(frozen=True, slots=True)
class Guard:
    """Refuses protected hosts always, and addresses inside private networks by default."""

    watchlist: Watchlist
    allow_private: bool = False
    _until: dict[str, date] = field(init=False, repr=False, compare=False)
    """The last day on which each protected host is one."""

    def __post_init__(self) -> None:
        owned = (own for authority in self.watchlist.authorities for own in authority.hosts)
        until = dict.fromkeys(owned, date.max)
        for entry in self.watchlist.trusted:
            last = entry.expires or date.max
            until[entry.host] = max(last, until.get(entry.host, last))
        object.__setattr__(self, "_until", until)

    def protects(self, host: str, at: datetime) -> bool:
        """Whether the host is an authority's or a trusted one, which we never contact.

        An entry of the trusted list that has expired by `at` no longer counts.
        """
        name = host
        while name:
            until = self._until.get(name)
            if until is not None and beijing_date(at) <= until:
                return True
            name = name.partition(".")[2]
        return False

    def refuses(self, address: str) -> str:
        """Why an IP address may not be contacted, or the empty string where it may."""
        try:
            ip = ipaddress.ip_address(address)
        except ValueError:
            return "not an IP address"
        if self.allow_private:
            return ""
        return refusal(ip)


def refusal(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> str:
    """Why an address lies outside the public internet, or the empty string where it does not.

    IPv4 addresses inside IPv6 ones (mapped, NAT64, 6to4) are judged by what they wrap.
    """
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped
        if ip in _NAT64 or ip in _NAT64_LOCAL:
            return "NAT64 address"
        if ip in _6TO4:
            return "6to4 address"
        if inner is not None:
            return "IPv4-mapped address"
    if ip in _CGNAT if ip.version == 4 else False:
        return "carrier-grade NAT address"
    if ip.is_loopback:
        return "loopback address"
    if ip.is_link_local:
        return "link-local address"
    public = ip not in _6TO4_RELAYS if ip.version == 4 else ip in _GLOBAL_UNICAST
    if ip.is_multicast or not ip.is_global or not public:
        return "private or reserved address"
    return ""
