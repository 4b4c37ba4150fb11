"""One text with the places of all words that rules ask for: windows, lines, quotations."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from functools import cached_property

from detectors.contacts import Place, find_contacts
from detectors.normal import Normal, normalise
from detectors.rules import NOT_MEANT, Rule, RuleBook

Span = tuple[int, int]

_CLAUSES = ",。！？!?;:\n"
# Between two contacts of the same person.
_ALSO = re.compile(
    r"[,、; ]{0,2}(?:还有|以及|和|及)?(?:他|她|对方)?(?:的)?"
    r"(?:手机|电话|微信|qq|vx|wx|支付宝|抖音|群)?(?:号码?)?(?:叫|是|为)?[: ]{0,2}"
)
_CLAUSE_END = re.compile(f"[{_CLAUSES}]")
_SENTENCE = re.compile(r"[^。！？!?\n]*[。！？!?\n]?")
# Founders' judgement: what is said one sentence before or after still belongs to the passage.
_NEIGHBOURS = 1
# A text that long is read to here, as pages are; who writes more hides or floods.
_LONGEST_TEXT = 200_000
# Founders' judgement: so far before a contact may begin what says whose it is.
_OWNER = 24
_OPENING, _CLOSING = "“「『‘", "”」』’"
# Founders' judgement: shorter quotations are names or stressed words.
_QUOTATION = re.compile(r"“[^“”]{12,}”|「[^「」]{12,}」|『[^『』]{12,}』|\"[^\"\n]{12,}\"")
# Founders' judgement: what stands farther off is another thing, be the line ever so long.
_LONGEST_LINE = 300


class Reading:
    """One text with the places of all words that rules ask for, found once each."""

    def __init__(self, written: str, book: RuleBook) -> None:
        self.normal: Normal = normalise(written[:_LONGEST_TEXT])
        self.places: tuple[Place, ...] = find_contacts(self.normal)
        self.contacts: list[Span] = [(place.start, place.end) for place in self.places]
        self._book = book
        self._open = book.gate.open(self.normal.text)
        self._spans: dict[str, list[Span]] = {}
        self._said: dict[str, bool] = {}
        self._spans["contact"] = sorted([*self.contacts, *self.spans("contact_cue")])
        if self._spans["contact"]:
            self._open |= {"contact"}
        self._stances: dict[str, list[Span]] = {}
        self._earnest: dict[str, list[Span]] = {}
        self._quotations: list[Span] | None = None
        self._own_contacts: list[Span] | None = None

    @cached_property
    def _starts(self) -> list[int]:
        """Where the sentences begin."""
        return [match.start() for match in _SENTENCE.finditer(self.normal.text)]

    def spans(self, group: str) -> list[Span]:
        """Where the words of a group stand."""
        spans = self._spans.get(group)
        if spans is None:
            spans = self._spans[group] = self._meant(group) if group in self._open else []
        return spans

    def has(self, group: str) -> bool:
        """Whether a word of the group occurs."""
        if group not in self._open:
            return False
        said = self._said.get(group)
        if said is None:
            spans = self._spans.get(group)
            said = bool(spans) if spans is not None else self._occurs(group)
            self._said[group] = said
        return said

    def _occurs(self, group: str) -> bool:
        first = self._book.groups[group].search(self.normal.text)
        if first is None or (first[0] and first.lastgroup != NOT_MEANT):
            return first is not None
        return bool(self._meant(group))

    def said(self, groups: Iterable[str]) -> list[str]:
        """Those of the groups of which a word occurs."""
        return [group for group in groups if group in self._open and self.has(group)]

    def _meant(self, group: str) -> list[Span]:
        expression = self._book.groups[group]
        found = expression.finditer(self.normal.text)
        if NOT_MEANT in expression.groupindex:
            found = (match for match in found if match.lastgroup != NOT_MEANT)
        return [span for match in found if (span := match.span())[0] < span[1]]

    def held(self, rules: Iterable[Rule]) -> list[Rule]:
        """Those of the rules of which the gate lets through words of every part."""
        opened, shut = self._open, self._open.isdisjoint
        return [rule for rule in rules if rule.must <= opened and not any(map(shut, rule.needs))]

    def matches(self, rule: Rule) -> list[Span]:
        """Where a rule's words stand together."""
        if not rule.must <= self._open or any(map(self._open.isdisjoint, rule.needs)):
            return []
        if rule.pattern:
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
                span for span in self.stances(rule) if not _stands_within(span, slogans)
            ]
        return self._earnest[rule.name]

    @property
    def own_contacts(self) -> list[Span]:
        """The contacts that are the speaker's, not told of another («他微信…», «…打不通»)."""
        if self._own_contacts is None:
            self._own_contacts = []
            told_of = 0
            for contact in self.contacts:
                near = bool(told_of) and contact[0] - told_of <= _OWNER
                beside = self.normal.text[told_of : contact[0]] if near else _CLAUSES
                joined = not any(sign in beside for sign in _CLAUSES) or _ALSO.fullmatch(beside)
                if joined or self._is_told_of(contact):
                    told_of = contact[1]
                else:
                    self._own_contacts.append(contact)
        return self._own_contacts

    def _is_told_of(self, contact: Span) -> bool:
        low = self.line(contact)[0]
        if self.is_quoted(contact, low) and self.quotation(contact):
            return True
        if self.is_announced(contact):
            return True
        owners, deeds = self.spans("owner"), self.spans("deed")
        before = within(owners, max(0, contact[0] - _OWNER), contact[0])
        return any(contact[0] <= end + 1 for _start, end in before) or any(
            start <= contact[1] + 1 for start, _end in within(deeds, contact[1], contact[1] + 2)
        )

    def is_announced(self, span: Span) -> bool:
        """Whether words announce a place as somebody else's («对方发来：»).

        They stand before it in its line, or end the line before.
        """
        low = self.line(span)[0]
        announcing = within(self.spans("announcing"), max(0, low - _LONGEST_LINE), span[0])
        return any((low <= a and b <= span[0]) or b == low - 1 for a, b in announcing)

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
            not self.is_quoted(contact, low) for contact in within(self.own_contacts, low, high)
        )

    def quotation(self, span: Span) -> Span | None:
        """The quotation that a place stands in, if it is a longer one."""
        if self._quotations is None:
            self._quotations = [m.span() for m in _QUOTATION.finditer(self.normal.text)]
        before = bisect_left(self._quotations, (span[0], 0)) - 1
        found = self._quotations[before] if before >= 0 else (0, 0)
        return found if span[1] <= found[1] else None

    def wordings(self, spans: Iterable[Span]) -> set[str]:
        """What is written at places, without what is part of another."""
        said = {self.normal.text[start:end] for start, end in spans}
        return {each for each in said if not any(each != other and each in other for other in said)}

    def straddles(self, span: Span) -> bool:
        """Whether a place lies partly within a longer quotation and partly outside of it."""
        start, end = span[0], span[1] - 1
        return self.quotation((start, start + 1)) != self.quotation((end, end + 1))

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

    def sentence(self, span: Span) -> Span:
        """The sentence in which a place begins."""
        after = bisect_right(self._starts, span[0])
        end = self._starts[after] if after < len(self._starts) else len(self.normal.text)
        return self._starts[after - 1] if after else 0, end

    def clauses(self, group: str) -> list[Span]:
        """The clauses of a short text, in order and whole, in which words of a group begin."""
        starts = [0, *(match.end() for match in _CLAUSE_END.finditer(self.normal.text))]
        ends = [*starts[1:], len(self.normal.text)]
        said = dict.fromkeys(bisect_right(starts, start) - 1 for start, _ in self.spans(group))
        return [(starts[number], ends[number]) for number in said]

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


def begins_within(spans: list[Span], low: int, high: int) -> bool:
    """Whether one of the places, in order, begins between two positions."""
    place = bisect_left(spans, (low, 0))
    return place < len(spans) and spans[place][0] < high


def within(spans: list[Span], low: int, high: int) -> list[Span]:
    """The places, in order, that begin between two positions."""
    return spans[bisect_left(spans, (low, 0)) : bisect_left(spans, (high, 0))]


def first_within(spans: list[Span], low: int, high: int) -> Span | None:
    """The first of the places, in order, that begins between two positions, or `None`."""
    for place in range(bisect_left(spans, (low, 0)), len(spans)):
        if spans[place][0] >= high:
            return None
        if spans[place][1] <= high:
            return spans[place]
    return None


def _stands_within(span: Span, others: list[Span]) -> bool:
    """Whether a place lies within one of others that are in order and apart."""
    before = bisect_right(others, span[0], key=lambda other: other[0]) - 1
    return before >= 0 and span[1] <= others[before][1]


def _gap(one: Span, other: Span) -> int:
    return max(one[0] - other[1], other[0] - one[1], 0)
