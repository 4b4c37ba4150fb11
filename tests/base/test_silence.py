"""A source that brings less or older than it should is silent, and told of once."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from crawler.config import Expectation
from crawler.health import degradations, sight_of, without_network
from crawler.model import Knowledge, SourceState, SourceStatus
from crawler.silence import turns, weighed

AT = datetime(2026, 3, 10, 1, 0, tzinfo=UTC)
ANY = Expectation()
DAY = timedelta(days=1)


def brought(leads: int, status: SourceStatus = SourceStatus.DONE) -> SourceState:
    return SourceState("searxng", status, leads, 60, 0)


def month(*leads: int) -> list[SourceState]:
    """What a source brought day by day, the newest first, weighed on each of them."""
    states: list[SourceState] = []
    for number, count in enumerate(leads):
        states.insert(0, weighed(brought(count), states, ANY, AT - (len(leads) - number) * DAY))
    return states


@pytest.mark.parametrize("leads", [13, 40, 60, 300])
def test_a_quiet_day_is_no_silence(leads: int) -> None:
    before = month(60, 62, 58, 70, 61)
    assert weighed(brought(leads), before, ANY, AT).status is SourceStatus.DONE


@pytest.mark.parametrize("leads", [0, 2, 11])
def test_a_fifth_of_the_usual_is_silence(leads: int) -> None:
    state = weighed(brought(leads), month(60, 62, 58, 70, 61), ANY, AT)
    assert state.status is SourceStatus.SILENT
    assert "中位数是 61 条" in state.detail


@pytest.mark.parametrize("before", [(60, 60, 60, 60), (3, 0, 5, 1, 2, 4)])
def test_a_source_without_a_history_or_that_brings_little_is_never_silent_by_it(
    before: tuple[int, ...],
) -> None:
    assert weighed(brought(0), month(*before), ANY, AT).status is SourceStatus.DONE


def test_days_of_silence_do_not_become_the_usual() -> None:
    states = month(60, 62, 58, 70, 61, *([0] * 20))
    assert weighed(brought(0), states, ANY, AT).status is SourceStatus.SILENT


def test_the_minimum_of_the_profile_counts_from_the_first_day() -> None:
    state = weighed(brought(4), [], Expectation(leads=5), AT)
    assert state.status is SourceStatus.SILENT
    assert "至少应有 5 条" in state.detail
    assert weighed(brought(5), [], Expectation(leads=5), AT).status is SourceStatus.DONE


def test_what_answers_with_old_things_alone_is_silent() -> None:
    stale = replace(brought(60), newest=AT - 4 * DAY)
    expected = Expectation(fresh_days=3)
    assert weighed(stale, [], expected, AT).status is SourceStatus.SILENT
    fresh = replace(stale, newest=AT - 2 * DAY)
    assert weighed(fresh, [], expected, AT).status is SourceStatus.DONE
    assert weighed(brought(60), [], expected, AT).status is SourceStatus.DONE


def test_a_turn_is_told_once_and_since_when() -> None:
    states: list[SourceState] = []
    told = []
    blind, done = SourceStatus.BLIND, SourceStatus.DONE
    for number, status in enumerate([done, blind, blind, blind, done, done]):
        state = weighed(brought(0, status), states, ANY, AT + number * DAY)
        states.insert(0, state)
        told.append([(each.was, each.status) for each in turns([state])])
    assert told == [[], [(done, blind)], [], [], [(blind, done)], []]
    assert [state.since for state in reversed(states)] == [
        AT, AT + DAY, AT + DAY, AT + DAY, AT + 4 * DAY, AT + 4 * DAY,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("network", "status"),
    [
        (Knowledge.ABSENT, SourceStatus.UNKNOWN),
        (Knowledge.KNOWN, SourceStatus.BLIND),
        (Knowledge.UNKNOWN, SourceStatus.BLIND),
    ],
)
def test_a_source_is_not_blind_where_our_network_is_down(
    network: Knowledge, status: SourceStatus
) -> None:
    assert without_network(brought(0, SourceStatus.BLIND), network).status is status
    assert without_network(brought(9), network) == brought(9)


@pytest.mark.parametrize("status", [s for s in SourceStatus if s.value not in {"done", "pending"}])
def test_the_head_of_the_list_says_since_when(status: SourceStatus) -> None:
    state = replace(brought(0, status), since=AT, detail="没有应答")
    (said,) = degradations([state], sight_of([]), None, 0, has_browser=True)
    assert "2026-03-10 起" in said
    assert "没有应答" in said
