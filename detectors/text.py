"""Reads what a text offers: phrase rules over normalised words, and who is speaking."""

from __future__ import annotations

from dataclasses import dataclass

from crawler.model import Contact, Family, Signal
from detectors.learned import judge
from detectors.reading import Reading, Span, begins_within, first_within, within
from detectors.rules import Rule, RuleBook
from detectors.shown import shown

_MOST_PER_RULE = 3
# Founders' judgement: «微信同号» without a readable number is worth less than the number.
_ONLY_A_CUE = 0.7
_CUE_TO_NUMBER = 12
_TELLING = {Family.SALE: "sale_forged", Family.CHEATING: "exam_cheating"}
_LEARNED = {"sale_forged": "learned_sale", "exam_cheating": "learned_cheat"}
# Founders' judgement: at the least chance that counts the model weighs this share of its weight.
_BARELY = 0.9

# Founders' judgement: an offer beside a slogan against fraud is the speaker's own, a little less
# surely so than one without.
_BESIDE_SLOGAN = 0.8
# Founders' judgement: so near stands who is quoted, or what the speaker thinks of it.
_FRAME = 24
# Founders' judgement: what a text says as a whole weighs half where its own offer gives a contact.
_YIELDED = 0.5


@dataclass(frozen=True, slots=True)
class TextFindings:
    """What a text says."""

    signals: tuple[Signal, ...]
    contacts: tuple[Contact, ...]


def read_text(written: str, book: RuleBook, place: str) -> TextFindings:
    """Signals and contacts of a text; `place` is written into the signals.

    An offer inside a passage that warns, reports, cites or asks is no signal: the words are not
    the speaker's own. The passage's stance is reported as innocence instead.
    """
    reading = Reading(written, book)
    signals: list[Signal] = []
    offered = False
    for rule in reading.held(book.offers):
        own, quoted = _own_words(reading, rule, book)
        if len({reading.normal.text[a:b] for a, b in own}) >= rule.at_least:
            signals += [_signal(reading, rule, span, place) for span in own[:_MOST_PER_RULE]]
            offered |= any(map(reading.gives_own_contact, own))
        signals += quoted
    kinds = reading.held(book.kinds)
    signals += [found for rule in kinds if (found := _of_the_whole(reading, rule, place, offered))]
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
        if rule.unless and begins_within(reading.spans(rule.unless), low, high):
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
    if any(a < start or end <= a for a, _b in within(reading.contacts, low, high)):
        return None
    for rule in quotations:
        spans = reading.stances(rule)
        said = first_within(spans, max(0, start - _FRAME), start)
        said = said or first_within(spans, end, end + _FRAME)
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
        said = first_within(reading.stances(rule), max(0, end - _FRAME), end)
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
    contact = begins_within(reading.contacts, low, high)
    own = contact and not reading.is_quoted(offer, low)
    for stance in stances:
        if stance.yields_to_contact and contact:
            continue
        spans = reading.earnest(stance) if own else reading.stances(stance)
        if line:
            near = within(spans, low, high)
            spans = [span for span in near if _speaks_of(reading, span, line)]
        said = first_within(spans, low, high)
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
    return begins_within(reading.spans("pointing"), low, high)


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
    opinion = judge(reading)
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
    if rule.family is not Family.INNOCENCE and begins_within(
        reading.spans("slogan"), *reading.passage(span)
    ):
        strength = min(strength, _BESIDE_SLOGAN)
    words = shown(reading.normal.original(*span))
    return Signal(rule.name, rule.family, strength, words, place)


def _without_doubles(signals: list[Signal]) -> tuple[Signal, ...]:
    return tuple(dict.fromkeys(signals))
