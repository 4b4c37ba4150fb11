"""What addresses showed us, frozen, and the registration facts around it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

from crawler.model.enums import Failure, Knowledge, Vantage
from crawler.model.pictures import Picture

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Fact(Generic[T]):
    """An outside fact that is known, known to be absent, or unknown to us."""

    state: Knowledge
    value: T | None = None
    """The fact where `state` is known, or else `None`."""

    @classmethod
    def known(cls, value: T) -> Fact[T]:
        """A fact that somebody told us."""
        return cls(Knowledge.KNOWN, value)

    @classmethod
    def absent(cls) -> Fact[T]:
        """A fact of which the answer says that there is none."""
        return cls(Knowledge.ABSENT)

    @classmethod
    def unknown(cls) -> Fact[T]:
        """A fact that we could not learn."""
        return cls(Knowledge.UNKNOWN)


@dataclass(frozen=True, slots=True)
class BlobRef:
    """Bytes on disk, named by what they are."""

    sha256: str
    """64 hex digits."""
    size: int
    """Bytes."""
    media_type: str
    """As the server said or as we made it, e.g. `text/html`; never trusted."""
    sm3: str = ""
    """64 hex digits (GB/T 32905); empty for bytes that the first version stored."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer on the way to a page."""

    url: str
    status: int | None
    """HTTP status, or `None` where no answer came."""
    headers: tuple[tuple[str, str], ...]
    """Answer's headers in order; names as sent."""
    at: datetime
    via: str = "request"
    """How we came to it: `request`, `redirect`, `refresh`, `frame` (one that fills the page),
    `upgrade` (https after http), `retry` (once more after the wait that the server asked for)."""
    address: str = ""
    """IP address that answered, or the empty string."""
    failure: Failure | None = None
    body: BlobRef | None = None
    """The answer's bytes where the page itself led on (refresh, frame), or `None`."""
    protocol: str = ""
    """`http/1.1`, `h2`, … or the empty string where nobody said."""
    chain: BlobRef | None = None
    """PEM of the certificates that the server sent, or `None` without TLS, or where the browser,
    not we, spoke it."""


@dataclass(frozen=True, slots=True)
class DnsAnswer:
    """What DNS said about one name."""

    name: str
    state: Knowledge
    """known: it has addresses; absent: no such name or no address; unknown: no usable answer."""
    addresses: tuple[str, ...] = ()
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Robots:
    """What one host's robots.txt says; capture opens the one named page regardless."""

    origin: str
    """Scheme, host and port, e.g. `http://a.cn`."""
    state: Knowledge
    """known: there are rules; absent: the host says that it has none; unknown: it did not say."""
    at: datetime
    allows: bool | None = None
    """Whether the rules let a program of our name open the address; `None` without rules."""
    exchanges: tuple[Exchange, ...] = ()
    """How it was asked for, redirects included."""
    body: BlobRef | None = None
    """The rules as sent, cut at 500 KiB as RFC 9309 (2.5) allows."""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Capture:
    """What one address showed to one vantage at one moment, frozen."""

    id: str
    """`RUN.LEAD.VANTAGE`: there is one per run, lead and vantage."""
    run: str
    lead: str
    vantage: Vantage
    url: str
    """The address asked for."""
    final_url: str
    """The address that answered last, or the last one tried."""
    at: datetime
    exchanges: tuple[Exchange, ...]
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    body: BlobRef | None = None
    """The bytes as sent (after content decoding), or `None` where no answer came."""
    encoding: str = ""
    """The charset `html` was decoded with, or the empty string."""
    truncated: bool = False
    """Whether the body was cut at the budget."""
    failure: Failure | None = None
    detail: str = ""
    """One sentence about the failure, or the empty string."""
    html: str = field(default="", compare=False, repr=False)
    """The page as a reader of text sees it: what scripts and frames made of it, else the decoded
    body; read from the blobs, never stored in a row."""
    rendered: BlobRef | None = None
    """The document as the browser's scripts left it, UTF-8; `None` where no browser looked."""
    frames: tuple[BlobRef, ...] = ()
    """Documents of the frames inside it, UTF-8, in order."""
    screenshot: BlobRef | None = None
    """PNG of the page, cut at a height cap."""
    archive: BlobRef | None = None
    """MHTML: the page with what it is made of."""
    protocol: str = ""
    """`h2`, `http/1.1`, … of the document, or the empty string."""
    certificate: tuple[tuple[str, str], ...] = ()
    """What the document's TLS certificate says; empty without TLS."""
    chain: BlobRef | None = None
    """PEM of the certificates that the document's server sent, or `None` without TLS."""
    agent: str = ""
    """The user agent that we sent."""
    browser: str = ""
    """The browser that looked, with its version, or the empty string where none did."""
    started_at: datetime | None = None
    ended_at: datetime | None = None
    """When the look began and ended; `None` in captures of the first version."""
    attempts: tuple[str, ...] = ()
    """What the page tried and was refused: `popup ADDRESS`, `download ADDRESS`, `dialog`, …"""
    pictures: tuple[Picture, ...] = ()
    """What was read in the pictures that the page shows, largest first, and in the screenshot;
    their bytes lie in `archive`, `screenshot`, `rendered` or `body`."""
    pictures_left: int = 0
    """Pictures beyond our limits, which nobody read."""

    @property
    def is_picture(self) -> bool:
        """Whether the address answers with a picture, by what its server says."""
        kind = self.body.media_type.lower() if self.body is not None else ""
        return kind.startswith("image/") and not kind.startswith("image/svg")

    def blobs(self) -> Iterator[BlobRef]:
        """Every blob that the capture names, those of its exchanges included."""
        own = (self.body, self.rendered, *self.frames, self.screenshot, self.archive, self.chain)
        yield from (blob for blob in own if blob is not None)
        for each in self.exchanges:
            yield from (blob for blob in (each.body, each.chain) if blob is not None)


