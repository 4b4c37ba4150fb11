"""Query words from confirmed cases: proposed, decided, resting when they bring nothing."""

import sqlite3
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from crawler.addresses import lead_id
from crawler.casework import decide, settle
from crawler.errors import CaseworkError, StoreError
from crawler.evidence import Blobs
from crawler.model import CaseState, Decision, KeyWord, Lead, LeadReason, QueryWord, WordState
from crawler.querying import propose, words_to_ask, yield_of
from crawler.store import Store
from tests.casework.conftest import CLEAR, START, WATCHLIST, Seen, look

OFFERS = (
    "本站办理的证件带钢印，当天寄出 张小凡老师",
    "证书都是带钢印的，资料进系统 张小凡经理",
    "我们带钢印，发货前可视频验货 联系人张小凡",
    "同款带钢印，用纸与正品一致 一三八零零零零五六七八",
)


@dataclass
class Desk:
    """Days whose pages have words, and searches that named them."""

    store: Store
    blobs: Blobs
    day: int = 0
    runs: list[str] = field(default_factory=list)

    def run(
        self,
        pages: dict[str, tuple[Seen, str]],
        said: str = "q: t",
        words: dict[str, int] | None = None,
    ) -> str:
        self.day += 1
        at = START + timedelta(days=self.day)
        run = self.store.start_run(at).id
        for url, (seen, text) in pages.items():
            reason = LeadReason("bocha", said, at)
            self.store.add_leads(run, [Lead(lead_id(url), url, (reason,))])
            visit, opinion = look(run, url, seen, at)
            body = self.blobs.put(f"<p>{text}</p>".encode(), "text/html; charset=utf-8")
            captures = (replace(visit.captures[0], body=body, encoding="utf-8"),)
            self.store.save_visits([replace(visit, captures=captures)])
            self.store.save_assessments(run, [(opinion, at)])
        self.store.count_words(run, "bocha", words or {})
        settle(self.store, run, WATCHLIST, at)
        self.store.complete_run(run, at, ())
        return run

    def say(self, host: str, decision: Decision, by: str = "张三") -> None:
        reason = "复核" if decision is Decision.DISMISS else ""
        decide(self.store, f"domain:{host}", decision, by, reason, START + timedelta(days=self.day))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(Store.open(tmp_path / "data"), Blobs(tmp_path / "data" / "blobs"))


def sellers(desk: Desk, count: int = 4) -> None:
    lawful = {
        f"http://school{n}.test/": (
            CLEAR,
            f"{'甲乙丙丁戊'[n % 5]}{'子丑寅卯辰'[n // 5]}班 电工培训 合格后发证",
        )
        for n in range(25)
    }
    offers = {f"http://s{n}.test/": (Seen(), OFFERS[n]) for n in range(count)}
    desk.run(offers | lawful)
    for n in range(count):
        desk.say(f"s{n}.test", Decision.CONFIRM)


def test_the_cases_decided_last_are_read_first(desk: Desk) -> None:
    sellers(desk, 3)
    desk.say("s0.test", Decision.CONFIRM, "李四")
    confirmed = [CaseState.CONFIRMED, CaseState.RELEASED]
    assert desk.store.last_decided_cases(confirmed, 9) == [
        "domain:s0.test",
        "domain:s2.test",
        "domain:s1.test",
    ]
    assert desk.store.last_decided_cases(confirmed, 1) == ["domain:s0.test"]
    assert desk.store.last_decided_cases([CaseState.DISMISSED], 9) == []


def test_words_of_confirmed_cases_are_proposed_and_nobody_is_named(desk: Desk) -> None:
    sellers(desk)
    found = propose(desk.store, desk.blobs, START)
    assert [each.word for each in found] == ["带钢印"]
    (word,) = desk.store.query_words()
    assert (word.state, word.proposal, word.by) == (WordState.PROPOSED, found[0], "")
    assert words_to_ask(desk.store, START) == ()


def test_cases_that_nobody_confirmed_propose_nothing(desk: Desk) -> None:
    sellers(desk, count=3)
    desk.run({"http://x.test/": (Seen(), OFFERS[3])})
    assert propose(desk.store, desk.blobs, START)[0].confirmed_all == 3


