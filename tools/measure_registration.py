"""Measures the reading of registries' replies: `python tools/measure_registration.py FOLDER`.

FOLDER holds replies as text (`NAME.txt`, or `*.mime` with a `Query:` header) in sub-folders; a
sub-folder `SUB_expected` holds for replies of `SUB` what they say, as the tests of python-whois
keep it: `{domain_name, creation_date, expiration_date, registrar, status, name_servers}`.
A date is right within 14 hours or on the same day, because many expectations were made without the
time or the zone that the reply prints. Nothing is written.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from crawler.capture.registration import decode_reply, read_whois
from crawler.model import Fact, Knowledge, Registration

# Expected values that were made without the zone that a reply prints differ by up to so much.
_ZONES = timedelta(hours=14)
_NAME = re.compile(
    r"(?im)^\W*(?:a\.\s*)?\[?(?:domain name|domainname|domain)[ .]*[:\]]\s*(\S+\.[^\W\d]\S*)"
)
_KEYS = {
    "creation_date": "registered_on",
    "expiration_date": "expires_on",
    "registrar": "registrar",
    "status": "statuses",
    "name_servers": "name_servers",
}


@dataclass(frozen=True)
class Sample:
    """One reply, the domain asked for, and what it is known to say."""

    name: str
    domain: str
    reply: bytes
    expected: dict[str, Any]


def samples(folder: Path) -> Iterator[Sample]:
    """Every reply below a folder."""
    for path in sorted(folder.rglob("*")):
        if path.suffix not in (".txt", ".mime"):
            continue
        reply, domain = path.read_bytes(), ""
        if path.suffix == ".mime":
            head, _, reply = reply.replace(b"\r\n", b"\n").partition(b"\n\n")
            asked = re.search(rb"(?m)^Query: (\S+)", head)
            domain = asked[1].decode() if asked else ""
        beside = path.parent.with_name(path.parent.name + "_expected") / f"{path.stem}.json"
        expected = json.loads(beside.read_text(encoding="utf-8")) if beside.exists() else {}
        named = _NAME.search(decode_reply(reply, "example.com"))
        domain = expected.get("domain_name") or domain or (named[1] if named else "")
        # A reply whose name was blanked still has its suffix in the name of its file.
        domain = domain or "example." + re.sub(r"^tld_|\d+$", "", path.stem)
        yield Sample(f"{path.parent.name}/{path.name}", domain.lower(), reply, expected)


def is_right(fact: Fact[Any], expected: Any) -> bool:
    """Whether a fact says what was expected; of several dates the first is the domain's."""
    if isinstance(fact.value, datetime):
        first = expected[0] if isinstance(expected, list) else expected
        moment = datetime.fromisoformat(first).astimezone(UTC)
        return fact.value.date() == moment.date() or abs(fact.value - moment) <= _ZONES
    if isinstance(fact.value, str):
        return _words(fact.value) == _words(str(expected))
    listed = expected if isinstance(expected, list) else str(expected).split(",")
    return {_words(each) for each in fact.value or ()} == {_words(each) for each in listed}


def _words(text: str) -> str:
    return re.sub(r"\s*\(?https?://\S+$", "", text).strip(" .").casefold()


def shown(fact: Fact[Any]) -> str:
    """A fact in a few words."""
    if fact.value is None:
        return f"<{fact.state.value}>"
    if isinstance(fact.value, datetime):
        return f"{fact.value:%Y-%m-%d %H:%M}"
    return fact.value if isinstance(fact.value, str) else ", ".join(fact.value)


def main() -> None:
    """Print each difference, then right, wrong and unknown for each field and folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--all", action="store_true", help="print what was read from every reply")
    options = parser.parse_args()
    counts: Counter[tuple[str, str, str]] = Counter()
    states: Counter[tuple[str, str]] = Counter()
    spent = 0.0
    for sample in samples(options.folder):
        group = sample.name.partition("/")[0]
        text = decode_reply(sample.reply, sample.domain)
        began = time.perf_counter()
        read = read_whois(text, sample.domain, datetime.now(UTC), "", None)
        spent += time.perf_counter() - began
        states[group, f"{read.state.value} {read.detail}".strip()] += 1
        if options.all:
            print(sample.name, sample.domain, read.state.value, read.detail)  # noqa: T201
        for key, field in _KEYS.items():
            _count(sample, read, (group, key, field), counts, every=options.all)
    _report(counts, states, spent)


def _count(
    sample: Sample,
    read: Registration,
    where: tuple[str, str, str],
    counts: Counter[tuple[str, str, str]],
    *,
    every: bool,
) -> None:
    group, key, field = where
    fact, expected = getattr(read, field), sample.expected.get(key)
    if expected is None:
        if every:
            print(f"    {field}: {shown(fact)}")  # noqa: T201
        return
    outcome = "unknown" if fact.state is not Knowledge.KNOWN else "wrong"
    outcome = "right" if is_right(fact, expected) else outcome
    counts[group, field, outcome] += 1
    if every or outcome != "right":
        print(f"    {outcome} {sample.name} {field}: {shown(fact)}; expected {expected}")  # noqa: T201


def _report(
    counts: Counter[tuple[str, str, str]], states: Counter[tuple[str, str]], spent: float
) -> None:
    for (group, state), number in sorted(states.items()):
        print(f"{group}: {number} {state}")  # noqa: T201
    for group, field in sorted({key[:2] for key in counts}):
        told = [f"{counts[group, field, each]} {each}" for each in ("right", "wrong", "unknown")]
        print(f"{group} {field}: {', '.join(told)}")  # noqa: T201
    right, total = sum(n for key, n in counts.items() if key[2] == "right"), counts.total()
    if total:
        print(f"all: {right} of {total} right ({right / total:.1%})")  # noqa: T201
    replies = states.total()
    if replies:
        print(f"{replies} replies, {1000 * spent / replies:.3f} ms each")  # noqa: T201


if __name__ == "__main__":
    main()
