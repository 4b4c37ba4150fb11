"""Reads what a text offers: phrase rules over normalised words, and who is speaking."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from crawler.model import Contact, Family, Signal
from detectors.contacts import Place, find_contacts
from detectors.learned import judge
from detectors.normal import Normal, normalise
from detectors.rules import Rule, RuleBook
from detectors.shown import shown

_SENTENCE = re.compile(r"[^。！？!?\n]*[。！？!?\n]?")
_MOST_PER_RULE = 3
# Founders' judgement: what is said one sentence before or after still belongs to the passage.
_NEIGHBOURS = 1
# Founders' judgement: «微信同号» without a readable number is worth less than the number.
_ONLY_A_CUE = 0.7
_CUE_TO_NUMBER = 12
# A text that long is read to here, as pages are; who writes more hides or floods.
_LONGEST_TEXT = 200_000
_TELLING = {Family.SALE: "sale_forged", Family.CHEATING: "exam_cheating"}
_LEARNED = {"sale_forged": "learned_sale", "exam_cheating": "learned_cheat"}
# Founders' judgement: at the least chance that counts the model weighs this share of its weight.
_BARELY = 0.9

# Founders' judgement: an offer beside a slogan against fraud is the speaker's own, a little less
# surely so than one without.
_BESIDE_SLOGAN = 0.8
_OPENING, _CLOSING = "“「『‘", "”」』’"
# Founders' judgement: shorter quotations are names or stressed words.
_QUOTATION = re.compile(r"“[^“”]{12,}”|「[^「」]{12,}」|『[^『』]{12,}』|\"[^\"\n]{12,}\"")
# Founders' judgement: so near stands who is quoted, or what the speaker thinks of it.
_FRAME = 24
# Founders' judgement: what stands farther off is another thing, be the line ever so long.
_LONGEST_LINE = 300
# Founders' judgement: what a text says as a whole weighs half where its own offer gives a contact.
_YIELDED = 0.5

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class TextFindings:
    """What a text says."""

    signals: tuple[Signal, ...]
    contacts: tuple[Contact, ...]


class Reading:
    """One text with the places of all words that rules ask for, found once each."""

    def __init__(self, written: str, book: RuleBook) -> None:
        self.normal: Normal = normalise(written[:_LONGEST_TEXT])
        self.places: tuple[Place, ...] = find_contacts(self.normal)
        self.contacts: list[Span] = [(place.start, place.end) for place in self.places]
        self._book = book
        self._open = book.gate.open(self.normal.text)
        self._spans: dict[str, list[Span]] = {
            "contact": [
                *self.contacts,
                *(match.span() for match in book.groups["contact_cue"].finditer(self.normal.text)),
            ]
        }
        self._spans["contact"].sort()
        self._stances: dict[str, list[Span]] = {}
        self._earnest: dict[str, list[Span]] = {}
        self._quotations: list[Span] | None = None
        self._starts = [match.start() for match in _SENTENCE.finditer(self.normal.text)]

    def spans(self, group: str) -> list[Span]:
        """Where the words of a group stand."""
        spans = self._spans.get(group)
        if spans is None:
            spans = []
            if group in self._open:
                found = self._book.groups[group].finditer(self.normal.text)
                spans = [match.span() for match in found if match[0]]
            self._spans[group] = spans
        return spans

    def has(self, group: str) -> bool:
        """Whether a word of the group occurs."""
        return bool(self.spans(group))

    def matches(self, rule: Rule) -> list[Span]:
        """Where a rule's words stand together."""
        if rule.pattern:
            if rule.name not in self._open:
                return []
            if rule.only_with and not any(map(self.has, rule.only_with)):
                return []
            matched = (match.span() for match in rule.pattern.finditer(self.normal.text))
            return [span for span in matched if span[0] < span[1]]
        places: list[list[Span]] = []
        for part in rule.parts:
            found = self.spans(part[0])
            for group in part[1:]:
                found = found + self.spans(group)
            if not found:
                return []
            places.append(sorted(found) if len(part) > 1 else found)
        return [span for span in self._together(places[0], places[1:], rule.window) if span]

    def _together(self, first: list[Span], others: list[list[Span]], window: int) -> Iterator[Span]:
        for span in first:
            taken = [span]
            for spans in others:
                near = _nearest(spans, taken, window)
                if near is None:
                    break
                taken.append(near)
            else:
                low, high = min(s for s, _ in taken), max(e for _, e in taken)
                if high - low <= window:
                    yield low, high

    def stances(self, rule: Rule) -> list[Span]:
        """Where the words of an innocence rule stand, outside sentences that silence it."""
        if rule.name not in self._stances:
            self._stances[rule.name] = sorted(self._unsilenced(rule))
        return self._stances[rule.name]

    def earnest(self, rule: Rule) -> list[Span]:
        """The same without slogans, which sellers print beside their own offer."""
        if rule.name not in self._earnest:
            slogans = self.spans("slogan")
            self._earnest[rule.name] = [
                span
                for span in self.stances(rule)
                if not any(start <= span[0] and span[1] <= end for start, end in slogans)
            ]
        return self._earnest[rule.name]

    def line(self, span: Span) -> Span:
        """The line around a place, a very long one so far as it stands near."""
        text = self.normal.text
        first, last = max(0, span[0] - _LONGEST_LINE), min(len(text), span[1] + _LONGEST_LINE)
        low, high = text.rfind("\n", first, span[0]), text.find("\n", span[1], last)
        return first if low < 0 else low + 1, last if high < 0 else high

    def gives_own_contact(self, span: Span) -> bool:
        """Whether the paragraph around a place gives a contact, both in no quotation."""
        low, high = self.line(span)
        return not self.is_quoted(span, low) and any(
            not self.is_quoted(contact, low) for contact in _within(self.contacts, low, high)
        )

    def quotation(self, span: Span) -> Span | None:
        """The quotation that a place stands in, if it is a longer one."""
        if self._quotations is None:
            self._quotations = [m.span() for m in _QUOTATION.finditer(self.normal.text)]
        before = bisect_left(self._quotations, (span[0], 0)) - 1
        found = self._quotations[before] if before >= 0 else (0, 0)
        return found if span[1] <= found[1] else None

    def is_quoted(self, span: Span, low: int) -> bool:
        """Whether a quotation that began after `low` is still open at a place."""
        before = self.normal.text[low : span[0]]
        opened = sum(map(before.count, _OPENING)) - sum(map(before.count, _CLOSING))
        return opened > 0 or before.count('"') % 2 == 1

    def _unsilenced(self, rule: Rule) -> list[Span]:
        spans = self.matches(rule)
        if not rule.unless:
            return spans
        silenced = {bisect_right(self._starts, start) for start, _end in self.spans(rule.unless)}
        return [span for span in spans if bisect_right(self._starts, span[0]) not in silenced]

    def passage(self, span: Span) -> Span:
        """The sentences around a place, one more on either side."""
        first = max(0, bisect_right(self._starts, span[0]) - 1 - _NEIGHBOURS)
        last = bisect_left(self._starts, max(span[1], span[0] + 1)) + _NEIGHBOURS
        end = self._starts[last] if last < len(self._starts) else len(self.normal.text)
        return self._starts[first] if self._starts else 0, end


