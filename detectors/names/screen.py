"""Judges host names one by one or in blocks of lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from crawler.addresses import AddressError, ascii_host, host_of, is_covered, is_ip, normalise, parts
from crawler.model import Watchlist, WordRole
from detectors.names.automaton import Keep
from detectors.names.blocks import BlockSieve
from detectors.names.forms import sounded_lexicon, written_lexicon
from detectors.names.lines import LONGEST_LINE, Lines, odd_lines
from detectors.names.looks import Look, best_look
from detectors.names.roles import LIKELY
from detectors.names.sieve import Sieve
from detectors.names.technique import Technique
from detectors.names.telling import shown_letters, technique_of

_OFFICIAL_LEADING = 98.0
_LONGEST = 2_048  # a host name has 253 letters at most; a URL around it seldom a thousand more
_SHOWN = 80
_PLAIN = re.compile(r"[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)+")
_ALL_PATHS = b"mem-a.com.cn\nxn--fiqs8s.com\n"
"""Names that make every table be loaded."""
_SPACE = "\ufeff \t\r\n"
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
    """What a stream of names held; counts of parts of a stream can be added."""

    read: int = 0
    """Lines that are neither blank nor a comment (`#`)."""
    hits: int = 0
    bad: int = 0
    """Lines that hold no host name."""
    first_bad: str = ""
    """The first of them, shortened, as Python writes it."""

    def add(self, other: ScreenCount) -> None:
        """Add the counts of what came later."""
        self.read += other.read
        self.hits += other.hits
        self.bad += other.bad
        self.first_bad = self.first_bad or other.first_bad


class NameScreen:
    """Tells which host names imitate a protected host of a watchlist.

    Official and trusted hosts are never hits, on label boundaries and whatever day an entry ends.
    """

    def __init__(self, watchlist: Watchlist, keep: Keep | None = None) -> None:
        official = [host for authority in watchlist.authorities for host in authority.hosts]
        self._trusted = frozenset((*(entry.host for entry in watchlist.trusted), *official))
        longest_first = sorted(official, key=lambda host: (-len(host), host))
        self._official_hosts = tuple(longest_first)
        self._official = re.compile(rf"(?:^|\.)({'|'.join(map(re.escape, longest_first))})\.")
        self._default = official[0]
        self._keep = keep
        self._written = written_lexicon(watchlist)
        self._heard = sounded_lexicon(watchlist)

    @cached_property
    def _blocks(self) -> BlockSieve:
        return BlockSieve(
            Sieve(self._written, self._heard, self._official_hosts, self._trusted), self._keep
        )

    def prepare(self) -> None:
        """Build what screening blocks needs, before a process is copied."""
        self.screen_block(_ALL_PATHS, ScreenCount())

    @staticmethod
    def clean(line: str) -> str | None:
        """The host in a line of text, URL or host with port, or `None` where there is none."""
        text = line.strip(_SPACE).lower().removeprefix("*.").rstrip(".")
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

    def may_hit(self, names: Sequence[str]) -> list[int]:
        """Indices of the names, ASCII and lower case, that may be hits; no other name is one."""
        data = "".join(f"{name}\n" for name in names).encode()
        return self._blocks.survivors(data, Lines(data))

    def screen_block(self, data: bytes, count: ScreenCount) -> list[tuple[int, NameHit]]:
        """The hits among lines with one name each, with the index of the line; in order.

        The same lines give the same hits however they are cut into blocks. `count` is kept up to
        date.
        """
        if not data:
            return []
        data = data if data.endswith(b"\n") else data + b"\n"
        lines = Lines(data)
        odd = odd_lines(data, lines)
        count.read += len(lines) - len(odd)
        may_hit = [
            (index, lines.line(index).decode("ascii").lower())
            for index in self._blocks.survivors(data, lines)
            if index not in odd
        ]
        if odd:
            tidy = [(index, self._tidy(lines.line(index), count)) for index in sorted(odd)]
            names = [(index, name) for index, name in tidy if name]
            if names:
                found = self.may_hit([name for _index, name in names])
                may_hit = sorted(may_hit + [names[number] for number in found])
        hits = [(index, hit) for index, name in may_hit if (hit := self._judge(name))]
        count.hits += len(hits)
        return hits

    def _tidy(self, line: bytes, count: ScreenCount) -> str:
        """The host in a line that is not a plain host name; counted, blanks and comments not."""
        text = line[: LONGEST_LINE + 1].decode("utf-8", "replace")
        kept = text.partition("#")[0].strip(_SPACE)
        if not kept and len(line) <= LONGEST_LINE:
            return ""
        count.read += 1
        name = self.clean(kept) if len(line) <= LONGEST_LINE else None
        if name is None:
            count.bad += 1
            count.first_bad = count.first_bad or ascii(text[:_SHOWN])
        return name or ""

    def _judge(self, name: str) -> NameHit | None:
        if is_covered(name, self._trusted) or (name[-1].isdigit() and is_ip(name)):
            return None
        cut = parts(name)
        leading = self._official.search(name)
        if leading is not None:
            look = Look(_OFFICIAL_LEADING, way=Technique.OFFICIAL_LEADING_LABELS)
        else:
            look = best_look(cut, self._written, self._heard)
        if look.points < LIKELY:
            return None
        return NameHit(
            name=name,
            registrable=cut.registrable,
            score=round(look.points, 1),
            technique=technique_of(look),
            imitates=leading[1] if leading else self._imitated(look),
            letters=leading[1] if leading else shown_letters(look),
        )

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
