"""`certhound evaluate names`: recall per technique, false hits and speed on labelled names."""

from __future__ import annotations

import time
from dataclasses import asdict
from pathlib import Path

import click
from rich.table import Table

from crawler.cli.options import console, json_option, print_json
from crawler.errors import InputError
from crawler.language import _, said_by_system
from crawler.screening import cache_folder, kept_in
from detectors.names import NameScreen, ScreenCount
from detectors.names.measure import LabelError, MeasureRow, Side, measure, read_labelled
from seeds import load_watchlist


@click.command(
    help=_(
        "用标注好的域名检验 screen：每种手法的召回、每类普通域名的误报、每秒域名数。\n\n"
        "FILE 为 CSV，列 name,label，可另有 technique,note；label 为 lookalike 的应当命中，"
        "其余不应当；note 含 doubtful: 的不计。\n\n"
        "\b\n示例：\n"
        "  certhound evaluate names names.csv\n"
        "  certhound evaluate names names.csv --json"
    )
)
@click.argument("source", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False))
@json_option
def names(source: Path, as_json: bool) -> int:
    """Screen labelled names and print how right the hits are."""
    try:
        with source.open(encoding="utf-8-sig", newline="") as lines:
            labelled = read_labelled(lines)
    except OSError as problem:
        said = _("无法读取文件 {file}（{problem}），请检查路径和权限")
        raise InputError(said.format(file=source, problem=said_by_system(problem))) from problem
    except UnicodeDecodeError as problem:
        said = _("{file} 不是 UTF-8 编码，请另存为 UTF-8 的 CSV 后重试")
        raise InputError(said.format(file=source)) from problem
    except LabelError as problem:
        said = _("{file} 不是标注好的域名表（{problem}），应为 UTF-8 的 CSV，含 name 和 label 两列")
        raise InputError(said.format(file=source, problem=problem)) from problem
    screen = NameScreen(load_watchlist(), kept_in(cache_folder()))
    screen.prepare()
    names_only = "".join(f"{each.name}\n" for each in labelled).encode()
    start = time.perf_counter()
    found = screen.screen_block(names_only, ScreenCount())
    rate = len(labelled) / max(time.perf_counter() - start, 1e-9)
    rows = measure(labelled, {labelled[number].name for number, _hit in found})
    if as_json:
        print_json(
            {
                "names": len(labelled),
                "doubtful": sum(each.doubtful for each in labelled),
                "names_per_second": round(rate),
                "rows": [{**asdict(row), "share": round(row.share, 4)} for row in rows],
            }
        )
        return 0
    console().print(_table(rows))
    console().print(
        _("每秒 {rate:,.0f} 个域名（一个进程；命中越多越慢）").format(rate=rate), markup=False
    )
    return 0


def _table(rows: tuple[MeasureRow, ...]) -> Table:
    table = Table(show_edge=False, pad_edge=False)
    for heading in (_("标注"), _("手法或种类"), _("域名"), _("命中"), _("比例"), _("错例")):
        table.add_column(heading, overflow="fold")
    for row in rows:
        wrong = row.wrong[:3] if row.technique else ()
        table.add_row(
            row.label,
            row.technique or _("合计"),
            str(row.names),
            str(row.hits),
            f"{row.share:.1%}" if row.side is Side.RECALL else f"{row.share:.2%}",
            " ".join(wrong),
        )
    return table
