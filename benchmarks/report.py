"""Prints what a benchmark measured, for people and for programs."""

from __future__ import annotations

import json
import statistics
from collections.abc import Mapping, Sequence


def report(what: str, against: str, rates: Mapping[str, Sequence[float]], bar: float) -> bool:
    """Print the rates of `bare` and `ours` (a second, one a round), their medians and ratio.

    Returns whether the ratio reaches the bar.
    """
    medians = {kind: statistics.median(found) for kind, found in rates.items()}
    ratio = medians["ours"] / medians["bare"]
    print(f"{what} per second{'':>10}rounds{'':>20}median")
    for kind, title in (("bare", against), ("ours", "certhound")):
        rounds = "  ".join(f"{rate:8.2f}" for rate in rates[kind])
        print(f"  {title:<24}{rounds}  {medians[kind]:10.2f}")
    print(f"  ratio {ratio:.2f}, at least {bar} is asked")
    print(json.dumps({"what": what, "rates": rates, "ratio": round(ratio, 3), "bar": bar}))
    return ratio >= bar
