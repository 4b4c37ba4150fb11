"""How often people agree with the machine is told by what they lately decided, or as unknown."""

from datetime import timedelta

from crawler.casework import decide, precision_of
from crawler.model import CaseState, Decision, Precision
from tests.casework.conftest import START, Office, Seen

LATER = START + timedelta(days=3)


def decided(office: Office, score: float, host: str, decision: Decision) -> None:
    decide(office.store, f"domain:{host}", decision, "张三", f"分数 {score}", LATER)


def test_nobody_decided_is_not_zero(office: Office) -> None:
    office.day({"http://a.test/": Seen()})
    assert precision_of(office.store, LATER) == ()


def test_the_gravest_decided_cases_count_to_their_depth(office: Office) -> None:
    pages = {f"http://h{number:02d}.test/": Seen(score=99.0 - number) for number in range(12)}
    office.day(pages)
    for number in range(12):
        decision = Decision.DISMISS if number in (3, 11) else Decision.CONFIRM
        decided(office, 99.0 - number, f"h{number:02d}.test", decision)
    assert precision_of(office.store, LATER) == (Precision(10, 9),)
    assert precision_of(office.store, LATER + timedelta(days=31)) == ()


def test_fewer_than_ten_are_told_as_that_many(office: Office) -> None:
    office.day({f"http://h{number}.test/": Seen() for number in range(4)})
    decided(office, 80, "h0.test", Decision.CONFIRM)
    decided(office, 80, "h1.test", Decision.VICTIM)
    decided(office, 80, "h2.test", Decision.DISMISS)
    decided(office, 80, "h3.test", Decision.WATCH)
    assert precision_of(office.store, LATER) == (Precision(3, 2),)


def test_a_hundred_rows_are_read_however_many_are_decided(office: Office) -> None:
    office.day(
        {f"http://h{number:03d}.test/": Seen(score=99 - number / 10) for number in range(120)}
    )
    for number in range(120):
        decision = Decision.CONFIRM if number < 100 else Decision.DISMISS
        decided(office, 99, f"h{number:03d}.test", decision)
    assert len(office.store.lately_decided([CaseState.CONFIRMED], START, 30)) == 30
    assert precision_of(office.store, LATER) == (
        Precision(10, 10),
        Precision(50, 50),
        Precision(100, 100),
    )