def _nearest(spans: list[Span], taken: list[Span], window: int) -> Span | None:
    """The span nearest to the first one taken that does not use its words again."""
    anchor = taken[0]
    best: Span | None = None
    low = bisect_left(spans, (anchor[0] - window, 0))
    for place in range(low, len(spans)):
        start, end = spans[place]
        if start > anchor[1] + window:
            break
        if any(start < b and a < end and not start < a < b <= end for a, b in taken):
            continue  # one word serves once; but «空白操作证» names the goods and says forged
        if best is None or _gap((start, end), anchor) < _gap(best, anchor):
            best = (start, end)
    return best


def _begins_within(spans: list[Span], low: int, high: int) -> bool:
    place = bisect_left(spans, (low, 0))
    return place < len(spans) and spans[place][0] < high


def _within(spans: list[Span], low: int, high: int) -> list[Span]:
    return spans[bisect_left(spans, (low, 0)) : bisect_left(spans, (high, 0))]


def _first_within(spans: list[Span], low: int, high: int) -> Span | None:
    for place in range(bisect_left(spans, (low, 0)), len(spans)):
        if spans[place][0] >= high:
            return None
        if spans[place][1] <= high:
            return spans[place]
    return None


def _gap(one: Span, other: Span) -> int:
    return max(one[0] - other[1], other[0] - one[1], 0)


def read_text(written: str, book: RuleBook, place: str) -> TextFindings:
    """Signals and contacts of a text; `place` is written into the signals.

    An offer inside a passage that warns, reports, cites or asks is no signal: the words are not
    the speaker's own. The passage's stance is reported as innocence instead.
    """
    reading = Reading(written, book)
    signals: list[Signal] = []
    offered = False
    for rule in book.offers:
        own, quoted = _own_words(reading, rule, book)
        if len({reading.normal.text[a:b] for a, b in own}) >= rule.at_least:
            signals += [_signal(reading, rule, span, place) for span in own[:_MOST_PER_RULE]]
            offered |= any(map(reading.gives_own_contact, own))
        signals += quoted
    signals += [
        found for rule in book.kinds if (found := _of_the_whole(reading, rule, place, offered))
    ]
    quotations = {rule.name for rule in book.quotations}
    families = {signal.family for signal in signals}
    if not any(each.rule in quotations for each in signals) or families - {Family.INNOCENCE}:
        # The model hears no quotation marks.
        signals += _learned(reading, place, families)
    contacts = tuple(each.contact for each in reading.places)
    return TextFindings(_without_doubles(signals), contacts)


def _own_words(reading: Reading, rule: Rule, book: RuleBook) -> tuple[list[Span], list[Signal]]:
    own: list[Span] = []
    quoted: list[Signal] = []
    for span in reading.matches(rule):
        if own and span[0] < own[-1][1]:
            continue
        low, high = reading.passage(span)
        if rule.unless and _begins_within(reading.spans(rule.unless), low, high):
            continue
        said = _framed(reading, span, book.quotations)
        said = said or _stance_over(reading, span, (low, high), book.stances)
        if said is None:
            own.append(span)
        elif len(quoted) < _MOST_PER_RULE:
            quoted.append(said)
    return own, quoted


