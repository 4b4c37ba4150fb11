"""`certhound evaluate pages`: how right the opinions on labelled pages are, and why they err."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path

import click
from rich.table import Table

from crawler.cli.labelled import read_labelled
from crawler.cli.options import console, json_option, print_json, references_option
from crawler.errors import InputError
from crawler.language import _
from crawler.printing import plain
from crawler.references import load_references
from detectors import load_detectors
from detectors.explain import explain
from detectors.measure import PageMeasure
from seeds import load_watchlist


@click.command(
    help=_(
        "用标注好的网页检验判断：按行为和页面状态列出混淆表、每个错例的理由、每页毫秒数。\n\n"
        "SOURCE 为 JSONL 文件（格式同 assess --from，每行另有 label，可有 offence、"
        "page_condition），或放有网页和 truth.csv 的文件夹（列 file,url,label，可另有 offence,"
        "page_condition,status,registered_on）。label 为判定（suspect、doubtful、clear、"
        "unknown）、行为，或 innocent、offender；几个值都对时以 | 分隔。\n\n"
        "\b\n示例：\n"
        "  certhound evaluate pages pages.jsonl\n"
        "  certhound evaluate pages pages/ --json"
    )
)
@click.argument("source", metavar="SOURCE", type=click.Path(path_type=Path))
@references_option
@json_option
def pages(source: Path, references: Path | None, as_json: bool) -> int:
    """Judge labelled pages and print how right the opinions are."""
    detectors = load_detectors(load_watchlist(), load_references(references))
    measure = PageMeasure()
    spent = 0.0
    for visit, truth in read_labelled(source):
        began = time.process_time()
        opinion = detectors.assess(visit)
        spent += time.process_time() - began
        measure.add(truth, opinion)
    if not measure.pages:
        raise InputError(
            _("{file} 中没有标注好的网页，请按 certhound evaluate pages --help 的格式准备").format(
                file=source
            )
        )
    milliseconds = round(1000 * spent / measure.pages, 3)
    if as_json:
        print_json(_record(measure, milliseconds))
    else:
        _show(measure, milliseconds)
    return 0


def _record(measure: PageMeasure, milliseconds: float) -> dict[str, object]:
    return {
        "pages": measure.pages,
        "right": measure.right,
        "innocent": measure.innocent,
        "innocent_suspect": measure.innocent_suspect,
        "innocent_doubtful": measure.innocent_doubtful,
        "offenders": measure.offenders,
        "offenders_missed": measure.offenders_missed,
        "ms_per_page": milliseconds,
        "verdicts": _nested(measure.verdicts),
        "offences": _nested(measure.offences),
        "page_conditions": _nested(measure.conditions),
        "errors": [
            {
                "id": error.id,
                "wanted": error.wanted,
                "judged": error.judged,
                "score": error.opinion.score,
                "reasons": explain(error.opinion),
            }
            for error in measure.errors
        ],
    }


def _nested(table: Counter[tuple[str, str]]) -> dict[str, dict[str, int]]:
    nested: dict[str, dict[str, int]] = {}
    for (true, judged), pages in sorted(table.items()):
        nested.setdefault(true, {})[judged] = pages
    return nested


def _show(measure: PageMeasure, milliseconds: float) -> None:
    out = console()
    for title, table in (
        (_("判定"), measure.verdicts),
        (_("行为"), measure.offences),
        (_("页面状态"), measure.conditions),
    ):
        if table:
            out.print(_table(title, table))
    for error in measure.errors:
        said = _("错判 {id}：应为 {wanted}，判为 {judged}")
        text = said.format(id=plain(error.id), wanted=error.wanted, judged=error.judged)
        out.print(text, markup=False)
        for line in explain(error.opinion):
            out.print(f"      {line}", markup=False)
    said = _(
        "网页 {pages} 个，全对 {right} 个；无辜 {innocent} 个，其中判为可疑 {suspect} 个、"
        "存疑 {doubtful} 个；违法 {offenders} 个，漏 {missed} 个；每页 {ms:g} 毫秒"
    )
    text = said.format(
        pages=measure.pages,
        right=measure.right,
        innocent=measure.innocent,
        suspect=measure.innocent_suspect,
        doubtful=measure.innocent_doubtful,
        offenders=measure.offenders,
        missed=measure.offenders_missed,
        ms=milliseconds,
    )
    out.print(text, markup=False)


def _table(title: str, counted: Counter[tuple[str, str]]) -> Table:
    """True values down, judged ones across."""
    judged = sorted({said for _true, said in counted})
    table = Table(title=title, show_edge=False, pad_edge=False)
    table.add_column(_("应为＼判为"), overflow="fold")
    for said in judged:
        table.add_column(said, justify="right", overflow="fold")
    for true in sorted({true for true, _said in counted}):
        table.add_row(true, *(str(counted[true, said] or "") for said in judged))
    return table
