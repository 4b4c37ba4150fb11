"""click's own sentences in the language of ours.

click looks them up in gettext's catalogue for the locale of the system, and brings none along.
"""

from __future__ import annotations

from click import core, decorators, exceptions, formatting, parser, types

from crawler.language import language

CHINESE = {
    "Usage:": "用法:",
    "Options": "选项",
    "Commands": "命令",
    "Show the version and exit.": "显示版本后退出",
    "Show this message and exit.": "显示本说明后退出",
    "%(prog)s, version %(version)s": "%(prog)s，版本 %(version)s",
    "required": "必填",
    "default: {default}": "默认：{default}",
    "Error: {message}": "错误：{message}",
    "Try '{command} {option}' for help.": "用法说明：{command} {option}",
    "Missing command.": "请写明命令。",
    "Missing argument": "缺少参数",
    "Missing option": "缺少选项",
    "Missing parameter": "缺少参数",
    "No such command {name!r}.": "没有命令 {name!r}。",
    "No such option {name!r}.": "没有选项 {name!r}。",
    "Did you mean {possibility}?": "是否要写 {possibility}？",
    "(Did you mean one of: {possibilities}?)": "（是否要写其中之一：{possibilities}？）",
    "Got unexpected extra argument ({args})": "多出了参数（{args}）",
    "Got unexpected extra arguments ({args})": "多出了参数（{args}）",
    "Option {name!r} requires an argument.": "选项 {name!r} 后面要写一个值。",
    "Option {name!r} does not take a value.": "选项 {name!r} 后面不写值。",
    "Invalid value: {message}": "值无效：{message}",
    "Invalid value for {param_hint}: {message}": "{param_hint} 的值无效：{message}",
    "Could not open file {filename!r}: {message}": "打不开文件 {filename!r}：{message}",
    "unknown error": "原因不明",
    "file": "文件",
    "directory": "文件夹",
    "path": "路径",
    "{name} {filename!r} does not exist.": "{name} {filename!r} 不存在。",
    "{name} {filename!r} is a directory.": "{name} {filename!r} 是文件夹，应为文件。",
    "{name} {filename!r} is a file.": "{name} {filename!r} 是文件，应为文件夹。",
    "{name} {filename!r} is not readable.": "没有权限读取{name} {filename!r}。",
    "{name} {filename!r} is not writable.": "没有权限写入{name} {filename!r}。",
    "{value!r} is not a valid {number_type}.": "{value!r} 不是有效的数字（此处可能须为整数）。",
    "{value} is not in the range {range}.": "{value} 超出范围 {range}。",
    "{value!r} is not one of {choices}.": "{value!r} 不是 {choices} 之一。",
    "{value!r} is not {choice}.": "{value!r} 应为 {choice}。",
    "{value!r} does not match the format {format}.": "{value!r} 不是日期，例如应写成 2026-01-31。",
    "Choose from:\n\t{choices}": "可选：\n\t{choices}",
}
"""What people meet on our command line, by click's own sentence."""


def teach_click() -> None:
    """Let click say its sentences in the language chosen at that moment."""
    for module in (core, decorators, exceptions, formatting, parser, types):
        # Names of click's own, there for gettext's functions in all of its eighth versions.
        module.__dict__.update(_=_said, ngettext=_counted)


def _said(text: str) -> str:
    return CHINESE.get(text, text) if language() == "zh" else text


def _counted(one: str, many: str, count: int) -> str:
    return _said(one if count == 1 else many)
