"""Runs, leads, visits and assessments through the store and back."""

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from crawler.errors import StoreError
from crawler.model import (
    Knowledge,
    LeadReason,
    Registration,
    RunStatus,
    SourceState,
    SourceStatus,
    Verdict,
)
from crawler.store import Store
from tests.store.conftest import (
    DAY,
    another_capture,
    later,
    make_assessment,
    make_lead,
    make_visit,
)

SHOP = "http://shop.test/"


def test_runs_are_named_in_beijing_time_and_never_twice(store: Store) -> None:
    first = store.start_run(DAY)
    assert first.id == "20260301-090000"
    assert store.unfinished_run() == first
    done = store.complete_run(first.id, later(0.1), ("来源 searxng 未能工作",))
    assert (done.status, done.finished_at) == (RunStatus.COMPLETED, later(0.1))
    assert store.unfinished_run() is None
    second = store.start_run(DAY)
    assert second.id == "20260301-090000-2"
    assert store.last_completed_run() == done == store.completed_before(second.id)
    assert store.completed_before(first.id) is None


def test_a_completed_run_stays_as_it_was(store: Store) -> None:
    run = store.start_run(DAY)
    done = store.complete_run(run.id, later(1), ())
    assert store.complete_run(run.id, later(2), ("x",)) == done


def test_a_source_speaks_once_per_run(store: Store) -> None:
    run = store.start_run(DAY).id
    store.save_source(run, SourceState("tips", SourceStatus.PENDING))
    done = SourceState("tips", SourceStatus.DONE, leads=3, requests=1)
    store.save_source(run, done)
    assert store.sources(run) == (done,)


def test_the_same_address_merges_reasons_and_keeps_the_smallest_depth(store: Store) -> None:
    run = store.start_run(DAY).id
    assert store.add_leads(run, [make_lead(SHOP, depth=2), make_lead("http://b.test/")]) == 2
    again = replace(
        make_lead(SHOP, source="tips", depth=1),
        reasons=(
            LeadReason("tips", "", later(1)),
            LeadReason("names", "names.txt:1", later(1)),
        ),
    )
    assert store.add_leads(run, [again]) == 0
    merged = store.lead(again.id)
    assert merged.depth == 1
    assert [(reason.source, reason.at) for reason in merged.reasons] == [
        ("names", DAY),
        ("tips", later(1)),
    ]


def test_a_lead_is_due_until_visited_then_when_its_time_has_come_or_a_person_asks(
    store: Store,
) -> None:
    run = store.start_run(DAY).id
    lead = make_lead(SHOP)
    store.add_leads(run, [lead])
    assert store.due_leads(run, DAY) == [lead]
    visit = make_visit(run, SHOP)
    store.save_visits([visit])
    assert store.due_leads(run, later(9)) == []
    store.save_assessments(run, [(make_assessment(visit), later(7))])
    store.complete_run(run, DAY, ())

    second = store.start_run(later(1)).id
    assert store.due_leads(second, later(1)) == []
    assert store.due_leads(second, later(7)) == [lead]
    store.ask_for(lead.id, later(1))
    assert store.due_leads(second, later(1)) == [lead]
    store.save_visits([make_visit(second, SHOP, later(1.1))])
    third = store.start_run(later(2)).id
    assert store.due_leads(third, later(2)) == []


def test_a_visit_that_nobody_judged_is_due_in_the_next_run(store: Store) -> None:
    run = store.start_run(DAY).id
    store.add_leads(run, [make_lead(SHOP)])
    store.save_visits([make_visit(run, SHOP)])
    assert len(store.due_leads(store.start_run(later(1)).id, later(1))) == 1


def test_asking_for_an_unknown_lead_is_an_error(store: Store) -> None:
    with pytest.raises(StoreError, match="没有编号为 x 的线索"):
        store.ask_for("x", DAY)


