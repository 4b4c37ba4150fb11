"""`certhound schedule`: what systemd or cron must be told to do the day's job."""

from __future__ import annotations

import getpass
import re
import shlex
import sys
from pathlib import Path

import click

from crawler.cli.options import data_option, json_option, print_json, profile_option
from crawler.errors import UsageError
from crawler.language import _

_SERVICE = """\
[Unit]
Description=certhound: {what}
Wants=network-online.target
After=network-online.target time-sync.target

[Service]
Type=oneshot
User={user}
WorkingDirectory={folder}
ExecStart={command}
# 3: done, but incomplete; the list says why.
SuccessExitStatus=3
# A run that is stopped goes on where it was when it is started again.
TimeoutStartSec=20h
Nice=10
UMask=0077
PrivateTmp=yes
"""
_TIMER = """\
[Unit]
Description=certhound: {what}

[Timer]
OnCalendar=*-*-* {at}:00 Asia/Shanghai
# A machine that was off at that time does the job when it is on again.
Persistent=yes
RandomizedDelaySec=5min

[Install]
WantedBy=timers.target
"""


@click.command(
    short_help=_("打印 systemd 或 cron 定时任务的配置；只打印，不改动系统"),
    help=_(
        "打印定时任务的配置：service 和 timer 供 systemd 使用，cron 为一行 crontab。"
        "只打印，不改动系统；安装方法见 docs/operations.md。\n\n"
        "\b\n示例：\n"
        "  certhound schedule service --profile profiles/live.toml --data var/live\n"
        "  certhound schedule timer --at 06:00 --profile profiles/live.toml\n"
        "  certhound schedule cron --at 06:00 --profile profiles/live.toml --data var/live"
    ),
)
@click.argument("kind", type=click.Choice(["service", "timer", "cron"]))
@click.option("--at", "moment", default="06:00", show_default=True, help=_("每天的时刻，北京时间"))
@profile_option
@data_option
@json_option
def schedule(kind: str, moment: str, profile: Path, data: Path, as_json: bool) -> None:
    """Print a unit of systemd or a line of crontab with the paths of this machine."""
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", moment, re.ASCII):
        raise UsageError(_("--at 应写成 时:分，例如 06:00"))
    words = [
        sys.executable,
        *("-m", "crawler.cli", "run", "--profile", str(profile.absolute())),
        *("--data", str(data.absolute())),
    ]
    text = _text(kind, moment, words)
    if as_json:
        folder = str(Path.cwd())
        print_json({"kind": kind, "text": text, "folder": folder, "command": words})
    else:
        click.echo(text, nl=False)


def _text(kind: str, moment: str, words: list[str]) -> str:
    """The unit or the lines, for a command that is given word by word."""
    folder = str(Path.cwd())
    if kind == "cron":
        hour, minute = moment.split(":")
        line = f"cd {shlex.quote(folder)} && {shlex.join(words)}".replace("%", "\\%")
        return f"CRON_TZ=Asia/Shanghai\n{int(minute)} {int(hour)} * * * {line}\n"
    what = _("每日寻找、取证、判定并生成清单")
    if kind == "timer":
        return _TIMER.format(what=what, at=moment)
    command = " ".join(map(_quoted, words))
    user = getpass.getuser()
    return _SERVICE.format(what=what, user=user, folder=_specified(folder), command=command)


def _quoted(word: str) -> str:
    """A word as `ExecStart` takes it: quoted where it must be, systemd's own signs doubled."""
    safe = re.fullmatch(r"[\w./:=@+-]+", word, re.ASCII)
    text = _specified(word).replace("$", "$$")
    return text if safe else '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _specified(text: str) -> str:
    return text.replace("%", "%%")
