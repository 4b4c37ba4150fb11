"""The cases that one person goes through, in order, each as it stands when it is looked at."""

from __future__ import annotations

from crawler import casework
from crawler.cli.review.telling import case_lines
from crawler.clock import now
from crawler.model import Case, Decision
from crawler.store import Place, Store, place_of

_AT_ONCE = 200


class Queue:
    """The listed cases from the gravest on; further ones are read when they are reached."""

    def __init__(self, store: Store, by: str) -> None:
        self._store = store
        self._by = by
        self._at = now()
        self._cases: list[Case] = []
        # Where the list goes on: as it was read, for decisions move cases in it.
        self._behind: Place | None = None
        self._read_on()
        self._here = 0
        self._all = store.count_listed(self._at)
        self.decided = 0
        """How many decisions were taken."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing waits."""
        return not self._cases

    @property
    def number(self) -> int:
        """The number of the case that is looked at, from 1."""
        return self._here + 1

    @property
    def count(self) -> int:
        """How many cases there were when it began."""
        return max(self._all, len(self._cases))

    @property
    def case(self) -> Case:
        """The case that is looked at, as it stood when it was shown last."""
        return self._cases[self._here]

    def move(self, by: int) -> bool:
        """Go so many cases on; `False` where there is none."""
        wanted = self._here + by
        if wanted >= len(self._cases):
            self._read_on()
        if not 0 <= wanted < len(self._cases):
            return False
        self._here = wanted
        self._refresh()
        return True

    def _read_on(self) -> None:
        page = self._store.page(self._at, _AT_ONCE, self._behind)
        if page:
            self._behind = place_of(page[-1])
            self._cases += page

    def lines(self, *, whole: bool) -> list[str]:
        """The case with all that was decided about it."""
        judgements = self._store.judgements(str(self.case.key))
        return case_lines(self.case, judgements, whole=whole)

    def decide(self, decision: Decision, reason: str) -> Case:
        """Decide on the case as it was shown.

        Raises `CaseworkError` where somebody else did so meanwhile; the case is then shown anew.
        """
        act = casework.undo if decision is Decision.UNDO else None
        try:
            if act is not None:
                case = act(self._store, self.case.key, self._by, reason, now(), self.case.version)
            else:
                case = casework.decide(
                    self._store, self.case.key, decision, self._by, reason, now(), self.case.version
                )
        finally:
            self._refresh()
        self.decided += 1
        return case

    def _refresh(self) -> None:
        found = self._store.case(str(self.case.key))
        if found is not None:
            self._cases[self._here] = found
