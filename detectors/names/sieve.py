"""Tells which names must be read: those that hold a literal, a weak one only between words.

Whatever `looks.best_look` finds telling passes; what does not pass is never a hit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from crawler.addresses import may_have_long_suffix, parts
from crawler.model import WordRole
from detectors.names.foldings import fold_heard, fold_seen, written_pairs
from detectors.names.letters import sounded
from detectors.names.lexicon import SURE_LENGTH, Entry, Lexicon
from detectors.names.literals import core_forms, heard_literals, seen_literals
from detectors.names.looks import SISTERS
from detectors.names.roles import CORE, LIKELY, SHORT_CORE, is_weak
from detectors.names.slips import SlipIndex, slips
from detectors.names.weighing import (
    LOST_LETTER,
    SLIP,
    SWAPPED_SUFFIX,
    TRAINING_BAIT,
    UNDER_HOSTING,
)

_MOST_FOR_PLACE = 25
_MOST_FOR_SUFFIX = UNDER_HOSTING + _MOST_FOR_PLACE + SWAPPED_SUFFIX
_EDGE = 3  # letters by which the words at a weak word's side are looked up


class _Beside:
    """What may stand at the side of a weak word, in one folding."""

    def __init__(self, lexicon: Lexicon, fold: Callable[[str], str]) -> None:
        words: dict[str, int] = {}
        for form, entry in lexicon.forms.items():
            forms = written_pairs(form)
            # Core words with a slip are strong literals themselves.
            if entry.slips and entry.word.role not in CORE:
                forms |= slips(form)
            # A folding may hide a slip, for which points are added.
            points = _most_points(entry) + SLIP * (entry.slips and entry.word.role in CORE)
            for each in forms:
                folded = fold(each)
                words[folded] = max(points, words.get(folded, 0))
        self._words = words
        slipping = {
            fold(form): _most_points(entry) + SLIP
            for form, entry in lexicon.forms.items()
            if entry.slips and entry.word.role in CORE
        }
        self._slipping = slipping
        self._slips = SlipIndex(slipping)
        self._starts = _lengths(words, lambda word: word[:_EDGE])
        self._ends = _lengths(words, lambda word: word[-_EDGE:])

    def ends(self, text: str, digits: str) -> bool:
        """Whether a text is empty or ends with a word or a digit."""
        if not text or digits[-1].isdigit():
            return True
        return any(
            text[-length:] in self._words
            for size in range(1, _EDGE + 1)
            for length in self._ends.get(text[-size:], ())
            if length <= len(text)
        )

    def begins(self, text: str, digits: str) -> bool:
        """Whether a text is empty or begins with a word or a digit."""
        return not text or digits[0].isdigit() or any(self._words_at(text, 0))

    def covers(self, text: str, digits: str) -> bool:
        """Whether words and digits make up a whole text."""
        reached = {0}
        for start in range(len(text)):
            if start in reached:
                reached.update(start + length for length in self._words_at(text, start))
                if digits[start].isdigit():
                    reached.add(start + 1)
        return len(text) in reached

    def knows(self, text: str) -> bool:
        """Whether a whole text is a word."""
        return text in self._words

    def most(self, text: str, digits: str, slips: bool) -> int:
        """The most points that a row of words for a text has; letters without a word cost.

        `slips`: whether core words may have slips.
        """
        slipped: dict[int, list[tuple[int, int]]] = {}
        for begin, end, form in self._slips.found(text) if slips else ():
            slipped.setdefault(begin, []).append((end, self._slipping[form]))
        best = [0] * (len(text) + 1)
        for start in range(1, len(text) + 1):
            best[start] = -LOST_LETTER * start
        for start in range(len(text)):
            here = best[start]
            step = here if digits[start].isdigit() else here - LOST_LETTER
            best[start + 1] = max(step, best[start + 1])
            for length in self._words_at(text, start):
                points = here + self._words[text[start : start + length]]
                best[start + length] = max(points, best[start + length])
            for end, points in slipped.get(start, ()):
                best[end] = max(here + points, best[end])
        return best[-1]

    def _words_at(self, text: str, start: int) -> Iterator[int]:
        size = len(text)
        for width in range(1, _EDGE + 1):
            if start + width > size:
                return
            for length in self._starts.get(text[start : start + width], ()):
                if start + length > size:
                    break
                if text[start : start + length] in self._words:
                    yield length


def _most_points(entry: Entry) -> int:
    if entry.word.role is WordRole.TRAINING:
        return TRAINING_BAIT
    return max(0, entry.word.points)


def _lengths(words: Iterable[str], edge: Callable[[str], str]) -> dict[str, tuple[int, ...]]:
    """Lengths of words by their edge, which is the whole of a shorter word."""
    found: dict[str, set[int]] = {}
    for word in words:
        found.setdefault(edge(word), set()).add(len(word))
    return {key: tuple(sorted(lengths)) for key, lengths in found.items()}


class Sieve:
    """The literals of a watchlist's lexicons, and the test of weak ones."""

    def __init__(self, written: Lexicon, heard: Lexicon, official: Iterable[str]) -> None:
        self.seen = seen_literals(written, official)
        self.heard = heard_literals(heard)
        self._beside_seen = _Beside(written, fold_seen)
        self._beside_heard = _Beside(heard, str)
        # Core words of two letters are sought together with others only.
        self._shortest = [form for form, _entry in core_forms(written) if len(form) <= SHORT_CORE]
        self._seen_forms = _weak_forms(written, fold_seen)
        self._heard_forms = _weak_forms(heard, fold_heard)

    def stands_seen(self, literal: bytes, name: str) -> bool:
        """Whether a weak literal stands in a name, ASCII and lower case, as a word of a row."""
        letters = literal.decode()
        forms = self._seen_forms.get(letters, {})
        whole = all(forms.values())
        for part in _parts(name):
            # The digits of a part are told by the part itself, for its folding has none.
            seen = fold_seen(part)
            if letters in seen and _stands(
                letters, seen, _told(part, seen), self._beside_seen, whole
            ):
                return True
            # The words beside it may be spelt by sound, itself may not.
            if any(form in part for form in forms):
                by_sound = sounded(part)
                if any(
                    _stands(sounded(form), by_sound, by_sound, self._beside_heard, whole)
                    for form in forms
                ):
                    return True
        return False

    def holds_seen(self, literal: bytes, name: str) -> bool:
        """Whether a strong literal in a name is more than a chance part of a word."""
        return any(self.seen.holds(literal, fold_seen(part)) for part in _parts(name))

    def holds_heard(self, literal: bytes, name: str) -> bool:
        """The same for a literal that was found by sound."""
        return any(self.heard.holds(literal, fold_heard(part)) for part in _parts(name))

    def may_reach(self, name: str, *, seen: bool, heard: bool, strong: bool) -> bool:
        """Whether the words of a name may add up to a hit.

        `seen` and `heard`: whether the name holds a core word as it is written, or by sound;
        `strong`: whether it holds a strong literal, without which no core word has a slip.
        """
        own = name.rpartition(".")[0]
        labels = own.split(".")
        most = 0
        if seen:
            most = SLIP if any(map(str.isdigit, own)) else 0
            most += sum(_most(self._beside_seen, _seen(label), strong) for label in labels)
        if most < LIKELY and (heard or any(form in name for form in self._shortest)):
            spoken = ([(part, part) for part in map(sounded, _alone(label))] for label in labels)
            most = max(most, SLIP + sum(_most(self._beside_heard, each, strong) for each in spoken))
        return most >= LIKELY or (
            most + _MOST_FOR_SUFFIX >= LIKELY and most + self._for_suffix(name) >= LIKELY
        )

    def may_reach_shown(self, shown: str) -> bool:
        """The same for what the labels of an internationalised name show, as it is read."""
        own = shown.rpartition(".")[0]
        bonus = SLIP if own.isascii() else 0
        most = sum(_most(self._beside_seen, _seen(label), True) for label in own.split("."))
        return most + bonus + ("." in own) * _MOST_FOR_SUFFIX >= LIKELY

    def _for_suffix(self, name: str) -> int:
        """What a suffix adds at most: a free host's, a province's, a sister of an official one."""
        if not may_have_long_suffix(name):
            *_below, label, suffix = name.split(".")
            own = fold_seen(label.replace("-", ""))
            return SWAPPED_SUFFIX if suffix in SISTERS and self._beside_seen.knows(own) else 0
        cut = parts(name)
        points = UNDER_HOSTING if cut.private else 0
        if cut.suffix.endswith(".cn"):
            points += _MOST_FOR_PLACE
        own = cut.registrable.removesuffix(cut.suffix).rstrip(".").replace("-", "")
        if cut.suffix in SISTERS and self._beside_seen.knows(fold_seen(own)):
            points += SWAPPED_SUFFIX
        return points

    def stands_heard(self, literal: bytes, name: str) -> bool:
        """The same for a literal that was found by sound."""
        forms = self._heard_forms.get(literal.decode(), {})
        return any(
            _stands(form, by_sound, by_sound, self._beside_heard, whole)
            for by_sound in map(sounded, _parts(name))
            for form, whole in forms.items()
        )


