"""Chooses the day's search queries, so that over some days all of them are asked."""

from __future__ import annotations

from datetime import date
from math import gcd
from pathlib import Path

from crawler.language import _
from crawler.tables import Table
from seeds.loader import SEEDS, read_seed


def queries_for(day: date, budget: int, folder: Path = SEEDS) -> tuple[str, ...]:
    """At most `budget` queries for a day, the most telling first, the same for the same day.

    Half the budget goes to the queries of every day, the rest walks through all others from day to
    day without a gap. Raises `SeedError` where the file is missing, empty or malformed.
    """
    daily, products, promises, places = _lists(read_seed(folder, "queries.toml"))
    kept = daily[: budget // 2]
    combined = [f"{product} {promise}" for product in products for promise in promises]
    # One promise for each pair of place and product: all of them would take most of a year.
    combined += [
        f"{place} {product} {promises[(row + column) % len(promises)]}"
        for row, place in enumerate(places)
        for column, product in enumerate(products)
    ]
    fixed = set(daily)
    walk = [*daily[len(kept) :], *_spread([query for query in combined if query not in fixed])]
    room = min(max(budget - len(kept), 0), len(walk))
    start = day.toordinal() * room
    return (*kept, *(walk[(start + step) % len(walk)] for step in range(room)))


def _spread(queries: list[str]) -> list[str]:
    """The same queries in an order in which neighbours differ in product, promise and place."""
    count = len(queries)
    step = next(
        step for step in range(int(count * 0.618) + 1, 2 * count + 2) if gcd(step, count) == 1
    )
    return [queries[number * step % count] for number in range(count)]


def _lists(table: Table) -> tuple[tuple[str, ...], ...]:
    found = []
    for key in ("daily", "products", "promises", "places"):
        values = table.take_strings(key)
        if not values or not all(value.strip() for value in values):
            raise table.fail(key, _("不能为空，请至少写一个词，且没有空文字"))
        if len(set(values)) != len(values):
            raise table.fail(key, _("有重复的文字，请删去一个"))
        found.append(values)
    table.finish()
    return tuple(found)
