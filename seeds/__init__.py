"""What we protect, trust and ask for: TOML files reviewed like code, read strictly."""

from seeds.loader import SEEDS, load_watchlist
from seeds.queries import asks_for, queries_for, vocabulary

__all__ = ["SEEDS", "asks_for", "load_watchlist", "queries_for", "vocabulary"]
