"""Whose words an offer is: the speaker's own, another's whom he quotes, or contested."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from detectors.reading import Reading, Span, begins_within, first_within, within
from detectors.rules import Reach, Rule, RuleBook

# Founders' judgement: so near stands who is quoted, or what the speaker thinks of it.
_FRAME = 24
# Founders' judgement: a text that long is one message of one speaker.
_MESSAGE = 400
# Founders' judgement: what stands farther off is another breath, be the sentence ever so long.
_FAR = 600
_REPORTS = ("outcome", "reporting")
# What points back; the other words of the group `pointing_afar` point forward.
_ABOVE = ("以上", "上述", "上面", "上边", "前述")
# Between clauses; what an announcement ends with.
_BREAKS = ",。！？!?;:\n"


class Whose(StrEnum):
    """Whose words an offer is."""

    OWN = "own"
    CONTESTED = "contested"
    """The speaker can be reached and takes a stance, but not clearly towards these words."""
    OTHERS = "others"


@dataclass(frozen=True, slots=True)
class Said:
    """Whose words an offer is, and the rule and place that say so."""

    whose: Whose
    rule: Rule | None = None
    span: Span = (0, 0)


def whose_words(reading: Reading, offer: Span, book: RuleBook) -> Said:
    """Whose words the offer at a place is.

    Where nobody can be reached, any stance in the passage makes it another's. A speaker who gives
    a contact of his own, or asks to be written to, must speak of the offer itself: announce it
    («对方发来：»), point at it («以上都是骗局») or rule it («别信不用考的证»). A slogan beside it
    («谨防诈骗») leaves it his own; any other stance contests it.
    """
    framed = _framed(reading, offer, book.quotations)
    if framed:
        return framed
    low, high = reading.passage(offer)
    low, high = max(low, offer[0] - _FAR), min(high, offer[1] + _FAR)
    if not _can_be_reached(reading, offer, (low, high)):
        return _anywhere(reading, (low, high), book.stances)
    whose = Whose.OWN
    for stance in book.stances:
        for span in within(reading.earnest(stance), low, high):
            if _speaks_of(reading, stance, span, offer):
                return Said(Whose.OTHERS, stance, span)
            whose = Whose.CONTESTED
    return _from_afar(reading, offer, book.stances) or Said(whose)


def _from_afar(reading: Reading, offer: Span, stances: tuple[Rule, ...]) -> Said | None:
    """A stance towards what a message says above or below it («以下内容是假的»)."""
    if len(reading.normal.text) > _MESSAGE:
        return None
    for start, _end in reading.spans("pointing_afar"):
        low, high = reading.sentence((start, start))
        if low <= offer[0] < high or begins_within(reading.spans("turning"), low, high):
            continue
        if not _points_to(reading, start, offer):
            continue
        for stance in stances:
            said = first_within(reading.earnest(stance), low, high)
            if said:
                return Said(Whose.OTHERS, stance, said)
    return None


def _anywhere(reading: Reading, passage: Span, stances: tuple[Rule, ...]) -> Said:
    for stance in stances:
        said = first_within(reading.stances(stance), *passage)
        if said:
            return Said(Whose.OTHERS, stance, said)
    reachable = reading.own_contacts or reading.spans("invites")
    if len(reading.normal.text) <= _MESSAGE and not reachable:
        # One speaker, whom nobody can answer: what he says of it stands wherever it stands.
        for stance in stances:
            if reading.earnest(stance):
                return Said(Whose.OTHERS, stance, reading.earnest(stance)[0])
    return Said(Whose.OWN)


def _can_be_reached(reading: Reading, offer: Span, passage: Span) -> bool:
    """Whether the speaker gives a way to reach him beside an offer, both in no quotation."""
    if reading.is_quoted(offer, passage[0]):
        return False
    low, high = passage
    if len(reading.normal.text) > _MESSAGE:
        line = reading.line(offer)
        low, high = max(low, line[0]), min(high, line[1])
    ways = within(reading.own_contacts, low, high) + within(reading.spans("invites"), low, high)
    return any(not reading.is_quoted(way, passage[0]) for way in ways)


def _speaks_of(reading: Reading, stance: Rule, said: Span, offer: Span) -> bool:
    """Whether words of a stance speak of an offer, and not merely stand beside it."""
    if reading.is_announced(offer):
        return True
    if stance.reach is Reach.PASSAGE:
        return _covers_passage(reading, stance, said, offer)
    low, high = reading.sentence(said)
    if begins_within(reading.spans("turning"), low, high):
        return False
    if stance.reach is Reach.SENTENCE and low <= offer[0] < high:
        return True
    if _rules(reading, said, offer):
        return True
    pointing = within(reading.spans("pointing"), low, high)
    ways = within(reading.spans("pointing_afar"), low, high)
    if ways and not any(_points_to(reading, start, offer) for start, _end in ways):
        return False
    if pointing and ":" in reading.normal.text[max(said[1], pointing[0][1]) : offer[0]]:
        return True
    inside = offer[0] < said[0] < offer[1]
    return bool(pointing) and (inside or said[0] >= offer[1] or low > offer[0] or high <= offer[0])


def _covers_passage(reading: Reading, stance: Rule, said: Span, offer: Span) -> bool:
    """Whether words of a stance that reaches the whole passage do, beside the speaker's contact.

    A report tells its outcome in more than one word; who refuses promises and prices nothing beside
    it; who asks for certificates prices none.
    """
    low, high = reading.passage(offer)
    priced = begins_within(reading.spans("piece"), low, high)
    if "outcome" in stance.parts[0]:
        told = [each for group in _REPORTS for each in within(reading.spans(group), low, high)]
        return len(reading.wordings(told)) > 1 and not begins_within(
            reading.spans("turning"), low, high
        )
    if "refusal" in stance.parts[0]:
        start, end = reading.sentence(said)[0], said[1]
        promised = begins_within(reading.spans("no_exam"), low, high)
        other = begins_within(reading.spans("other_paper"), start, end)
        asked = reading.normal.text[end : end + 1] == "?"
        return not (priced or promised or other or asked)
    return not priced


def _points_to(reading: Reading, start: int, offer: Span) -> bool:
    """Whether «以上», «下列» … written at a place points towards an offer, and not away from it."""
    return (reading.normal.text[start : start + 2] in _ABOVE) == (offer[0] < start)


def _rules(reading: Reading, said: Span, offer: Span) -> bool:
    """Whether a verb stands right before an offer, which is its object («别信不用考的证»)."""
    between = reading.normal.text[said[1] : offer[0]]
    verbs = reading.spans("ruling")
    return not any(map(between.__contains__, _BREAKS)) and begins_within(verbs, said[0], said[1])


def _framed(reading: Reading, offer: Span, quotations: tuple[Rule, ...]) -> Said | None:
    """The words that make a quotation somebody else's, or nothing.

    They stand outside, before or behind it; who adds a contact of his own to a quotation offers.
    """
    quotation = reading.quotation(offer)
    if quotation is None:
        return _introduced(reading, offer, quotations)
    start, end = quotation
    low, high = reading.line(quotation)
    if any(a < start or end <= a for a, _b in within(reading.own_contacts, low, high)):
        return None
    for rule in quotations:
        spans = reading.stances(rule)
        said = first_within(spans, max(0, start - _FRAME), start)
        said = said or first_within(spans, end, end + _FRAME)
        if said:
            return Said(Whose.OTHERS, rule, said)
    return None


def _introduced(reading: Reading, offer: Span, quotations: tuple[Rule, ...]) -> Said | None:
    """The words of the line before («网上写着：») that announce this one as a quotation, if any."""
    end = reading.line(offer)[0] - 1
    before = reading.normal.text[max(0, end - 2) : max(0, end + 1)]
    if not before.rstrip().endswith(":") or not before.endswith("\n"):
        return None
    for rule in quotations:
        said = first_within(reading.stances(rule), max(0, end - _FRAME), end)
        if said:
            return Said(Whose.OTHERS, rule, said)
    return None
