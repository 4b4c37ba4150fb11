"""`certhound doctor`, `verify`, `rehearse`: is everything in order."""

from __future__ import annotations

import signal
import sys
from collections.abc import Collection
from dataclasses import asdict
from pathlib import Path

import click

from crawler.addresses import defang
from crawler.cli.options import data_option, json_option, print_json
from crawler.cli.practice import (
    Comparison,
    compare,
    import_practice_references,
    practice_folder,
    practice_web,
    run_on,
)
from crawler.custody import Inspection, inspect, inspect_chain
from crawler.evidence import Blobs
from crawler.language import _
from crawler.printing import plain
from crawler.store import Store


@click.command(
    short_help=_("检查本机、数据文件夹和配置中的各项服务，逐项说明如何补救"),
    help=_(
        "检查本机、数据文件夹和配置中的各项服务，逐项说明是否可用、如何补救。"
        "有不可用的项目时退出码为 1。\n\n"
        "\b\n示例：\n"
        "  certhound doctor\n"
        "  certhound doctor --profile profiles/live.toml --data var/live"
    ),
)
@click.option(
    "--profile",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar="CERTHOUND_PROFILE",
    help=_("配置文件（TOML）；给出时一并检查其中的服务"),
)
@data_option
@json_option
def doctor(profile: Path | None, data: Path, as_json: bool) -> int:
    """Look at everything a run needs; exit 1 where something fails."""
    # Brings Scrapy along, for which the other commands should not wait.
    from crawler.cli.checked import Level, name_of_level  # noqa: PLC0415
    from crawler.cli.checkup import look_at_everything  # noqa: PLC0415

    checks = []
    for check in look_at_everything(profile, data):
        checks.append(check)
        if not as_json:
            told = _("{level}  {subject}：{said}").format(
                level=name_of_level(check.level), subject=check.subject, said=check.said
            )
            click.echo(plain(told))
            if check.remedy:
                click.echo("      " + plain(_("补救：{remedy}").format(remedy=check.remedy)))
    if as_json:
        print_json([asdict(check) for check in checks])
    return int(any(check.level is Level.FAIL for check in checks))


@click.command(
    short_help=_("核验数据文件夹：证据、取证记录、复核决定和证据链"),
    help=_(
        "核验数据文件夹：逐个重算证据文件的哈希值，核对每条取证记录、每个复核决定和证据链。"
        "发现损坏即逐条列出，退出码为 1。\n\n"
        "\b\n示例：\n"
        "  certhound verify\n"
        "  certhound verify --chain --data var"
    ),
)
@click.option("--chain", is_flag=True, help=_("只核验证据链"))
@data_option
@json_option
def verify(chain: bool, data: Path, as_json: bool) -> int:
    """Check evidence and chain; exit 1 where anything is damaged."""
    with Store.open(data, create=False) as store:
        found = inspect_chain(store) if chain else inspect(store, Blobs(data / "blobs"))
    if as_json:
        print_json(asdict(found))
    else:
        _print_inspection(found)
    return int(bool(found.damages))


def _print_inspection(found: Inspection) -> None:
    for item in found.damages:
        click.echo(plain(_("损坏：{subject}：{problem}").format(**asdict(item))))
    looked = _("已核验证据链 {entries} 条、取证记录 {visits} 条、证据文件 {blobs} 个：").format(
        entries=found.entries, visits=found.visits, blobs=found.blobs
    )
    faults = _("发现 {count} 处损坏").format(count=len(found.damages))
    click.echo(looked + (faults if found.damages else _("全部完好")))


@click.command(
    short_help=_("在本机的演练网络上完整运行一次，与正确答案比对；不访问互联网"),
    help=_(
        "演练：在本机的演练网络上完整运行一次，并与每个演练网站的正确答案比对。"
        "不访问互联网；有不符时退出码为 1。\n\n"
        "\b\n示例：\n"
        "  certhound rehearse\n"
        "  certhound rehearse --data var/rehearsal --serve"
    ),
)
@click.option(
    "--data",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("var/rehearsal"),
    show_default=True,
    help=_("演练文件夹；其中 data/ 每次演练前清空"),
)
@click.option("--serve", is_flag=True, help=_("比对后不退出，演练网络保持运行，供手工试用"))
@json_option
def rehearse(folder: Path, serve: bool, as_json: bool) -> int:
    """Run on the practice web and hold the result against the truth; exit 1 on any difference."""
    with practice_folder(folder) as data, practice_web(folder) as profile:
        import_practice_references(data)
        # What the run itself says would make two documents of one.
        code = run_on(profile, data, sys.stderr if as_json else None)
        if code not in (0, 3):
            return code
        comparisons = compare(data)
        wrong = sum(bool(each.faults) and not each.is_known_miss for each in comparisons)
        known = sum(each.is_known_miss for each in comparisons)
        if as_json:
            print_json(compared(comparisons, wrong, known, profile))
        else:
            _tell_differences(comparisons, wrong, known)
        if serve:
            said = _("演练网络仍在运行，配置文件为 {profile}，按 Ctrl+C 结束")
            click.echo(said.format(profile=profile), err=as_json)
            sys.stdout.flush()  # whoever reads the document does not wait for the end
            signal.pause()
    return 1 if wrong else code


def compared(
    comparisons: Collection[Comparison], wrong: int, known: int, profile: Path
) -> dict[str, object]:
    """What `rehearse --json` says: counts, and each site that was judged otherwise."""
    differences = [
        {"url": each.truth.url, "known_miss": each.is_known_miss, "faults": list(each.faults)}
        for each in comparisons
        if each.faults
    ]
    right = len(comparisons) - wrong - known
    counts = {"sites": len(comparisons), "right": right, "wrong": wrong, "known_misses": known}
    return {"profile": str(profile), **counts, "differences": differences}


def _tell_differences(comparisons: Collection[Comparison], wrong: int, known: int) -> None:
    for comparison in comparisons:
        if comparison.faults:
            title = _("已知未识别：{site}") if comparison.is_known_miss else _("不符：{site}")
            click.echo(title.format(site=defang(comparison.truth.url)))
            click.echo("      " + "；".join(comparison.faults))
    said = _("演练网站 {all} 个，判定与答案一致 {right} 个，不符 {wrong} 个，已知未识别 {known} 个")
    right = len(comparisons) - wrong - known
    click.echo(said.format(all=len(comparisons), right=right, wrong=wrong, known=known))
