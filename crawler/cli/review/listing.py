"""`certhound review list` and `show`: the cases that wait for people, and one of them whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TypeVar

import click

from crawler import casework
from crawler.cli.options import data_option, json_option, print_json, print_json_list
from crawler.cli.review.telling import case_json, case_line, case_lines, contact_line
from crawler.clock import now
from crawler.language import _
from crawler.model import Case, CaseState
from crawler.store import Store, place_of

F = TypeVar("F", bound=Callable[..., object])

_SHOWN = 100
"""Cases printed unless more are asked for; a terminal holds no more."""
_PAGE = 500
"""Cases read at once on the way through a whole list."""


def whole_option(function: F) -> F:
    """Add `--whole`: contacts without masks."""
    return click.option("--whole", is_flag=True, help=_("完整显示联系方式（默认打码）"))(function)


def case_argument(function: F) -> F:
    """Add the argument that names a case."""
    return click.argument("case", metavar=_("案件"))(function)


@click.command(
    "list",
    help=_(
        "列出上次运行后所有待复核、已确认的案件，最严重的在前。\n\n"
        "\b\n示例：\n"
        "  certhound review list --data var\n"
        "  certhound review list --state dismissed --json"
    ),
)
@click.option(
    "--state",
    "states",
    type=click.Choice([state.value for state in CaseState]),
    multiple=True,
    help=_("改为列出处于某种复核状态的案件（如已排除的 dismissed），可重复"),
)
@click.option(
    "--limit",
    type=click.IntRange(1, 1_000_000),
    help=_("最多列出多少个（默认：屏幕上 100 个，--json 时全部）"),
)
@data_option
@whole_option
@json_option
def list_cases(
    states: tuple[str, ...], limit: int | None, data: Path, whole: bool, as_json: bool
) -> None:
    """Print the listed cases, or those in some states."""
    with Store.open(data, create=False) as store:
        if as_json:
            told = _in_states(store, states) if states else _listed(store, now())
            print_json_list(
                case_json(case, store.judgements(str(case.key)), whole=whole)
                for case in islice(told, limit)
            )
            return
        shown = limit or _SHOWN
        if states:
            count = len(_keys(store, states))
            cases = tuple(islice(_in_states(store, states), shown))
        else:
            at = now()
            count = store.count_listed(at)
            cases = store.page(at, shown)
    for case in cases:
        click.echo(case_line(case))
        for contact in case.facts.contacts:
            click.echo("      " + contact_line(contact, whole=whole))
    click.echo(_("共 {count} 个案件").format(count=count))
    if count > len(cases):
        said = _("以上是最严重的 {shown} 个，用 --limit 可列出更多")
        click.echo(said.format(shown=len(cases)))


def _listed(store: Store, at: datetime) -> Iterator[Case]:
    """The whole list, the gravest first, read page by page."""
    behind = None
    while cases := store.page(at, _PAGE, behind):
        yield from cases
        behind = place_of(cases[-1])


def _keys(store: Store, states: tuple[str, ...]) -> list[str]:
    return store.case_keys([CaseState(state) for state in states])


def _in_states(store: Store, states: tuple[str, ...]) -> Iterator[Case]:
    found = (store.case(key) for key in _keys(store, states))
    return (case for case in found if case is not None)


@click.command(
    help=_(
        "显示一个案件：结论、网址、依据、有利因素、联系方式、变化和已有的决定。"
        "\n\n\b\n示例：\n  certhound review show domain:example.cn"
    )
)
@case_argument
@data_option
@whole_option
@json_option
def show(case: str, data: Path, whole: bool, as_json: bool) -> None:
    """Print one case whole."""
    with Store.open(data, create=False) as store:
        found = casework.find_case(store, case)
        judgements = store.judgements(str(found.key))
    if as_json:
        print_json(case_json(found, judgements, whole=whole))
        return
    for line in case_lines(found, judgements, whole=whole):
        click.echo(line)
