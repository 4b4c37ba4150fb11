"""How fast names are screened, beside grep, dnstwist's permutations as a set, and rapidfuzz.

The file is made here: seeded ordinary names of many shapes, generated lookalikes, encoded names and
a few bad lines. All are measured in one run and take turns; `ratio` is time against grep's.

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
from seeds import load_watchlist

SEED = 20_261_123
NEEDLES = 101
SLOW_NAMES = 200_000
"""Names for what is too slow for the whole file; its rate is per name and carries."""
SYLLABLES = [
    "a",
    "an",
    "ba",
    "bei",
    "bo",
    "cai",
    "chang",
    "chen",
    "cheng",
    "chu",
    "da",
    "de",
    "dong",
    "du",
    "en",
    "fa",
    "fang",
    "feng",
    "fu",
    "gang",
    "gao",
    "gong",
    "gu",
    "guang",
    "guo",
    "hai",
    "han",
    "hao",
    "he",
    "hong",
    "hu",
    "hua",
    "huan",
    "hui",
    "ji",
    "jia",
    "jian",
    "jiang",
    "jie",
    "jin",
    "jing",
    "jun",
    "kai",
    "kang",
    "ke",
    "lan",
    "li",
    "lian",
    "liang",
    "lin",
    "ling",
    "long",
    "lu",
    "mao",
    "mei",
    "meng",
    "min",
    "ming",
    "na",
    "nan",
    "neng",
    "ning",
    "pei",
    "peng",
    "ping",
    "pu",
    "qi",
    "qian",
    "qiang",
    "qin",
    "qing",
    "qiu",
    "quan",
    "ren",
    "rong",
    "rui",
    "sen",
    "shan",
    "shang",
    "shen",
    "sheng",
    "shi",
    "shu",
    "shun",
    "si",
    "song",
    "su",
    "tai",
    "tang",
    "tao",
    "tian",
    "tong",
    "wan",
    "wang",
    "wei",
    "wen",
    "wu",
    "xi",
    "xia",
    "xian",
    "xiang",
    "xiao",
    "xin",
    "xing",
    "xiong",
    "xu",
    "xuan",
    "ya",
    "yan",
    "yang",
    "yao",
    "ye",
    "yi",
    "yin",
    "ying",
    "yong",
    "you",
    "yu",
    "yuan",
    "yue",
    "yun",
    "ze",
    "zhan",
    "zhang",
    "zhao",
    "zhe",
    "zhen",
    "zheng",
    "zhi",
    "zhong",
    "zhou",
    "zhu",
    "zi",
    "zong",
]
ENGLISH = [
    "air",
    "art",
    "auto",
    "baby",
    "bank",
    "best",
    "big",
    "blue",
    "book",
    "box",
    "bright",
    "buy",
    "care",
    "cash",
    "cert",
    "city",
    "clean",
    "clear",
    "cloud",
    "club",
    "code",
    "cook",
    "core",
    "craft",
    "data",
    "day",
    "deal",
    "design",
    "digital",
    "direct",
    "dream",
    "drive",
    "easy",
    "eco",
    "energy",
    "expert",
    "express",
    "farm",
    "fast",
    "film",
    "first",
    "fit",
    "food",
    "fresh",
    "fun",
    "game",
    "garden",
    "gate",
    "global",
    "gold",
    "green",
    "group",
    "health",
    "home",
    "house",
    "idea",
    "info",
    "inn",
    "iron",
    "job",
    "joy",
    "key",
    "kids",
    "lab",
    "land",
    "law",
    "life",
    "light",
    "line",
    "link",
    "list",
    "live",
    "local",
    "logic",
    "lux",
    "magic",
    "mail",
    "market",
    "master",
    "max",
    "media",
    "member",
    "mem",
    "mind",
    "mobile",
    "money",
    "moon",
    "music",
    "net",
    "new",
    "next",
    "night",
    "north",
    "nova",
    "ocean",
    "office",
    "one",
    "online",
    "open",
    "orange",
    "park",
    "path",
    "pay",
    "peak",
    "pet",
    "photo",
    "pixel",
    "place",
    "plan",
    "planet",
    "play",
    "plus",
    "point",
    "post",
    "power",
    "prime",
    "print",
    "pro",
    "pure",
    "quick",
    "rain",
    "rapid",
    "red",
    "rent",
    "ring",
    "river",
    "road",
    "rock",
    "room",
    "safe",
    "safety",
    "sea",
    "search",
    "secure",
    "shop",
    "silver",
    "sky",
    "smart",
    "soft",
    "solar",
    "sound",
    "source",
    "space",
    "special",
    "sport",
    "spring",
    "star",
    "start",
    "stone",
    "store",
    "studio",
    "sun",
    "super",
    "swift",
    "team",
    "tech",
    "time",
    "top",
    "tour",
    "town",
    "trade",
    "travel",
    "tree",
    "true",
    "ultra",
    "union",
    "up",
    "urban",
    "vision",
    "vista",
    "water",
    "wave",
    "way",
    "web",
    "well",
    "west",
    "white",
    "wild",
    "wind",
    "wise",
    "wood",
    "work",
    "world",
    "yard",
    "yoga",
    "zone",
]
SUFFIXES = ("com",) * 9 + ("cn",) * 6 + ("net", "org", "com.cn", "top", "xyz", "vip", "de", "shop")


def ordinary(draw: random.Random) -> str:
    """An ordinary name: pinyin, English, initials, digits, subdomains."""
    kind = draw.random()
    if kind < 0.4:
        label = "".join(draw.choices(SYLLABLES, k=draw.randint(2, 4)))
    elif kind < 0.7:
        label = draw.choice(("", "", "", "-")).join(draw.choices(ENGLISH, k=draw.randint(1, 3)))
    elif kind < 0.85:
        label = "".join(draw.choices("abcdefghjklmnpqrstwxyz", k=draw.randint(3, 8)))
    elif kind < 0.95:
        label = draw.choice(SYLLABLES) + str(draw.randint(0, 99_999))
    else:
        label = f"{draw.randint(0, 9_999_999):07d}"
    if draw.random() < 0.15:
        label = f"{draw.choice(('www', 'm', 'mail', 'shop', 'api', 'cdn'))}.{label}"
    return f"{label}.{draw.choice(SUFFIXES)}"


def encoded(draw: random.Random) -> str:
    """An internationalised name that imitates nobody."""
    han = "".join(chr(draw.randint(0x4E00, 0x8FFF)) for _ in range(draw.randint(2, 6)))
    return f"xn--{han.encode('punycode').decode()}.{draw.choice(('com', 'cn', 'xn--fiqs8s'))}"


def write_names(path: Path, count: int, watchlist: Watchlist) -> None:
    """Write the file: 0.5 % encoded names, 0.01 % lookalikes, one bad line in 100,000."""
    draw = random.Random(SEED)
    lookalikes = [each.name for each in likely_names(watchlist, NameScreen(watchlist), 500)]
    with path.open("w", encoding="ascii") as stream:
        for number in range(count):
            kind = draw.random()
            if kind < 0.994_9:
                name = ordinary(draw)
            elif kind < 0.999_9:
                name = encoded(draw)
            else:
                name = draw.choice(lookalikes)
            stream.write("bad line\n" if number % 100_000 == 7 else f"{name}\n")


def grown(watchlist: Watchlist, hosts: int) -> Watchlist:
    """The watchlist with invented regional hosts, until it has so many."""
    draw = random.Random(SEED)
    offices = ("yjgl", "yjglj", "yjt", "yjj", "ajj", "zjj", "rsj", "scjgj")
    known = {host for authority in watchlist.authorities for host in authority.hosts}
    made: list[Authority] = []
    while len(known) < hosts:
        place = "".join(draw.choices(SYLLABLES, k=2))
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
    memory = max(
        resource.getrusage(who).ru_maxrss
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return {"seconds": seconds, "ready": ready, "megabytes": memory / 1024, "hits": hits}


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
