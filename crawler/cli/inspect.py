"""`certhound inspect`: one answer for an inspector in the field, from this machine alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click

from crawler.addresses import has_suffix, is_ip
from crawler.cli.options import data_option, json_option, print_json
from crawler.clock import now
from crawler.errors import InputError
from crawler.field import FieldAnswer, FieldDesk
from crawler.language import _
from crawler.printing import plain
from crawler.store import Store
from seeds import load_watchlist

_PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".heic", ".tif", ".tiff")
_LARGEST = 50_000_000
"""Bytes of a picture file. Founders' judgement: no camera in a pocket makes larger ones."""


@click.command(
    short_help=_(
        "核对一个网址、一张照片或一个证书编号：是不是官方网站、已知案件，下一步怎么做；不联网"
    ),
    help=_(
        "现场核对一个网址、一张证件或二维码的照片、一个证书编号：是不是官方网站、是不是已知案件、"
        "编号是否合规则、下一步怎么做。只凭本机资料回答，不联网，不查询官方平台。\n\n"
        "\b\n示例：\n"
        "  certhound inspect http://cx.mem.gov.cn/\n"
        "  certhound inspect card.jpg --data var\n"
        "  certhound inspect T110101199003071234 --json"
    ),
)
@click.argument("subject", metavar="URL|IMAGE|NUMBER")
@data_option
@json_option
def inspect(subject: str, data: Path, as_json: bool) -> int:
    """Answer and say what to do next."""
    at = now()
    watchlist = load_watchlist()
    if Store.is_in(data):
        with Store.open(data, create=False) as store:
            answers = _answers(FieldDesk(watchlist, store, at), subject)
        note = ""
    else:
        answers = _answers(FieldDesk(watchlist, None, at), subject)
        note = _("本机没有案件资料（{folder}），只能凭名称回答").format(folder=data)
    if as_json:
        print_json([asdict(answer) for answer in answers])
        return 0
    for line in _lines(answers, note):
        click.echo(line)
    return 0


def _answers(desk: FieldDesk, subject: str) -> Sequence[FieldAnswer]:
    try:
        path = Path(subject)
        is_file = path.is_file()
    except (OSError, ValueError):  # no name that a file could bear
        is_file = False
    if not is_file and _names_a_picture(subject):
        raise InputError(_("找不到图片文件 {file}，请检查路径").format(file=subject))
    if not is_file:
        return [desk.answer(subject)]
    if path.stat().st_size > _LARGEST:
        said = _("图片文件 {file} 超过 {limit} MB，请缩小后重试")
        raise InputError(said.format(file=path, limit=_LARGEST // 1_000_000))
    return desk.answer_picture(path.read_bytes(), path.name)


def _names_a_picture(subject: str) -> bool:
    """Whether a text is a picture's file and no address: `card.jpg`, `fotos/card.jpg`."""
    host = subject.partition("/")[0].lower().partition(":")[0]
    is_host = has_suffix(host) or is_ip(host) or subject.startswith("[")
    return subject.lower().endswith(_PICTURES) and "://" not in subject and not is_host


def _lines(answers: Sequence[FieldAnswer], note: str) -> list[str]:
    lines = []
    for answer in answers:
        lines += [plain(answer.subject), _("结论：{said}").format(said=plain(answer.said))]
        lines += ["  " + plain(fact) for fact in answer.facts]
        lines += [_("下一步：")] if answer.steps else []
        lines += [f"  {number}. {step}" for number, step in enumerate(answer.steps, 1)]
    return [*lines, note] if note else lines
