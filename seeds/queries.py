"""Chooses the day's search queries, so that over some days all of them are asked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from math import gcd
from pathlib import Path

from crawler.language import _
from crawler.tables import Table
from seeds.loader import SEEDS, read_seed


def queries_for(
    day: date, budget: int, folder: Path = SEEDS, words: Sequence[str] = ()
) -> tuple[str, ...]:
    """At most `budget` queries for a day, the most telling first, the same for the same day.

    Half the budget goes to the queries of every day, the rest walks through all others from day to
    day without a gap. Up to half of that rest goes to the query `words` that people accepted, each
    once a day behind a product that changes daily. Raises `SeedError` where the file is missing,
    empty or malformed.
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
    learnt = _with_words(day, words, products, (room + 1) // 2)
    room -= len(learnt)
    start = day.toordinal() * room
    return (*kept, *learnt, *(walk[(start + step) % len(walk)] for step in range(room)))


def asks_for(query: str, word: str) -> bool:
    """Whether a query is one made of an accepted query word."""
    return query.endswith(f" {word}")


def vocabulary(folder: Path = SEEDS) -> frozenset[str]:
    """Every word that is asked for anyhow: products, promises, places and the daily queries."""
    lists = _lists(read_seed(folder, "queries.toml"))
    return frozenset(word for each in lists for text in each for word in text.split())


def _with_words(
    day: date, words: Sequence[str], products: Sequence[str], room: int
) -> tuple[str, ...]:
    """One query for each word there is room for; where there is not, they take turns by day."""
    count = min(len(words), room)
    first = day.toordinal() * count
    chosen = (words[(first + step) % len(words)] for step in range(count))
    return tuple(
        f"{products[(day.toordinal() + step) % len(products)]} {word}"
        for step, word in enumerate(chosen)
    )


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
