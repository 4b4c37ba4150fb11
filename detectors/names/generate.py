"""Makes the names that imitate an authority, the likeliest first; each of them screens as a hit.

Generating is screening turned round: words, letters and techniques are the same, and a name that
the screen would not tell is not worth asking DNS about.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from heapq import heappop, heappush
from itertools import chain

import idna

from crawler.model import Authority, Suffix, Watchlist, WordRole
from detectors.names import variants
from detectors.names.letters import traditional
from detectors.names.screen import NameScreen
from detectors.names.technique import Technique

_ASCII = ""
_TYPOS: tuple[Callable[[str], Iterator[str]], ...] = (
    variants.omitted,
    variants.doubled,
    variants.swapped,
    variants.mistyped,
    variants.inserted,
)
# Founders' judgement: a second word, a rarer spelling make a name less likely.
_LESS = 0.8
_SERVICES = 30
"""Points from which a service word is put beside every label."""
_SHORTEST, _LONGEST = 6, 20
"""Labels that are misspelt: shorter ones become any word, longer ones are one name among many."""
_MANY = 10
"""After so many names of a technique for a host, the next is half as likely."""


@dataclass(frozen=True, slots=True)
class LikelyName:
    """A name that somebody who imitates a host may have registered."""

    name: str
    """In ASCII; valid IDNA under a suffix where the public can register."""
    imitates: str
    technique: Technique
    likelihood: float
    """0 to 1, for ranking only."""


@dataclass(frozen=True, slots=True)
class _Idea:
    """A label without its suffix."""

    label: str
    host: str
    technique: Technique
    likelihood: float
    script: str = _ASCII
    """The script that the registry must allow, or the empty string for ASCII."""


def likely_names(
    watchlist: Watchlist, screen: NameScreen, limit: int, host: str = ""
) -> Iterator[LikelyName]:
    """The likeliest names, at most `limit`; with `host` only imitations of this protected host.

    Raises `KeyError` for a host that is not protected.
    """
    authorities = [each for each in watchlist.authorities if not host or host in each.hosts]
    if not authorities:
        raise KeyError(host)
    hosts = {each for authority in authorities for each in authority.hosts}
    if host:
        hosts = {host}
    ideas = _Ideas(watchlist)
    found = chain.from_iterable(map(ideas.of_authority, authorities))
    wanted = (idea for idea in found if idea.host in hosts)
    seen: set[str] = set()
    told = 0
    for idea, suffix in _likeliest_first(_ranked(wanted), watchlist.suffixes):
        if told == limit:
            return
        label = _registrable(idea.label)
        name = f"{label}.{suffix.suffix}"
        if not label or name in seen:
            continue
        seen.add(name)
        hit = screen.judge(name)
        if hit is not None and (not host or hit.imitates == host):
            told += 1
            likelihood = round(idea.likelihood * suffix.likelihood, 4)
            yield LikelyName(name, idea.host, idea.technique, likelihood)


def _ranked(ideas: Iterable[_Idea]) -> list[_Idea]:
    """The ideas, likeliest first; every further one of a technique and host is less likely."""
    counts: Counter[tuple[str, Technique]] = Counter()
    ranked = []
    for idea in sorted(ideas, key=lambda each: (-each.likelihood, each.label)):
        key = (idea.host, idea.technique)
        discount = 1 / (1 + counts[key] / _MANY)
        counts[key] += 1
        ranked.append(replace(idea, likelihood=idea.likelihood * discount))
    return sorted(ranked, key=lambda each: (-each.likelihood, each.label))


def _likeliest_first(
    ideas: list[_Idea], suffixes: Iterable[Suffix]
) -> Iterator[tuple[_Idea, Suffix]]:
    """All pairs of an idea and a suffix that takes it, likeliest first."""
    ordered = sorted(suffixes, key=lambda each: (-each.likelihood, each.suffix))
    best = ordered[0].likelihood if ordered else 0.0
    heap: list[tuple[float, int, int]] = []
    waiting = 0
    while heap or waiting < len(ideas):
        # An idea enters when nothing that waits is likelier than its best suffix makes it.
        while waiting < len(ideas) and (
            not heap or -heap[0][0] <= ideas[waiting].likelihood * best
        ):
            heappush(heap, (-ideas[waiting].likelihood * best, waiting, 0))
            waiting += 1
        _score, number, place = heappop(heap)
        if place + 1 < len(ordered):
            score = ideas[number].likelihood * ordered[place + 1].likelihood
            heappush(heap, (-score, number, place + 1))
        if _takes(ordered[place], ideas[number]):
            yield ideas[number], ordered[place]


def _takes(suffix: Suffix, idea: _Idea) -> bool:
    if idea.script:
        return idea.script in suffix.scripts
    return not suffix.suffix.startswith("xn--")


def _registrable(label: str) -> str:
    """The label as a registry takes it, or the empty string where none does."""
    try:
        made = idna.encode(label, strict=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        return ""
    return made if len(made) > 1 else ""


class _Ideas:
    """The labels that imitate an authority."""

    def __init__(self, watchlist: Watchlist) -> None:
        self._spelt = {each.han: each for each in watchlist.spellings}
        self._weights = {each.technique: each.likelihood for each in watchlist.techniques}
        words = watchlist.name_words
        self._services = [
            word.text
            for word in words
            if word.role is WordRole.SERVICE and word.text.isascii() and word.points >= _SERVICES
        ]
        self._han_services = [
            word.text
            for word in words
            if word.role is WordRole.SERVICE and not word.text.isascii() and len(word.text) > 1
        ]
        self._products = [
            word for word in words if word.role in (WordRole.PRODUCT, WordRole.TOPIC) and word.host
        ]
        self._offices = [word.text for word in words if word.role is WordRole.OFFICE]
        self._places = [word for word in words if word.role is WordRole.PLACE and word.host]

    def of_authority(self, authority: Authority) -> Iterator[_Idea]:
        """The ideas for all hosts and names of one authority, each technique on the last."""
        seen: set[tuple[str, Technique]] = set()
        plain = [*self._plain(authority)]
        for idea in chain(plain, self._misspelt(plain)):
            if (idea.label, idea.technique) not in seen:
                seen.add((idea.label, idea.technique))
                yield idea

    def _idea(
        self, label: str, host: str, technique: Technique, factor: float = 1.0, script: str = _ASCII
    ) -> _Idea:
        likelihood = self._weights.get(technique, 0.0) * factor
        return _Idea(label, host, technique, likelihood, script)

    def _plain(self, authority: Authority) -> Iterator[_Idea]:
        for rank, host in enumerate(authority.hosts):
            yield from self._of_host(host, 1 / (1 + 0.15 * rank))
        for word in authority.words:
            host = _host_with(authority, word)
            yield from self._of_word(word, host, Technique.PINYIN_INITIALS)
        for name in (authority.name, *authority.aliases, *authority.platforms):
            yield from self._of_name(name, authority.hosts[0])
        for product in self._products:
            if product.host in authority.hosts:
                if product.text.isascii():
                    initials = Technique.PINYIN_INITIALS
                    technique = Technique.PINYIN_FULL if product.fuzzy else initials
                    yield from self._of_word(product.text, product.host, technique)
                else:
                    yield from self._of_name(product.text, product.host)
        for place in self._places:
            if place.host in authority.hosts:
                yield from self._of_place(place.text, place.host)

    def _of_host(self, host: str, factor: float) -> Iterator[_Idea]:
        labels = host.split(".")
        yield self._idea("-".join(labels), host, Technique.DOT_TO_HYPHEN, factor)
        yield self._idea("".join(labels), host, Technique.GLUED, factor)
        if labels[-1] == "cn" and len(labels) > 2:
            cut = labels[:-1]
            yield self._idea("-".join(cut), host, Technique.DOT_TO_HYPHEN, factor)
            yield self._idea("".join(cut), host, Technique.GLUED, factor)
        own = labels[: -2 if labels[-2] in ("gov", "org", "com") else -1]
        yield self._idea(own[-1], host, Technique.TLD_SWAP, factor)
        if len(own) > 1:
            yield self._idea("-".join(own), host, Technique.DOT_TO_HYPHEN, factor)
            yield self._idea("".join(own), host, Technique.GLUED, factor)
        for gov in ("gov", "gov-cn"):
            yield self._idea(f"{own[-1]}-{gov}", host, Technique.GOV_LABEL, factor)
        yield from self._served(own[-1], host, factor)

    def _of_word(self, word: str, host: str, technique: Technique) -> Iterator[_Idea]:
        yield self._idea(word, host, technique)
        yield self._idea(f"{word}-gov", host, Technique.GOV_LABEL)
        yield from self._served(word, host)

    def _served(self, label: str, host: str, factor: float = 1.0) -> Iterator[_Idea]:
        for service in self._services:
            for made, less in (
                (f"{label}-{service}", 1.0),
                (label + service, 1.0),
                (f"{service}-{label}", _LESS),
                (service + label, _LESS),
            ):
                yield self._idea(made, host, Technique.SERVICE_WORD, factor * less)

    def _of_name(self, name: str, host: str) -> Iterator[_Idea]:
        yield self._idea(name, host, Technique.CHINESE_IDN, script="han")
        other = traditional(name)
        if other != name:
            yield self._idea(other, host, Technique.TRADITIONAL_IDN, script="han")
        for service in self._han_services:
            yield self._idea(name + service, host, Technique.CHINESE_IDN, _LESS, script="han")
        spelling = self._spelt.get(name)
        if spelling is not None:
            yield self._idea(spelling.pinyin, host, Technique.PINYIN_FULL)
            yield from self._served(spelling.pinyin, host, _LESS)
            yield self._idea(spelling.initials, host, Technique.PINYIN_INITIALS)

    def _of_place(self, place: str, host: str) -> Iterator[_Idea]:
        spelling = self._spelt.get(place)
        for spelt in {place} if place.isascii() else {spelling.pinyin} if spelling else set():
            for office in self._offices:
                if office.isascii():
                    yield self._idea(spelt + office, host, Technique.PROVINCE_CITY)
                    yield self._idea(f"{spelt}-{office}", host, Technique.PROVINCE_CITY, _LESS)
                    yield self._idea(f"{office}-{spelt}", host, Technique.PROVINCE_CITY, _LESS**2)

    def _misspelt(self, plain: Iterable[_Idea]) -> Iterator[_Idea]:
        """Slips, digits, other scripts and other sounds in what the other techniques made."""
        spelt = {Technique.PINYIN_FULL, Technique.PINYIN_INITIALS}
        whole = {Technique.DOT_TO_HYPHEN, Technique.GLUED, Technique.TLD_SWAP, *spelt}
        for idea in plain:
            if idea.technique not in whole or not _SHORTEST <= len(idea.label) <= _LONGEST:
                continue
            factor = idea.likelihood
            for kind in _TYPOS:
                for label in kind(idea.label):
                    yield self._idea(label, idea.host, Technique.TYPO, factor)
            for label in variants.with_digits(idea.label):
                yield self._idea(label, idea.host, Technique.DIGIT_FOR_LETTER, factor)
            for script in ("latin", "cyrillic"):
                for label in variants.homoglyphs(idea.label, script):
                    yield self._idea(label, idea.host, Technique.HOMOGLYPH_IDN, factor, script)
            if idea.technique is Technique.PINYIN_FULL:
                for label in variants.misheard(idea.label):
                    yield self._idea(label, idea.host, Technique.PINYIN_FUZZY, factor)


def _host_with(authority: Authority, word: str) -> str:
    return next((host for host in authority.hosts if word in host.split(".")), authority.hosts[0])
