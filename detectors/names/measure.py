"""Measures a screening against labelled names: what was found per technique, what was accused."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

LOOKALIKE = "lookalike"
_DOUBTFUL = "doubtful:"
_NEEDED = ("name", "label")


class LabelError(ValueError):
    """A table of labelled names that cannot be read; the message says why."""


class Side(StrEnum):
    """Which error a row of the measure counts."""

    RECALL = "recall"
    FALSE_HITS = "false_hits"


@dataclass(frozen=True, slots=True)
class LabelledName:
    """A name with what a person says it is."""

    name: str
    label: str
    """`lookalike`, or any other word for names that must not be hit."""
    technique: str
    """Technique of a lookalike, or the kind of ordinary name."""
    doubtful: bool
    """Whether a careful analyst could decide otherwise."""


@dataclass(frozen=True, slots=True)
class MeasureRow:
    """Hits among the names of one label and technique, doubtful ones left out."""

    side: Side
    label: str
    technique: str
    names: int
    hits: int
    wrong: tuple[str, ...]
    """Lookalikes that were missed, or ordinary names that were hit."""

    @property
    def share(self) -> float:
        """Hits per name, 0 to 1; 0 without names."""
        return self.hits / self.names if self.names else 0.0


def read_labelled(lines: Iterable[str]) -> tuple[LabelledName, ...]:
    """Labelled names from CSV with the columns `name,label` and, if there, `technique,note`.

    A note with `doubtful:` in it marks a doubtful name. Raises `LabelError`.
    """
    table = csv.DictReader(lines)
    if not set(_NEEDED) <= set(table.fieldnames or ()):
        raise LabelError(",".join(_NEEDED))
    found = []
    for row in table:
        if not row["name"] or not row["label"] or not row["name"].isprintable():
            raise LabelError(f"line {table.line_num}")
        note = row.get("note") or ""
        technique = row.get("technique") or ""
        found.append(LabelledName(row["name"], row["label"], technique, _DOUBTFUL in note))
    return tuple(found)


def measure(labelled: Iterable[LabelledName], hits: Collection[str]) -> tuple[MeasureRow, ...]:
    """One row per label and technique, lookalikes first, each label with a sum before its parts.

    A sum has an empty technique. `hits` are the names that screening told, as labelled.
    """
    groups: dict[tuple[str, str], list[LabelledName]] = {}
    for each in labelled:
        if not each.doubtful:
            groups.setdefault((each.label, ""), []).append(each)
            groups.setdefault((each.label, each.technique or "-"), []).append(each)
    order = Counter({label: label == LOOKALIKE for label, _technique in groups})
    return tuple(
        _row(label, technique, names, hits)
        for (label, technique), names in sorted(
            groups.items(), key=lambda item: (-order[item[0][0]], item[0])
        )
    )


def _row(
    label: str, technique: str, names: list[LabelledName], hits: Collection[str]
) -> MeasureRow:
    hit = [each.name for each in names if each.name in hits]
    if label != LOOKALIKE:
        return MeasureRow(
            Side.FALSE_HITS, label, technique, len(names), len(hit), tuple(sorted(hit))
        )
    missed = tuple(sorted(each.name for each in names if each.name not in hits))
    return MeasureRow(Side.RECALL, label, technique, len(names), len(hit), missed)
