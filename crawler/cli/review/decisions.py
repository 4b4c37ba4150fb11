"""`certhound review confirm`, `dismiss`, … : one verb for every decision about a case."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

import click

from crawler import casework
from crawler.casework.transitions import LONGEST_MUTE
from crawler.cli.options import data_option, json_option, print_json
from crawler.cli.review.listing import case_argument
from crawler.cli.review.telling import case_json, printed_key
from crawler.clock import BEIJING, now
from crawler.errors import UsageError
from crawler.language import _
from crawler.model import Case, Decision
from crawler.store import Store
from crawler.wording import name_of

F = TypeVar("F", bound=Callable[..., object])
Act = Callable[[Store], Case]


def person_option(function: F) -> F:
    """Add `--by NAME`: who decides."""
    return click.option("--by", required=True, metavar=_("姓名"), help=_("作出决定的人"))(function)


def _seen_option(function: F) -> F:
    return click.option(
        "--seen",
        type=click.IntRange(min=0),
        metavar=_("版本"),
        help=_("看到的案件版本（见 review show）；此后别人已有决定时拒绝"),
    )(function)


def _reason_option(function: F) -> F:
    return click.option("--reason", required=True, help=_("理由"))(function)


def _decided(data: Path, act: Act, *, as_json: bool) -> None:
    with Store.open(data, create=False) as store:
        case = act(store)
        judgements = store.judgements(str(case.key))
    if as_json:
        print_json(case_json(case, judgements, whole=False))
        return
    said = _("案件 {case}：{state}")
    click.echo(said.format(case=printed_key(case), state=name_of(case.state)))


@click.command(
    help=_(
        "确认案件。第一人确认后状态为“已确认”，另一人再确认后才可对外报送。"
        "\n\n\b\n示例：\n  certhound review confirm domain:example.cn --by 张三"
    )
)
@case_argument
@person_option
@click.option("--reason", default="", help=_("理由（可不填）"))
@_seen_option
@data_option
@json_option
def confirm(case: str, by: str, reason: str, seen: int | None, data: Path, as_json: bool) -> None:
    """Confirm a case."""
    _decided(
        data,
        lambda store: casework.decide(store, case, Decision.CONFIRM, by, reason, now(), seen),
        as_json=as_json,
    )


def _reasoned(name: str, decision: Decision, text: str) -> click.Command:
    """A verb that takes a case, a person and a reason, and nothing else."""

    @click.command(name, help=text)
    @case_argument
    @person_option
    @_reason_option
    @_seen_option
    @data_option
    @json_option
    def verb(case: str, by: str, reason: str, seen: int | None, data: Path, as_json: bool) -> None:
        acts = {
            Decision.UNDO: casework.undo,
            Decision.CORRECT: casework.correct,
        }
        act = acts.get(decision)
        if act is not None:
            _decided(data, lambda store: act(store, case, by, reason, now(), seen), as_json=as_json)
        else:
            _decided(
                data,
                lambda store: casework.decide(store, case, decision, by, reason, now(), seen),
                as_json=as_json,
            )

    return verb


dismiss = _reasoned(
    "dismiss",
    Decision.DISMISS,
    _(
        "排除案件。只有以后的结论或行为更严重时才会重新列出。"
        "\n\n\b\n示例：\n"
        "  certhound review dismiss domain:example.cn --by 张三 --reason 正规培训学校"
    ),
)
watch = _reasoned(
    "watch",
    Decision.WATCH,
    _(
        "继续观察：目前不足以作出决定，每次运行都会再次查看。"
        "\n\n\b\n示例：\n"
        "  certhound review watch domain:example.cn --by 张三 --reason 页面尚在建设"
    ),
)
victim = _reasoned(
    "victim",
    Decision.VICTIM,
    _(
        "认定网站主人是被入侵的受害单位：只通知主人，不进入公告和封堵名单。"
        "\n\n\b\n示例：\n"
        "  certhound review victim domain:example.cn --by 张三 --reason 学校网站被挂页"
    ),
)
note = _reasoned(
    "note",
    Decision.NOTE,
    _(
        "给案件加备注，不改变其状态。"
        "\n\n\b\n示例：\n"
        "  certhound review note domain:example.cn --by 张三 --reason 已电话联系注册商"
    ),
)
undo = _reasoned(
    "undo",
    Decision.UNDO,
    _(
        "撤回案件最近一次决定；撤回本身也会留下记录。已对外发布的须用 correct 更正。"
        "\n\n\b\n示例：\n"
        "  certhound review undo domain:example.cn --by 张三 --reason 误操作"
    ),
)
reopen = _reasoned(
    "reopen",
    Decision.REOPEN,
    _(
        "重新打开已作出决定的案件；此前的确认须重新作出。"
        "\n\n\b\n示例：\n"
        "  certhound review reopen domain:example.cn --by 张三 --reason 收到新的举报"
    ),
)
appeal = _reasoned(
    "appeal",
    Decision.APPEAL,
    _(
        "登记当事人的申诉：两人重新确认之前，案件不得对外报送。理由写明何人、为何申诉。"
        "\n\n\b\n示例：\n"
        "  certhound review appeal domain:example.cn --by 张三 --reason 网站主人称有培训资质"
    ),
)
correct = _reasoned(
    "correct",
    Decision.CORRECT,
    _(
        "更正已对外发布的案件：记录写明哪些文书曾列出它，须逐一通知收件单位。"
        "\n\n\b\n示例：\n"
        "  certhound review correct domain:example.cn --by 张三 --reason 经核实为正规学校"
    ),
)


@click.command(
    help=_(
        "静默案件：在某日之前不再列出，除非变得更严重。\n\n"
        "\b\n示例：\n"
        "  certhound review mute domain:example.cn --days 30 --by 张三 --reason 等待注册商答复\n"
        "  certhound review mute domain:example.cn --off --by 张三 --reason 已收到答复"
    )
)
@case_argument
@click.option("--days", type=click.IntRange(1, LONGEST_MUTE.days), help=_("静默多少天"))
@click.option(
    "--until",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar=_("年-月-日"),
    help=_("静默到哪一天（北京时间当日零时恢复）"),
)
@click.option("--off", is_flag=True, help=_("结束静默"))
@person_option
@_reason_option
@_seen_option
@data_option
@json_option
def mute(
    case: str,
    days: int | None,
    until: datetime | None,
    off: bool,
    by: str,
    reason: str,
    seen: int | None,
    data: Path,
    as_json: bool,
) -> None:
    """Mute a case, or end its mute."""
    if sum((days is not None, until is not None, off)) != 1:
        raise UsageError(_("请在 --days、--until、--off 中选用一个"))
    at = now()
    moment = at + timedelta(days=days) if days else None
    if until is not None:
        moment = until.replace(tzinfo=BEIJING)
    _decided(
        data,
        lambda store: casework.mute(store, case, by, reason, at, moment, seen),
        as_json=as_json,
    )


@click.command(
    help=_(
        "并案：把一个案件并入另一个，此后对后者作出决定。只能合并同一主人的网站、网页或账号。\n\n"
        "\b\n示例：\n"
        "  certhound review merge domain:example.cn domain:example.com --by 张三 --reason 同一主人"
    )
)
@case_argument
@click.argument("into", metavar=_("并入的案件"))
@person_option
@_reason_option
@_seen_option
@data_option
@json_option
def merge(
    case: str, into: str, by: str, reason: str, seen: int | None, data: Path, as_json: bool
) -> None:
    """Merge a case into another one."""
    _decided(
        data,
        lambda store: casework.merge(store, case, into, by, reason, now(), seen),
        as_json=as_json,
    )


@click.command(
    help=_(
        "分案：把案件中的网页分出去，从下次运行起各自成案。\n\n"
        "\b\n示例：\n"
        "  certhound review split domain:example.cn http://example.cn/a --by 张三 --reason 他人所挂"
    )
)
@case_argument
@click.argument("urls", metavar=_("网址…"), nargs=-1, required=True)
@person_option
@_reason_option
@_seen_option
@data_option
@json_option
def split(
    case: str,
    urls: tuple[str, ...],
    by: str,
    reason: str,
    seen: int | None,
    data: Path,
    as_json: bool,
) -> None:
    """Let pages of a case become cases of their own."""
    _decided(
        data,
        lambda store: casework.split(store, case, urls, by, reason, now(), seen),
        as_json=as_json,
    )


COMMANDS: tuple[click.Command, ...] = (
    confirm, dismiss, watch, victim, note, undo, mute, merge, split, reopen, appeal, correct,
)  # fmt: skip
"""The verbs, in the order in which help lists them."""
