"""Triage on a real terminal of 80 columns and 24 rows."""

from __future__ import annotations

import codecs
import fcntl
import os
import pty
import re
import select
import struct
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.cells import cell_len

from crawler.casework import decide
from crawler.cli import main
from crawler.clock import now
from crawler.model import CaseState, Decision
from crawler.store import Store
from tests.casework.conftest import DOUBTFUL, Office, Seen

ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]")
KEY = "domain:a.test"


class Terminal:
    """A person at a terminal of 80 × 24."""

    def __init__(self, data: Path, *arguments: str, rows: int = 24, columns: int = 80) -> None:
        size = struct.pack("HHHH", rows, columns, 0, 0)
        self.pid, self.file = pty.fork()
        if self.pid == 0:  # the child is the command
            fcntl.ioctl(0, termios.TIOCSWINSZ, size)
            os.environ.update(TERM="xterm-256color", PYTHONDONTWRITEBYTECODE="1", LC_ALL="C.UTF-8")
            command = [sys.executable, "-m", "crawler.cli", "review", "triage", "--data", str(data)]
            os.execv(sys.executable, [*command, *arguments])  # noqa: S606 - ourselves
        self.written = ""
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def wait_for(self, text: str, seconds: float = 60) -> str:
        """The screen as soon as it shows a text."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if text in self.frame():
                self._read(0.2)
                return self.frame()
            self._read(0.5)
        pytest.fail(f"{text!r} never came; the screen was:\n{self.frame()}")

    def _read(self, seconds: float) -> None:
        while select.select([self.file], [], [], seconds)[0]:
            try:
                piece = os.read(self.file, 65_536)
            except OSError:  # the command has left
                return
            if not piece:
                return
            self.written += self._decoder.decode(piece)
            seconds = 0.05

    def frame(self) -> str:
        """What was drawn last, escapes taken out."""
        return ESCAPES.sub("", self.written.rpartition("\x1b[H")[2])

    def rows(self) -> list[str]:
        """The rows of what was drawn last."""
        return self.frame().replace("\r", "").split("\n")

    def type(self, text: str) -> None:
        """Press keys."""
        os.write(self.file, text.encode())

    def end(self) -> int:
        """The exit code once the command has left."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            self._read(0.1)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                return os.waitstatus_to_exitcode(status)
        pytest.fail("the command did not leave")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    with Store.open(tmp_path) as store:
        Office(store).day(
            {
                "http://a.test/": Seen(contacts=("13800005678", "\x9b31m\x1b[31m139")),
                "http://b.test/": DOUBTFUL,
            }
        )
    return tmp_path


@pytest.fixture
def terminal(data: Path) -> Iterator[Terminal]:
    opened = Terminal(data, "--by", "张三")
    yield opened
    os.close(opened.file)


def test_one_key_confirms_and_a_reason_is_asked_for_where_needed(
    data: Path, terminal: Terminal
) -> None:
    terminal.wait_for("案件 1/2")
    terminal.type("c")
    terminal.wait_for("确认：一人已确认")
    terminal.wait_for("案件 2/2")
    terminal.type("d")
    terminal.wait_for("排除，请写理由")
    terminal.type("正规培训学校\r")
    terminal.wait_for("排除：已排除")
    terminal.type("q")
    assert terminal.end() == 0
    assert "本次作出 2 个决定" in terminal.written
    with Store.open(data) as store:
        dismissed = store.judgements("domain:b.test")[0]
        assert (dismissed.by, dismissed.reason) == ("张三", "正规培训学校")
        confirmed = store.case(KEY)
        assert confirmed is not None
        assert confirmed.state is CaseState.CONFIRMED


def test_no_reason_no_decision(data: Path, terminal: Terminal) -> None:
    terminal.wait_for("案件 1/2")
    terminal.type("v")
    terminal.wait_for("受害单位，请写理由")
    terminal.type("\r")
    terminal.wait_for("已取消")
    terminal.type("\x04")
    assert terminal.end() == 0
    with Store.open(data) as store:
        assert store.judgements(KEY) == ()


def test_a_decision_of_somebody_else_is_told(data: Path, terminal: Terminal) -> None:
    terminal.wait_for("案件 1/2")
    with Store.open(data) as store:
        decide(store, KEY, Decision.WATCH, "李四", "内容太少", now())
    terminal.type("c")
    screen = terminal.wait_for("李四 已于")
    assert "观察中" in screen
    terminal.type("c")  # on what is now shown
    terminal.wait_for("确认：一人已确认")
    terminal.type("p")
    terminal.wait_for("案件 1/2")
    terminal.type("u")
    terminal.wait_for("撤回，请写理由")
    terminal.type("按错了\r")
    terminal.wait_for("撤回：观察中")
    terminal.type("q")
    assert terminal.end() == 0


def test_the_screen_fits_and_pages_move_no_cursor(terminal: Terminal) -> None:
    terminal.wait_for("案件 1/2")
    rows = terminal.rows()
    assert len(rows) == 24
    assert max(cell_len(row) for row in rows) <= 80
    assert "确认" in rows[-2]
    assert "退出" in rows[-1]
    assert "138****5678" in terminal.frame()
    terminal.type("x")
    terminal.wait_for("13800005678")
    assert "\x9b" not in terminal.written
    assert "\x1b[31m" not in terminal.written
    terminal.type("q")
    assert terminal.end() == 0


def test_a_small_terminal_says_so(data: Path) -> None:
    terminal = Terminal(data, "--by", "张三", rows=6, columns=30)
    terminal.wait_for("终端太小")
    assert max(cell_len(row) for row in terminal.rows()) <= 30
    terminal.type("q")
    assert terminal.end() == 0
    os.close(terminal.file)


def test_without_a_terminal_it_says_what_else_to_do(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["review", "triage", "--by", "张三", "--data", str(data)])
    assert ended.value.code == 2
    assert "review list" in capsys.readouterr().err
