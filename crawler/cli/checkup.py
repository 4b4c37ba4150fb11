"""What `certhound doctor` looks at: the machine, the data folder, the services of a profile."""

from __future__ import annotations

import asyncio
import os
import platform
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import ProxyHandler, build_opener

from crawler.browser import find_browser
from crawler.capture.dial import Dialler
from crawler.capture.pace import Pace
from crawler.capture.resolve import Resolver
from crawler.capture.whois import WhoisError, WhoisTransport
from crawler.config import Network, Profile, RunOptions
from crawler.errors import CerthoundError
from crawler.guard import Guard
from crawler.language import _
from crawler.model import Knowledge
from crawler.store import Store
from seeds import load_watchlist
from spiders import open_profile
from spiders.searxng import SearxngOptions, read_answer

_GB = 1024**3
_TIMEOUT = 10.0
"""Seconds for one question to a service. Founders' judgement: a person is waiting."""
# The registry of .cn: a name that exists for sure, is public, and is nobody whom we protect.
_KNOWN_NAME = "cnnic.cn"


class Level(StrEnum):
    """How a thing stands."""

    OK = "ok"
    WARN = "warn"
    """A run works without it, or with less."""
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    subject: str
    level: Level
    said: str
    remedy: str = ""
    """What to do, or the empty string where all is well."""


def name_of_level(level: Level) -> str:
    """The word for a level in the language of output."""
    return {Level.OK: _("正常"), Level.WARN: _("注意"), Level.FAIL: _("失败")}[level]


def look_at_everything(profile: Path | None, data: Path) -> Iterator[Check]:
    """Every check, one by one as it is made; nothing is changed by them."""
    yield Check("Python", Level.OK, platform.python_version())
    yield _browser()
    yield _font()
    opened: Profile | None = None
    if profile is not None:
        try:
            opened = open_profile(profile)
        except CerthoundError as problem:
            yield Check(_("配置"), Level.FAIL, str(problem), _("改正配置文件后重试"))
        else:
            yield Check(_("配置"), Level.OK, str(profile))
    yield _disk(data, opened.run if opened else RunOptions())
    yield _writable(data)
    yield from _database(data)
    if opened is not None:
        yield from _services(opened)


def _browser() -> Check:
    found = find_browser(os.environ)
    if found:
        return Check(_("浏览器"), Level.OK, str(found))
    remedy = _("安装 chromium，或用环境变量 CERTHOUND_BROWSER 指明浏览器程序")
    return Check(_("浏览器"), Level.WARN, _("没有找到可用的浏览器"), remedy)


def _font() -> Check:
    program = shutil.which("fc-list")
    listed = ""
    if program:
        done = subprocess.run(  # noqa: S603 - a fixed question to a program found on PATH
            [program, ":lang=zh", "family"], capture_output=True, text=True, check=False
        )
        listed = done.stdout.partition("\n")[0].strip()
    if listed:
        return Check(_("中文字体"), Level.OK, listed)
    return Check(_("中文字体"), Level.WARN, _("没有中文字体"), _("安装 fonts-noto-cjk"))


def _existing(folder: Path) -> Path:
    """The folder, or the nearest one above it that exists."""
    path = folder.absolute()
    while not path.exists():
        path = path.parent
    return path


def _disk(data: Path, options: RunOptions) -> Check:
    free = shutil.disk_usage(_existing(data)).free / _GB
    said = _("剩余 {free:.1f} GB，低于 {limit:g} GB 时停止取证").format(
        free=free, limit=options.min_free_gb
    )
    if free < options.min_free_gb:
        return Check(_("磁盘"), Level.FAIL, said, _("腾出空间，或换一个 --data 文件夹"))
    return Check(_("磁盘"), Level.OK, said)


def _writable(data: Path) -> Check:
    place = _existing(data)
    try:
        with tempfile.TemporaryFile(dir=place):
            return Check(_("数据文件夹"), Level.OK, str(data))
    except OSError as problem:
        said = _("无法写入 {folder}（{problem}）").format(folder=place, problem=problem.strerror)
        return Check(_("数据文件夹"), Level.FAIL, said, _("检查权限，或换一个 --data 文件夹"))


def _database(data: Path) -> Iterator[Check]:
    if not (data / "certhound.db").exists():
        return
    try:
        with Store.open(data, create=False):
            yield Check(_("数据库"), Level.OK, _("可以读取"))
    except CerthoundError as problem:
        yield Check(_("数据库"), Level.FAIL, str(problem), _("从备份恢复，或升级本程序"))


def _services(profile: Profile) -> Iterator[Check]:
    for name, options in profile.sources.items():
        if not options.enabled:
            continue
        if isinstance(options, SearxngOptions):
            yield _search(options.url)
        # Sources that read files call them `files`; a new one needs no line here.
        files: tuple[Path, ...] = getattr(options, "files", ())
        yield from (_file(name, path) for path in files)
    if not any(options.enabled for options in profile.sources.values()):
        remedy = _("在配置的 [sources.…] 中启用至少一个来源")
        yield Check(_("来源"), Level.FAIL, _("没有启用任何来源"), remedy)
    yield _dns(profile.network)
    yield _whois(profile.network)


def _file(name: str, path: Path) -> Check:
    try:
        with path.open("rb"):
            return Check(name, Level.OK, str(path))
    except OSError as problem:
        said = _("无法读取 {file}（{problem}）").format(file=path, problem=problem.strerror)
        return Check(name, Level.FAIL, said, _("放好文件，或从配置中删去"))


def _search(url: str) -> Check:
    subject = _("搜索服务")
    remedy = _("启动搜索服务，并在其 search.formats 中开启 json")
    question = f"{url}/search?{urlencode({'q': '特种作业操作证', 'format': 'json'})}"
    # The office's own service is asked directly, as a run asks it: no proxy in between.
    opener = build_opener(ProxyHandler({}))
    try:
        with opener.open(question, timeout=_TIMEOUT) as answer:
            results, problem = read_answer(answer.status, answer.read())
    except (URLError, OSError, ValueError) as failure:
        return Check(subject, Level.FAIL, f"{url}: {failure}", remedy)
    if problem:
        return Check(subject, Level.FAIL, f"{url}: {problem}", remedy)
    return Check(subject, Level.OK, _("{url}，{count} 条结果").format(url=url, count=len(results)))


def _dns(network: Network) -> Check:
    answer = asyncio.run(Resolver(network.dns).resolve(_KNOWN_NAME))
    if answer.state is Knowledge.UNKNOWN:
        said = _("DNS 没有应答（{detail}）").format(detail=answer.detail)
        return Check("DNS", Level.FAIL, said, _("检查网络和 DNS 设置"))
    return Check("DNS", Level.OK, _("有应答"))


def _whois(network: Network) -> Check:
    async def ask() -> str:
        guard = Guard(load_watchlist(), network.allow_private)
        dialler = Dialler(Resolver(network.dns), guard)
        transport = WhoisTransport(network.whois, _TIMEOUT, dialler, Pace(0))
        server = await transport.server_of(_KNOWN_NAME)
        await transport.query(server, _KNOWN_NAME)
        return server

    try:
        server = asyncio.run(ask())
    except WhoisError as problem:
        said = _("没有应答（{problem}）").format(problem=problem)
        # Without registration facts a run goes on; they stay unknown.
        remedy = _("放行到 43 端口的连接；否则域名注册信息都将是未知")
        return Check("WHOIS", Level.WARN, said, remedy)
    return Check("WHOIS", Level.OK, server)
