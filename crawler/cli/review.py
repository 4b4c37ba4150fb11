"""`certhound review`: what people decide about cases, two of them before anything leaves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import click

from crawler import casework
from crawler.addresses import defang
from crawler.cli.options import data_option, json_option, print_json
from crawler.clock import now, shown, stamp
from crawler.language import _
from crawler.masking import mask_contact, mask_identity
from crawler.model import Case, Contact, Decision, Judgement
from crawler.store import Store
from crawler.wording import name_of, name_of_field
from reports.showing import plain

F = TypeVar("F", bound=Callable[..., object])


@click.group(
    help=_(
        "复核案件：机器只提出怀疑，确认须由两个人先后作出；排除和认定受害单位由一人作出并写明理由。"
        "\n\n\b\n示例：\n  certhound review list"
    )
)
def review() -> None:
    """Stand before the commands of the group."""


def _whole_option(function: F) -> F:
    return click.option("--whole", is_flag=True, help=_("完整显示联系方式（默认打码）"))(function)


def _person_option(function: F) -> F:
    return click.option("--by", required=True, metavar=_("姓名"), help=_("作出决定的人"))(function)


def _case_argument(function: F) -> F:
    return click.argument("case", metavar=_("案件"))(function)


@review.command(
    "list",
    help=_(
        "列出上次运行后所有待复核、已确认的案件，最严重的在前。"
        "\n\n\b\n示例：\n  certhound review list --data var"
    ),
)
@data_option
@_whole_option
@json_option
def list_cases(data: Path, whole: bool, as_json: bool) -> None:
    """Print every open case."""
    with Store.open(data, create=False) as store:
        run = store.last_completed_run()
        cases = casework.hit_list(store, run.id) if run else ()
        decided = {case.key: store.judgements(str(case.key)) for case in cases}
    if as_json:
        print_json([_as_json(case, decided[case.key], whole=whole) for case in cases])
        return
    for case in cases:
        click.echo(_line(case))
        for contact in case.facts.contacts:
            click.echo("      " + _contact(contact, whole=whole))
    click.echo(_("共 {count} 个案件").format(count=len(cases)))


@review.command(
    help=_(
        "显示一个案件：结论、网址、依据、联系方式、变化和已有的决定。"
        "\n\n\b\n示例：\n  certhound review show domain:example.cn"
    )
)
@_case_argument
@data_option
@_whole_option
@json_option
def show(case: str, data: Path, whole: bool, as_json: bool) -> None:
    """Print one case whole."""
    with Store.open(data, create=False) as store:
        found = casework.find_case(store, case)
        judgements = store.judgements(str(found.key))
    if as_json:
        print_json(_as_json(found, judgements, whole=whole))
        return
    for line in _lines(found, judgements, whole=whole):
        click.echo(line)


@review.command(
    help=_(
        "确认案件。第一人确认后状态为“已确认”，另一人再确认后才可对外报送。"
        "\n\n\b\n示例：\n  certhound review confirm domain:example.cn --by 张三"
    )
)
@_case_argument
@_person_option
@click.option("--reason", default="", help=_("理由（可不填）"))
@data_option
@json_option
def confirm(case: str, by: str, reason: str, data: Path, as_json: bool) -> None:
    """Confirm a case."""
    _decide(data, case, Decision.CONFIRM, by, reason, as_json=as_json)


@review.command(
    help=_(
        "排除案件。只有以后的结论或行为更严重时才会重新列出。"
        "\n\n\b\n示例：\n"
        "  certhound review dismiss domain:example.cn --by 张三 --reason 正规培训学校"
    )
)
@_case_argument
@_person_option
@click.option("--reason", required=True, help=_("理由"))
@data_option
@json_option
def dismiss(case: str, by: str, reason: str, data: Path, as_json: bool) -> None:
    """Dismiss a case."""
    _decide(data, case, Decision.DISMISS, by, reason, as_json=as_json)


@review.command(
    help=_(
        "认定网站主人是被入侵的受害单位：只通知主人，不进入公告和封堵名单。"
        "\n\n\b\n示例：\n"
        "  certhound review victim domain:example.cn --by 张三 --reason 学校网站被挂页"
    )
)
@_case_argument
@_person_option
@click.option("--reason", required=True, help=_("理由"))
@data_option
@json_option
def victim(case: str, by: str, reason: str, data: Path, as_json: bool) -> None:
    """Name the owner of a case a victim."""
    _decide(data, case, Decision.VICTIM, by, reason, as_json=as_json)


def _decide(
    data: Path, case: str, decision: Decision, by: str, reason: str, *, as_json: bool
) -> None:
    with Store.open(data, create=False) as store:
        decided = casework.decide(store, case, decision, by, reason, now())
        judgements = store.judgements(str(decided.key))
    if as_json:
        print_json(_as_json(decided, judgements, whole=False))
        return
    said = _("案件 {case}：{state}")
    click.echo(said.format(case=_printed(decided), state=name_of(decided.state)))


def _printed(case: Case) -> str:
    """The key as printed, whole but for identity numbers: it must be typed to decide."""
    return plain(str(case.key))


def _line(case: Case) -> str:
    facts = case.facts
    states = (facts.verdict, facts.offence, facts.page_condition, case.change.kind, case.state)
    words = " · ".join(name_of(state) for state in states)
    return f"{_printed(case)}  {words} · {facts.score:.0f}"


def _contact(contact: Contact, *, whole: bool) -> str:
    value = contact.value if whole else mask_contact(contact)
    return f"{name_of(contact.type)} {plain(value)}"


def _lines(case: Case, judgements: Sequence[Judgement], *, whole: bool) -> list[str]:
    facts = case.facts
    lines = [_line(case)]
    lines += [_("网址：{url}").format(url=defang(plain(url))) for url in facts.urls]
    if facts.imitates:
        lines.append(_("仿冒对象：{host}").format(host=facts.imitates))
    for signal in facts.signals:
        said = _("依据：{rule}：{words}（{place}）")
        words = plain(signal.words)
        lines.append(said.format(rule=signal.rule, words=words, place=signal.place))
    lines += [
        _("联系方式：{contact}").format(contact=_contact(contact, whole=whole))
        for contact in facts.contacts
    ]
    if case.change.fields:
        fields = "、".join(name_of_field(field) for field in case.change.fields)
        lines.append(_("变化之处：{fields}").format(fields=fields))
    said = _("首次发现 {first}，最近一次见到内容 {last}，最近一次查看 {looked}")
    lines.append(
        said.format(
            first=shown(case.first_seen), last=shown(case.last_seen), looked=shown(facts.at)
        )
    )
    for item in judgements:
        said = _("{at} {by}：{decision} {reason}")
        lines.append(
            said.format(
                at=shown(item.at),
                by=plain(item.by),
                decision=name_of(item.decision),
                reason=plain(item.reason),
            ).rstrip()
        )
    return lines


def _as_json(case: Case, judgements: Sequence[Judgement], *, whole: bool) -> dict[str, object]:
    facts = case.facts
    return {
        "case": mask_identity(str(case.key)),
        "state": case.state.value,
        "version": case.version,
        "verdict": facts.verdict.value,
        "offence": facts.offence.value,
        "page_condition": facts.page_condition.value,
        "score": facts.score,
        "change": case.change.kind.value,
        "change_fields": list(case.change.fields),
        "first_seen": stamp(case.first_seen),
        "last_seen": stamp(case.last_seen),
        "looked_at": stamp(facts.at),
        "imitates": facts.imitates,
        "urls": [mask_identity(url) for url in facts.urls],
        "contacts": [
            {
                "type": contact.type.value,
                "value": mask_identity(contact.value if whole else mask_contact(contact)),
            }
            for contact in facts.contacts
        ],
        "judgements": [
            {
                "decision": item.decision.value,
                "by": item.by,
                "at": stamp(item.at),
                "reason": mask_identity(item.reason),
            }
            for item in judgements
        ],
    }
