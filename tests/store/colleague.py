"""One of several programs at work in a data folder at once: a person who decides, or a run.

`python colleague.py DATA person NAME ROUNDS` decides about the cases at random, `… run ROUNDS` does
days of looking. Prints what came of each act, one line each.
"""

import random
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from crawler.casework import decide, undo
from crawler.errors import CaseworkError
from crawler.model import Decision
from crawler.store import Store
from tests.casework.conftest import DOUBTFUL, ERROR, START, Office, Seen

SITES = tuple(f"http://s{number}.test/" for number in range(4))
KEYS = tuple(f"domain:s{number}.test" for number in range(4))


def say(what: str, which: str) -> None:
    sys.stdout.write(f"{what} {which}\n")
    sys.stdout.flush()


def be_person(data: Path, name: str, rounds: int) -> None:
    """Look at a case, think, and decide on what was read."""
    choose = random.Random(name)
    for turn in range(rounds):
        with Store.open(data, create=False) as store:
            key = choose.choice(KEYS)
            case = store.case(key)
            assert case is not None
            choice = choose.choice(
                [Decision.CONFIRM, Decision.DISMISS, Decision.WATCH, Decision.NOTE, Decision.UNDO]
            )
            at, reason = datetime.now(UTC), f"{name} {turn}"
            try:
                if choice is Decision.NOTE:
                    decide(store, key, Decision.NOTE, name, reason, at)
                elif choice is Decision.UNDO:
                    undo(store, key, name, reason, at, case.version)
                else:
                    decide(store, key, choice, name, reason, at, case.version)
            except CaseworkError as problem:
                told = "请查看后重新决定" in str(problem)
                say("late" if told else "rule", reason)
            else:
                say("done", reason)


def be_run(data: Path, rounds: int) -> None:
    """Day after day, as fast as it goes."""
    choose = random.Random("run")
    with Store.open(data) as store:
        office = Office(store, days=1)
        for turn in range(rounds):
            pages = {url: choose.choice([Seen(), DOUBTFUL, ERROR]) for url in SITES}
            more = {f"http://d{turn}-{number}.test/": Seen() for number in range(20)}
            office.days = int((datetime.now(UTC) - START) / timedelta(days=1)) + turn
            office.day(pages | more)
            say("done", str(turn))


if __name__ == "__main__":
    folder, role, *rest = sys.argv[1:]
    if role == "run":
        be_run(Path(folder), int(rest[0]))
    else:
        be_person(Path(folder), rest[0], int(rest[1]))
