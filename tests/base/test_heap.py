"""A process that has held much, and holds it no more, is small again."""

import subprocess
import sys
from pathlib import Path

import pytest

# Freeing one large block first raises glibc's own limit; the pins keep the heap from shrinking.
SCRIPT = """
from pathlib import Path
{call}
def held():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) // 1000 for line in lines if line.startswith("RssAnon"))
before = held()
large = bytearray(b"x" * 30_000_000)
del large
blocks, pins = [], []
for _ in range(100):
    blocks.append(bytearray(b"x" * 1_000_000))
    pins.append(bytes(5_000))
blocks.clear()
print(held() - before)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="of glibc on Linux")
def test_what_is_free_is_given_back() -> None:
    root = Path(__file__).parents[2]
    call = "from crawler.heap import give_back_memory; give_back_memory()"
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(call=call)],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(done.stdout) < 20
