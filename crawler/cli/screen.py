"""`certhound screen`: which names in a list of any size imitate a protected host; no network."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from crawler.errors import InputError
from crawler.language import _, said_by_system
from crawler.printing import json_text, plain
from crawler.screening import cache_folder, kept_in, screen_file, screen_stream
from detectors.names import NameHit, NameScreen, ScreenCount
from seeds import load_watchlist

_DEGRADED = 3


@click.command(
    help=_(
        "筛查域名：每行一个，像官方域名的逐行写出 JSON；文件大小不限，内存占用不变。\n\n"
        "每行 {name, registrable, score, technique, imitates}。读入、命中和读不懂的行数写在"
        "标准错误；没有一行是域名时退出码为 3。\n\n"
        "\b\n示例：\n"
        "  certhound screen new-domains.txt\n"
        "  cat names.txt | certhound screen -"
    )
)
@click.argument("source", metavar="[FILE|-]", default="-")
@click.option(
    "--processes",
    type=click.IntRange(0, 256),
    default=0,
    help=_("进程数；0 为与处理器核数相同。读标准输入时总是一个进程"),
)
def screen(source: str, processes: int) -> int:
    """Write one JSON line for every name that imitates a protected host."""
    screening = NameScreen(load_watchlist(), kept_in(cache_folder()))
    count = ScreenCount()
    try:
        parts = (
            screen_stream(sys.stdin.buffer, screening)
            if source == "-"
            else screen_file(Path(source), screening, processes)
        )
        for part in parts:
            count.add(part.count)
            sys.stdout.write("".join(map(_line, part.hits)))
    except OSError as problem:
        if isinstance(problem, BrokenPipeError):
            raise
        said = _("无法读取文件 {file}（{problem}），请检查路径和权限")
        raise InputError(said.format(file=source, problem=said_by_system(problem))) from problem
    return _tell(count)


def _line(hit: NameHit) -> str:
    record = {
        "name": hit.name,
        "registrable": hit.registrable,
        "score": hit.score,
        "technique": hit.technique,
        "imitates": hit.imitates,
    }
    return json_text(record) + "\n"


def _tell(count: ScreenCount) -> int:
    said = _("读入 {read} 行，命中 {hits} 个")
    click.echo(said.format(read=count.read, hits=count.hits), err=True)
    if not count.bad:
        return 0
    said = _("{count} 行不是域名，已跳过，第一个是 {line}")
    click.echo(said.format(count=count.bad, line=plain(count.first_bad)), err=True)
    if "\\ufffd" in count.first_bad:
        click.echo(_("文件可能不是 UTF-8 编码，请另存为 UTF-8 后重试"), err=True)
    return _DEGRADED if count.bad == count.read else 0
