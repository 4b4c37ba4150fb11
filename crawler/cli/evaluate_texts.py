"""`certhound evaluate texts`: how right the judgement of labelled texts is, and how fast."""

from __future__ import annotations

import json
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from crawler import clock
from crawler.cli.options import json_option, print_json
from crawler.errors import InputError
from crawler.language import _
from crawler.model import Assessment, Capture, Offence, Vantage, Verdict, Visit
from crawler.wording import name_of
from detectors import Detectors, load_detectors
from seeds import load_watchlist

_ACCUSED = (Offence.SALE_FORGED.value, Offence.EXAM_CHEATING.value)
_NONE = Offence.NONE.value
_PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class _Text:
    """One labelled text of a file."""

    text: str
    label: str
    evasion: tuple[str, ...]
    contacts: frozenset[tuple[str, str]] | None
    pair: str


@dataclass(frozen=True, slots=True)
class _Judged:
    """A text and what was made of it."""

    text: _Text
    offence: str
    """What it is raised for, suspect or doubtful alike; `none` for the rest."""
    suspect: bool
    contacts: frozenset[tuple[str, str]]


@click.command(
    help=_(
        "用标注好的文字检验判断：混淆表、精确率、召回率、按违法类型和规避手法分列、"
        "联系方式提取、每条耗时；不访问网络。\n\n"
        "每行一个 JSON：{text, label, evasion?, contacts?, pair?}。label 为 sale_forged、"
        "exam_cheating，其余皆视为无辜。“查出”指判为嫌疑或存疑且情形正确。\n\n"
        "\b\n示例：\n"
        "  certhound evaluate texts labelled.jsonl\n"
        "  certhound evaluate texts labelled.jsonl --json"
    )
)
@click.argument("source", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False))
@json_option
def texts(source: Path, as_json: bool) -> None:
    """Print the figures."""
    labelled = list(_read(source))
    detectors = load_detectors(load_watchlist())
    if labelled:
        _judge(detectors, labelled[0])  # tables are loaded once, not for every text
    began = time.perf_counter()
    judged = [_judge(detectors, each) for each in labelled]
    spent = time.perf_counter() - began
    report = _report(judged, spent)
    if as_json:
        print_json(report)
        return
    for line in _lines(report):
        click.echo(line)


def _read(source: Path) -> Iterator[_Text]:
    try:
        lines = source.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as problem:
        said = _("读不了 {file}，请检查文件及其编码（应为 UTF-8）").format(file=source)
        raise InputError(said) from problem
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield _text(json.loads(line))
        except (KeyError, TypeError, ValueError) as problem:
            said = _("{file} 第 {number} 行读不懂，应为 {{text, label, …}} 的 JSON 对象")
            raise InputError(said.format(file=source, number=number)) from problem


def _text(record: dict[str, object]) -> _Text:
    evasion, contacts = record.get("evasion") or [], record.get("contacts")
    if not isinstance(evasion, list) or not isinstance(contacts, list | None):
        raise TypeError
    return _Text(
        text=str(record["text"]),
        label=str(record["label"]),
        evasion=tuple(map(str, evasion)),
        contacts=None
        if contacts is None
        else frozenset((str(each["type"]), str(each["value"])) for each in contacts),
        pair=str(record.get("pair") or ""),
    )


def _judge(detectors: Detectors, text: _Text) -> _Judged:
    at = clock.now()
    only = Capture("t", "t", "t", Vantage.DESKTOP, "", "", at, (), html=text.text)
    opinion = detectors.assess(Visit("t", "t", "t", "", at, (only,), None))
    return _Judged(
        text=text,
        offence=opinion.offence.value if _is_raised(opinion) else _NONE,
        suspect=opinion.verdict is Verdict.SUSPECT,
        contacts=frozenset((c.type.value, c.value) for c in opinion.findings.contacts),
    )


def _is_raised(opinion: Assessment) -> bool:
    return opinion.verdict in (Verdict.SUSPECT, Verdict.DOUBTFUL)


