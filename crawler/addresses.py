"""The only reading of URLs and host names: normalising, registrable domains, defanging."""

from __future__ import annotations

import hashlib
import ipaddress
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from urllib.parse import SplitResult, urljoin, urlsplit, urlunsplit

import idna
from tldextract import TLDExtract

# The list inside the package, never fetched: results must not depend on the day's network.
_EXTRACT = TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)

_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_PORT_ONLY = re.compile(r"^[^/?#\s]+:\d{1,5}(?:[/?#]|$)")
_FORBIDDEN = re.compile(r"[^!-~]|[<>\"\\^`{|}]")
"""What RFC 3986 allows in no URL; written as the percent signs of its UTF-8."""
_LABEL = re.compile(r"^(?!-)[a-z0-9_-]{1,63}(?<!-)$")
_DEFAULT_PORTS = {"http": 80, "https": 443}


class AddressError(ValueError):
    """A text that is no usable http address or host name; the message says why."""


@dataclass(frozen=True, slots=True)
class HostParts:
    """A host name cut at its public suffix."""

    host: str
    registrable: str
    """The domain that somebody registered, or the empty string for an IP address or a suffix."""
    suffix: str
    """The public suffix, private ones (free hosting) included."""
    private: bool
    """Whether the suffix is run by a company that hands out names (free hosting)."""


def host_of(url: str) -> str:
    """The host of a URL in ASCII lower case without the final dot, or the empty string."""
    try:
        return ascii_host(urlsplit(url).hostname or "")
    except ValueError:
        return ""


def ascii_host(host: str) -> str:
    """The host in ASCII lower case (IDNA, UTS 46), without brackets and the final dot.

    Raises `AddressError` for what can be no host.

    >>> ascii_host("应急管理部.中国")
    'xn--extu8ah31brfhgw1a.xn--fiqs8s'
    >>> ascii_host("WWW.Mem.Gov.CN.")
    'www.mem.gov.cn'
    """
    text = host.strip().strip("[]").rstrip(".。").lower()
    if not text:
        return ""
    if is_ip(text):
        return str(ipaddress.ip_address(text))
    if not text.isascii():
        try:
            text = idna.encode(text, uts46=True, transitional=False).decode("ascii")
        except (idna.IDNAError, UnicodeError) as error:
            raise AddressError(f"not a host name: {host!r} ({error})") from error
    if len(text) > 253 or not all(_LABEL.match(label) for label in text.split(".")):
        raise AddressError(f"not a host name: {host[:80]!r}")
    return text


def unicode_host(host: str) -> str:
    """The host as people read it, `xn--` labels decoded where they are valid."""
    labels = []
    for label in host.split("."):
        if label.startswith("xn--"):
            try:
                labels.append(idna.decode(label))
                continue
            except (idna.IDNAError, UnicodeError):
                pass
        labels.append(label)
    return ".".join(labels)


def is_ip(host: str) -> bool:
    """Whether the host is an IP address written in the usual form."""
    bare = host.strip("[]")
    if ":" not in bare and not bare[-1:].isdigit():
        return False  # most hosts are names, and a refused parse takes forty times as long
    try:
        ipaddress.ip_address(bare)
    except ValueError:
        return False
    return True


@lru_cache(maxsize=65_536)
def parts(host: str) -> HostParts:
    """The host cut at its public suffix; under a suffix nobody lists, the last label is one.

    >>> parts("a.b.gov.cn").registrable, parts("x.cn.com").registrable
    ('b.gov.cn', 'x.cn.com')
    >>> parts("www.shop.test").registrable
    'shop.test'
    """
    if not host or is_ip(host):
        return HostParts(host, "", "", private=False)
    found = _EXTRACT(host)
    if not found.suffix:
        labels = host.split(".")
        return HostParts(host, ".".join(labels[-2:]), labels[-1], private=False)
    registrable = f"{found.domain}.{found.suffix}" if found.domain else ""
    return HostParts(host, registrable, found.suffix, private=found.is_private)


@cache
def _suffixes() -> frozenset[str]:
    return frozenset(_EXTRACT.tlds)


def has_suffix(host: str) -> bool:
    """Whether a host ends in a top-level domain that there is.

    >>> has_suffix("cx.mem.gov.cn"), has_suffix("card.jpg"), has_suffix("cn")
    (True, False, False)
    """
    name, _dot, last = host.rpartition(".")
    return bool(name) and last in _suffixes()


def may_have_long_suffix(host: str) -> bool:
    """Whether the public suffix of a host may have two labels or more; far quicker than `parts`.

    >>> may_have_long_suffix("a.com.cn"), may_have_long_suffix("a.b.com")
    (True, False)
    """
    known = _suffixes()
    _first, _dot, tail = host.partition(".")
    while "." in tail:
        _label, _dot, shorter = tail.partition(".")
        if tail in known or f"*.{shorter}" in known:
            return True
        tail = shorter
    return False


def registrable(host: str) -> str:
    """The domain to ask WHOIS for: cut at the ICANN suffix, or the empty string.

    >>> registrable("shop.user.github.io")
    'github.io'
    """
    if not host or is_ip(host):
        return ""
    found = _EXTRACT(host, include_psl_private_domains=False)
    if not found.suffix:
        return ".".join(host.split(".")[-2:])
    return f"{found.domain}.{found.suffix}" if found.domain else ""


def normalise(text: str, base: str = "") -> str:
    """The address in its one written form; a bare host name becomes `http://HOST/`.

    Lower-case ASCII host, no fragment, no default port, no credentials, `/` for no path.
    Raises `AddressError` for what is no http or https address.

    >>> normalise("Example.CN:80/a#b")
    'http://example.cn/a'
    """
    raw = text.strip()
    try:
        if base:
            raw = urljoin(base, raw)
        elif raw.startswith("//"):
            raw = "http:" + raw
        elif not _SCHEME.match(raw) or _PORT_ONLY.match(raw):
            raw = "http://" + raw
        split = urlsplit(raw)
        port = split.port
        host = ascii_host(split.hostname or "")
    except ValueError as error:
        raise AddressError(f"not an address: {text[:120]!r}") from error
    if split.scheme not in _DEFAULT_PORTS:
        raise AddressError(f"not an http address: {text[:120]!r}")
    if not host:
        raise AddressError(f"no host in {text[:120]!r}")
    shown = f"[{host}]" if ":" in host else host
    if port and port != _DEFAULT_PORTS[split.scheme]:
        shown = f"{shown}:{port}"
    path = _FORBIDDEN.sub(_percent, split.path) or "/"
    query = _FORBIDDEN.sub(_percent, split.query)
    return urlunsplit(SplitResult(split.scheme, shown, path, query, ""))


def _percent(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match.group().encode("utf-8", "replace"))


def lead_id(url: str) -> str:
    """The id of a lead: first 16 hex digits of the SHA-256 of its normalised address."""
    return hashlib.sha256(url.encode()).hexdigest()[:16]


def covers(pattern: str, host: str) -> bool:
    """Whether `host` is `pattern` or below it, on label boundaries.

    >>> covers("gov.cn", "www.mem.gov.cn"), covers("gov.cn", "erbgov.cn")
    (True, False)
    >>> covers("mem.gov.cn", "mem.gov.cn.evil.top")
    False
    """
    return host == pattern or host.endswith("." + pattern)


def defang(text: str) -> str:
    """The address as it may be printed without becoming a live link: `hxxp://a[.]cn/x`."""
    return re.sub(r"(?i)\bhttp(s?)://", r"hxxp\1://", text).replace(".", "[.]")
