"""Judges host names one by one or as a stream."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from crawler.addresses import AddressError, ascii_host, covers, host_of, is_ip, normalise, parts
from crawler.model import Watchlist, WordRole
from detectors.names.forms import sounded_lexicon, written_lexicon
from detectors.names.looks import Look, best_look
from detectors.names.technique import Technique
from detectors.names.telling import shown_letters, technique_of
from detectors.names.roles import LIKELY

_OFFICIAL_LEADING = 98.0
_LONGEST = 2_048  # a host name has 253 letters at most; a URL around it seldom a thousand more
_PLAIN = re.compile(r"[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)+")
# Roles in the order in which their words decide what is imitated.
_TELLING = (
    WordRole.AUTHORITY,
    WordRole.OFFICE,
    WordRole.PRODUCT,
    WordRole.TOPIC,
    WordRole.PAPER,
)


@dataclass(frozen=True, slots=True)
class NameHit:
    """A host name that imitates a protected host."""

    name: str
    """In ASCII, lower case."""
    registrable: str
    """The domain that somebody registered, private suffixes (free hosting) counted as suffixes."""
    score: float
    """60 to 99."""
    technique: Technique
    imitates: str
    """Protected host."""
    letters: str
    """Which letters were read as what, for people."""


@dataclass(slots=True)
class ScreenCount:
    """What a stream of names held."""

    read: int = 0
    """Lines that are neither blank nor a comment (`#`)."""
    hits: int = 0
    bad: int = 0
    """Lines that hold no host name."""


class NameScreen:
    """Tells which host names imitate a protected host of a watchlist.

    Official and trusted hosts are never hits, on label boundaries and whatever day an entry ends.
    """

    def __init__(self, watchlist: Watchlist) -> None:
        official = [host for authority in watchlist.authorities for host in authority.hosts]
        self._trusted = (*(entry.host for entry in watchlist.trusted), *official)
        longest_first = sorted(official, key=lambda host: (-len(host), host))
        self._official = re.compile(rf"(?:^|\.)({'|'.join(map(re.escape, longest_first))})\.")
        self._default = official[0]
        self._written = written_lexicon(watchlist)
        self._heard = sounded_lexicon(watchlist)

    @staticmethod
    def clean(line: str) -> str | None:
        """The host in a line of text, URL or host with port, or `None` where there is none."""
        text = line.strip("\ufeff \t\r\n").lower().removeprefix("*.").rstrip(".")
        if len(text) > _LONGEST:
            return None
        if len(text) <= 253 and _PLAIN.fullmatch(text):
            labels = text.split(".")
            return text if max(map(len, labels)) <= 63 else None
        try:
            host = host_of(normalise(text)) if text else ""
            return host if "." in ascii_host(host) or is_ip(host) else None
        except AddressError:
            return None

    def judge(self, host: str) -> NameHit | None:
        """The hit that a name is, or `None`; a text that holds no host name is none."""
        name = self.clean(host)
        return None if name is None else self._judge(name)

    def screen_lines(self, lines: Iterable[str], count: ScreenCount) -> Iterator[NameHit]:
        """The hits among lines with one name each, as they come; `count` is kept up to date."""
        for line in lines:
            if not line.strip("\ufeff \t\r\n") or line.startswith("#"):
                continue
            count.read += 1
            name = self.clean(line)
            if name is None:
                count.bad += 1
                continue
            hit = self._judge(name)
            if hit is not None:
                count.hits += 1
                yield hit

    def _judge(self, name: str) -> NameHit | None:
        if is_ip(name):
            return None
        cut = parts(name)
        leading = self._official.search(name)
        if leading is not None:
            look = Look(_OFFICIAL_LEADING, way=Technique.OFFICIAL_LEADING_LABELS)
        else:
            look = best_look(cut, self._written, self._heard)
        if look.points < LIKELY or self._is_trusted(name):
            return None
        return NameHit(
            name=name,
            registrable=cut.registrable,
            score=round(look.points, 1),
            technique=technique_of(look),
            imitates=leading[1] if leading else self._imitated(look),
            letters=leading[1] if leading else shown_letters(look),
        )

    def _is_trusted(self, name: str) -> bool:
        return any(covers(host, name) for host in self._trusted)

    def _imitated(self, look: Look) -> str:
        words = [token.entry.word for token in look.tokens]
        place = next((word.host for word in words if word.role is WordRole.PLACE and word.host), "")
        for role in _TELLING:
            found = [word for word in words if word.role is role and word.host]
            if found:
                chosen = max(found, key=lambda word: word.points)
                # A regulator's abbreviation is shared by all provinces; the place tells which.
                return place if place and chosen.role is WordRole.OFFICE else chosen.host
        return self._default
