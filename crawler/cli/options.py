"""What every command shares: the data folder, the profile, JSON output, and how errors are told."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from textwrap import indent
from typing import Any, TypeVar

import click
from rich.console import Console

from crawler.language import _
from crawler.printing import json_text

F = TypeVar("F", bound=Callable[..., object])


def data_option(function: F) -> F:
    """Add `--data DIR` (environment `CERTHOUND_DATA`, else `var`)."""
    return click.option(
        "--data",
        type=click.Path(path_type=Path, file_okay=False),
        envvar="CERTHOUND_DATA",
        default=Path("var"),
        show_default=True,
        help=_("数据文件夹"),
    )(function)


def profile_option(function: F) -> F:
    """Add `--profile FILE` (environment `CERTHOUND_PROFILE`)."""
    return click.option(
        "--profile",
        type=click.Path(path_type=Path, dir_okay=False),
        envvar="CERTHOUND_PROFILE",
        required=True,
        help=_("配置文件（TOML）"),
    )(function)


def json_option(function: F) -> F:
    """Add `--json`: the answer for a machine instead of a person."""
    return click.option("--json", "as_json", is_flag=True, help=_("以 JSON 输出"))(function)


def references_option(function: F) -> F:
    """Add `--references FILE`: fingerprints of official pages, as `reference import` keeps them."""
    return click.option(
        "--references",
        type=click.Path(path_type=Path, dir_okay=False, exists=True),
        help=_("官方页面的参考样本（数据文件夹中的 references.json）"),
    )(function)


def policy_option(function: F) -> F:
    """Add `--policy FILE`: other weights than those that come with the program."""
    return click.option(
        "--policy",
        type=click.Path(path_type=Path, dir_okay=False),
        help=_("权重文件（TOML，格式同程序自带的 detectors/policy.toml）"),
    )(function)


def processes_option(function: F) -> F:
    """Add `--processes N`: how many processes judge pages."""
    return click.option(
        "--processes",
        type=click.IntRange(1, 64),
        default=2,
        show_default=True,
        help=_("判断页面的进程数"),
    )(function)


def print_json(value: Any) -> None:
    """Write one JSON document to standard output, Chinese as it is."""
    sys.stdout.write(json_text(value, indent=2) + "\n")


def print_json_list(values: Iterable[object]) -> None:
    """Write one JSON list to standard output value by value, so that any number fits in memory."""
    said = "["
    for value in values:
        sys.stdout.write(said + "\n" + indent(json_text(value, indent=2), "  "))
        said = ","
    sys.stdout.write("[]\n" if said == "[" else "\n]\n")


def console() -> Console:
    """A console on standard output; plain text where that is no terminal."""
    return Console(highlight=False, soft_wrap=not sys.stdout.isatty())
