"""Judges a visit: reads every capture, finds signals, weighs them; nothing is fetched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from crawler.addresses import covers, host_of
from crawler.clock import beijing_date
from crawler.language import _
from crawler.model import (
    Assessment,
    Capture,
    Claim,
    Family,
    Findings,
    PageCondition,
    Signal,
    TrustedHost,
    Visit,
    Watchlist,
)
from detectors.ages import age_signals
from detectors.bystanders import find_bystander
from detectors.claims import find_claims
from detectors.conditions import condition_of, is_legible, load_conditions, sent_home
from detectors.hosting import OFFERS, find_hosting, without_planted
from detectors.identities import Identities
from detectors.likeness import Reference, find_likeness
from detectors.messages import contact_signals, is_plain_text, read_message
from detectors.mirrors import find_mirror
from detectors.names import NameHit, NameScreen
from detectors.pages import Page, read_page
from detectors.pictured import only_in_pictures, read_pictured, unread, with_pictures
from detectors.plainly import mostly_plainly
from detectors.queries import find_queries
from detectors.rules import load_rules
from detectors.scoring import Policy, load_policy, weigh
from detectors.shown import shown
from detectors.sieve import LONG, sift
from detectors.structure import Structure, read_structure
from detectors.text import TextFindings, read_text
from detectors.traces import find_traces
from detectors.vantages import decisiveness, differences, merged_contacts

_MIRRORED = 0.3
_IDLE = (Family.INNOCENCE, Family.HOSTING, Family.PAYMENT, Family.CONTACT, Family.PICTURE)
_NOTHING_SAID = TextFindings((), ())
_BENEATH = "\n.\n.\n"
"""Parts what is hidden from what is seen: no sentence of the one is beside one of the other."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """What one capture showed."""

    findings: Findings
    imitates: str


class Detectors:
    """All detectors, loaded once per process; `assess` is pure."""

    def __init__(
        self,
        watchlist: Watchlist,
        references: Sequence[Reference] = (),
        policy: Policy | None = None,
    ) -> None:
        """Load what is known; `policy` takes the place of the one that comes with the program."""
        self._watchlist = watchlist
        self._references = tuple(references)
        self._book = load_rules()
        self._policy = policy or load_policy()
        load_conditions()
        self._names = NameScreen(watchlist)
        self._identities = Identities(watchlist)
        self._own = {host: each for each in watchlist.authorities for host in each.hosts}
        self._trusted: dict[str, list[TrustedHost]] = {}
        for entry in watchlist.trusted:
            self._trusted.setdefault(entry.host, []).append(entry)

    def __reduce__(self) -> tuple[object, ...]:
        """Made anew from what it was made of in another process."""
        return Detectors, (self._watchlist, self._references, self._policy)

    def assess(self, visit: Visit) -> Assessment:
        """The opinion on a visit: all captures are read, the gravest one decides.

        Contacts, targets and traces are those of all captures.
        """
        hit = self._names.judge(host_of(visit.url)) if visit.url else None
        opinions = [self._weigh(visit, capture, hit) for capture in visit.captures]
        apart = differences(visit, opinions)
        if apart:
            opinions = [self._weigh(visit, capture, hit, apart) for capture in visit.captures]
        opinions = opinions or [weigh(visit.id, Findings(PageCondition.UNKNOWN), self._policy)]
        best = max(opinions, key=decisiveness)
        findings = replace(
            best.findings,
            contacts=merged_contacts(each.findings.contacts for each in opinions),
            targets=tuple(dict.fromkeys(t for each in opinions for t in each.findings.targets)),
            traces=tuple(dict.fromkeys(t for each in opinions for t in each.findings.traces)),
        )
        return replace(best, findings=findings)

    def name_hit(self, host: str) -> NameHit | None:
        """What the names engine says of a host."""
        return self._names.judge(host)

    def assess_name(self, host: str) -> Assessment:
        """The arithmetic of a bare name, as if its page were content that says nothing."""
        hit = self._names.judge(host)
        signals = (_name_signal(hit),) if hit else ()
        findings = Findings(PageCondition.CONTENT, signals)
        return weigh(host, findings, self._policy, imitates=hit.imitates if hit else "")

    def _weigh(
        self,
        visit: Visit,
        capture: Capture,
        hit: NameHit | None,
        apart: tuple[Signal, ...] = (),
    ) -> Assessment:
        seen = self._look(visit, capture, hit)
        signals = [*seen.findings.signals, *apart]
        if hit:
            signals.append(_name_signal(hit))
        signals += age_signals(visit)
        imitates = seen.imitates or (hit.imitates if hit else "")
        if not imitates and any(s.family in (Family.CLAIM, Family.QUERY) for s in signals):
            imitates = next(iter(self._own), "")
        return weigh(
            visit.id,
            replace(seen.findings, signals=tuple(signals)),
            self._policy,
            trusted=self._trust_reason(visit, capture),
            imitates=imitates,
        )

    def _look(self, visit: Visit, capture: Capture, hit: NameHit | None) -> _Seen:
        if not visit.url or is_plain_text(capture):
            return _Seen(read_message(capture, self._book), "")
        page = read_page(capture.html, capture.final_url or capture.url or visit.url)
        condition, told = condition_of(page, capture)
        seen = "\n".join(filter(None, (page.title, _description(page), page.whole)))
        whole = f"{seen}{_BENEATH}{page.hidden}" if page.hidden else seen
        sifted = sift(mostly_plainly(whole), page.html, page.thin)
        said = self._read_whole(whole, sifted.offers)
        if page.hidden and said.signals:
            said = without_planted(said, self._read_whole(seen, sifted.offers))
        pictured = read_pictured(page, capture, self._book, self._is_public)
        text = with_pictures(said, pictured)
        targets = tuple(dict.fromkeys((*pictured.targets, *page.targets)))
        if condition is PageCondition.EMPTY and capture.pictures:
            condition = PageCondition.CONTENT
        if condition is PageCondition.UNKNOWN or not (
            condition is PageCondition.CONTENT or _sells(text)
        ):
            findings = Findings(condition, (told,) if told else (), targets=targets)
            return _Seen(findings, "")
        # Whoever sells with a way to reach him shows content, whatever else his page says.
        condition = PageCondition.CONTENT
        place = "text" if said.contacts else "image"
        signals: list[Signal] = [*text.signals, *contact_signals(text.contacts, place)]
        signals += pictured.signals
        claims: tuple[Claim, ...] = ()
        imitates = ""
        if sifted.identity:
            structure = read_structure(page.html, page.url)
            claimed = find_claims(page, structure, self._identities, self._is_official)
            claims, imitates = claimed.claims, claimed.imitates
            copied = find_likeness(page, self._references)
            if copied:
                signals.append(copied[0])
                imitates = imitates or host_of(copied[1].url)
            signals += self._identity_signals(page, structure, claimed.signals)
            if any(each.family in (Family.CLAIM, Family.QUERY) for each in signals):
                signals += find_bystander(page)
                signals += find_hosting(visit, page.url)
        idle = all(s.family in _IDLE for s in signals)
        name = f"{hit.name} ~ {hit.imitates}" if hit else ""
        if idle and (unsaid := only_in_pictures(pictured, page, visit.told_by, name)):
            signals.append(unsaid)
        elif idle and (pictured.unsaid or not (is_legible(page) or pictured.words)):
            # A shell for scripts, or pictures only: nothing was read, so nothing is clear, and
            # nothing is gone.
            condition = PageCondition.UNKNOWN
            signals += unread(pictured)
        elif idle and (home := sent_home(capture)):
            condition = PageCondition.ERROR
            signals.append(home)
        findings = Findings(
            page_condition=condition,
            signals=tuple(signals),
            claims=claims,
            contacts=(*text.contacts, *text.payees),
            traces=(*find_traces(page.html, page.text), *pictured.traces),
            targets=targets,
        )
        return _Seen(findings, imitates)

    def _read_whole(self, whole: str, may_offer: bool) -> TextFindings:
        """What a page says; nothing where it is long and never speaks of our subject.

        `may_offer` is what the sieve thinks: that goods of ours and a way to buy stand together.
        """
        if len(whole) > LONG and not may_offer:
            return _NOTHING_SAID
        text = read_text(whole, self._book, "text")
        if text.contacts or any(each.family in OFFERS for each in text.signals):
            return text
        # The model has learnt from messages: of a page that nobody can be reached on, on which no
        # rule finds an offer, it knows nothing.
        said = tuple(each for each in text.signals if each.family is not Family.LEARNED)
        return replace(text, signals=said)

    def _identity_signals(
        self, page: Page, structure: Structure, claimed: tuple[Signal, ...]
    ) -> list[Signal]:
        owner = any(signal.rule == "owner_named" for signal in claimed)
        queries = find_queries(page, structure, owner, self._is_trusted)
        mirror = find_mirror(page, self._book)
        found = [*claimed, *queries]
        if mirror:
            # The copy brings the official header and footer along; they are not its own words.
            found = [
                replace(signal, strength=round(signal.strength * _MIRRORED, 2))
                if signal.family in (Family.CLAIM, Family.QUERY)
                else signal
                for signal in found
            ]
        return [*found, *mirror]

    def _is_official(self, host: str) -> bool:
        return bool(_covering(self._own, host))

    def _is_trusted(self, host: str) -> bool:
        return self._is_official(host) or bool(_covering(self._trusted, host))

    def _is_public(self, host: str) -> bool:
        """Whether a host is official, trusted, or a platform where many publish."""
        return self._is_trusted(host) or any(
            covers(platform.domain, host) for platform in self._watchlist.platforms
        )

    def _trust_reason(self, visit: Visit, capture: Capture) -> str:
        """Why the host asked for or the one that answered is never accused, or nothing."""
        for host in dict.fromkeys((host_of(visit.url), host_of(capture.final_url))):
            if self._is_official(host):
                return _("{host} 是官方网站").format(host=host)
            found = (self._trusted[name] for name in _covering(self._trusted, host))
            for entry in (entry for entries in found for entry in entries):
                if _holds(entry, beijing_date(visit.at)):
                    return _("{host} 在可信名单内：{reason}").format(host=host, reason=entry.reason)
        return ""


def load_detectors(
    watchlist: Watchlist,
    references: Sequence[Reference] = (),
    policy: Policy | None = None,
) -> Detectors:
    """The detectors for a watchlist, the office's captures of official pages, and its own policy.

    Raises `SeedError` where a rule or the policy is malformed.
    """
    return Detectors(watchlist, references, policy)


def _covering(names: Mapping[str, object], host: str) -> list[str]:
    """The host and the domains above it that are among the names."""
    labels = host.split(".")
    above = (".".join(labels[start:]) for start in range(len(labels)))
    return [name for name in above if name in names]


def _holds(entry: TrustedHost, today: date) -> bool:
    return entry.expires is None or entry.expires >= today


def _sells(text: TextFindings) -> bool:
    offers = any(signal.family in OFFERS for signal in text.signals)
    return offers and bool(text.contacts)


def _description(page: Page) -> str:
    return next((content for name, content in page.metas if name == "description"), "")


def _name_signal(hit: NameHit) -> Signal:
    words = f"{hit.name} ~ {hit.imitates}（{hit.technique}）"
    return Signal("name_likeness", Family.NAME, round(hit.score / 100, 2), shown(words), "url")
