"""`certhound review triage`: the list case by case on a whole terminal, one key a decision."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click

from crawler.cli.options import data_option
from crawler.cli.review.decisions import person_option
from crawler.cli.review.queue import Queue
from crawler.cli.review.screen import Screen
from crawler.errors import CaseworkError, UsageError
from crawler.language import _
from crawler.model import Decision
from crawler.store import Store
from crawler.wording import name_of


@dataclass(frozen=True, slots=True)
class _Key:
    """A decision that a key stands for."""

    decision: Decision
    needs_reason: bool = True


_DECISIONS: Mapping[str, _Key] = {
    "c": _Key(Decision.CONFIRM, needs_reason=False),
    "d": _Key(Decision.DISMISS),
    "w": _Key(Decision.WATCH),
    "v": _Key(Decision.VICTIM),
    "m": _Key(Decision.NOTE),
    "u": _Key(Decision.UNDO),
}
_NEXT = frozenset({"n", " ", "\r", "\x1b[C", "\x1bOC"})
_BACK = frozenset({"p", "\x1b[D", "\x1bOD"})
_DOWN = frozenset({"j", "\x1b[B", "\x1bOB", "\x1b[6~"})
_UP = frozenset({"k", "\x1b[A", "\x1bOA", "\x1b[5~"})
_QUIT = frozenset({"q", "\x03", "\x04"})


@click.command(
    help=_(
        "在终端上逐个复核：一键一个决定，需要理由时询问；别人同时作出的决定会当场说明。"
        "\n\n\b\n示例：\n  certhound review triage --by 张三 --data var/live"
    )
)
@person_option
@data_option
def triage(by: str, data: Path) -> None:
    """Go through the listed cases, the gravest first."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError(_("逐个复核需要在终端上进行；其他场合请用 certhound review list"))
    with Store.open(data, create=False) as store:
        queue = Queue(store, by)
        if queue.is_empty:
            click.echo(_("没有待复核的案件"))
            return
        with Screen() as screen:
            _Triage(queue, screen).work()
        click.echo(_("本次作出 {count} 个决定").format(count=queue.decided))


class _Triage:
    """Reads keys and does what they say until somebody leaves."""

    def __init__(self, queue: Queue, screen: Screen) -> None:
        self._queue = queue
        self._screen = screen
        self._message = ""
        self._whole = False

    def work(self) -> None:
        """Show a case, read a key, do it; again."""
        with self._redrawn_on_resize():
            while True:
                self._draw()
                key = self._screen.key()
                self._message = ""
                if key in _QUIT:
                    return
                self._do(key)

    def _do(self, key: str) -> None:
        if key in _NEXT:
            self._step(1)
        elif key in _BACK:
            self._step(-1)
        elif key in _DOWN:
            self._screen.scroll(1)
        elif key in _UP:
            self._screen.scroll(-1)
        elif key == "x":
            self._whole = not self._whole
        elif key in _DECISIONS:
            self._decide(_DECISIONS[key])
        elif key.isprintable() and not key.isascii():
            self._message = _("请切换到英文输入再按键")

    def _step(self, by: int) -> None:
        self._screen.to_top()
        if not self._queue.move(by):
            self._message = _("已是最后一个") if by > 0 else _("已是第一个")

    def _decide(self, key: _Key) -> None:
        reason = ""
        if key.needs_reason:
            asked = _("{decision}，请写理由（直接回车取消）：")
            reason = self._screen.ask(asked.format(decision=name_of(key.decision)))
            if not reason:
                self._message = _("已取消")
                return
        try:
            case = self._queue.decide(key.decision, reason)
        except CaseworkError as problem:
            # Somebody else decided meanwhile, or a rule forbids it: the case is shown as it is now.
            self._message = str(problem)
            return
        said = _("{decision}：{state}")
        self._message = said.format(decision=name_of(key.decision), state=name_of(case.state))
        if key.decision not in (Decision.NOTE, Decision.UNDO):
            self._screen.to_top()
            self._queue.move(1)

    def _draw(self) -> None:
        self._screen.draw(
            _("案件 {number}/{all}").format(number=self._queue.number, all=self._queue.count),
            self._queue.lines(whole=self._whole),
            self._message,
            _(
                "c 确认  d 排除  w 观察  v 受害单位  m 备注  u 撤回"
                "\nn 下一个  p 上一个  j/k 滚动  x 显示联系方式  q 退出"
            ).split("\n"),
        )

    @contextmanager
    def _redrawn_on_resize(self) -> Iterator[None]:
        before = signal.signal(signal.SIGWINCH, lambda _number, _frame: self._draw())
        try:
            yield
        finally:
            signal.signal(signal.SIGWINCH, before)
