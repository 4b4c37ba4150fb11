"""Says why the results of a run are incomplete: blind sources, a full disk, our own outage."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from crawler.language import _
from crawler.model import Failure, SourceState, SourceStatus, Visit
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


def degradations(
    states: Sequence[SourceState],
    visits: Sequence[Visit],
    no_room_below: float | None,
    unjudged: int,
    *,
    has_browser: bool,
) -> Iterator[str]:
    """One sentence for each reason why a run saw less than it should have.

    `no_room_below` is the limit in GB that stopped captures, or `None` where none did; `unjudged`
    counts the pages that our own reading broke on.
    """
    for state in states:
        if state.status is SourceStatus.BLIND:
            said = _("来源 {source} 未能工作：{detail}")
            yield said.format(source=titled_source(state.source), detail=state.detail)
        elif state.status is SourceStatus.PARTIAL:
            said = _("来源 {source} 有 {failed}/{all} 次请求失败：{detail}")
            yield said.format(
                source=titled_source(state.source),
                failed=state.failures,
                all=state.requests,
                detail=state.detail,
            )
    if no_room_below is not None:
        yield _("磁盘剩余空间低于下限 {limit} GB，已停止取证").format(limit=no_room_below)
    if not has_browser:
        yield _("没有找到浏览器，由脚本显示的页面未能查看；请运行 certhound doctor")
    if unjudged:
        yield _("{count} 个页面因程序出错未能判定，详见日志").format(count=unjudged)
    captures = [capture for visit in visits for capture in visit.captures]
    if len(captures) >= _ENOUGH_TO_DOUBT_US and all(
        capture.failure in _OURS for capture in captures
    ):
        yield _("所有页面都无法打开，可能是本机网络中断；本次结果不能说明网站已关闭")
