"""How fast names are screened, beside grep, dnstwist's permutations as a set, and rapidfuzz.

The file is made here, from a seed: ordinary names after the pattern of the labelled sample, names
that hold words of ours and are ordinary, generated lookalikes, encoded names, a few bad lines. All
are measured in one run and take turns; `time / grep` is per name.

    python -m benchmarks.screen_names --names 10000000
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from itertools import islice
from pathlib import Path

import dnstwist
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from crawler.model import Authority, Watchlist
from crawler.screening import cache_folder, kept_in, screen_file
from detectors.names import NameScreen
from detectors.names.automaton import keep_nothing
from detectors.names.generate import likely_names
from detectors.names.measure import read_labelled
from seeds import load_watchlist

SEED = 20_261_123
NEEDLES = 101
SLOW_NAMES = 200_000
"""Names for what is too slow for the whole file; its rate is per name and carries."""
SAMPLE = Path(__file__).parents[1] / "tests" / "detectors" / "names_sample.csv"
"""Labelled names: what is ordinary in them is the pattern of the names made here."""
_CONTEXT = 3
_LONGEST = 40


class Ordinary:
    """Makes ordinary names: each letter as it follows three others in the sample's."""

    def __init__(self, draw: random.Random) -> None:
        self._draw = draw
        with SAMPLE.open(encoding="utf-8") as rows:
            labelled = read_labelled(rows)
        self.hard = [each.name for each in labelled if each.label == "hard_ordinary"]
        self._next: dict[str, str] = {}
        for each in labelled:
            if each.label == "ordinary" and "xn--" not in each.name:
                text = "^" * _CONTEXT + each.name + "$"
                for place in range(_CONTEXT, len(text)):
                    key = text[place - _CONTEXT : place]
                    self._next[key] = self._next.get(key, "") + text[place]

    def name(self) -> str:
        """One name."""
        while True:
            text = "^" * _CONTEXT
            while len(text) < _LONGEST and not text.endswith("$"):
                following = self._next[text[-_CONTEXT:]]
                text += following[int(self._draw.random() * len(following))]
            name = text[_CONTEXT:].removesuffix("$")
            if "." in name and NameScreen.clean(name) == name:
                return name


def encoded(draw: random.Random) -> str:
    """An internationalised name that imitates nobody."""
    han = "".join(chr(draw.randint(0x4E00, 0x8FFF)) for _ in range(draw.randint(2, 6)))
    return f"xn--{han.encode('punycode').decode()}.{draw.choice(('com', 'cn', 'xn--fiqs8s'))}"


def write_names(path: Path, count: int, watchlist: Watchlist) -> None:
    """Write the file: 0.5 % encoded names, 0.2 % that hold words of ours, 0.01 % lookalikes."""
    draw = random.Random(SEED)  # noqa: S311 - no secret
    made = Ordinary(draw)
    lookalikes = [each.name for each in likely_names(watchlist, NameScreen(watchlist), 500)]
    with path.open("w", encoding="ascii") as stream:
        for number in range(count):
            kind = draw.random()
            if kind < 0.992_9:
                name = made.name()
            elif kind < 0.994_9:
                name = draw.choice(made.hard)
            elif kind < 0.999_9:
                name = encoded(draw)
            else:
                name = draw.choice(lookalikes)
            stream.write("bad line\n" if number % 100_000 == 7 else f"{name}\n")


def grown(watchlist: Watchlist, hosts: int) -> Watchlist:
    """The watchlist with invented regional hosts, until it has so many."""
    draw = random.Random(SEED)  # noqa: S311 - no secret
    offices = ("yjgl", "yjglj", "yjt", "yjj", "ajj", "zjj", "rsj", "scjgj")
    known = {host for authority in watchlist.authorities for host in authority.hosts}
    made: list[Authority] = []
    while len(known) < hosts:
        place = "".join(draw.choices("abcdefghijklmnopqrstuwxyz", k=draw.randint(5, 9)))
        host = f"{draw.choice(offices)}.{place}.gov.cn"
        if host not in known:
            known.add(host)
            made.append(
                Authority(f"made-{len(known)}", f"{place}局", (), (host,), (), (), "benchmark")
            )
    return replace(watchlist, authorities=(*watchlist.authorities, *made))


