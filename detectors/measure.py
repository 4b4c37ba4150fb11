"""Measures opinions on pages against what people say of them: confusion tables and errors."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TypeVar

from crawler.model import Assessment, Offence, PageCondition, Verdict

T = TypeVar("T", Verdict, Offence, PageCondition)
_ACCUSED = frozenset({Verdict.SUSPECT, Verdict.DOUBTFUL})
_INNOCENT_WORDS = frozenset({"innocent", "benign", "clean", "negative"})
_GUILTY_WORDS = frozenset({"offender", "malicious", "positive", "imitation"})


class LabelError(ValueError):
    """A label that says nothing we know; the message is the word, empty where there is none."""


@dataclass(frozen=True, slots=True)
class PageTruth:
    """What a person says of a page; several values where several are right, none where unasked."""

    verdicts: frozenset[Verdict] = frozenset()
    offences: frozenset[Offence] = frozenset()
    conditions: frozenset[PageCondition] = frozenset()

    @property
    def innocent(self) -> bool:
        """Whether accusing the page would be wrong."""
        if self.verdicts:
            return not self.verdicts & _ACCUSED
        return self.offences == {Offence.NONE}

    @property
    def offender(self) -> bool:
        """Whether letting the page go would be wrong."""
        if self.verdicts:
            return self.verdicts <= _ACCUSED
        return bool(self.offences) and Offence.NONE not in self.offences


@dataclass(frozen=True, slots=True)
class PageError:
    """One page that is judged otherwise than a person did."""

    id: str
    wanted: str
    judged: str
    opinion: Assessment


@dataclass(slots=True)
class PageMeasure:
    """Counts of one measurement, added to page by page."""

    pages: int = 0
    right: int = 0
    innocent: int = 0
    innocent_suspect: int = 0
    innocent_doubtful: int = 0
    offenders: int = 0
    offenders_missed: int = 0
    """Offenders that are neither suspect nor doubtful."""
    verdicts: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(true, judged) to a number of pages; likewise below."""
    offences: Counter[tuple[str, str]] = field(default_factory=Counter)
    conditions: Counter[tuple[str, str]] = field(default_factory=Counter)
    errors: list[PageError] = field(default_factory=list)

    def add(self, truth: PageTruth, opinion: Assessment) -> None:
        """Count one page."""
        asked = (
            (truth.verdicts, opinion.verdict, self.verdicts),
            (truth.offences, opinion.offence, self.offences),
            (truth.conditions, opinion.page_condition, self.conditions),
        )
        wanted, judged = [], []
        for right, said, table in asked:
            if not right:
                continue
            table[(said.value if said in right else _named(right), said.value)] += 1
            if said not in right:
                wanted.append(_named(right))
                judged.append(said.value)
        self.pages += 1
        accused = opinion.verdict in _ACCUSED
        if truth.innocent:
            self.innocent += 1
            self.innocent_suspect += opinion.verdict is Verdict.SUSPECT
            self.innocent_doubtful += opinion.verdict is Verdict.DOUBTFUL
        elif truth.offender:
            self.offenders += 1
            self.offenders_missed += not accused
        if wanted:
            error = PageError(opinion.visit, "、".join(wanted), "、".join(judged), opinion)
            self.errors.append(error)
        else:
            self.right += 1


def _named(values: frozenset[Verdict] | frozenset[Offence] | frozenset[PageCondition]) -> str:
    return "|".join(sorted(each.value for each in values))


def read_truth(label: object, offence: object = None, condition: object = None) -> PageTruth:
    """The truth in three labels, each a word, several with `|` between, or a list of words.

    `label` is a verdict, an offence, or one of the words innocent and offender; raises
    `LabelError`.
    """
    verdicts: set[Verdict] = set()
    offences = {_one(Offence, word) for word in _words(offence)}
    for word in _words(label):
        if word in _INNOCENT_WORDS or word == Offence.NONE.value:
            verdicts |= {Verdict.CLEAR, Verdict.UNKNOWN}
            offences.add(Offence.NONE)
        elif word in _GUILTY_WORDS:
            verdicts |= _ACCUSED
        elif word in [each.value for each in Offence]:
            verdicts |= _ACCUSED
            offences.add(Offence(word))
        else:
            verdicts.add(_one(Verdict, word))
    conditions = {_one(PageCondition, word) for word in _words(condition)}
    if not verdicts and not offences and not conditions:
        raise LabelError
    return PageTruth(frozenset(verdicts), frozenset(offences), frozenset(conditions))


def _words(value: object) -> list[str]:
    if value is None:
        return []
    parts = value if isinstance(value, list) else str(value).split("|")
    return [word for part in parts if (word := str(part).strip().lower())]


def _one(kind: type[T], word: str) -> T:
    try:
        return kind(word)
    except ValueError as problem:
        raise LabelError(word) from problem
