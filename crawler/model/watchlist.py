"""What we protect, what we trust, and what we ask for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from crawler.model.enums import TrustKind, WordRole


@dataclass(frozen=True, slots=True)
class Authority:
    """A body whose sites or certificates are imitated."""

    id: str
    name: str
    """Full Chinese name."""
    aliases: tuple[str, ...]
    """Other names by which a page may claim to be it."""
    hosts: tuple[str, ...]
    """Its hosts, the one imitated most first."""
    platforms: tuple[str, ...]
    """Names of its query platforms."""
    words: tuple[str, ...]
    """Latin words of its hosts and names: abbreviations and pinyin, used by the names engine."""
    source: str


@dataclass(frozen=True, slots=True)
class TrustedHost:
    """A host that is never accused; matched on label boundaries, subdomains included."""

    host: str
    """Host name, or a suffix such as `gov.cn`."""
    kind: TrustKind
    reason: str
    owner: str
    """Who answers for the entry."""
    expires: date | None = None
    """After this day the entry no longer protects; `None` for no end."""


@dataclass(frozen=True, slots=True)
class CertificateKind:
    """A kind of certificate that is forged, with the words sellers use for it."""

    id: str
    name: str
    aliases: tuple[str, ...]
    ours: bool
    """Whether it is a 特种作业操作证 or a sibling safety certificate, not another paper."""
    issuer: str = ""
    """Id of the authority that issues it, or the empty string."""


@dataclass(frozen=True, slots=True)
class Platform:
    """A site on which many people publish; its own domain is never a case key."""

    domain: str
    name: str
    account: str
    """Regular expression over path and query with a group `account`, or the empty string."""


@dataclass(frozen=True, slots=True)
class NameWord:
    """A word that the names engine reads in a host name."""

    text: str
    """Latin letters and digits in lower case, or simplified Chinese."""
    role: WordRole
    points: int
    """What the word adds to a name's score of 0 to 100; negative for innocent words."""
    means: str
    """What it stands for, in Chinese."""
    host: str = ""
    """Protected host that a name with this word imitates, or the empty string."""
    fuzzy: bool = False
    """Whether misspelt and dialect forms of it count as well."""


@dataclass(frozen=True, slots=True)
class Spelling:
    """How a Chinese name or word of the seeds is written in Latin letters."""

    han: str
    pinyin: str
    """Without tones and spaces: `yingjiguanlibu`."""
    initials: str
    """First letters of its syllables: `yjglb`."""


@dataclass(frozen=True, slots=True)
class Suffix:
    """A suffix under which the public can register names."""

    suffix: str
    """In ASCII, without a dot before it."""
    likelihood: float
    """How likely an imitation is there, 0 to 1."""
    scripts: tuple[str, ...]
    """Scripts that labels may be written in besides ASCII: latin, cyrillic, han."""


@dataclass(frozen=True, slots=True)
class LikelyTechnique:
    """How likely a way of imitating is."""

    technique: str
    likelihood: float
    """0 to 1."""


@dataclass(frozen=True, slots=True)
class Watchlist:
    """All that we protect and trust."""

    authorities: tuple[Authority, ...]
    trusted: tuple[TrustedHost, ...]
    certificates: tuple[CertificateKind, ...]
    platforms: tuple[Platform, ...]
    service_words: tuple[str, ...]
    """Latin words that imitations add to a name: cx, chaxun, zscx …"""
    province_words: tuple[str, ...]
    """Latin words for provinces and cities, used with an authority's abbreviation."""
    name_words: tuple[NameWord, ...] = ()
    """The names engine's words, service and province included; those of authorities stand there."""
    spellings: tuple[Spelling, ...] = ()
    """Pinyin of the Chinese names and words above."""
    suffixes: tuple[Suffix, ...] = ()
    """Where generated names are looked for."""
    techniques: tuple[LikelyTechnique, ...] = ()