def shrunk(watchlist: Watchlist, hosts: int) -> Watchlist:
    """The watchlist with so many hosts at most, the first of each authority first."""
    kept: list[Authority] = []
    left = hosts
    for authority in watchlist.authorities:
        if left:
            kept.append(replace(authority, hosts=authority.hosts[: max(1, min(2, left))]))
            left -= len(kept[-1].hosts)
    return replace(watchlist, authorities=tuple(kept))


def grep(path: Path, needles: Path) -> float:
    """Seconds of grep; its count is read, for it stops at the first match where nobody reads."""
    start = time.perf_counter()
    command = ["grep", "-cF", "-f", str(needles), str(path)]
    subprocess.run(command, env={**os.environ, "LC_ALL": "C"}, capture_output=True, check=True)
    return time.perf_counter() - start


def whole(path: Path) -> float:
    """Seconds of the whole command, start-up included."""
    start = time.perf_counter()
    command = [sys.executable, "-m", "crawler.cli", "screen", str(path)]
    done = subprocess.run(command, capture_output=True, check=False)
    assert done.returncode in (0, 3), done.stderr
    assert done.stdout
    return time.perf_counter() - start


def inside(kind: str, path: Path, hosts: int, processes: int) -> dict[str, float]:
    """Seconds of screening alone and of getting ready, and memory; in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.screen_names", "--inside", kind, str(path)]
    command += [str(hosts), str(processes)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    return dict(json.loads(done.stdout))


def measure_inside(kind: str, path: Path, hosts: int, processes: int) -> dict[str, float]:
    """What `inside` asks for."""
    watchlist = load_watchlist()
    count = sum(len(authority.hosts) for authority in watchlist.authorities)
    watchlist = grown(watchlist, hosts) if hosts > count else shrunk(watchlist, hosts)
    keep = {"kept": kept_in(cache_folder()), "built": keep_nothing, "aho": None}[kind]
    start = time.perf_counter()
    screen = NameScreen(watchlist, keep)
    screen.prepare()
    ready = time.perf_counter() - start
    start = time.perf_counter()
    hits = sum(len(part.hits) for part in screen_file(path, screen, processes))
    seconds = time.perf_counter() - start
    # The system counts the parent's memory before exec for a child's; its own is in /proc.
    peak = Path("/proc/self/status").read_text(encoding="ascii").partition("VmHWM:")[2].split()[0]
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    memory = max(int(peak), children) / 1024
    return {"seconds": seconds, "ready": ready, "megabytes": memory, "hits": hits}


def dnstwist_set(path: Path, count: int) -> float:
    """Seconds of looking every name up among dnstwist's permutations of the hosts."""
    permutations: set[str] = set()
    for authority in load_watchlist().authorities[:9]:
        for host in authority.hosts[:1]:
            fuzzer = dnstwist.Fuzzer(host)
            fuzzer.generate()
            permutations.update(str(each["domain"]) for each in fuzzer.domains)
    start = time.perf_counter()
    with path.open(encoding="ascii") as lines:
        found = sum(line.rstrip("\n") in permutations for line in islice(lines, count))
    assert found >= 0
    return time.perf_counter() - start


def rapidfuzz_alone(path: Path, count: int) -> float:
    """Seconds of the edit distance of every first label to every protected label, cut off at 1."""
    own = {
        label
        for authority in load_watchlist().authorities
        for host in authority.hosts
        for label in host.split(".")[:-1]
        if len(label) > 3
    }
    with path.open(encoding="ascii") as lines:
        labels = [line.partition(".")[0] for line in islice(lines, count)]
    start = time.perf_counter()
    process.cdist(labels, sorted(own), scorer=Levenshtein.distance, score_cutoff=1, workers=2)
    return time.perf_counter() - start