def _parts(name: str) -> Iterator[str]:
    """The parts of labels that are read: between hyphens, and without hyphens."""
    for label in name.split("."):
        yield from _alone(label)


def _alone(label: str) -> list[str]:
    return [label] if "-" not in label else [label.replace("-", ""), *label.split("-")]


def _seen(label: str) -> list[tuple[str, str]]:
    """The parts of a label, each folded, and with its digits told."""
    return [(folded := fold_seen(part), _told(part, folded)) for part in _alone(label)]


def _told(part: str, folded: str) -> str:
    """The folded part with a digit wherever the part has one."""
    if part.isalpha():
        return folded
    return "".join("0" if mark.isdigit() else kept for mark, kept in zip(part, folded, strict=True))


def _most(beside: _Beside, pieces_of: list[tuple[str, str]], slips: bool) -> int:
    """The most points of a label: without hyphens, or as the sum of what stands between them."""
    glued, *pieces = (max(0, beside.most(*part, slips)) for part in pieces_of)
    return max(glued, sum(pieces))


def _weak_forms(lexicon: Lexicon, fold: Callable[[str], str]) -> dict[str, dict[str, bool]]:
    """The weak words by their folding; whether they count in a wholly explained part only."""
    found: dict[str, dict[str, bool]] = {}
    for form, entry in core_forms(lexicon):
        if form.isascii() and is_weak(entry.word):
            whole = entry.slip or len(form) < SURE_LENGTH
            for paired in written_pairs(form):
                found.setdefault(fold(paired), {})[form] = whole
    return found


def _stands(letters: str, folded: str, digits: str, beside: _Beside, whole: bool) -> bool:
    """Whether letters stand in a part between words, or in one that is words through and through.

    `digits` is the part in which digits are told; `folded` is as long.
    """
    place = folded.find(letters)
    while place >= 0:
        end = place + len(letters)
        sides = (folded[:place], digits[:place]), (folded[end:], digits[end:])
        if whole:
            stands = all(beside.covers(*side) for side in sides)
        else:
            stands = beside.ends(*sides[0]) and beside.begins(*sides[1])
        if stands:
            return True
        place = folded.find(letters, place + 1)
    return False
