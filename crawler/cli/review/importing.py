"""`certhound review import`: decisions that people entered in a hit list, row by row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

import click

from crawler import casework
from crawler.casework.persons import identity
from crawler.cli.options import data_option, json_option, print_json
from crawler.cli.review.decisions import person_option
from crawler.clock import now
from crawler.errors import CaseworkError, StoreError
from crawler.language import _
from crawler.model import Case, Decision
from crawler.printing import plain
from crawler.store import Store
from crawler.wording import name_of
from reports.hitlist_xlsx import heading_of, key_mark
from reports.reviewed import ReviewedRow, read_reviewed

_DEGRADED = 3


class Outcome(StrEnum):
    """What became of a row."""

    TAKEN = "taken"
    ALREADY = "already"
    """The very decision stands already: the list was read before."""
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class _Told:
    """What became of one row, and why."""

    row: int
    case: str
    outcome: Outcome
    said: str


@click.command(
    "import",
    help=_(
        "读回在清单（hitlist.xlsx）“复核”列中作出的决定，逐行登记到 --by 所写的人名下。\n\n"
        "清单印出之后案件已有别的决定的，该行拒绝并说明；有被拒绝的行时退出码为 3。"
        "重复读入同一份清单不会重复登记。\n\n"
        "\b\n示例：\n"
        "  certhound review import hitlist.xlsx --by 张三 --data var"
    ),
)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@person_option
@data_option
@json_option
def import_list(file: Path, by: str, data: Path, as_json: bool) -> int:
    """Take the decisions of a hit list; exit 3 where a row was refused."""
    rows = read_reviewed(file)
    with Store.open(data, create=False) as store:
        told = list(_take(store, rows, by, now()))
    refused = sum(each.outcome is Outcome.REFUSED for each in told)
    if as_json:
        print_json(
            [
                {"row": each.row, "case": each.case, "outcome": each.outcome, "said": each.said}
                for each in told
            ]
        )
        return _DEGRADED if refused else 0
    for each in told:
        said = _("第 {row} 行 {case}：{said}")
        click.echo(said.format(row=each.row, case=each.case, said=plain(each.said)))
    taken = sum(each.outcome is Outcome.TAKEN for each in told)
    said = _("共 {all} 行有决定：登记 {taken} 行，此前已登记 {already} 行，拒绝 {refused} 行")
    click.echo(
        said.format(
            all=len(told), taken=taken, already=len(told) - taken - refused, refused=refused
        )
    )
    return _DEGRADED if refused else 0


def _take(store: Store, rows: Sequence[ReviewedRow], by: str, at: datetime) -> Iterator[_Told]:
    for row in rows:
        try:
            outcome, case = _take_row(store, row, by, at)
        except CaseworkError as problem:
            yield _Told(row.row, plain(row.case), Outcome.REFUSED, str(problem))
            continue
        said = name_of(case.state)
        if outcome is Outcome.ALREADY:
            said = _("此前已登记")
        yield _Told(row.row, plain(str(case.key)), outcome, said)


def _take_row(store: Store, row: ReviewedRow, by: str, at: datetime) -> tuple[Outcome, Case]:
    if row.problem or row.decision is None:
        raise CaseworkError(row.problem)
    if row.decision is not Decision.CONFIRM and not row.reason:
        said = _("请在“{column}”列写明理由后重新读入")
        raise CaseworkError(said.format(column=heading_of("reason")))
    try:
        store.run(row.run)
    except StoreError as problem:
        said = _("清单（运行 {run}）不是由这个数据文件夹生成的，请用 --data 指明")
        raise CaseworkError(said.format(run=plain(row.run))) from problem
    case = casework.find_case(store, row.case)
    if row.mark != key_mark(case.key):
        said = _("“案件”与“清单版本”不是同一行的，可能只排序了部分列；请用未改动的清单重新填写")
        raise CaseworkError(said)
    if _stands(store, case, row, by):
        return Outcome.ALREADY, case
    decided = casework.decide(store, case.key, row.decision, by, row.reason, at, row.version)
    return Outcome.TAKEN, decided


def _stands(store: Store, case: Case, row: ReviewedRow, by: str) -> bool:
    """Whether this very row was taken before: then the case is one version on because of it."""
    made = [each for each in store.judgements(str(case.key)) if each.version == row.version + 1]
    return any(
        (each.decision, identity(each.by), each.reason) == (row.decision, identity(by), row.reason)
        for each in made
    )
