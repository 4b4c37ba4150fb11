"""`certhound replay`: what today's rules, or another policy, would change about what is stored."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path

import click

from crawler.addresses import defang
from crawler.cli.options import (
    data_option,
    json_option,
    policy_option,
    print_json,
    processes_option,
)
from crawler.evidence import Blobs
from crawler.judging import JudgePool
from crawler.language import _
from crawler.masking import mask_identity
from crawler.model import Grade, Replay, Ruling, Shift, ShiftKind
from crawler.policies import load_office_policy
from crawler.printing import plain
from crawler.progress import ProgressBoard
from crawler.references import FILE, load_references
from crawler.replay import replay as replayed
from crawler.store import Store
from crawler.wording import name_of
from detectors.scoring import load_policy
from seeds import load_watchlist

_DEGRADED = 3


@click.command(
    short_help=_("用现行规则或另一份权重重新判断全部取证，列出清单会有什么变化；只看不改"),
    help=_(
        "用现行规则（或 --policy 给出的权重）重新判断数据文件夹中的全部取证，列出清单上会新增、"
        "撤出、改判哪些案件，其中哪些已由人确认或排除。只看不改：已保存的判断和证据都不变。"
        "有证据损坏或未能判断的，退出码为 3。\n\n"
        "\b\n示例：\n"
        "  certhound replay --data var\n"
        "  certhound replay --policy policy-new.toml --json"
    ),
)
@policy_option
@processes_option
@data_option
@json_option
def replay(policy: Path | None, processes: int, data: Path, as_json: bool) -> int:
    """Judge everything stored anew; exit 3 where not everything could be judged."""
    chosen = load_office_policy(policy)
    with Store.open(data, create=False) as store:
        references = load_references(data / FILE)
        with (
            ProgressBoard().stage(_("重新判断"), store.count_opinions()) as stage,
            JudgePool(processes, references, policy=chosen) as pool,
        ):
            blobs = Blobs(data / "blobs")
            found = asyncio.run(replayed(store, blobs, pool, load_watchlist(), stage.step))
    version = (chosen or load_policy()).version
    if as_json:
        print_json(_record(found, version))
    else:
        for line in _lines(found, version):
            click.echo(line)
    return 0 if found.is_whole else _DEGRADED


def _record(found: Replay, version: str) -> dict[str, object]:
    return {
        "policy": version,
        "visits": found.same + found.other + found.unread + found.unjudged,
        "same": found.same,
        "other": found.other,
        "unread": found.unread,
        "unjudged": found.unjudged,
        "totals": {
            kind.value: {ruling.value: _count(found.shifts, kind, ruling) for ruling in Ruling}
            for kind in ShiftKind
        },
        "cases": [
            {
                "case": mask_identity(str(shift.key)),
                "url": mask_identity(shift.url),
                "shift": shift.kind.value,
                "ruling": shift.ruling.value,
                "before": _grade_record(shift.before),
                "after": _grade_record(shift.after),
            }
            for shift in found.shifts
        ],
    }


def _grade_record(grade: Grade) -> dict[str, str]:
    return {"verdict": grade.verdict.value, "offence": grade.offence.value}


def _count(shifts: Iterable[Shift], kind: ShiftKind, ruling: Ruling) -> int:
    return sum(shift.kind is kind and shift.ruling is ruling for shift in shifts)


def _lines(found: Replay, version: str) -> Iterable[str]:
    said = _("{kind}  {case}  {before} → {after}  （{ruling}）  {url}")
    for kind in ShiftKind:
        for shift in (each for each in found.shifts if each.kind is kind):
            yield said.format(
                kind=name_of(kind),
                case=plain(mask_identity(str(shift.key))),
                before=_grade(shift.before),
                after=_grade(shift.after),
                ruling=name_of(shift.ruling),
                url=defang(plain(mask_identity(shift.url))),
            )
    total = _("{kind} {count} 个案件：人已确认 {confirmed} 个，人已排除 {rejected} 个")
    for kind in ShiftKind:
        yield total.format(
            kind=name_of(kind),
            count=sum(shift.kind is kind for shift in found.shifts),
            confirmed=_count(found.shifts, kind, Ruling.CONFIRMED),
            rejected=_count(found.shifts, kind, Ruling.REJECTED),
        )
    yield _("按策略 {version} 重新判断：{same} 次取证的判断逐字节相同，{other} 次不同").format(
        version=version, same=found.same, other=found.other
    )
    if found.unread:
        yield _("{count} 次取证的证据缺失或损坏，未能重新判断；请用 certhound verify 查明").format(
            count=found.unread
        )
    if found.unjudged:
        yield _("{count} 次取证的页面未能读完，未作比较").format(count=found.unjudged)


def _grade(grade: Grade) -> str:
    return f"{name_of(grade.verdict)}·{name_of(grade.offence)}"
