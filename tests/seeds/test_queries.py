from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.errors import SeedError
from seeds import SEEDS, queries_for

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
