"""Where the budget is short, people's leads come first and no source starves another."""

from collections import Counter
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from crawler.addresses import lead_id
from crawler.model import Lead, LeadReason
from crawler.scheduling import scheduled

AT = datetime(2026, 3, 1, tzinfo=UTC)


def lead(name: str, *sources: str, depth: int = 0) -> Lead:
    url = f"http://{name}.test/"
    said = tuple(LeadReason(source, "", AT) for source in sources or ("names",))
    return Lead(lead_id(url), url, said, depth)


def test_all_are_opened_where_the_budget_reaches() -> None:
    due = [lead(f"n{number}") for number in range(5)]
    assert scheduled(due, 5, ()) == due


def test_people_and_suspects_come_first_then_what_was_seen_before() -> None:
    feed = [lead(f"n{number}") for number in range(50)]
    tip, code, old = lead("tip", "tips"), lead("code", "snowball", depth=1), lead("old")
    chosen = scheduled([*feed, old, code, tip], 4, {old.id})
    assert set(chosen[:2]) == {tip, code}
    assert chosen[2] == old
    assert len(chosen) == 4


def test_what_a_person_asked_for_goes_before_all_and_old_tips_wait_with_other_pages() -> None:
    tips = [lead(f"t{number}", "tips") for number in range(20)]
    old_tip, wanted, known = lead("oldtip", "tips"), lead("wanted"), lead("known")
    due = [*tips, old_tip, known, wanted]
    seen = {old_tip.id, known.id, wanted.id}
    chosen = scheduled(due, 21, seen, {wanted.id})
    assert chosen[0] == wanted
    assert set(chosen[1:]) == set(tips)
    assert set(scheduled(due, 22, seen, {wanted.id})[21:]) <= {old_tip, known}


def test_a_feed_starves_no_other_source() -> None:
    feed = [lead(f"n{number}") for number in range(1000)]
    found = [lead(f"s{number}", "searxng") for number in range(10)]
    chosen = scheduled([*feed, *found], 30, ())
    assert set(found) <= set(chosen)


def test_what_several_sources_name_goes_before_what_one_does() -> None:
    feed = [lead(f"n{number}") for number in range(100)]
    both = lead("both", "names", "searxng")
    assert scheduled([*feed, both], 1, ()) == [both]


@given(
    st.lists(st.tuples(st.integers(0, 300), st.sampled_from(["names", "ct", "tips"])), max_size=60),
    st.integers(0, 60),
)
def test_never_more_than_the_budget_and_none_twice(
    named: list[tuple[int, str]], budget: int
) -> None:
    due = list({lead(f"n{number}", source) for number, source in named})
    chosen = scheduled(due, budget, ())
    assert len(chosen) == min(budget, len(due))
    assert max(Counter(chosen).values(), default=1) == 1
    assert set(chosen) <= set(due)
