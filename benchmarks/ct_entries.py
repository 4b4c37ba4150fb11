"""How many certificates of a log are read in a second, and where the time goes.

    python -m benchmarks.ct_entries [--tiles 200]

One data tile of 256 certificates with two to four names each is read again and again: its entries,
the proof that the log signed them, the names in the certificates, the screening of those names.
"""

import argparse
import random
import string
import time
from collections.abc import Callable
from datetime import UTC, datetime

from crawler.certificates import read_certificate
from detectors.names import NameScreen, ScreenCount
from seeds import load_watchlist
from spiders.ct_entries import read_tile
from spiders.ct_heads import TreeHead
from spiders.ct_tree import TreeTiles
from tests.spiders.ct_log import Log, certificate, mth


def main() -> None:
    """Print certificates a second for each step and for all of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tiles", type=int, default=200)
    tiles: int = parser.parse_args().tiles
    draw = random.Random(1)  # noqa: S311 - invented names

    def name() -> str:
        return "".join(draw.choices(string.ascii_lowercase, k=draw.randint(5, 14)))

    def names() -> list[str]:
        domain = f"{name()}.{draw.choice(['com', 'net', 'top', 'cn'])}"
        return [domain, *(f"{name()}.{domain}" for _each in range(draw.randint(1, 3)))]

    log = Log([certificate(*names(), precertificate=True) for _each in range(256)])
    body = log.answer("/mon/tile/data/000")[1]
    hashes = log.hashes()
    tree = TreeTiles(TreeHead(256, mth(hashes), datetime.now(UTC)))
    tree.put(1, 0, mth(hashes))
    screen = NameScreen(load_watchlist())
    screen.prepare()
    entries = list(read_tile(body))
    lines = [
        line
        for each in entries
        if (read := read_certificate(each.certificate))
        for line in read.names
    ]
    block = "".join(f"{line}\n" for line in lines).encode()
    leaves = [entry.leaf for entry in entries]
    steps: dict[str, Callable[[], object]] = {
        "entries": lambda: list(read_tile(body)),
        "proof": lambda: tree.check(0, leaves),
        "names": lambda: [read_certificate(entry.certificate) for entry in entries],
        "screening": lambda: screen.screen_block(block, ScreenCount()),
    }
    print(f"{len(body) // 256} bytes and {len(lines) / 256:.1f} names a certificate")
    whole = 0.0
    for step, act in steps.items():
        start = time.process_time()
        for _tile in range(tiles):
            act()
        spent = time.process_time() - start
        whole += spent
        print(f"{step:>10}: {tiles * 256 / spent:>12,.0f} certificates/s")
    print(
        f"{'all':>10}: {tiles * 256 / whole:>12,.0f} certificates/s, "
        f"{tiles * len(lines) / whole:,.0f} names/s"
    )


if __name__ == "__main__":
    main()
