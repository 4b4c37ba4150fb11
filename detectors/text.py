"""Reads what a text offers: phrase rules over normalised words, and who is speaking."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice

from crawler.model import Contact, Family, Signal
from detectors.learned import SUBJECT, Opinion, judge, load_settings
from detectors.payees import find_payees
from detectors.reading import Reading, Span, begins_within, within
from detectors.rules import OFFERS, Rule, RuleBook
from detectors.shown import shown
from detectors.stances import Whose, whose_words

_MOST_PER_RULE = 3
# Founders' judgement: «微信同号» without a readable number is worth less than the number.
_ONLY_A_CUE = 0.7
_CUE_TO_NUMBER = 12
# Founders' judgement: one hasty word among those of schools is worth so much of a promise, unless
# it says that nothing is to be learnt, or one of the groups says plainly what is sold.
_HASTY_ONLY = 0.4
_PROMISES = ("promise", "no_exam")
_UNEARNED = re.compile("[不免无0零]|直接|包|先|内部")
_PLAIN = ("piece", "forge", "bought", "absent", "genuine", "verifiable")
# Founders' judgement: what a paragraph of a long text must say before the model is asked of it, how
# many are, and how sure it must be.
_GETTING = ("no_exam", "verifiable", "forge", "cheat")
_MOST_PARAGRAPHS, _SURE = 20, 0.85
_TELLING = {Family.SALE: "sale_forged", Family.CHEATING: "exam_cheating"}
_LEARNED = {"sale_forged": "learned_sale", "exam_cheating": "learned_cheat"}
# Only of what is offered it matters how it is paid.
_OFFERED = OFFERS | {Family.LEARNED}
# Founders' judgement: at the least chance that counts the model weighs this share of its weight.
_BARELY = 0.9

# Founders' judgement: an offer beside a slogan against fraud is the speaker's own, a little less
# surely so than one without.
_BESIDE_SLOGAN = 0.8
# Founders' judgement: an offer beside a stance that does not speak of it weighs the same.
_CONTESTED = 0.8
# Founders' judgement: what a text says as a whole weighs half where its own offer gives a contact.
_YIELDED = 0.5


@dataclass(frozen=True, slots=True)
class TextFindings:
    """What a text says."""

    signals: tuple[Signal, ...]
    contacts: tuple[Contact, ...]
    payees: tuple[Contact, ...] = ()
    """Where money is to go; no way to reach anybody, and no reason to accuse him."""


def read_text(written: str, book: RuleBook, place: str) -> TextFindings:
    """Signals and contacts of a text; `place` is written into the signals.

    An offer inside a passage that warns, reports, cites or asks is no signal: the words are not
    the speaker's own. The passage's stance is reported as innocence instead.
    """
    reading = Reading(written, book)
    signals: list[Signal] = []
    offered = others = False
    for rule in reading.held(book.offers):
        own, quoted = _own_words(reading, rule, book)
        if len({reading.normal.text[a:b] for (a, b), _sure in own}) >= rule.at_least:
            signals += [
                _signal(reading, rule, span, place, sure) for span, sure in own[:_MOST_PER_RULE]
            ]
            offered |= any(reading.gives_own_contact(span) for span, _sure in own)
        signals += quoted
        others |= bool(quoted)
    kinds = reading.held(book.kinds)
    signals += [found for rule in kinds if (found := _of_the_whole(reading, rule, place, offered))]
    quotations = {rule.name for rule in book.quotations}
    families = {signal.family for signal in signals}
    if not any(each.rule in quotations for each in signals) or families - {Family.INNOCENCE}:
        # The model hears no quotation marks.
        own_contact = reading.own_contacts and not (others and not families - {Family.INNOCENCE})
        signals += _learned(reading, place, families, bool(own_contact))
    if not _OFFERED.isdisjoint(signal.family for signal in signals):
        signals += _payment(reading, place, book)
    contacts = tuple(each.contact for each in reading.places)
    payees = find_payees(reading.normal, reading.places)
    return TextFindings(_without_doubles(signals), contacts, payees)


def _payment(reading: Reading, place: str, book: RuleBook) -> list[Signal]:
    """How the speaker of an offer wants to be paid."""
    return [
        _signal(reading, rule, span, place)
        for rule in reading.held(book.payments)
        for span, _sure in _own_words(reading, rule, book)[0][:_MOST_PER_RULE]
    ]


def _own_words(
    reading: Reading, rule: Rule, book: RuleBook
) -> tuple[list[tuple[Span, float]], list[Signal]]:
    """Where an offer is the speaker's own, with how surely, and what makes it another's."""
    own: list[tuple[Span, float]] = []
    quoted: list[Signal] = []
    for span in reading.matches(rule):
        if own and span[0] < own[-1][0][1]:
            continue
        if reading.straddles(span):
            continue  # words inside a quotation and words outside of it are no one's offer
        low, high = reading.passage(span)
        if rule.unless and begins_within(reading.spans(rule.unless), low, high):
            continue
        said = whose_words(reading, span, book)
        if said.rule is None:
            own.append((span, _CONTESTED if said.whose is Whose.CONTESTED else 1.0))
        elif len(quoted) < _MOST_PER_RULE:
            quoted.append(_signal(reading, said.rule, said.span, "passage"))
    return own, quoted


def _of_the_whole(reading: Reading, rule: Rule, place: str, offered: bool) -> Signal | None:
    spans = reading.stances(rule)
    wordings = {reading.normal.text[a:b] for a, b in spans}
    length = len(reading.normal.text)
    if len(wordings) < rule.at_least or len(spans) * 1000 < rule.per_thousand * length:
        return None
    said = "、".join(dict.fromkeys(reading.normal.original(*span) for span in spans[:6]))
    strength = _YIELDED if offered and rule.yields_to_contact else 1.0
    return Signal(rule.name, rule.family, strength, shown(said), place)


def _learned(
    reading: Reading, place: str, families: set[Family], own_contact: bool
) -> list[Signal]:
    """What the model says, with the n-grams that speak most for it.

    Where rules find only one of goods and examination, that tells the offence. Of a speaker who
    gives a contact of his own the model also hears what is left without the clauses that warn.
    """
    opinion = judge(reading, own_contact)
    short = len(reading.normal.text) <= load_settings().longest
    if opinion is None and short and own_contact and reading.has(SUBJECT):
        warnings = reading.clauses("warning")
        opinion = judge(reading, True, warnings) if warnings else None
    if opinion is None and not short and reading.has(SUBJECT):
        opinion = _of_a_paragraph(reading)
    if opinion is None:
        return []
    surplus = (opinion.chance - opinion.least) / (1 - opinion.least)
    strength = round(_BARELY + (1 - _BARELY) * surplus, 2)
    words = shown("、".join(opinion.reasons))
    told = families & _TELLING.keys()
    offence = _TELLING[next(iter(told))] if len(told) == 1 else opinion.offence
    return [Signal(_LEARNED[offence], Family.LEARNED, strength, words, place)]


def _of_a_paragraph(reading: Reading) -> Opinion | None:
    """The model's surest opinion on a telling paragraph of a long text.

    It speaks of getting certificates or gives a contact. Without a contact it must be surer than of
    a text that says no more, and words of a stance count in full.
    """
    length = len(reading.normal.text)
    telling = [span for group in _GETTING for span in reading.spans(group)]
    telling += reading.own_contacts
    lines = dict.fromkeys(map(reading.line, sorted(telling)))
    ours = (line for line in lines if begins_within(reading.spans(SUBJECT), *line))
    opinions = []
    for low, high in islice(ours, _MOST_PARAGRAPHS):
        own = begins_within(reading.own_contacts, low, high)
        opinion = judge(reading, own, [(0, low), (high, length)])
        if opinion and (own or opinion.chance >= _SURE):
            opinions.append(opinion)
    return max(opinions, key=lambda each: each.chance, default=None)


def _signal(reading: Reading, rule: Rule, span: Span, place: str, surely: float = 1.0) -> Signal:
    strength = 1.0
    if any("contact" in part for part in rule.parts):
        near = span[1] + _CUE_TO_NUMBER
        given = any(span[0] <= each.start < near for each in reading.places)
        strength = 1.0 if given else _ONLY_A_CUE
    if rule.family is not Family.INNOCENCE and begins_within(
        reading.spans("slogan"), *reading.passage(span)
    ):
        strength = min(strength, _BESIDE_SLOGAN)
    if rule.family is not Family.INNOCENCE and _is_hasty_only(reading, rule, span):
        strength = min(strength, _HASTY_ONLY)
    words = shown(reading.normal.original(*span))
    return Signal(rule.name, rule.family, min(strength, surely), words, place)


def _is_hasty_only(reading: Reading, rule: Rule, span: Span) -> bool:
    """Whether all that an offer promises is one hasty word among those of schools («15天出证»)."""
    groups = {group for part in rule.parts for group in part}
    if groups.isdisjoint(_PROMISES) or "forge" in groups:
        return False
    low, high = reading.passage(span)
    told = [each for group in _PROMISES for each in within(reading.spans(group), low, high)]
    said = reading.wordings(told)
    if len(said) != 1 or _UNEARNED.search(said.pop()):
        return False
    if any(begins_within(reading.spans(group), low, high) for group in _PLAIN):
        return False
    return begins_within(reading.spans("lawful"), low, high)


def _without_doubles(signals: list[Signal]) -> tuple[Signal, ...]:
    return tuple(dict.fromkeys(signals))
