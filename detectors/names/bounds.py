"""The most points that the words of a label can add up to, for names that need no reading.

Whatever row of words `Lexicon.read` makes of a label, no sum here is less than its points.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache

from crawler.model import WordRole
from detectors.names.letters import HAN
from detectors.names.lexicon import SURE_LENGTH, Entry, Lexicon
from detectors.names.roles import is_weak
from detectors.names.slips import Place, SlippedPlace, WordIndex
from detectors.names.weighing import LOST_HAN, LOST_LETTER, SLIP, TRAINING_BAIT

_NEVER = -1_000_000
_LEAST_LOST = LOST_LETTER // 2
"""What a part costs at least that no word explains."""
_KEPT = 8_192

_Word = tuple[int, int, int]
"""Points of a word where words explain its whole part; where letters are lost beside it; and where
they are not lost at its very sides."""


class Bounds:
    """The most points of labels, in one folding.

    `spellings` gives the texts as which a label is read, which are then folded.
    """

    def __init__(
        self,
        lexicon: Lexicon,
        fold: Callable[[str], str],
        spellings: Callable[[str], Iterable[str]],
    ) -> None:
        words: dict[str, _Word] = {}
        slipping: dict[str, int] = {}
        for form, entry in lexicon.forms.items():
            folded, points = fold(form), _most_points(entry)
            known = words.get(folded, (0, 0, 0))
            sure, weak = _beside_lost(form, entry, points)
            points += SLIP * _may_be_slip(entry)
            words[folded] = max(known[0], points), max(known[1], sure), max(known[2], weak)
            if entry.slips:
                slipping[folded] = max(points, slipping.get(folded, 0))
        self._fold, self._spellings = fold, spellings
        self._index = WordIndex(words, slipping)
        self._points = [words[word] for word in self._index.words]
        self._found = lru_cache(_KEPT)(self._found_in)
        self._slipping = slipping
        self.rough = lru_cache(_KEPT)(self._rough)
        self.roughly = lru_cache(_KEPT)(self._roughly)
        self.registered = lru_cache(_KEPT)(self._registered)
        self.below = lru_cache(_KEPT)(self._below)

    def _roughly(self, label: str) -> int:
        """The points of all words in a label, even of those that overlap."""
        return sum(self._all(text.replace("-", "")) for text in self._spellings(label))

    def _all(self, text: str) -> int:
        words, slips = self._found(text)
        return sum(self._points[number][0] for _begin, _end, number in words) + sum(
            self._slipping[form] for _begin, _end, form in slips
        )

    def _found_in(self, text: str) -> tuple[list[Place], list[SlippedPlace]]:
        """The words in a text, whole and with a slip."""
        return self._index.found(self._fold(text))

    def _rough(self, label: str) -> tuple[int, int]:
        """No less than `registered` and `below`, and told without trying rows of words."""
        registered = below = 0
        for text in self._spellings(label):
            pieces = text.split("-")
            most, explained = self._most(pieces[0] if len(pieces) == 1 else "".join(pieces))
            registered, below = max(registered, most), below + explained
            if len(pieces) > 1:
                found = {piece: self._most(piece) for piece in pieces}
                registered = max(registered, sum(max(0, found[piece][0]) for piece in pieces))
                below += sum(explained for _most, explained in found.values())
        return registered, below

    def _most(self, text: str) -> tuple[int, int]:
        """No less than the points of a part between hyphens, and of one that words explain."""
        words, slips = self._found(text)
        explained = most = beside_lost = 0
        for begin, end, number in words:
            explained |= (1 << end) - (1 << begin)
            points, sure, weak = self._points[number]
            most += points
            beside_lost += sure + weak
        for begin, end, form in slips:
            explained |= (1 << end) - (1 << begin)
            most += self._slipping[form]
        lost = len(text) - explained.bit_count()
        if lost and not text.isalpha():
            lost = sum(
                not (mark.isdigit() or explained >> place & 1) for place, mark in enumerate(text)
            )
        # Letters are lost in any row, and so is what counts in a whole row only.
        return (beside_lost - LOST_LETTER * lost, 0) if lost else (most, most)

    def _registered(self, label: str) -> int:
        """The points of a label that somebody registered; letters without a word cost."""
        return max(
            max(sum(map(self._part, text.split("-"))), self._part(text.replace("-", "")))
            if "-" in text
            else self._part(text)
            for text in self._spellings(label)
        )

    def _below(self, label: str) -> int:
        """The points of a label left of that, of which wholly explained parts count."""
        explained = sum(
            self._all(piece)
            for text in self._spellings(label)
            for piece in dict.fromkeys((*text.split("-"), text.replace("-", "")))
            if self._row(piece)[0] >= 0
        )
        return min(explained, self._roughly(label))

    def is_word(self, label: str) -> bool:
        """Whether a whole label is one word, perhaps with a slip."""
        for spelt in self._spellings(label):
            text = spelt.replace("-", "")
            words, slips = self._found(text)
            if any((begin, end) == (0, len(text)) for begin, end, _what in (*words, *slips)):
                return True
        return False

    def _part(self, text: str) -> int:
        """The points of a part between hyphens."""
        covered, lost = self._row(text)
        return max(covered, lost, -_LEAST_LOST if len(text) > 1 else 0)

    def _row(self, text: str) -> tuple[int, int]:
        """The points of the best row of words that explains a text, and of one that does not.

        In the second, words with a slip and short words explain letters, but count for nothing.
        """
        steps = self._steps(text)
        size = len(text)
        places = {0, size, *steps}
        places.update(end for found in steps.values() for end, _word in found)
        order = sorted(places)
        covered = dict.fromkeys(order, _NEVER)
        sure, lost, weak = covered.copy(), covered.copy(), covered.copy()
        covered[0] = sure[0] = 0
        for place, start in enumerate(order):
            whole, unlost = covered[start], max(sure[start], weak[start])
            after_any = max(unlost, lost[start])
            for end, (all_points, sure_points, weak_points) in steps.get(start, ()):
                covered[end] = max(whole + all_points, covered[end])
                sure[end] = max(after_any + sure_points, sure[end])
                if weak_points:
                    weak[end] = max(unlost + weak_points, weak[end])
            if start == size:
                break
            end = order[place + 1]
            between = text[start:end]
            cost, lost_han = _cost(between)
            if cost == lost_han:
                # Words stay sure beside Chinese characters that no word explains.
                covered[end] = max(whole - cost, covered[end])
            # Behind a weak word that counts stands no lost letter, and before it neither.
            step = after_any if between[0].isdigit() else max(sure[start], lost[start])
            there = sure if between[-1].isdigit() else lost
            there[end] = max(step - cost, there[end])
        return covered[size], max(sure[size], lost[size], weak[size])

    def _steps(self, text: str) -> dict[int, list[tuple[int, _Word]]]:
        """The words in a text, whole and with a slip, by where they begin."""
        found: dict[int, list[tuple[int, _Word]]] = {}
        words, slips = self._found(text)
        for begin, end, number in words:
            found.setdefault(begin, []).append((end, self._points[number]))
        for begin, end, form in slips:
            found.setdefault(begin, []).append((end, (self._slipping[form], 0, 0)))
        return found


def _most_points(entry: Entry) -> int:
    if entry.word.role is WordRole.TRAINING:
        return TRAINING_BAIT
    return max(0, entry.word.points)


def _may_be_slip(entry: Entry) -> bool:
    """Whether a form adds the points of a slip; a folding may hide one."""
    return entry.word.fuzzy and (entry.slip or entry.slips)


def _beside_lost(form: str, entry: Entry, points: int) -> tuple[int, int]:
    """What `lexicon.Reading` keeps beside letters that no word explains."""
    if len(form) < SURE_LENGTH or entry.slip:
        return 0, 0
    return (0, points) if is_weak(entry.word) else (points, 0)


def _cost(between: str) -> tuple[int, int]:
    """What letters cost that no word explains, and the Chinese ones of them; digits are free."""
    if between.isascii():
        if between.isalpha():
            return LOST_LETTER * len(between), 0
        return LOST_LETTER * sum(not mark.isdigit() for mark in between), 0
    han = LOST_HAN * len(HAN.findall(between))
    latin = sum(not (mark.isdigit() or HAN.match(mark)) for mark in between)
    return han + LOST_LETTER * latin, han
