"""Reads which other names a suspect's own certificate is for: one order, as a rule one owner."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable

from crawler.addresses import AddressError, ascii_host, covers, host_of, parts
from crawler.certificates import NamedCertificate, first_in
from crawler.errors import EvidenceError
from crawler.model import BlobRef, Capture, Watchlist

logger = logging.getLogger(__name__)

# Founders' judgement: an offender orders for a handful of domains; a certificate for more belongs
# to a host of websites, whose other customers are strangers. The logs' source allows twenty, for
# there a lookalike stands among them.
_MOST_DOMAINS = 10
_MOST_NAMES = 10
_SERVICES = frozenset(
    {"autodiscover", "cpanel", "cpcalendars", "cpcontacts", "ftp", "imap", "mail", "pop", "smtp"}
    | {"webdisk", "webmail", "ns1", "ns2"}
)
"""First labels under which panels of hosting companies order certificates; no pages stand there."""


def names_beside(
    captures: Iterable[Capture], watchlist: Watchlist, read: Callable[[BlobRef], bytes]
) -> tuple[str, ...]:
    """Other hosts on the certificates of the servers that showed the page, at most ten.

    Only a certificate that is for the very host counts: a server shows strangers its neighbour's.
    Nothing is read of a host under a public platform or a free-hosting suffix, nor of a
    certificate for more than ten domains: they are shared. `read` gives the bytes of a chain.
    """
    found: dict[str, None] = {}
    for capture in captures:
        host = host_of(capture.final_url)
        if capture.chain is None or capture.failure is not None or _is_shared(host, watchlist):
            continue
        try:
            certificate = first_in(read(capture.chain))
        except EvidenceError as problem:  # verify tells it; what is left of the page is followed
            logger.warning("%s", problem)
            continue
        if certificate is not None:
            found |= dict.fromkeys(_others(host, certificate, watchlist))
    return tuple(found)[:_MOST_NAMES]


def _others(host: str, certificate: NamedCertificate, watchlist: Watchlist) -> list[str]:
    """Strange domains first, then further hosts of the own one; none where it is not for `host`."""
    names = [name for written in certificate.names if (name := _host(written))]
    domains = {parts(name).registrable for name in names}
    if len(domains) > _MOST_DOMAINS or not any(_is_for(name, host) for name in names):
        return []
    own = parts(host).registrable
    twins = {host, f"www.{host}", host.removeprefix("www.")}
    others = [
        name
        for name in names
        if name not in twins
        and name.partition(".")[0] not in _SERVICES
        and not _is_shared(name, watchlist)
    ]
    kept = [
        n for n in others if n.removeprefix("www.") == n or n.removeprefix("www.") not in others
    ]
    return sorted(kept, key=lambda name: parts(name).registrable == own)


def _host(written: str) -> str:
    try:
        return ascii_host(written)
    except AddressError:
        return ""


def _is_for(name: str, host: str) -> bool:
    # `*.` is taken off the names, and stands for one label (RFC 6125, 6.4.3).
    return host in (name, f"{host.partition('.')[0]}.{name}")


def _is_shared(host: str, watchlist: Watchlist) -> bool:
    cut = parts(host)
    public = any(covers(platform.domain, host) for platform in watchlist.platforms)
    return public or cut.private or not cut.registrable