def _framed(reading: Reading, offer: Span, quotations: tuple[Rule, ...]) -> Signal | None:
    """The words that make a quotation somebody else's, or nothing.

    They stand outside, before or behind it; who adds a contact of his own to a quotation offers.
    """
    quotation = reading.quotation(offer)
    if quotation is None:
        return _introduced(reading, offer, quotations)
    start, end = quotation
    low, high = reading.line(quotation)
    if any(a < start or end <= a for a, _b in _within(reading.contacts, low, high)):
        return None
    for rule in quotations:
        spans = reading.stances(rule)
        said = _first_within(spans, max(0, start - _FRAME), start)
        said = said or _first_within(spans, end, end + _FRAME)
        if said:
            return _signal(reading, rule, said, "passage")
    return None


def _introduced(reading: Reading, offer: Span, quotations: tuple[Rule, ...]) -> Signal | None:
    """The words of the line before («网上写着：») that announce this one as a quotation, if any."""
    end = reading.line(offer)[0] - 1
    before = reading.normal.text[max(0, end - 2) : max(0, end + 1)]
    if not before.rstrip().endswith(":") or not before.endswith("\n"):
        return None
    for rule in quotations:
        said = _first_within(reading.stances(rule), max(0, end - _FRAME), end)
        if said:
            return _signal(reading, rule, said, "passage")
    return None


def _stance_over(
    reading: Reading, offer: Span, passage: Span, stances: tuple[Rule, ...]
) -> Signal | None:
    """The stance that makes an offer somebody else's words, or nothing.

    A slogan («谨防诈骗！») does not, where the speaker goes on to offer in no quotation and to give
    a contact. Nor does what another paragraph says, where the offer's own gives a contact and the
    other does not point at it («以下广告都是骗局：»): articles are printed around offers to hide
    them.
    """
    low, high = passage
    line = reading.line(offer) if reading.gives_own_contact(offer) else None
    contact = _begins_within(reading.contacts, low, high)
    own = contact and not reading.is_quoted(offer, low)
    for stance in stances:
        if stance.yields_to_contact and contact:
            continue
        spans = reading.earnest(stance) if own else reading.stances(stance)
        if line:
            near = _within(spans, low, high)
            spans = [span for span in near if _speaks_of(reading, span, line)]
        said = _first_within(spans, low, high)
        if said:
            return _signal(reading, stance, said, "passage")
    return None


def _speaks_of(reading: Reading, said: Span, line: Span) -> bool:
    """Whether words of a stance stand in a line, or in another that points at it."""
    if line[0] <= said[0] < line[1]:
        return True
    low, high = reading.line(said)
    if reading.normal.text[low:high].rstrip().endswith(":") and high < line[0]:
        return True
    return _begins_within(reading.spans("pointing"), low, high)


def _of_the_whole(reading: Reading, rule: Rule, place: str, offered: bool) -> Signal | None:
    spans = reading.stances(rule)
    wordings = {reading.normal.text[a:b] for a, b in spans}
    length = len(reading.normal.text)
    if len(wordings) < rule.at_least or len(spans) * 1000 < rule.per_thousand * length:
        return None
    said = "、".join(dict.fromkeys(reading.normal.original(*span) for span in spans[:6]))
    strength = _YIELDED if offered and rule.yields_to_contact else 1.0
    return Signal(rule.name, rule.family, strength, shown(said), place)


def _learned(reading: Reading, place: str, families: set[Family]) -> list[Signal]:
    """What the model says, with the n-grams that speak most for it.

    Where rules find only one of goods and examination, that tells the offence.
    """
    opinion = judge(reading.normal.text, reading.places, reading.spans)
    if opinion is None:
        return []
    surplus = (opinion.chance - opinion.least) / (1 - opinion.least)
    strength = round(_BARELY + (1 - _BARELY) * surplus, 2)
    words = shown("、".join(opinion.reasons))
    told = families & _TELLING.keys()
    offence = _TELLING[next(iter(told))] if len(told) == 1 else opinion.offence
    return [Signal(_LEARNED[offence], Family.LEARNED, strength, words, place)]


def _signal(reading: Reading, rule: Rule, span: Span, place: str) -> Signal:
    strength = 1.0
    if any("contact" in part for part in rule.parts):
        near = span[1] + _CUE_TO_NUMBER
        given = any(span[0] <= each.start < near for each in reading.places)
        strength = 1.0 if given else _ONLY_A_CUE
    if rule.family is not Family.INNOCENCE and _begins_within(
        reading.spans("slogan"), *reading.passage(span)
    ):
        strength = min(strength, _BESIDE_SLOGAN)
    words = shown(reading.normal.original(*span))
    return Signal(rule.name, rule.family, strength, words, place)


def _without_doubles(signals: list[Signal]) -> tuple[Signal, ...]:
    return tuple(dict.fromkeys(signals))
