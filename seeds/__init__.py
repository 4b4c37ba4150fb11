"""What we protect, trust and ask for: TOML files reviewed like code, read strictly."""

from seeds.loader import SEEDS, load_watchlist
from seeds.queries import queries_for

__all__ = ["SEEDS", "load_watchlist", "queries_for"]
