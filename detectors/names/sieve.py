"""Tells which names must be read: those whose words may add up to a hit.

Whatever `looks.best_look` finds telling passes; what does not pass is never a hit.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable

from crawler.addresses import is_covered, may_have_long_suffix, parts
from crawler.model import WordRole
from detectors.names.beside import Beside
from detectors.names.bounds import Bounds
from detectors.names.foldings import fold_heard, fold_seen, written_pairs
from detectors.names.letters import sounded, unpaired
from detectors.names.lexicon import Lexicon
from detectors.names.literals import core_forms, heard_literals, seen_literals
from detectors.names.looks import SISTERS
from detectors.names.roles import LIKELY, SHORT_CORE, is_weak
from detectors.names.weighing import SLIP, SWAPPED_SUFFIX, UNDER_HOSTING

_MOST_FOR_PLACE = 25
_MOST_FOR_SUFFIX = UNDER_HOSTING + _MOST_FOR_PLACE + SWAPPED_SUFFIX


class Sieve:
    """The literals of a watchlist's lexicons, and the test of the names that hold one."""

    def __init__(
        self, written: Lexicon, heard: Lexicon, official: Iterable[str], trusted: Container[str]
    ) -> None:
        self._trusted = trusted
        self.seen = seen_literals(written, official)
        self.heard = heard_literals(heard)
        self._written = Bounds(written, fold_seen, lambda label: {label, unpaired(label)})
        self._sounded = Bounds(heard, str, lambda label: (sounded(label),))
        self._beside_seen = Beside(written, fold_seen)
        self._beside_heard = Beside(heard, str)
        self._seen_forms = _weak_forms(written, fold_seen, sounded)
        self._heard_forms = _weak_forms(heard, fold_heard, str)
        # Core words of two letters are sought together with others only.
        self._shortest = [form for form, _entry in core_forms(written) if len(form) <= SHORT_CORE]
        self._places = {
            form for form, entry in written.forms.items() if entry.word.role is WordRole.PLACE
        }

    def stands_seen(self, letters: str, name: str) -> bool:
        """Whether a weak literal stands in a name, ASCII and lower case, as a word of a row."""
        return self._beside_seen.stands(letters, fold_seen(name), name)

    def stands_heard(self, letters: str, name: str) -> bool:
        """The same for a name as it sounds; the literal is as it is seen or heard."""
        by_sound = sounded(name)
        forms = (*self._seen_forms.get(letters, ()), *self._heard_forms.get(letters, ()))
        return any(self._beside_heard.stands(form, by_sound, by_sound) for form in forms)

    def may_reach(self, name: str, *, seen: bool, heard: bool) -> bool:
        """Whether the words of a name, in ASCII and lower case, may add up to a hit.

        `seen` and `heard`: whether the name holds a core word as it is written, or by sound.
        """
        if is_covered(name, self._trusted):
            return False
        if seen:
            bonus = SLIP if any(map(str.isdigit, name)) else 0
            if _may_reach(self._written, name, bonus, self._for_suffix):
                return True
            heard = heard or any(form in name for form in self._shortest)
        return heard and _may_reach(self._sounded, name, 0, self._for_suffix)

    def may_reach_shown(self, shown: str) -> bool:
        """The same for what the labels of an internationalised name show, as it is read."""
        *labels, _suffix = shown.split(".")
        need = LIKELY - SLIP - (_MOST_FOR_SUFFIX if len(labels) > 1 else 0)
        bounds = self._written
        if sum(map(bounds.roughly, labels)) < need:
            return False
        # Which label is registered depends on the suffix as it is encoded.
        return sum(max(bounds.registered(each), bounds.below(each)) for each in labels) >= need

    def _for_suffix(self, suffix: str, private: bool) -> int:
        """What a suffix adds at most by itself: a free host's or a province's."""
        points = UNDER_HOSTING if private else 0
        first, _dot, last = suffix.partition(".")
        if last == "cn" and first in self._places:
            points += _MOST_FOR_PLACE
        return points


def _weak_forms(
    lexicon: Lexicon, fold: Callable[[str], str], sound: Callable[[str], str]
) -> dict[str, set[str]]:
    """The weak words by their folding, as they sound.

    Forms that are sounded already stay as they are: sounded twice, "sanggan" would lose a letter.
    """
    found: dict[str, set[str]] = {}
    for form, entry in core_forms(lexicon):
        if form.isascii() and is_weak(entry.word):
            for paired in written_pairs(form):
                found.setdefault(fold(paired), set()).add(sound(form))
    return found


def _may_reach(
    bounds: Bounds, name: str, bonus: int, for_suffix: Callable[[str, bool], int]
) -> bool:
    private = False
    if may_have_long_suffix(name):
        cut = parts(name)
        suffix, private = cut.suffix, cut.private
        own_part = name.removesuffix(suffix).rstrip(".")
    else:
        own_part, _dot, suffix = name.rpartition(".")
    *below, own = own_part.split(".")
    need = LIKELY - bonus - for_suffix(suffix, private)
    rough = bounds.rough(own)[0] + sum(bounds.rough(label)[1] for label in below)
    # A sister of an official suffix adds something to one word.
    if suffix in SISTERS and rough >= need - SWAPPED_SUFFIX and bounds.is_word(own):
        need -= SWAPPED_SUFFIX
    if rough < need:
        return False
    # A label that loses more than it has may still have telling labels below it.
    return max(0, bounds.registered(own)) + sum(map(bounds.below, below)) >= need
