"""The few steps that the machine takes by itself: each has its place in the history of the case."""

from __future__ import annotations

from collections.abc import Callable

from crawler.model import Case, Judgement
from crawler.store import Store


def step(store: Store, key: str, decide: Callable[[Case], Judgement | None]) -> None:
    """Store what follows for a case as it stands; where a person was quicker, ask once more.

    `decide` gives `None` where nothing is left to do.
    """
    while (case := store.case(key)) is not None:
        judgement = decide(case)
        if judgement is None or store.save_judgement(judgement, case):
            return
