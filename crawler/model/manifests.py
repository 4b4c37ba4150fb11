"""The manifest of a Visit: what was kept, how each piece came, and the facts around it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from crawler.model.captures import (
    BlobRef,
    Capture,
    DnsAnswer,
    Exchange,
    HandedIn,
    Visit,
)
from crawler.model.enums import Failure, Vantage

_KIND = "certhound-manifest-1"


@dataclass(frozen=True, slots=True)
class Piece:
    """One stored sequence of bytes and where it came from."""

    subject: str
    """The capture's id, or `registration`, `robots`, `probe`."""
    what: str
    """`body`, `rendered`, `frame N`, `screenshot`, `archive`, `certificates`, `exchange N body`,
    `exchange N certificates`, `answer` (a registry's), `rules` (a robots.txt)."""
    received: bool
    """Whether these are the server's bytes, or what our browser made of them."""
    source: str
    """The address, or the registry's server, that it came from."""
    sha256: str
    sm3: str
    size: int
    """Bytes."""
    media_type: str


@dataclass(frozen=True, slots=True)
class Look:
    """One capture's facts, without what it consists of."""

    id: str
    vantage: Vantage
    url: str
    final_url: str
    started_at: datetime | None
    ended_at: datetime | None
    agent: str
    browser: str
    addresses: tuple[str, ...]
    """IP addresses that answered, each once, in order."""
    protocol: str
    certificate: tuple[tuple[str, str], ...]
    exchanges: int
    status: int | None
    failure: Failure | None


@dataclass(frozen=True, slots=True)
class Manifest:
    """What one Visit consists of; its SHA-256 as canonical JSON stands in the chain of custody."""

    kind: str
    """Names this layout."""
    visit: str
    url: str
    made_by: str
    started_at: datetime | None
    """When the first look began; `None` where a Visit does not say."""
    ended_at: datetime | None
    looks: tuple[Look, ...]
    dns: tuple[DnsAnswer, ...]
    robots: tuple[tuple[str, str], ...]
    """Origin and state of each robots.txt."""
    pieces: tuple[Piece, ...]
    record: str
    """SHA-256 over the database's rows of the Visit, one after another, line feeds between."""
    handed_in: HandedIn | None = None
    """Who made what stands above, where others did: then nothing of it is our own observation."""


def manifest_of(visit: Visit, record: str) -> Manifest:
    """The manifest of a Visit whose rows in the database have the digest `record`."""
    starts = [each.started_at for each in visit.captures if each.started_at is not None]
    ends = [each.ended_at for each in visit.captures if each.ended_at is not None]
    return Manifest(
        kind=_KIND,
        visit=visit.id,
        url=visit.url,
        made_by=visit.made_by,
        started_at=min(starts, default=None),
        ended_at=max(ends, default=None),
        looks=tuple(_look(capture) for capture in visit.captures),
        dns=visit.dns,
        robots=tuple((each.origin, each.state.value) for each in visit.robots),
        pieces=tuple(_pieces(visit)),
        record=record,
        handed_in=visit.handed_in,
    )


def _look(capture: Capture) -> Look:
    return Look(
        id=capture.id,
        vantage=capture.vantage,
        url=capture.url,
        final_url=capture.final_url,
        started_at=capture.started_at,
        ended_at=capture.ended_at,
        agent=capture.agent,
        browser=capture.browser,
        addresses=tuple(dict.fromkeys(each.address for each in capture.exchanges if each.address)),
        protocol=capture.protocol,
        certificate=capture.certificate,
        exchanges=len(capture.exchanges),
        status=capture.status,
        failure=capture.failure,
    )


def _pieces(visit: Visit) -> Iterator[Piece]:
    for capture in visit.captures:
        yield from _of_capture(capture)
    registration = visit.registration
    if registration is not None:
        for number, blob in enumerate(registration.blobs(), 1):
            source = registration.source if blob is registration.raw else ""
            yield _piece("registration", f"answer {number}", source, blob)
    for robots in visit.robots:
        if robots.body is not None:
            yield _piece("robots", "rules", f"{robots.origin}/robots.txt", robots.body)
        yield from _of_exchanges("robots", robots.exchanges)
    yield from _of_exchanges("probe", visit.probes)


def _of_capture(capture: Capture) -> Iterator[Piece]:
    last = capture.final_url
    if capture.body is not None:
        yield _piece(capture.id, "body", last, capture.body)
    made = [("rendered", capture.rendered)]
    made += [(f"frame {number}", blob) for number, blob in enumerate(capture.frames, 1)]
    made += [("screenshot", capture.screenshot), ("archive", capture.archive)]
    for what, blob in made:
        if blob is not None:
            yield _piece(capture.id, what, last, blob, received=False)
    if capture.chain is not None:
        yield _piece(capture.id, "certificates", last, capture.chain)
    yield from _of_exchanges(capture.id, capture.exchanges)


def _of_exchanges(subject: str, exchanges: tuple[Exchange, ...]) -> Iterator[Piece]:
    for number, exchange in enumerate(exchanges, 1):
        if exchange.body is not None:
            yield _piece(subject, f"exchange {number} body", exchange.url, exchange.body)
        if exchange.chain is not None:
            yield _piece(subject, f"exchange {number} certificates", exchange.url, exchange.chain)


def _piece(subject: str, what: str, source: str, blob: BlobRef, *, received: bool = True) -> Piece:
    return Piece(subject, what, received, source, blob.sha256, blob.sm3, blob.size, blob.media_type)
