"""`certhound backup`, `restore`: a data folder in one file and back."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import click

from crawler.backup import back_up
from crawler.backup import restore as restored_from
from crawler.cli.options import data_option, json_option, print_json
from crawler.clock import now
from crawler.language import _
from crawler.printing import plain

_DEGRADED = 3
_MB = 1024**2


@click.command(
    short_help=_("把数据文件夹备份到一个文件；运行正在进行时也可备份"),
    help=_(
        "把数据文件夹备份到一个文件：数据库、证据和文书，不含日志。运行正在进行时也可备份。"
        "文件要么完整，要么不出现；已存在的文件不会被覆盖。\n\n"
        "\b\n示例：\n  certhound backup backup.zip --data var/live"
    ),
)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@data_option
@json_option
def backup(file: Path, data: Path, as_json: bool) -> int:
    """Write a backup; exit 3 where something in the data folder is damaged."""
    with _ended_in_order():
        made = back_up(data, file, now())
    if as_json:
        print_json({**asdict(made), "file": str(made.file)})
        return _DEGRADED if made.damaged else 0
    for name in made.damaged:
        click.echo(_("证据文件 {blob} 的内容已被改动").format(blob=name))
    said = _("已备份到 {file}：证据文件 {blobs} 个，{size:,.1f} MB，SHA-256 {digest}")
    click.echo(said.format(file=file, blobs=made.blobs, size=made.size / _MB, digest=made.sha256))
    return _DEGRADED if made.damaged else 0


@click.command(
    short_help=_("把备份恢复到一个空的数据文件夹"),
    help=_(
        "把备份恢复到一个空的数据文件夹。先全部解开并核对，无误后文件夹才出现；"
        "文件损坏或不完整时不留下任何东西。\n\n"
        "\b\n示例：\n  certhound restore backup.zip --data var/restored"
    ),
)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@data_option
@json_option
def restore(file: Path, data: Path, as_json: bool) -> int:
    """Restore a backup; exit 3 where its chain of custody does not hold."""
    with _ended_in_order():
        made = restored_from(file, data, now())
    if as_json:
        print_json(asdict(made))
        return _DEGRADED if made.chain.damages else 0
    for damage in made.chain.damages:
        click.echo(plain(_("损坏：{subject}：{problem}").format(**asdict(damage))))
    said = _(
        "已恢复到 {folder}：证据链 {entries} 条、证据文件 {blobs} 个；请用 certhound verify 核验"
    )
    click.echo(said.format(folder=data, entries=made.chain.entries, blobs=made.blobs))
    return _DEGRADED if made.chain.damages else 0


@contextmanager
def _ended_in_order() -> Iterator[None]:
    """Let SIGTERM end the work as Ctrl+C does, so that nothing half is left."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
