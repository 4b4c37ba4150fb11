"""How fast texts are read: a page to its matched words, a short text to its verdict, and memory.

`python -m benchmarks.texts` prints ratios within one run, against a straightforward reader of the
same page and against the sieve alone. `--million` reads a million texts and prints how memory grew.
Exit code 1 where a bar is not reached.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import sys
import time
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path

from bs4 import BeautifulSoup
from selectolax.lexbor import LexborHTMLParser

from benchmarks.report import report
from crawler.model import Findings, PageCondition
from detectors.plainly import mostly_plainly
from detectors.rules import load_rules
from detectors.scoring import load_policy, weigh
from detectors.sieve import sift
from detectors.text import read_text

LABELLED = Path(__file__).parent.parent / "tests" / "detectors" / "labelled_texts.jsonl"
# Measured before: selectolax, one translation and Aho-Corasick are 25 times a soup with `re`.
PAGE_BAR, TEXT_BAR = 15.0, 0.01
# What is asked of one page and of one text, in milliseconds, best of the rounds.
PAGE_MOST, TEXT_MOST = 0.30, 0.20
# What a million texts may add to memory, in MB; founders' judgement.
GROWTH_MOST = 50
_ROUNDS, _PAGE_BYTES = 5, 17_000
_ROW = (
    '<li class="item"><a href="/n/{n}.html" target="_blank">{text}</a>'
    "<span>2026-11-{n:02}</span></li>"
)
_WORDS = re.compile(
    "操作证|电工|焊工|登高|高处作业|假证|包过|代考|免考|办证|扫码|文凭|刻章|毕业证|驾驶证"
)


def texts() -> list[str]:
    """The labelled texts."""
    lines = LABELLED.read_text(encoding="utf-8").splitlines()
    return [str(json.loads(line)["text"]) for line in lines]


def page(said: Sequence[str]) -> str:
    """A page of 17 KB that lists texts as a site lists its news."""
    rows: list[str] = []
    while sum(len(row.encode()) for row in rows) < _PAGE_BYTES:
        rows.append(_ROW.format(n=len(rows) % 28 + 1, text=said[len(rows) % len(said)]))
    return f"<html><head><title>列表</title></head><body><ul>{''.join(rows)}</ul></body></html>"


def plain_reader(html: str) -> set[str]:
    """What a first version would do."""
    soup = BeautifulSoup(html, "html.parser")
    return set(_WORDS.findall(unicodedata.normalize("NFKC", soup.get_text())))


def sifted(html: str) -> None:
    """A page to the words that say what it must be read for, as the engine has them found."""
    body = LexborHTMLParser(html).body
    sift(mostly_plainly(body.text() if body else ""), html, thin=False)


def words(text: str) -> None:
    """The same of a text."""
    sift(mostly_plainly(text), "", thin=False)


def judge(text: str) -> None:
    """A text to its verdict."""
    found = read_text(text, load_rules(), "text")
    weigh("v", Findings(PageCondition.CONTENT, found.signals), load_policy())


def rate(work: Callable[[str], object], items: Sequence[str]) -> float:
    """How many a second, by processor time: other programs on the machine count less so."""
    began = time.process_time()
    for item in items:
        work(item)
    return len(items) / (time.process_time() - began)


def peak_megabytes() -> float:
    """The most memory that this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure() -> bool:
    """Print the ratios; returns whether every bar is reached."""
    said = texts()
    html = page([text for text in said if len(text) > 12])
    sifted(html)
    judge(said[0])
    pages = [html] * 40
    rates: dict[str, list[float]] = {"bare": [], "ours": []}
    single: dict[str, list[float]] = {"bare": [], "ours": []}
    for _ in range(_ROUNDS):
        rates["bare"].append(rate(plain_reader, pages))
        rates["ours"].append(rate(sifted, pages))
        single["bare"].append(rate(words, said))
        single["ours"].append(rate(judge, said))
    what = f"pages of {len(html.encode())} bytes to words"
    held = [
        report(what, "soup, NFKC, re", rates, PAGE_BAR),
        at_most("a page", 1000 / max(rates["ours"]), PAGE_MOST),
        report("texts to verdicts", "the sieve alone", single, TEXT_BAR),
        at_most("a text", 1000 / max(single["ours"]), TEXT_MOST),
    ]
    return all(held)


def at_most(what: str, spent: float, most: float) -> bool:
    """Print the best time of one thing beside what is asked; returns whether it holds."""
    print(f"  {spent:.3f} ms {what} at best, at most {most} is asked")
    return spent <= most


def million() -> bool:
    """Read a million texts and print how memory grew; returns whether it stayed."""
    said = texts()
    for text in said:
        judge(text)
    before = peak_megabytes()
    for number in range(1_000_000):
        judge(f"{said[number % len(said)]}{number}")
    after = peak_megabytes()
    print(f"peak {before:.0f} MB after {len(said)} texts, {after:.0f} MB after 1,000,000")
    return after - before <= GROWTH_MOST


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--million", action="store_true")
    sys.exit(0 if (million() if parser.parse_args().million else measure()) else 1)