@dataclass(frozen=True, slots=True)
class Registration:
    """What WHOIS or RDAP says of a registrable domain; raw text kept."""

    domain: str
    state: Knowledge
    """known: registered; absent: the registry says that it is not; unknown: we could not learn."""
    asked_at: datetime
    registered_on: Fact[datetime] = field(default_factory=Fact[datetime].unknown)
    expires_on: Fact[datetime] = field(default_factory=Fact[datetime].unknown)
    registrar: Fact[str] = field(default_factory=Fact[str].unknown)
    name_servers: Fact[tuple[str, ...]] = field(default_factory=Fact[tuple[str, ...]].unknown)
    statuses: Fact[tuple[str, ...]] = field(default_factory=Fact[tuple[str, ...]].unknown)
    source: str = ""
    """The server that answered, `given` for a fact handed in, or the empty string."""
    raw: BlobRef | None = None
    detail: str = ""
    further: tuple[BlobRef, ...] = ()
    """What others answered on the way, unread: the registrar, a server that refused."""

    def blobs(self) -> Iterator[BlobRef]:
        """Every answer, the one that was read first."""
        if self.raw is not None:
            yield self.raw
        yield from self.further


@dataclass(frozen=True, slots=True)
class HandedIn:
    """Where a Visit comes from that others made; that it is true is proved by nothing of ours."""

    by: str
    """The person who took it in."""
    file: str
    """Name of the file, without folders."""
    sha256: str
    """64 hex digits, of the file."""
    sm3: str
    """64 hex digits (GB/T 32905), of the file."""
    where: str
    """Where in the file it stands, e.g. `#12`."""
    maker: str = ""
    """The program that the file names as its own, or the empty string."""
    made_at: datetime | None = None
    """When it was captured as the file says, UTC; `None` where it does not say."""


@dataclass(frozen=True, slots=True)
class Visit:
    """All captures of one address in one run, with what is known of its name: what detectors read.

    A text without an address (an SMS, a post) is a Visit with the empty `url`.
    """

    id: str
    """`RUN.LEAD`."""
    run: str
    lead: str
    url: str
    at: datetime
    captures: tuple[Capture, ...]
    registration: Registration | None = None
    """`None` where nobody asked (an IP address, a private suffix, a bare text)."""
    dns: tuple[DnsAnswer, ...] = ()
    """What DNS said about every host on the way, by name."""
    robots: tuple[Robots, ...] = ()
    """What the hosts that answered say about programs."""
    probes: tuple[Exchange, ...] = ()
    """Requests made only to learn whether another vantage gets another answer; `via` names it."""
    made_by: str = ""
    """The program that looked, with its version; empty in Visits of the first version."""
    handed_in: HandedIn | None = None
    """`None` where we looked ourselves."""
    told_by: tuple[str, ...] = ()
    """The sources that had named the address by then; where suspects led to it, how they did:
    `snowball qr`, `snowball link`, …"""

    def blobs(self) -> Iterator[BlobRef]:
        """Every blob that the Visit names."""
        for capture in self.captures:
            yield from capture.blobs()
        if self.registration is not None:
            yield from self.registration.blobs()
        for robots in self.robots:
            if robots.body is not None:
                yield robots.body
            yield from (each.chain for each in robots.exchanges if each.chain is not None)
        yield from (each.chain for each in self.probes if each.chain is not None)