def main() -> None:
    """Print one table and one line of JSON."""
    if sys.argv[1:2] == ["--inside"]:
        kind, path, hosts, processes = sys.argv[2:]
        print(json.dumps(measure_inside(kind, Path(path), int(hosts), int(processes))))
        return
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--names", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    watchlist = load_watchlist()
    with tempfile.TemporaryDirectory(prefix="certhound-benchmark-") as folder:
        path, needles = Path(folder) / "names.txt", Path(folder) / "needles.txt"
        write_names(path, chosen.names, watchlist)
        words = [word.text for word in watchlist.name_words if word.text.isascii()]
        hosts = [host for authority in watchlist.authorities for host in authority.hosts]
        longest = sorted({*hosts, *words}, key=lambda each: (-len(each), each))[:NEEDLES]
        needles.write_text("\n".join(longest) + "\n", encoding="ascii")
        print(json.dumps(measured(path, needles, chosen.names, chosen.rounds)))


def measured(path: Path, needles: Path, names: int, times: int) -> dict[str, float]:
    """Measure all, print a table, and give the figures."""
    slow = min(names, SLOW_NAMES)
    seconds: dict[str, list[float]] = {}
    runs: dict[str, list[dict[str, float]]] = {}
    for _round in range(times):
        seconds.setdefault("grep", []).append(grep(path, needles))
        seconds.setdefault("whole", []).append(whole(path))
        for title, kind, hosts, processes in (
            ("40 hosts", "kept", 40, 2),
            ("300 hosts", "kept", 300, 2),
            ("40 hosts, built anew", "built", 40, 2),
            ("40 hosts, Aho-Corasick", "aho", 40, 2),
            ("40 hosts, one process", "kept", 40, 1),
        ):
            runs.setdefault(title, []).append(inside(kind, path, hosts, processes))
        seconds.setdefault("dnstwist", []).append(dnstwist_set(path, slow))
        seconds.setdefault("rapidfuzz", []).append(rapidfuzz_alone(path, slow))
    floor = statistics.median(seconds["grep"])
    median = {kind: statistics.median(found) for kind, found in seconds.items()}
    figures = {"names": float(names), "grep_seconds": floor}
    print(f"{'':34}{'names/s':>14}{'time / grep':>13}")
    for kind, title, count in (
        ("grep", f"grep -cF -f, {NEEDLES} strings", names),
        ("whole", "certhound screen, whole process", names),
        ("dnstwist", "dnstwist's permutations, a set", slow),
        ("rapidfuzz", "rapidfuzz cdist, cut off at 1", slow),
    ):
        ratio = median[kind] / count * names / floor
        figures[f"{kind}_ratio"] = ratio
        print(f"{title:34}{count / median[kind]:14,.0f}{ratio:13.2f}")
    for title, found in runs.items():
        middle = {key: statistics.median(each[key] for each in found) for key in found[0]}
        figures[f"{title}: names/s"] = names / middle["seconds"]
        figures[f"{title}: ready"] = middle["ready"]
        figures[f"{title}: MB"] = middle["megabytes"]
        print(
            f"  inside, {title:24}{names / middle['seconds']:14,.0f}"
            f"{middle['seconds'] / floor:13.2f}   ready {middle['ready']:.2f} s,"
            f" {middle['megabytes']:.0f} MB a process, {middle['hits']:.0f} hits"
        )
    few, many = (
        statistics.median(
            one["seconds"] / other["seconds"]
            for one, other in zip(runs["40 hosts"], runs[title], strict=True)
        )
        for title in ("40 hosts", "300 hosts")
    )
    figures["300 hosts to 40"] = many / few
    print(
        f"  300 hosts at {many / few:.2f} of the speed of 40; whole process {median['whole']:.2f} s"
    )
    return figures


if __name__ == "__main__":
    main()
