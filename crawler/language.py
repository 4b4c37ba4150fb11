"""Every sentence a person reads is written in Chinese and looked up here for English."""

from __future__ import annotations

import errno
import os
import ssl
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import TypeVar

from babel.messages.pofile import read_po

T = TypeVar("T")

LANGUAGES = ("zh", "en")
_current = "zh"


def set_language(name: str) -> None:
    """Choose the language of all output: `zh` or `en`; raises `ValueError` for another."""
    global _current
    if name not in LANGUAGES:
        raise ValueError(f"unknown language: {name}")
    _current = name


def language() -> str:
    """The language of output now: `zh` or `en`."""
    return _current


@cache
def _catalogue(name: str) -> dict[str, str]:
    path = files("crawler") / "locale" / name / "LC_MESSAGES" / "certhound.po"
    with path.open("rb") as stream:
        catalogue = read_po(stream, locale=name)
    return {str(entry.id): str(entry.string) for entry in catalogue if entry.id and entry.string}


def _(text: str) -> str:
    """The Chinese sentence in the language chosen; the sentence itself where none is known."""
    if _current == "zh":
        return text
    return _catalogue(_current).get(text, text)


def said_by_system(problem: OSError) -> str:
    """Why the system refused something; what is rare in the system's own words."""
    sentences = {
        errno.ENOENT: _("文件或文件夹不存在"),
        errno.EACCES: _("没有权限"),
        errno.EPERM: _("系统不允许"),
        errno.EEXIST: _("已经存在"),
        errno.EISDIR: _("这是文件夹，不是文件"),
        errno.ENOTDIR: _("路径中有一段不是文件夹"),
        errno.ENOTEMPTY: _("文件夹不是空的"),
        errno.ENOSPC: _("磁盘已满"),
        errno.EDQUOT: _("磁盘配额已用完"),
        errno.EFBIG: _("文件过大"),
        errno.EROFS: _("磁盘只能读，不能写"),
        errno.EIO: _("磁盘读写出错"),
        errno.ENAMETOOLONG: _("名称过长"),
        errno.ELOOP: _("链接首尾相连"),
        errno.ECONNREFUSED: _("对方拒绝连接"),
        errno.ECONNRESET: _("连接被对方中断"),
        errno.ETIMEDOUT: _("没有按时应答"),
        errno.ENETUNREACH: _("网络不通"),
        errno.EHOSTUNREACH: _("网络不通"),
        errno.EMFILE: _("打开的文件过多"),
        errno.ENFILE: _("打开的文件过多"),
    }
    reason = getattr(problem, "reason", None)  # what urllib puts an error of the system into
    problem = reason if isinstance(reason, OSError) else problem
    if isinstance(problem, ssl.SSLError):  # its number is the library's, not the system's
        return problem.reason or str(problem)
    if isinstance(problem, TimeoutError):
        return sentences[errno.ETIMEDOUT]
    return sentences.get(problem.errno or 0) or problem.strerror or str(problem)


def in_each_language(say: Callable[[], T]) -> tuple[T, ...]:
    """What a function says in each of our languages; for reading back what any of them wrote."""
    chosen = _current
    said = []
    try:
        for name in LANGUAGES:
            set_language(name)
            said.append(say())
    finally:
        set_language(chosen)
    return tuple(said)


def language_from_environment() -> str:
    """The language named by `CERTHOUND_LANG`, or `zh`; an unknown name is `zh`."""
    name = os.environ.get("CERTHOUND_LANG", "zh")
    return name if name in LANGUAGES else "zh"
