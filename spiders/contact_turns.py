"""Gives the contacts of cases their share of a search source's queries, each in its turn."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta

from crawler.clock import beijing_date
from crawler.digests import sha256
from crawler.model import ContactQuery
from spiders.base import Errand

_SHARE = 5
"""Founders' judgement: every fifth query; new offenders are found by what they offer, and an old
one who opens another page by how he is reached."""
_REST = timedelta(days=14)
"""Founders' judgement: a seller's new page is in the engines within some weeks, and a number that
is asked for every day brings the same pages every day. Each source counts for itself."""
_NAME, _DAY, _SPENT = "contact.", "contacts_day", "contacts_spent"


class ContactTurns:
    """One run's questions of one source: the day's rotation, and the contacts whose turn it is."""

    def __init__(self, errand: Errand, budget: int) -> None:
        self._day = beijing_date(errand.at)
        self._marks = errand.marks
        self._budget = budget
        self._told = {each.query: each.reason for each in errand.contacts}
        self._spent = 0
        if self._marks.get(_DAY) == self._day.isoformat():
            spent = self._marks.get(_SPENT, "")
            self._spent = int(spent) if spent.isdecimal() else 0
        self._left = max(0, budget // _SHARE - self._spent)
        self._due = tuple(self._in_turn(errand.contacts))

    @property
    def spent(self) -> int:
        """Queries that contacts have had today, in this run or in one before it."""
        return self._spent

    def queries(self, rotation: Callable[[int], Sequence[str]], asked: int, left: int) -> list[str]:
        """At most `left` of the day's queries, the first `asked` of its rotation left out.

        `rotation` gives the day's usual queries for a budget.
        The rotation's own share never varies, or its walk through all queries would have gaps;
        what contacts do not need of theirs goes to further queries.
        """
        left = max(0, left)
        due = self._due[: min(left, self._left)]
        usual = [*rotation(self._budget - self._budget // _SHARE), *rotation(self._budget)]
        many = list(dict.fromkeys(usual))[asked : asked + left - len(due)]
        return list(_woven(many, [each.query for each in due]))

    def is_contact(self, query: str) -> bool:
        """Whether a query asks for a contact."""
        return query in self._told

    def reason(self, query: str) -> str:
        """What a lead found by a query says of it."""
        return self._told.get(query, query)

    def sent(self, query: str) -> dict[str, str]:
        """What to remember once a query was sent."""
        if not self.is_contact(query):
            return {}
        self._spent += 1
        return {_DAY: self._day.isoformat(), _SPENT: str(self._spent)}

    def answered(self, query: str) -> dict[str, str]:
        """What to remember once a query was answered; one that was not is asked again tomorrow."""
        return {_mark(query): self._day.isoformat()} if self.is_contact(query) else {}

    def outdated(self) -> dict[str, str]:
        """Marks that have had their time: a contact that no case shows any more is forgotten."""
        return {name: "" for name, day in self._asked() if day is None or not self._rests(day)}

    def _asked(self) -> Iterator[tuple[str, date | None]]:
        for name, value in self._marks.items():
            if name.startswith(_NAME):
                try:
                    yield name, date.fromisoformat(value)
                except ValueError:
                    yield name, None

    def _rests(self, day: date) -> bool:
        # A day that has not come was written by a clock that was wrong.
        return timedelta(0) <= self._day - day < _REST

    def _in_turn(self, contacts: Sequence[ContactQuery]) -> Iterator[ContactQuery]:
        asked = {name: day for name, day in self._asked() if day is not None}
        for contact in contacts:
            day = asked.get(_mark(contact.query))
            if day is None or not self._rests(day):
                yield contact


def _mark(query: str) -> str:
    return _NAME + sha256(query.encode())[:16]


def _woven(many: Sequence[str], few: Sequence[str]) -> Iterator[str]:
    """Both in their order, one of the few after every fourth of the many and the rest behind."""
    waiting = list(few)
    for number, query in enumerate(many, 1):
        yield query
        if number % (_SHARE - 1) == 0 and waiting:
            yield waiting.pop(0)
    yield from waiting
