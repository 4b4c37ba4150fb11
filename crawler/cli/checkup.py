"""What `certhound doctor` looks at: the machine, the data folder, the services of a profile."""

from __future__ import annotations

import asyncio
import os
import platform
import re
from collections.abc import Iterator
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import ProxyHandler, build_opener

from crawler.capture.dial import Dialler
from crawler.capture.rdap import RdapError, RdapTransport
from crawler.capture.registration.bootstrap import rdap_services
from crawler.capture.registry_pace import RegistryPace
from crawler.capture.resolve import Resolver
from crawler.capture.whois import WhoisError, WhoisTransport
from crawler.cli.checked import Check, Level
from crawler.cli.checkup_browser import look_at_browser
from crawler.cli.checkup_clock import look_at_clock
from crawler.cli.checkup_data import look_at_data
from crawler.cli.checkup_sources import look_at_idle_sources
from crawler.clock import now
from crawler.config import Network, Profile, RunOptions
from crawler.errors import CerthoundError
from crawler.guard import Guard
from crawler.language import _, said_by_system
from crawler.model import Knowledge
from crawler.telling import titled_source
from detectors.images import can_read_words
from seeds import load_watchlist
from spiders import open_profile
from spiders.searxng import SearxngOptions, read_answer

_TIMEOUT = 10.0
"""Seconds for one question to a service. Founders' judgement: a person is waiting."""
# The registry of .cn: a name that exists for sure, is public, and is nobody whom we protect.
_KNOWN_NAME = "cnnic.cn"
_KNOWN_COM = "verisign.com"
"""The registry of .com, asked of itself; another server answers that it does not know it."""
_REACHES = re.compile(r"\S@\S|https?://\S|\d{7,}")
"""An address to write to, a page, or a telephone number."""


def _words_in_pictures() -> Check:
    name = _("图片文字识别")
    if can_read_words():
        return Check(name, Level.OK, "rapidocr")
    remedy = _('需要时安装附加组件：.venv/bin/pip install -c constraints.txt -e ".[ocr]"')
    return Check(name, Level.WARN, _("未安装：只有图片的页面最多判为存疑"), remedy)


def look_at_everything(profile: Path | None, data: Path) -> Iterator[Check]:
    """Every check, one by one as it is made; nothing is changed by them."""
    yield Check("Python", Level.OK, platform.python_version())
    yield from look_at_browser(os.environ)
    yield _words_in_pictures()
    opened: Profile | None = None
    if profile is not None:
        try:
            opened = open_profile(profile)
        except CerthoundError as problem:
            yield Check(_("配置"), Level.FAIL, str(problem), _("改正配置文件后重试"))
        else:
            yield Check(_("配置"), Level.OK, str(profile))
            yield _contact(opened)
    yield look_at_clock(_dated(opened) if opened else ())
    yield from look_at_data(data, opened.run if opened else RunOptions(), now())
    if opened is not None:
        yield from _services(opened)


def _dated(profile: Profile) -> Iterator[str]:
    """The services of a profile that date their answers."""
    for options in profile.sources.values():
        if options.enabled and isinstance(options, SearxngOptions):
            yield options.url
    if profile.network.rdap:
        yield profile.network.rdap
    yield from profile.timestamp_urls


def _contact(profile: Profile) -> Check:
    """Whether those whom sources ask can reach the office that asks."""
    subject, agent = _("联系方式"), profile.run.discovery_agent
    practises = profile.network.hosts_to is not None
    if practises or _REACHES.search(agent):
        return Check(subject, Level.OK, agent)
    said = _("寻找线索时自称 {agent}，没有写明如何联系本单位").format(agent=agent)
    remedy = _('在配置的 [run] 中写明，例如 discovery_agent = "certhound/0.1 (+mailto:值班邮箱)"')
    return Check(subject, Level.WARN, said, remedy)


def _services(profile: Profile) -> Iterator[Check]:
    for name, options in profile.sources.items():
        if not options.enabled:
            continue
        if isinstance(options, SearxngOptions):
            yield _search(options.url)
        # Sources that read files call them `files`; a new one needs no line here.
        files: tuple[Path, ...] = getattr(options, "files", ())
        yield from (_file(titled_source(name), path) for path in files)
    if not any(options.enabled for options in profile.sources.values()):
        remedy = _("在配置的 [sources.…] 中启用至少一个来源")
        yield Check(_("来源"), Level.FAIL, _("没有启用任何来源"), remedy)
    yield from look_at_idle_sources(profile)
    yield _dns(profile.network)
    yield _whois(profile.network)
    base = profile.network.rdap or (rdap_services().get("com", "") if _is_live(profile) else "")
    if base:
        yield _rdap(profile.network, base)
    for url in profile.timestamp_urls:
        yield _timestamp(url)


def _is_live(profile: Profile) -> bool:
    return profile.network.whois is None


def _file(name: str, path: Path) -> Check:
    try:
        with path.open("rb"):
            return Check(name, Level.OK, str(path))
    except OSError as problem:
        said = _("无法读取 {file}（{problem}）").format(file=path, problem=said_by_system(problem))
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
        why = said_by_system(failure) if isinstance(failure, OSError) else failure
        return Check(subject, Level.FAIL, f"{url}: {why}", remedy)
    if problem:
        return Check(subject, Level.FAIL, f"{url}: {problem}", remedy)
    return Check(subject, Level.OK, _("{url}，{count} 条结果").format(url=url, count=len(results)))


def _dns(network: Network) -> Check:
    answer = asyncio.run(Resolver(network.dns).resolve(_KNOWN_NAME))
    if answer.state is Knowledge.UNKNOWN:
        said = _("DNS 没有应答（{detail}）").format(detail=answer.detail)
        return Check("DNS", Level.FAIL, said, _("检查网络和 DNS 设置"))
    return Check("DNS", Level.OK, _("有应答"))


def _rdap(network: Network, base: str) -> Check:
    async def ask() -> int:
        guard = Guard(load_watchlist(), network.allow_private)
        dialler = Dialler(Resolver(network.dns), guard)
        transport = RdapTransport(_TIMEOUT, dialler, RegistryPace(0), network.rdap or "")
        return (await transport.get(base, _KNOWN_COM)).status

    try:
        status = asyncio.run(ask())
    except RdapError as problem:
        said = _("没有应答（{problem}）").format(problem=problem)
        return Check("RDAP", Level.WARN, said, _("放行到 443 端口的连接；否则改由 WHOIS 查询"))
    return Check("RDAP", Level.OK, f"{base} (HTTP {status})")


def _timestamp(url: str) -> Check:
    opener = build_opener(ProxyHandler({}))
    try:
        with opener.open(url, timeout=_TIMEOUT):
            pass
    except HTTPError:
        pass  # it answers; that it wants a POST is as it should be
    except (URLError, OSError, ValueError, HTTPException) as problem:
        why = said_by_system(problem) if isinstance(problem, OSError) else problem
        said = _("{url} 没有应答（{problem}）").format(url=url, problem=why)
        return Check(_("时间戳服务"), Level.WARN, said, _("检查网络和 [timestamp] 中的地址"))
    return Check(_("时间戳服务"), Level.OK, url)


def _whois(network: Network) -> Check:
    async def ask() -> str:
        guard = Guard(load_watchlist(), network.allow_private)
        dialler = Dialler(Resolver(network.dns), guard)
        transport = WhoisTransport(network.whois, _TIMEOUT, dialler, RegistryPace(0))
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
