"""`certhound run`: the daily job, from leads to the hit list."""

from __future__ import annotations

from pathlib import Path

import click
from rich.table import Table
from rich.text import Text

from crawler.addresses import defang
from crawler.cli.options import console, data_option, json_option, print_json, profile_option
from crawler.language import _
from crawler.model import Case
from crawler.printing import plain
from crawler.progress import ProgressBoard
from crawler.run import RunOutcome, run_daily
from crawler.wording import name_of
from spiders import open_profile

_SHOWN = 40
"""Cases printed; all are in the files."""


@click.command(
    help=_(
        "执行一次运行：寻找线索、打开页面、判定，生成命中清单。中断后再次执行会从中断处继续。\n\n"
        "\b\n示例：\n  certhound run --profile profiles/live.toml --data var/live"
    )
)
@profile_option
@data_option
@json_option
def run(profile: Path, data: Path, as_json: bool) -> int:
    """Do the day's job; exit 3 where a source was blind or the list is incomplete."""
    outcome = run_daily(open_profile(profile), data, ProgressBoard())
    if as_json:
        print_json(_summary(outcome))
    else:
        _print(outcome)
    return 3 if outcome.run.degraded or outcome.unsent else 0


def _summary(outcome: RunOutcome) -> dict[str, object]:
    return {
        "run": outcome.run.id,
        "degraded": [plain(reason) for reason in outcome.run.degraded],
        "unsent": [plain(each) for each in outcome.unsent],
        "visits": outcome.visits,
        "cases": len(outcome.cases),
        "files": [str(path) for path in outcome.files],
    }


def _print(outcome: RunOutcome) -> None:
    out = console()
    if outcome.cases:
        out.print(_table(outcome.cases[:_SHOWN]))
    if len(outcome.cases) > _SHOWN:
        more = len(outcome.cases) - _SHOWN
        out.print(_("另有 {count} 个案件见清单文件").format(count=more))
    said = _("运行 {run}：查看 {visits} 个地址，清单上有 {cases} 个案件")
    out.print(
        said.format(run=outcome.run.id, visits=outcome.visits, cases=len(outcome.cases)),
        markup=False,
    )
    for reason in (*outcome.run.degraded, *outcome.unsent):
        out.print(plain(_("注意：{reason}").format(reason=reason)), markup=False)
    for path in outcome.files:
        out.print(str(path), markup=False)


def _table(cases: tuple[Case, ...]) -> Table:
    table = Table(show_edge=False, pad_edge=False)
    for heading in (_("变化"), _("判定"), _("行为"), _("分数"), _("案件")):
        table.add_column(heading, overflow="fold")
    for case in cases:
        facts = case.facts
        table.add_row(
            name_of(case.change.kind),
            name_of(facts.verdict),
            name_of(facts.offence),
            f"{facts.score:.0f}",
            # Defanged, so that nobody opens a suspect by clicking in a terminal.
            Text(defang(plain(str(case.key)))),
        )
    return table
