"""Says why the results of a run are incomplete: blind sources, a full disk, our own outage."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from crawler.addresses import host_of, parts
from crawler.casework import ACCUSED
from crawler.clock import beijing_date, shown
from crawler.judging import UNJUDGED
from crawler.language import _
from crawler.model import (
    Assessment,
    Capture,
    Failure,
    Knowledge,
    SourceState,
    SourceStatus,
    Visit,
)
from crawler.telling import titled_source

# Founders' judgement: with fewer captures than this, all failing, the sites may be at fault.
_ENOUGH_TO_DOUBT_US = 5
# That every name is gone on one day is more likely a resolver of ours that lies.
_OURS = frozenset(
    {
        Failure.NAME_ABSENT,
        Failure.NAME_UNKNOWN,
        Failure.NO_CONNECTION,
        Failure.TIMEOUT,
        Failure.OUR_FAULT,
    }
)


@dataclass(frozen=True, slots=True)
class Sight:
    """How much a run saw, in numbers."""

    visits: int = 0
    captures: int = 0
    ours: int = 0
    """Captures that failed in a way that may be our own fault."""
    astray: int = 0
    """Captures that ended on `portal`, a domain that is not the one asked for."""
    portal: str = ""
    """The one foreign domain on which captures ended, or the empty string."""
    unjudged: int = 0
    """Pages that our own reading broke on."""

    @property
    def is_outage(self) -> bool:
        """Whether it was our network that failed: nothing answered, or one portal for all names.

        Nothing seen in such a run says anything about a site.
        """
        failed = self.ours + (self.astray if self.astray > 1 else 0)
        return self.captures >= _ENOUGH_TO_DOUBT_US and failed == self.captures


def sight_of(looks: Iterable[tuple[Visit, Assessment]]) -> Sight:
    """How much was seen in these looks, of which one at a time is in memory."""
    visits = captures = ours = astray = unjudged = 0
    portals: set[str] = set()
    for visit, assessment in looks:
        visits += 1
        unjudged += assessment.policy == UNJUDGED
        for capture in visit.captures:
            captures += 1
            ours += capture.failure in _OURS
            # A portal that stands before the network is no suspect; several ways to one fake are.
            portal = "" if assessment.verdict in ACCUSED else _portal(capture)
            astray += bool(portal)
            portals |= {portal} - {""}
    if len(portals) != 1:
        return Sight(visits, captures, ours, unjudged=unjudged)
    return Sight(visits, captures, ours, astray, portals.pop(), unjudged)


def _portal(capture: Capture) -> str:
    """The domain on which a capture ended where it is not the one asked for, or nothing."""
    if capture.failure is not None:
        return ""
    asked, ended = host_of(capture.url), host_of(capture.final_url)
    own, there = (parts(host).registrable or host for host in (asked, ended))
    return there if there != own else ""


def clock_reasons(newest: datetime | None, at: datetime) -> Iterator[str]:
    """Why the times of a run that starts at a moment cannot be trusted, given the newest record."""
    if newest is not None and newest > at:
        said = _("本机时钟（{now}）早于已有记录（{last}），请校准时钟；本次取证时间可能有误")
        yield said.format(now=shown(at), last=shown(newest))


def without_network(state: SourceState, network: Knowledge) -> SourceState:
    """The state of a source that failed, unknown where our own network is down."""
    if state.status is not SourceStatus.BLIND or network is not Knowledge.ABSENT:
        return state
    said = _("本机网络不通（对照网站也没有应答）")
    return replace(state, status=SourceStatus.UNKNOWN, detail=said)


def _told(state: SourceState) -> str:
    """Why and since when a source's silence means nothing, or the empty string."""
    sentences = {
        SourceStatus.BLIND: _("来源 {source} 未能工作（{since} 起）：{detail}"),
        SourceStatus.PARTIAL: _(
            "来源 {source} 有 {failed}/{all} 次请求失败（{since} 起）：{detail}"
        ),
        SourceStatus.SILENT: _("来源 {source} 沉默（{since} 起）：{detail}"),
        SourceStatus.UNKNOWN: _("来源 {source} 的情况未知（{since} 起）：{detail}"),
    }
    said = sentences.get(state.status, "")
    return said.format(
        source=titled_source(state.source),
        since=beijing_date(state.since).isoformat() if state.since else _("本次"),
        failed=state.failures,
        all=state.requests,
        detail=state.detail,
    )


def put_off(count: int) -> Iterator[str]:
    """Why a run did not open all that was due, where it did not."""
    if count:
        said = _("{count} 个地址超出本次预算（[run] max_pages），留待下次打开")
        yield said.format(count=count)


def degradations(
    states: Sequence[SourceState],
    sight: Sight,
    no_room_below: float | None,
    damaged: int,
    *,
    has_browser: bool,
) -> Iterator[str]:
    """One sentence for each reason why a run saw less than it should have.

    `no_room_below` is the limit in GB that stopped captures, or `None` where none did; `damaged`
    counts the pages whose stored evidence is damaged.
    """
    for state in states:
        if told := _told(state):
            yield told
    if no_room_below is not None:
        yield _("磁盘剩余空间低于下限 {limit} GB，已停止取证").format(limit=no_room_below)
    if not has_browser:
        yield _("没有找到浏览器，由脚本显示的页面未能查看；请运行 certhound doctor")
    if sight.unjudged:
        yield _("{count} 个页面因程序出错未能判定，详见日志").format(count=sight.unjudged)
    if damaged:
        yield _("{count} 个页面的证据文件已损坏，未能判定；请运行 certhound verify").format(
            count=damaged
        )
    if sight.is_outage:
        yield _("所有页面都无法打开，可能是本机网络中断；本次结果不能说明网站已关闭")
