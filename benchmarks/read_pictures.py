"""How spoilt a code may be and still be read, and how long a picture takes.

`python -m benchmarks.read_pictures [--seed N] [--each N]` prints a line for each harshness; 1
is that of the tests. Times are of this machine at this moment.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter

from detectors.images import read_picture
from tests.detectors.rendering import SPOILT, spoilt

HARSHNESS = (0.5, 1.0, 1.5, 2.0, 2.5, 3.0)


def line(harshness: float, seed: int, each: int) -> str:
    """What was read of so many pictures of each kind, and the milliseconds."""
    read: Counter[str] = Counter()
    wrong = 0
    taken = []
    for kind in SPOILT:
        for number in range(seed, seed + each):
            data, text = spoilt(kind, number, harshness)
            began = time.perf_counter()
            picture = read_picture(data, "x")
            taken.append(1000 * (time.perf_counter() - began))
            found = {code.text for code in picture.codes}
            read[kind] += text in found
            wrong += bool(found - {text})
    taken.sort()
    kinds = " ".join(f"{kind} {read[kind] / each:.0%}" for kind in SPOILT)
    median, late, most = taken[len(taken) // 2], taken[int(0.95 * len(taken))], taken[-1]
    whole = f"{sum(read.values())}/{each * len(SPOILT)} read, {wrong} wrong"
    return f"{harshness:3}  {whole}  ms {median:.0f} / {late:.0f} / {most:.0f}  {kinds}"


def main() -> None:
    """Print the curve: read, wrong, milliseconds (median, 95 %, most), share by kind."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=20_000)
    parser.add_argument("--each", type=int, default=25)
    chosen = parser.parse_args()
    for harshness in HARSHNESS:
        print(line(harshness, chosen.seed, chosen.each), flush=True)


if __name__ == "__main__":
    main()