def _report(judged: list[_Judged], spent: float) -> dict[str, object]:
    confusion = Counter((each.text.label, each.offence) for each in judged)
    innocent = [each for each in judged if each.text.label not in _ACCUSED]
    return {
        "texts": len(judged),
        "ms_per_text": round(spent / len(judged) * 1000, 3) if judged else None,
        "confusion": [
            {"label": label, "judged": offence, "count": count}
            for (label, offence), count in sorted(confusion.items())
        ],
        "offences": {offence: _offence(judged, offence) for offence in _ACCUSED},
        "false": _share([each.offence in _ACCUSED for each in innocent]),
        "false_suspects": _share([each.suspect for each in innocent]),
        "techniques": _techniques(judged),
        "contacts": _share([e.text.contacts == e.contacts for e in judged if e.text.contacts]),
        "pairs": _pairs(judged),
    }


def _offence(judged: list[_Judged], offence: str) -> dict[str, object]:
    own = [each for each in judged if each.text.label == offence]
    raised = [each for each in judged if each.offence == offence]
    other = next(each for each in _ACCUSED if each != offence)
    return {
        "recall": _share([each.offence == offence for each in own]),
        "recall_plain": _share([e.offence == offence for e in own if not e.text.evasion]),
        "recall_evasive": _share([e.offence == offence for e in own if e.text.evasion]),
        "recall_suspect": _share([each.offence == offence and each.suspect for each in own]),
        "taken_for_the_other": _share([each.offence == other for each in own]),
        "precision": _share([each.text.label == offence for each in raised]),
    }


def _techniques(judged: list[_Judged]) -> dict[str, object]:
    found: dict[str, list[bool]] = defaultdict(list)
    for each in judged:
        if each.text.label in _ACCUSED:
            for technique in each.text.evasion or (_PLAIN,):
                found[technique].append(each.offence == each.text.label)
    return {name: _share(found[name]) for name in sorted(found)}


def _pairs(judged: list[_Judged]) -> dict[str, object]:
    """Pairs whose partners were both judged as labelled; an innocent one may be `forged_other`."""
    partners: dict[str, list[bool]] = defaultdict(list)
    for each in judged:
        if each.text.pair:
            right = each.offence == each.text.label
            innocent = each.text.label not in _ACCUSED and each.offence not in _ACCUSED
            partners[each.text.pair].append(right or innocent)
    return _share([all(right) for right in partners.values() if len(right) > 1])


def _share(hits: list[bool]) -> dict[str, object]:
    share = round(sum(hits) / len(hits), 4) if hits else None
    return {"hits": sum(hits), "of": len(hits), "share": share}


def _lines(report: dict[str, object]) -> Iterator[str]:
    spent = report["ms_per_text"]
    yield _("共 {count} 条，每条 {spent} 毫秒").format(count=report["texts"], spent=spent)
    yield _("混淆表（标注 → 判断）：")
    for row in _rows(report["confusion"]):
        yield f"  {row['label']:>14} → {row['judged']:<14} {row['count']:>5}"
    names = {
        "recall": _("查出"),
        "recall_plain": _("查出（直白）"),
        "recall_evasive": _("查出（规避）"),
        "recall_suspect": _("其中判为嫌疑"),
        "taken_for_the_other": _("误作另一种"),
        "precision": _("精确率"),
    }
    for offence, figures in _table(report["offences"]).items():
        yield name_of(Offence(offence))
        for key, figure in _table(figures).items():
            yield f"  {names[key]} {_told(figure)}"
    yield _("规避手法（查出）：")
    for technique, figure in _table(report["techniques"]).items():
        yield f"  {technique:<14} {_told(figure)}"
    yield _("误报 {share}，其中误判为嫌疑 {suspects}").format(
        share=_told(report["false"]), suspects=_told(report["false_suspects"])
    )
    yield _("联系方式全对 {share}").format(share=_told(report["contacts"]))
    yield _("成对文字分清 {share}").format(share=_told(report["pairs"]))


def _rows(value: object) -> list[dict[str, object]]:
    assert isinstance(value, list)  # noqa: S101 - made above
    return value


def _table(value: object) -> dict[str, object]:
    assert isinstance(value, dict)  # noqa: S101 - made above
    return value


def _told(figure: object) -> str:
    values = _table(figure)
    if values["share"] is None:
        return "—"
    assert isinstance(values["share"], float)  # noqa: S101 - made above
    return f"{values['share']:.1%} ({values['hits']}/{values['of']})"
