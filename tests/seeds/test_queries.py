from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.errors import SeedError
from seeds import SEEDS, asks_for, queries_for, vocabulary

DAY = date(2026, 3, 1)


@given(
    day=st.dates(min_value=date(2020, 1, 1), max_value=date(2100, 1, 1)),
    budget=st.integers(min_value=0, max_value=3_000),
)
def test_a_day_asks_distinct_queries_within_its_budget(day: date, budget: int) -> None:
    queries = queries_for(day, budget)
    assert len(queries) == len(set(queries)) <= budget
    assert queries == queries_for(day, budget)


@pytest.mark.parametrize("budget", [7, 60])
def test_after_some_days_every_query_was_asked_and_the_telling_ones_daily(budget: int) -> None:
    everything = set(queries_for(DAY, 100_000))
    asked: set[str] = set()
    every_day = everything.copy()
    days = len(everything) // (budget // 2) + 2
    for number in range(days):
        today = set(queries_for(DAY + timedelta(days=number), budget))
        asked |= today
        every_day &= today
    assert asked == everything
    assert "特种作业操作证查询平台" in every_day
    assert len(every_day) >= min(budget // 2, 28)


def test_products_meet_promises_and_places() -> None:
    everything = queries_for(DAY, 100_000)
    assert "电工证 代办 免考" in everything
    assert any(query.startswith("广东 电工证 ") for query in everything)


def test_an_empty_list_is_told(tmp_path: Path) -> None:
    text = (SEEDS / "queries.toml").read_text(encoding="utf-8")
    head = text.split("products = [")[0]
    (tmp_path / "queries.toml").write_text(
        head + 'products = []\npromises = ["a"]\nplaces = ["b"]\n', encoding="utf-8"
    )
    with pytest.raises(SeedError, match=r"queries\.toml.*products"):
        queries_for(DAY, 10, tmp_path)


@given(budget=st.integers(0, 200), count=st.integers(0, 60))
def test_accepted_words_take_no_more_than_half_of_what_walks(budget: int, count: int) -> None:
    words = [f"词{number}号" for number in range(count)]
    queries = queries_for(DAY, budget, words=words)
    learnt = [query for query in queries if any(asks_for(query, word) for word in words)]
    assert len(queries) == len(set(queries)) <= budget
    assert len(learnt) <= (budget - min(28, budget // 2) + 1) // 2
    assert set(queries_for(DAY, budget)[: min(28, budget // 2)]) <= set(queries)
    assert not words or budget < 2 or learnt


def test_accepted_words_take_turns_and_change_their_product() -> None:
    words = ["带钢印", "入库保真", "内部名额"]
    asked: dict[str, set[str]] = {word: set() for word in words}
    for number in range(40):
        for query in queries_for(DAY + timedelta(days=number), 8, words=words):
            for word in words:
                if asks_for(query, word):
                    asked[word].add(query)
    assert all(len(queries) > 5 for queries in asked.values())


def test_a_query_asks_for_a_word_as_a_word_of_its_own() -> None:
    assert asks_for("电工证 带钢印", "带钢印")
    assert not asks_for("电工证 不带钢印", "带钢印")
    assert not asks_for("带钢印 电工证", "带钢印")
    assert {"电工证", "包过", "北京"} <= vocabulary()
