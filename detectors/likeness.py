"""Compares a page with the office's own captures of official pages: by structure and by words."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from crawler.documents import parse
from crawler.model import Family, Signal
from detectors.pages import Page, attribute
from detectors.plainly import plainly
from detectors.shown import shown

SCHEMA = 1
_SKETCH = 128
"""Hashes kept of a page: the smallest ones tell how much two sets share (Broder, On the resemblance
and containment of documents, 1997)."""
_STEPS = 3
_CHARACTERS = 5
_UNSEEN = frozenset(("script", "style", "noscript", "meta", "link", "-text", "-comment", "br"))
# Founders' judgement, on copies with other words, classes and order: structure alone may be a
# common template, words alone a reprint; together they are a copy.
_SAME_SHAPE, _SOME_WORDS = 0.7, 0.3
_SAME_WORDS, _SOME_SHAPE = 0.6, 0.4
# A reprint asks for nothing.
_ALL_WORDS = 0.7
_ICON_ONLY = 0.5
# Fewer pieces than these say nothing about a page.
_LEAST = 12


class FingerprintError(ValueError):
    """A file of references that cannot be read; the message says why."""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What is kept of a page: sketches of its structure and of its words, and its icons."""

    shape: tuple[int, ...]
    words: tuple[int, ...]
    icons: tuple[str, ...] = ()
    """SHA-256 of icons that the page carries in itself."""


@dataclass(frozen=True, slots=True)
class Reference:
    """An official page that imitators copy."""

    name: str
    url: str
    """The official address it was captured at; never fetched by us."""
    imported_on: str
    """ISO date."""
    sha256: str
    """Of the file it was read from."""
    print: Fingerprint


def fingerprint(page: Page) -> Fingerprint:
    """The fingerprint of a page."""
    tree = parse(page.html)
    steps = [
        f"{node.tag}.{' '.join(sorted((node.attributes.get('class') or '').split()))}"
        for node in (tree.body.traverse() if tree.body else ())
        if node.tag not in _UNSEEN
    ]
    said = "".join(plainly(page.whole).split())
    icons = [
        hashlib.sha256(attribute(node, "href").encode()).hexdigest()
        for node in tree.css("link[rel~=icon]")
        if attribute(node, "href").startswith("data:")
    ]
    return Fingerprint(
        _sketch(_grams(steps, _STEPS)), _sketch(_grams(said, _CHARACTERS)), tuple(icons)
    )


def _grams(pieces: Sequence[str], length: int) -> set[str]:
    ends = range(length, len(pieces) + 1)
    return {"\n".join(pieces[end - length : end]) for end in ends}


def _sketch(grams: Iterable[str]) -> tuple[int, ...]:
    # Six bytes: they stay exact in JSON, whoever reads it.
    hashes = {
        int.from_bytes(
            hashlib.blake2b(gram.encode("utf-8", "replace"), digest_size=6).digest(), "big"
        )
        for gram in grams
    }
    return tuple(sorted(hashes)[:_SKETCH])


def shared(one: Sequence[int], other: Sequence[int]) -> float:
    """How much two sets share, 0 to 1, estimated from their sketches; exact for small sets."""
    if min(len(one), len(other)) < _LEAST:
        return 0.0
    both = sorted({*one, *other})[: max(min(len(one), len(other)), _LEAST)]
    common = set(one) & set(other)
    return sum(each in common for each in both) / len(both)


def find_likeness(page: Page, references: Sequence[Reference]) -> tuple[Signal, Reference] | None:
    """The claim that a copy of an official page makes, and the page copied; or `None`."""
    if not references:
        return None
    seen = fingerprint(page)
    best: tuple[float, Reference, str] | None = None
    for each in references:
        shape = shared(seen.shape, each.print.shape)
        words = shared(seen.words, each.print.words)
        icon = bool(set(seen.icons) & set(each.print.icons))
        alike = (
            (shape >= _SAME_SHAPE and words >= _SOME_WORDS)
            or (words >= _SAME_WORDS and shape >= _SOME_SHAPE)
            or (words >= _ALL_WORDS and bool(page.asked))
        )
        if not alike and not icon:
            continue
        strength = round(max(shape, words) if alike else _ICON_ONLY, 2)
        said = f"{each.name} {each.url}：DOM {shape:.2f}，text {words:.2f}" + (
            "，icon" if icon else ""
        )
        if best is None or strength > best[0]:
            best = (strength, each, said)
    if best is None:
        return None
    strength, reference, said = best
    return Signal("claim_likeness", Family.CLAIM, strength, shown(said), "page"), reference


def write_references(references: Sequence[Reference]) -> str:
    """The text of a file of references: JSON that people can read and compare."""
    return json.dumps(
        {"schema": SCHEMA, "references": [asdict(each) for each in references]},
        ensure_ascii=False,
        indent=1,
    )


def read_references(text: str) -> tuple[Reference, ...]:
    """The references in a file's text; raises `FingerprintError` where it holds none."""
    try:
        whole = json.loads(text)
        if whole["schema"] != SCHEMA:
            raise FingerprintError(f"schema {whole['schema']}")
        return tuple(_reference(each) for each in whole["references"])
    except (json.JSONDecodeError, KeyError, TypeError) as problem:
        raise FingerprintError(str(problem)) from problem


def _reference(entry: dict[str, Any]) -> Reference:
    kept = entry["print"]
    found = Fingerprint(
        tuple(map(int, kept["shape"])), tuple(map(int, kept["words"])), tuple(kept["icons"])
    )
    return Reference(
        name=str(entry["name"]),
        url=str(entry["url"]),
        imported_on=str(entry["imported_on"]),
        sha256=str(entry["sha256"]),
        print=found,
    )
