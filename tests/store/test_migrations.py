"""A database of every released schema opens, says the same, verifies, and works on."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from crawler.casework import decide, hit_list
from crawler.custody import inspect
from crawler.evidence import Blobs, load_visit
from crawler.model import Case, CaseState, ChangeKind, Decision
from crawler.store import Store
from tests.casework.conftest import Office, Seen
from tests.store.conftest import DAY

DATABASES = Path(__file__).with_name("databases")
RELEASED = sorted(path.stem for path in DATABASES.glob("*.sql"))
PAGE = b"<p>page</p>"


def restored(name: str, data: Path) -> Path:
    """A data folder with the database of a released schema and the blobs that it names."""
    Blobs(data / "blobs").put(PAGE, "text/html")
    with closing(sqlite3.connect(data / "certhound.db")) as direct:
        direct.executescript((DATABASES / f"{name}.sql").read_text(encoding="utf-8"))
    return data


def said_of(case: Case) -> dict[str, object]:
    facts = case.facts
    return {
        "case": str(case.key),
        "state": case.state.value,
        "change": case.change.kind.value,
        "version": case.version,
        "verdict": facts.verdict.value,
        "offence": facts.offence.value,
        "score": facts.score,
        "page_condition": facts.page_condition.value,
        "first_seen": case.first_seen.isoformat(),
        "last_seen": case.last_seen.isoformat(),
        "looked_at": facts.at.isoformat(),
        "contacts": [contact.value for contact in facts.contacts],
        "urls": list(facts.urls),
    }


def test_there_is_a_database_of_every_released_schema() -> None:
    assert RELEASED == ["first"]


@pytest.mark.parametrize("name", RELEASED)
def test_the_list_is_the_same_and_everything_verifies(name: str, tmp_path: Path) -> None:
    data = restored(name, tmp_path / "data")
    expected = json.loads((DATABASES / f"{name}.json").read_text(encoding="utf-8"))
    for _time in range(2):  # the second opening has nothing left to do
        with Store.open(data) as store:
            run = store.last_completed_run()
            assert run is not None
            assert [said_of(case) for case in hit_list(store, run.id)] == expected
            assert [said_of(case) for case in store.page(DAY, 99)] == expected
            blobs = Blobs(data / "blobs")
            assert inspect(store, blobs).damages == ()
            pages = [load_visit(store, blobs, visit).captures[0] for visit in store.visit_ids()]
            assert PAGE.decode() in {page.html for page in pages}


@pytest.mark.parametrize("name", RELEASED)
def test_people_and_runs_go_on_where_they_were(name: str, tmp_path: Path) -> None:
    data = restored(name, tmp_path / "data")
    with Store.open(data) as store:
        case = store.case("domain:c.test")
        assert case is not None
        assert [each.leads_to for each in store.judgements("domain:c.test")][-1] == case.standing
        confirmed = decide(store, "domain:c.test", Decision.CONFIRM, "赵六", "", DAY)
        assert (confirmed.state, confirmed.version) == (CaseState.RELEASED, case.version + 1)
        office = Office(store, days=5, blobs=Blobs(data / "blobs"))
        listed = office.day({"http://a.test/": Seen(codes=("http://q.test/",))})
        assert listed["domain:a.test"].change.kind is ChangeKind.BACK
        assert listed["domain:c.test"].state is CaseState.RELEASED
        assert inspect(store, Blobs(data / "blobs")).damages == ()


@pytest.mark.parametrize("name", RELEASED)
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE judgements SET document = replace(document, '张三', '李四')",
        "UPDATE captures SET document = replace(document, '200', '404')",
        "UPDATE custody SET actor = 'x' WHERE seq = 3",
    ],
)
def test_what_was_changed_before_the_migration_is_still_found(
    name: str, statement: str, tmp_path: Path
) -> None:
    data = restored(name, tmp_path / "data")
    with closing(sqlite3.connect(data / "certhound.db")) as direct:
        for (trigger,) in direct.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            direct.execute(f"DROP TRIGGER {trigger}")
        for act in ("update", "delete"):  # the migration expects to find these
            direct.execute(
                f"CREATE TRIGGER judgements_no_{act} BEFORE {act} ON judgements WHEN 0 "
                "BEGIN SELECT 1; END"
            )
        changed = direct.execute(statement.replace("'张三'", "'\\u5f20\\u4e09'")).rowcount
        direct.commit()
    assert changed > 0
    with Store.open(data) as store:
        assert inspect(store, Blobs(data / "blobs")).damages