def test_a_visit_comes_back_as_it_was_without_its_html(store: Store) -> None:
    run = store.start_run(DAY).id
    store.add_leads(run, [make_lead(SHOP)])
    visit = make_visit(run, SHOP, html="<p>x")
    store.save_visits([visit])
    found = store.visit(visit.id)
    assert found == visit
    assert found.captures[0].html == ""


def test_what_is_captured_is_never_captured_over(store: Store) -> None:
    run = store.start_run(DAY).id
    store.add_leads(run, [make_lead(SHOP)])
    visit = make_visit(run, SHOP)
    store.save_visits([visit])
    other = replace(visit, at=later(1), captures=(replace(visit.captures[0], status=404),))
    store.save_visits([other])
    assert store.visit(visit.id) == visit
    assert len(list(store.custody())) == 1
    store.save_visits([another_capture(other)])
    assert [capture.status for capture in store.visit(visit.id).captures] == [200, 404]
    first, second = store.manifests()
    assert [entry.digest for entry in store.custody()] == [first.sha256, second.sha256]
    assert second.read().record == store.visit_digest(visit.id) != first.read().record
    assert [look.status for look in second.read().looks] == [200, 404]


def test_visits_are_stored_all_or_none(store: Store) -> None:
    run = store.start_run(DAY).id
    store.add_leads(run, [make_lead(SHOP)])
    with pytest.raises(sqlite3.IntegrityError):
        store.save_visits([make_visit(run, SHOP), make_visit(run, "http://stranger.test/")])
    assert store.visit_ids() == []
    assert list(store.custody()) == []


def test_stored_evidence_cannot_be_changed_or_deleted(store: Store, tmp_path: Path) -> None:
    run = store.start_run(DAY).id
    store.add_leads(run, [make_lead(SHOP)])
    store.save_visits([make_visit(run, SHOP)])
    with sqlite3.connect(tmp_path / "data" / "certhound.db") as direct:
        for statement in ("DELETE FROM visits", "DELETE FROM captures", "DELETE FROM custody"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                direct.execute(statement)
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            direct.execute("UPDATE visits SET url = ''")
    direct.close()


def test_only_what_a_registry_said_is_kept(store: Store) -> None:
    run = store.start_run(DAY).id
    store.add_leads(run, [make_lead(SHOP), make_lead("http://b.test/")])
    visit = make_visit(run, SHOP)
    unknown = Registration("b.test", Knowledge.UNKNOWN, DAY)
    store.save_visits([visit, replace(make_visit(run, "http://b.test/"), registration=unknown)])
    assert store.registration("shop.test", later(-1)) == visit.registration
    assert store.registration("shop.test", DAY) is None
    assert store.registration("b.test", later(-1)) is None


def test_opinions_come_back_with_their_visits_and_the_first_stands(store: Store) -> None:
    run = store.start_run(DAY).id
    urls = ["http://c.test/", SHOP, "http://b.test/"]
    store.add_leads(run, [make_lead(url) for url in urls])
    visits = sorted((make_visit(run, url) for url in urls), key=lambda visit: visit.id)
    store.save_visits(visits)
    assert store.visits_to_assess(run) == [visit.id for visit in visits]
    opinions = [make_assessment(visit) for visit in visits]
    store.save_assessments(run, [(opinion, DAY) for opinion in opinions])
    store.save_assessments(run, [(replace(opinions[0], verdict=Verdict.CLEAR), later(9))])
    assert store.visits_to_assess(run) == []
    assert list(store.assessments(run)) == list(zip(visits, opinions, strict=True))
    assert store.latest_assessment(visits[0].lead) == opinions[0]
    assert store.assessed_visit(visits[0].id) == (visits[0], opinions[0])
    assert store.assessed_visit("x") is None


def test_a_rule_of_one_run_is_not_asked_of_another(store: Store) -> None:
    run = store.start_run(DAY).id
    store.add_leads(run, [make_lead(SHOP)])
    store.save_visits([make_visit(run, SHOP)])
    other = store.start_run(later(1)).id
    assert store.visits_to_assess(other) == []
    assert list(store.assessments(other)) == []
