"""Invented texts with labels: the hand-labelled file with its split, and what patterns make.

The split is by idea and by technique, never by row: a minimal pair, a family of slot texts or a
form stays on one side, and techniques named below are never trained on.
"""

from __future__ import annotations

import json
import random
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

HERE = Path(__file__).resolve().parent
LABELLED = HERE.parent / "tests" / "detectors" / "labelled_texts.jsonl"
PATTERNS = HERE / "texts"
CLASSES = ("sale_forged", "exam_cheating", "other_spam", "benign")
HELD_TECHNIQUES = frozenset({"bidi", "combining", "pinyin_tone", "leet", "emoji_digit"})
# The first salt with which every label has between a quarter and 36 % of its texts held out.
_SALT, _PARTS = "9", 4
_CHOICE = re.compile(r"\{([^{}]*)\}")
_SLOT = re.compile(r"<([^<>]+)>")
_TRADE_WORDS = re.compile(
    "操作证|特种|上岗|工地|电工|焊|登高|安监|应急|总局|工种|进场|冷库|作业|监理|查证|班组|电的|diangong"
)
_OTHER_EXAMS = (
    "教师资格证|会计|公务员|驾考|科目一|四六级|普通话|护士资格|一建|考研|自考|导游证|雅思|网约车"
)
# How many texts a pattern makes, how many of them are quoted, how many are about other papers.
_EACH, _FRAMED, _SWAPPED = 16, 2, 2
# Everyday adverts are by far the most frequent spam, so their patterns make more.
_ADVERTS = 50


@dataclass(frozen=True, slots=True)
class Labelled:
    """One labelled text."""

    id: str
    text: str
    label: str
    evasion: tuple[str, ...]
    contacts: tuple[tuple[str, str], ...]
    form: str
    pair: str

    @property
    def idea(self) -> str:
        """What must not be on both sides of the split."""
        return f"pair:{self.pair}" if self.pair else f"{self.label}:{self.form}"


def load_labelled(path: Path = LABELLED) -> list[Labelled]:
    """The labelled texts of a file, one JSON object a line."""
    return [_labelled(json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]


def _labelled(record: dict[str, object]) -> Labelled:
    contacts = record["contacts"]
    evasion = record["evasion"]
    assert isinstance(contacts, list)  # noqa: S101 - the file is ours
    assert isinstance(evasion, list)  # noqa: S101
    return Labelled(
        id=str(record["id"]),
        text=str(record["text"]),
        label=str(record["label"]),
        evasion=tuple(map(str, evasion)),
        contacts=tuple((str(each["type"]), str(each["value"])) for each in contacts),
        form=str(record["form"]),
        pair=str(record.get("pair") or ""),
    )


def split(rows: list[Labelled]) -> tuple[list[Labelled], list[Labelled]]:
    """The part to train on, and the part that is only measured."""
    held = {
        row.idea for row in rows if _draw(row.idea) == 0 or (row.pair and _is_held_technique(row))
    }
    kept: list[Labelled] = []
    measured: list[Labelled] = []
    for row in rows:
        (measured if row.idea in held or _is_held_technique(row) else kept).append(row)
    return kept, measured


def _is_held_technique(row: Labelled) -> bool:
    return bool(HELD_TECHNIQUES & set(row.evasion))


def _draw(idea: str) -> int:
    return int(sha256((_SALT + idea).encode()).hexdigest(), 16) % _PARTS


def made_texts(seed: int = 1) -> Iterator[tuple[str, str]]:
    """Label and text of everything that the patterns of `tools/texts` make, always the same."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    slots = dict(line.split("=", 1) for line in _lines("slots.txt"))
    frames = [line.split("=", 1) for line in _lines("frames.txt")]
    kinds = ("sale_forged", "exam_cheating", "benign", "other_spam", "adverts")
    for kind in kinds:
        label, each = ("other_spam", _ADVERTS) if kind == "adverts" else (kind, _EACH)
        for pattern in _lines(f"{kind}.txt"):
            made = [_expanded(pattern, slots, chance) for _ in range(each)]
            yield from ((label, text) for text in dict.fromkeys(made))
            if label in ("sale_forged", "exam_cheating"):
                yield from _framed(label, pattern, slots, frames, chance)
                yield from _swapped(label, pattern, slots, chance)


def written_texts() -> Iterator[tuple[str, str]]:
    """Label and text of what was written by hand to be trained on, and is not measured."""
    for line in (PATTERNS / "written.jsonl").read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        yield str(record["label"]), str(record["text"])


def _lines(name: str) -> list[str]:
    lines = (PATTERNS / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def _expanded(pattern: str, slots: dict[str, str], chance: random.Random) -> str:
    def choice(match: re.Match[str]) -> str:
        return str(chance.choice(match[1].split("|")))

    def slot(match: re.Match[str]) -> str:
        return str(chance.choice(slots[match[1]].split("|")))

    while _CHOICE.search(pattern) or _SLOT.search(pattern):
        pattern = _SLOT.sub(slot, _CHOICE.sub(choice, pattern))
    return pattern


def _framed(
    label: str,
    pattern: str,
    slots: dict[str, str],
    frames: list[list[str]],
    chance: random.Random,
) -> Iterator[tuple[str, str]]:
    """The same words from one who warns, reports or asks, or behind a seller's slogan."""
    for _ in range(_FRAMED):
        said_by, frame = chance.choice([each for each in frames if each[0] in ("benign", label)])
        said = _expanded(pattern, slots, chance)
        yield said_by, _expanded(frame, slots, chance).replace("〔X〕", said)


def _swapped(
    label: str, pattern: str, slots: dict[str, str], chance: random.Random
) -> Iterator[tuple[str, str]]:
    """The same offer for papers and examinations that are not ours."""
    goods = re.compile("<工>(?:<[证卡]>)" if label == "sale_forged" else "<工>(?:<证>)?")
    if not goods.search(pattern) or _TRADE_WORDS.search(goods.sub("", pattern)):
        return
    others = slots["他证"] if label == "sale_forged" else _OTHER_EXAMS
    for _ in range(_SWAPPED):
        swapped = goods.sub(lambda _match: chance.choice(others.split("|")), pattern)
        yield "other_spam", _expanded(swapped, slots, chance)


def main(arguments: list[str]) -> int:
    """Print one part of the labelled file, as it stands there: `held` or `training`."""
    if arguments not in (["held"], ["training"]):
        sys.stderr.write("usage: python tools/labelled_texts.py held|training\n")
        return 2
    part = split(load_labelled())[arguments == ["held"]]
    wanted = {row.id for row in part}
    for line in LABELLED.read_text(encoding="utf-8").splitlines():
        if str(json.loads(line)["id"]) in wanted:
            sys.stdout.write(line + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