def test_too_little_to_compare_is_told(desk: Desk) -> None:
    desk.run({f"http://s{n}.test/": (Seen(), OFFERS[n]) for n in range(4)})
    with pytest.raises(CaseworkError, match="0 个"):
        propose(desk.store, desk.blobs, START)
    assert desk.store.query_words() == ()


def accepted(desk: Desk, at_day: int = 0) -> QueryWord:
    at = START + timedelta(days=at_day)
    desk.store.propose_words([KeyWord("带钢印", 30.0, 5, 6, 0, 60)], at)
    desk.store.decide_words(["带钢印"], WordState.ACCEPTED, "张三", at)
    return desk.store.query_words()[0]


def test_what_a_word_brought_is_new_addresses_that_became_cases(desk: Desk) -> None:
    word = accepted(desk)
    said = "电工证 带钢印: 标题"
    desk.run({"http://old.test/": (Seen(), "甲")}, "电工证 代办: 带钢印")
    desk.run(
        {
            "http://old.test/": (Seen(), "甲"),  # known already
            "http://new.test/": (Seen(), "乙"),
            "http://wrong.test/": (Seen(), "丙"),
            "http://fine.test/": (CLEAR, "丁"),
        },
        said,
        {"带钢印": 3},
    )
    desk.run({"http://title.test/": (Seen(), "戊")}, "电工证 代办: 证 带钢印")
    at = START + timedelta(days=desk.day)
    brought = yield_of(desk.store, word, at)
    assert (brought.asked, brought.cases, brought.rests_until) == (3, 2, None)
    desk.say("wrong.test", Decision.DISMISS)
    assert yield_of(desk.store, word, at).cases == 1


def test_a_word_that_brings_nothing_rests_and_is_tried_again(desk: Desk) -> None:
    word = accepted(desk)
    desk.run({"http://new.test/": (Seen(), "乙")}, "电工证 带钢印: 标题", {"带钢印": 10})
    desk.run({}, words={"带钢印": 10})
    at = START + timedelta(days=desk.day)
    assert words_to_ask(desk.store, at) == ("带钢印",)  # one case in the last twenty queries
    desk.run({}, words={"带钢印": 10})
    last = START + timedelta(days=desk.day)
    assert words_to_ask(desk.store, last) == ()
    assert yield_of(desk.store, word, last).rests_until == last + timedelta(days=60)
    assert yield_of(desk.store, word, last).cases == 1
    assert words_to_ask(desk.store, last + timedelta(days=60)) == ("带钢印",)


def test_a_trial_is_not_over_before_its_time_and_acceptance_begins_it_anew(desk: Desk) -> None:
    accepted(desk)
    desk.run({}, words={"带钢印": 19})
    at = START + timedelta(days=desk.day)
    assert words_to_ask(desk.store, at) == ("带钢印",)
    desk.run({}, words={"带钢印": 1})
    later = START + timedelta(days=desk.day, hours=1)
    assert words_to_ask(desk.store, later) == ()
    desk.store.decide_words(["带钢印"], WordState.ACCEPTED, "李四", later)
    assert words_to_ask(desk.store, later) == ("带钢印",)
    desk.store.decide_words(["带钢印"], WordState.REFUSED, "李四", later)
    assert words_to_ask(desk.store, later) == ()


def test_decisions_are_kept_with_who_and_when_and_cannot_be_changed(desk: Desk) -> None:
    word = accepted(desk, 2)
    assert (word.by, word.decided_at) == ("张三", START + timedelta(days=2))
    with pytest.raises(StoreError, match="没有提出过"):
        desk.store.decide_words(["带钢印", "别的词"], WordState.REFUSED, "李四", START)
    assert desk.store.query_words()[0].state is WordState.ACCEPTED  # all or none
    assert desk.store.propose_words([KeyWord("带钢印", 99.0, 9, 9, 0, 60)], START) == 0
    assert desk.store.query_words()[0].proposal.score == 30.0  # as it was seen when decided
    assert list(desk.store.unsound_rows()) == []
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        desk.store._connection.execute("UPDATE word_decisions SET decided_by = '王五'")
    desk.store._connection.execute("UPDATE query_words SET at = '2020'")
    assert list(desk.store.unsound_rows()) == [("query_words", "带钢印")]
