"""The one command, `certhound`: one file per group of verbs, errors told in one sentence."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from io import TextIOWrapper
from keyword import iskeyword
from typing import Any

import click

from crawler.cli.clicks import teach_click
from crawler.errors import CerthoundError, StoppedError
from crawler.language import LANGUAGES, _, language_from_environment, said_by_system, set_language
from crawler.printing import plain


def _asked_for(arguments: list[str]) -> str:
    """The language a command line asks for; help texts are built before click reads it."""
    for number, word in enumerate(arguments):
        following = arguments[number + 1 : number + 2]
        name = "".join(following) if word == "--lang" else word.removeprefix("--lang=")
        if word.startswith("--lang") and name in LANGUAGES:
            return name
    return language_from_environment()


set_language(_asked_for(sys.argv[1:]))
teach_click()

# Name of a command -> the file it lives in. Loaded only when asked for: Scrapy and Playwright
# take most of a second, and `certhound screen` should not wait for them.
COMMANDS = {
    "run": "collect",
    "assess": "judge",
    "screen": "screen",
    "names": "names",
    "explain": "judge",
    "inspect": "inspect",
    "evaluate": "evaluate",
    "reference": "reference",
    "import": "imported",
    "replay": "replay",
    "calibrate": "calibrate",
    "review": "review",
    "tips": "tips",
    "queries": "queries",
    "report": "refer",
    "doctor": "maintain",
    "verify": "maintain",
    "schedule": "schedule",
    "backup": "keep",
    "restore": "keep",
    "rehearse": "maintain",
}


class _Lazy(click.Group):
    """A group that imports the file of a command when the command is used."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        # Only the names count: among them click looks for what a misspelt one may mean.
        self.commands = dict.fromkeys(COMMANDS, self)

    def list_commands(self, _context: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        function = f"{name}_" if iskeyword(name) else name
        command = getattr(import_module(f"crawler.cli.{COMMANDS[name]}"), function)
        assert isinstance(command, click.Command)  # noqa: S101 - the table above is ours
        return command


def _set_language(_context: click.Context, _parameter: click.Parameter, value: str | None) -> None:
    if value:
        set_language(value)


@click.group(
    cls=_Lazy,
    context_settings={"help_option_names": ["-h", "--help"]},
    help=_("猎证：发现仿冒安全监管部门的网站和兜售假特种作业操作证的信息，供人复核、移送。"),
)
@click.version_option(package_name="certhound", prog_name="certhound")
@click.option(
    "--lang",
    type=click.Choice(LANGUAGES),
    callback=_set_language,
    expose_value=False,
    is_eager=True,
    help=_("输出语言：zh 中文，en 英文（也可用环境变量 CERTHOUND_LANG）"),
)
def cli() -> None:
    """Stand before all commands."""


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; exit 0 done, 1 failed, 2 usage, 3 done but degraded."""
    for stream in (sys.stdout, sys.stderr):
        # What the terminal's encoding cannot hold is written as an escape, valid in JSON too.
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        code = cli.main(args=arguments, prog_name="certhound", standalone_mode=False)
        sys.stdout.flush()  # here, where a full disk behind it can still be told
    except click.exceptions.Abort:
        click.echo(_("已中止"), err=True)
        sys.exit(130)
    except StoppedError as problem:
        click.echo(plain(str(problem)), err=True)
        sys.exit(problem.exit_code)
    except click.ClickException as problem:
        problem.show()
        sys.exit(problem.exit_code)
    except CerthoundError as problem:
        click.echo(_("错误：") + plain(str(problem)), err=True)
        sys.exit(problem.exit_code)
    except MemoryError:
        click.echo(_("错误：内存不足，请关闭其他程序，或减少 [run] 的 processes 后重试"), err=True)
        sys.exit(1)
    except BrokenPipeError:
        # The reader has left (`certhound screen | head`); that is no error of ours.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as problem:
        _tell_of_system(problem)
        sys.exit(1)
    sys.exit(code if isinstance(code, int) else 0)


def _tell_of_system(problem: OSError) -> None:
    """Say in one sentence what the system refused: a full disk, a missing right."""
    where = problem.filename or _("标准输出")
    said = _("错误：无法读写 {file}（{problem}），请检查权限和磁盘空间后重试；已保存的数据不受影响")
    click.echo(said.format(file=plain(str(where)), problem=said_by_system(problem)), err=True)
    # What is left in the buffer cannot be written either; without this Python complains at exit.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
