"""`certhound tips …`: receipt numbers of tips, and what may be told of what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from crawler.addresses import AddressError, defang, host_of, normalise
from crawler.answering import TipAnswer, answers
from crawler.cli.options import data_option, json_option, print_json
from crawler.clock import now, shown, stamp
from crawler.errors import InputError, UsageError
from crawler.guard import Guard
from crawler.language import _
from crawler.masking import mask_identity
from crawler.printing import plain
from crawler.receipts import RECEIPT
from crawler.store import Store
from crawler.wording import name_of
from seeds import load_watchlist
from spiders.tip_files import Tip
from spiders.tips import read_tip_file

_DEGRADED = 3


@click.group(help=_("举报的回执：每条举报有一个编号，凭编号可以答复结果；不保存举报人的姓名"))
def tips() -> None:
    """Stand before what can be asked of tips."""


@tips.command(
    "list",
    help=_(
        "列出最近的举报：回执编号、网址、可以告知举报人的答复。\n\n"
        "\b\n示例：\n  certhound tips list --data var"
    ),
)
@data_option
@json_option
def list_(data: Path, as_json: bool) -> int:
    """Name the newest tips and what became of them."""
    _print(_answers(data), as_json)
    return 0


@tips.command(
    help=_(
        "按回执编号答复一条举报：查看过几次、案件到了哪一步、可以告知举报人的话。\n\n"
        "\b\n示例：\n  certhound tips show 20261101-hfdkacjbfe"
    ),
)
@click.argument("receipt", metavar=_("编号"))
@data_option
@json_option
def show(receipt: str, data: Path, as_json: bool) -> int:
    """Tell what became of one tip."""
    number = receipt.strip().strip("〔〕").lower()
    if not RECEIPT.fullmatch(number):
        said = _("{receipt} 不是回执编号，例如应为 20261101-hfdkacjbfe")
        raise UsageError(said.format(receipt=receipt))
    found = _answers(data, number)
    if not found:
        said = _("没有编号为 {receipt} 的举报；可能还没有读入，或其中没有可用的网址")
        raise InputError(said.format(receipt=number))
    _print(found, as_json)
    return 0


@tips.command(
    help=_(
        "给出一个举报文件（CSV、XLSX、EML、图片）中每条举报的回执编号，用来告诉举报人；只读不存。"
        "有读不出的内容时退出码为 3。\n\n"
        "\b\n示例：\n  certhound tips receipts tips.csv"
    ),
)
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False))
@json_option
def receipts(file: Path, as_json: bool) -> int:
    """Give each tip in a file its number."""
    read = read_tip_file(file)
    if read.problem and not read.tips:
        raise InputError(read.problem)
    records = [_receipt_record(tip) for tip in read.tips]
    if as_json:
        print_json({"tips": records, "problem": plain(read.problem)})
    else:
        for record in records:
            click.echo("  ".join(defang(plain(str(part))) for part in record.values()))
        if read.problem:
            click.echo(plain(read.problem), err=True)
    return _DEGRADED if read.problem else 0


def _receipt_record(tip: Tip) -> dict[str, str]:
    try:
        url = normalise(tip.url)
    except AddressError:
        status = _("没有可用的网址，不成为线索")
    else:
        is_official = Guard(load_watchlist()).protects(host_of(url), now())
        status = _("官方或可信网站，不成为线索") if is_official else _("收下")
    return {"receipt": tip.receipt, "url": mask_identity(tip.url), "status": status}


def _answers(data: Path, receipt: str = "") -> tuple[TipAnswer, ...]:
    with Store.open(data, create=False) as store:
        return answers(store, load_watchlist(), receipt)


def _print(found: Sequence[TipAnswer], as_json: bool) -> None:
    if as_json:
        print_json([_record(each) for each in found])
        return
    if not found:
        click.echo(_("没有举报"))
    for each in found:
        url = defang(plain(mask_identity(each.lead.url)))
        said = _("{receipt}  {url}  收于 {at}，查看 {count} 次")
        click.echo(
            said.format(
                receipt=each.receipt, url=url, at=shown(each.said_at), count=len(each.visits)
            )
        )
        if each.case is not None:
            case = plain(mask_identity(str(each.case.key)))
            told = _("  内部：案件 {case}，{state}")
            click.echo(told.format(case=defang(case), state=name_of(each.case.state)))
        click.echo(_("  可以告知：{told}").format(told=each.told))


def _record(each: TipAnswer) -> dict[str, object]:
    return {
        "receipt": each.receipt,
        "url": mask_identity(each.lead.url),
        "received_at": stamp(each.said_at),
        "visits": [stamp(at) for at in each.visits],
        "case": mask_identity(str(each.case.key)) if each.case else None,
        "state": each.case.state.value if each.case else None,
        "outcome": each.outcome.value,
        "answer": each.told,
    }
