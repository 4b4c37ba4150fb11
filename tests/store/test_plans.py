"""What is asked every day, or by a person who waits, never reads a table that grows with time.

SQLite itself says how it answers (EXPLAIN QUERY PLAN, sqlite.org/eqp.html): SCAN without an index
on one of the big tables, or a sort of what an index could give in order, is a fault.
"""

import re
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from crawler.casework import decide, hit_list, settle
from crawler.model import CaseKey, CaseState, Decision, KeyKind, Verdict
from crawler.store import Store, place_of
from tests.casework.conftest import ERROR, WATCHLIST, Office, Seen

A, KEY = "http://a.test/", "domain:a.test"
BIG = (
    "leads reasons visits captures assessments cases case_records judgements custody registrations"
)
SCAN = re.compile(
    rf"\bSCAN ({'|'.join(BIG.split())}|newest|records)\b(?! USING (?:COVERING )?INDEX)"
)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    store = Store.open(tmp_path / "data")
    office = Office(store)
    office.day({A: Seen(), "http://b.test/": Seen()})
    office.day({A: ERROR})
    return office


def plans(office: Office, question: Callable[[Store], object]) -> dict[str, list[str]]:
    """How SQLite answers each statement of a question, by statement."""
    asked: list[str] = []
    connection = office.store._connection
    connection.set_trace_callback(asked.append)
    question(office.store)
    connection.set_trace_callback(None)
    found = {}
    for sql in asked:
        if sql.lstrip().split()[0].upper() in ("SELECT", "UPDATE", "DELETE", "WITH"):
            with closing(connection.execute(f"EXPLAIN QUERY PLAN {sql}")) as rows:
                found[" ".join(sql.split())] = [row["detail"] for row in rows]
    office.store.close()
    return found


def run_of(store: Store) -> str:
    run = store.unfinished_run() or store.last_completed_run()
    assert run is not None
    return run.id


Question = Callable[[Store], object]


def questions(office: Office) -> dict[str, Question]:
    """What is asked, by name."""
    now, place, key = office.now, place_of(office.case(KEY)), CaseKey(KeyKind.DOMAIN, "a.test")
    accused = (Verdict.SUSPECT, Verdict.DOUBTFUL)
    return {
        "page": lambda store: store.page(now, 50),
        "next page": lambda store: store.page(now, 50, place),
        "count": lambda store: store.count_listed(now),
        "case": lambda store: store.case(KEY),
        "judgements": lambda store: store.judgements(KEY),
        "precision": lambda store: store.lately_decided([CaseState.CONFIRMED], now, 100),
        "papers": lambda store: store.papers_of(KEY),
        "decision": lambda store: decide(store, KEY, Decision.CONFIRM, "张三", "", now),
        "due": lambda store: store.due_leads(run_of(store), now),
        "unjudged": lambda store: store.visits_to_assess(run_of(store)),
        "suspects": lambda store: list(store.assessments(run_of(store), accused)),
        "before": lambda store: store.look_before(run_of(store), "x"),
        "known": lambda store: store.known_record(run_of(store), key),
        "registration": lambda store: store.registration("any.test", now),
        "complete": lambda store: store.complete_run(office.begin({A: Seen()}), now, ()),
    }


NAMES = """
    page,next page,count,case,judgements,precision,papers,decision,due,unjudged,suspects,before,
    known,registration,complete
"""


@pytest.mark.parametrize("name", [name.strip() for name in NAMES.split(",")])
def test_no_question_of_a_day_or_a_person_reads_a_whole_table(office: Office, name: str) -> None:
    found = plans(office, questions(office)[name])
    assert found
    faults = {sql: plan for sql, plan in found.items() if any(map(SCAN.search, plan))}
    assert faults == {}


def test_settling_reads_no_whole_table_but_for_the_list(office: Office) -> None:
    run = office.begin({A: Seen(), "http://c.test/": Seen()})
    found = plans(office, lambda store: settle(store, run, WATCHLIST, office.now))
    faults = [sql for sql, plan in found.items() if any(map(SCAN.search, plan))]
    assert [sql for sql in faults if "cases.muted_until IS NULL" not in sql] == []


@pytest.mark.parametrize("name", ["page", "next page"])
def test_a_page_comes_from_the_index_in_order(office: Office, name: str) -> None:
    (plan,) = plans(office, questions(office)[name]).values()
    how = {"page": "SCAN cases USING INDEX cases_listed"}
    by_place = "SEARCH cases USING INDEX cases_listed ((rank,key)>(?,?))"
    assert how.get(name, by_place) in plan
    assert "SEARCH records USING INDEX case_records_by_key (key=? AND seq=?)" in plan
    assert not [line for line in plan if "TEMP B-TREE" in line]


def test_the_reading_of_plans() -> None:
    assert SCAN.search("SCAN leads")
    assert not SCAN.search("SCAN cases USING INDEX cases_listed")
    assert not SCAN.search("SEARCH leads USING INDEX leads_by_recheck (recheck_at=?)")


def test_the_list_as_of_any_run_is_that_of_its_day(office: Office) -> None:
    first, second = office.store.completed_runs()
    assert len(hit_list(office.store, first)) == len(hit_list(office.store, second)) == 2
    at = office.now + timedelta(days=1)
    assert [case.key for case in office.store.page(at, 9)] == [
        case.key for case in hit_list(office.store, second)
    ]
