"""`certhound calibrate`: weights fitted to what people decided, written down to be tried out."""

from __future__ import annotations

import asyncio
from importlib.resources import files
from pathlib import Path

import click

from crawler.calibrate import Calibration, policy_text
from crawler.calibrate import calibrate as calibrated
from crawler.cli.options import (
    data_option,
    json_option,
    policy_option,
    print_json,
    processes_option,
)
from crawler.clock import beijing_date, now
from crawler.errors import StoreError, UsageError
from crawler.evidence import Blobs
from crawler.judging import JudgePool
from crawler.language import _, said_by_system
from crawler.model import Replay, ShiftKind
from crawler.policies import load_office_policy
from crawler.progress import ProgressBoard
from crawler.references import FILE, load_references
from crawler.replay import replay
from crawler.store import Store
from detectors.scoring import Policy, load_policy
from seeds import load_watchlist


@click.command(
    short_help=_("用本单位的确认和排除决定校准权重，写成可读的权重文件"),
    help=_(
        "用本单位的确认和排除决定校准权重，写成可读的权重文件；决定太少、没有改进，"
        "或会让无人确认的页面上清单时拒绝。不改变任何现有判断："
        "先用 replay --policy 试算，再写进配置的 [run] policy。"
        "\n\n\b\n示例：\n"
        "  certhound calibrate --out policy-new.toml --data var"
    ),
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help=_("写入的权重文件；已有的文件不会被覆盖"),
)
@policy_option
@processes_option
@data_option
@json_option
def calibrate(out: Path, policy: Path | None, processes: int, data: Path, as_json: bool) -> int:
    """Fit, try out and write a policy; exit 1 where it is refused."""
    if out.exists():
        raise UsageError(_("文件 {file} 已存在，请换一个名字").format(file=out))
    base = policy or files("detectors") / "policy.toml"
    chosen = load_office_policy(policy) or load_policy()
    day = beijing_date(now()).isoformat()
    with Store.open(data, create=False) as store:
        references = load_references(data / FILE)
        blobs, watchlist = Blobs(data / "blobs"), load_watchlist()

        async def try_out(fitted: Policy) -> Replay:
            with (
                ProgressBoard().stage(_("试算"), store.count_opinions()) as stage,
                JudgePool(processes, references, policy=fitted) as pool,
            ):
                return await replay(store, blobs, pool, watchlist, stage.step)

        made = asyncio.run(calibrated(store, chosen, f"{chosen.version}+{day}", try_out))
    text = policy_text(base.read_text(encoding="utf-8-sig"), made, day)
    try:
        with out.open("x", encoding="utf-8") as stream:
            stream.write(text)
    except OSError as problem:
        said = _("无法写入 {file}（{problem}），请检查权限和磁盘空间")
        raise StoreError(said.format(file=out, problem=said_by_system(problem))) from problem
    load_office_policy(out)
    if as_json:
        print_json(_record(made, out))
    else:
        _tell(made, out)
    return 0


def _record(made: Calibration, out: Path) -> dict[str, object]:
    return {
        "file": str(out),
        "policy": made.fit.policy.version,
        "confirmed": made.fit.confirmed,
        "rejected": made.fit.rejected,
        "error_before": made.fit.error_before,
        "error_after": made.fit.error_after,
        "moved": [
            {"rule": rule, "before": before, "after": after, "cases": count}
            for rule, (before, after, count) in sorted(made.fit.moved.items())
        ],
        "dropped": _dropped(made.replay),
    }


def _tell(made: Calibration, out: Path) -> None:
    moved = _("{rule}：{before:g} → {after:g}（{count} 个案件涉及）")
    for rule, (before, after, count) in sorted(made.fit.moved.items()):
        click.echo(moved.format(rule=rule, before=before, after=after, count=count))
    said = _("留出检验的均方误差 {before:.4f} → {after:.4f}；全部取证试算后会撤出 {dropped} 个案件")
    click.echo(
        said.format(
            before=made.fit.error_before,
            after=made.fit.error_after,
            dropped=_dropped(made.replay),
        )
    )
    click.echo(_("已写入 {file}；请用 certhound replay --policy 逐案核对后再启用").format(file=out))


def _dropped(found: Replay) -> int:
    return sum(shift.kind is ShiftKind.DROPPED for shift in found.shifts)
