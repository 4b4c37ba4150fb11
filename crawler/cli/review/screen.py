"""A whole terminal: a head, lines that scroll, a message, keys; Chinese takes two columns."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Self

import click
from rich.console import Console
from rich.control import Control
from rich.text import Text

from crawler.language import _

_LEAST_ROWS = 10
_LEAST_COLUMNS = 40


class Screen:
    """The terminal while it is ours; left as it was when we leave."""

    def __init__(self) -> None:
        self._console = Console(highlight=False, markup=False, emoji=False)
        self._offset = 0
        self._room = 1
        self._lines = 0

    def __enter__(self) -> Self:
        self._console.set_alt_screen(True)
        self._console.show_cursor(False)
        return self

    def __exit__(self, *_problem: object) -> None:
        self._console.show_cursor(True)
        self._console.set_alt_screen(False)

    def key(self) -> str:
        """The next key as the terminal sends it; Ctrl-C and Ctrl-D as their characters."""
        try:
            return click.getchar()
        except KeyboardInterrupt:
            return "\x03"
        except EOFError:
            return "\x04"

    def ask(self, question: str) -> str:
        """One line that a person types on the last row; empty where nothing or Ctrl-C came."""
        import readline  # noqa: F401, PLC0415 - its loading alone lets `input` edit lines

        _columns, rows = os.get_terminal_size(sys.stdout.fileno())
        self._console.control(Control.move_to(0, rows - 1))
        self._console.show_cursor(True)
        sys.stdout.write("\x1b[K")
        sys.stdout.flush()
        try:
            return input(question).strip()
        except (KeyboardInterrupt, EOFError):
            return ""
        finally:
            self._console.show_cursor(False)

    def scroll(self, pages: int) -> None:
        """Go so many half screens down; never beyond the ends."""
        step = max(1, self._room // 2) * pages
        self._offset = max(0, min(self._offset + step, self._lines - self._room))

    def to_top(self) -> None:
        """Begin at the first line again."""
        self._offset = 0

    def draw(self, head: str, body: Sequence[str], message: str, keys: Sequence[str]) -> None:
        """Fill the screen: `head` and `keys` always in sight, `body` from where it is scrolled."""
        # Asked of the terminal itself: COLUMNS in the environment does not follow a window.
        width, height = os.get_terminal_size(sys.stdout.fileno())
        if height < _LEAST_ROWS or width < _LEAST_COLUMNS:
            body, keys = [_("终端太小，请放大窗口")], keys[-1:]
        told = self._wrapped(message, width, "bold yellow") if message else []
        told = told[: max(1, height // 3)]
        shown_keys = [row for key in keys for row in self._wrapped(key, width, "cyan")]
        whole = [row for line in body for row in self._wrapped(line, width, "", indent=2)]
        if whole:
            whole[0].stylize("bold")
        self._room = max(1, height - 2 - len(told) - len(shown_keys))
        self._lines = len(whole)
        self._offset = max(0, min(self._offset, self._lines - self._room))
        seen = whole[self._offset : self._offset + self._room]
        below = self._lines - self._offset - len(seen)
        more = _("  下面还有 {count} 行").format(count=below) if below > 0 else ""
        rows = [Text(head + more, "reverse"), *seen]
        rows += [Text("")] * (1 + self._room - len(rows))
        rows += [Text("─" * width, "dim"), *told, *shown_keys]
        self._paint(rows[:height], width)

    def _paint(self, rows: Sequence[Text], width: int) -> None:
        self._console.control(Control.home())
        for number, row in enumerate(rows):
            row.truncate(width, overflow="crop")
            self._console.print(row, end="", soft_wrap=True)
            sys.stdout.write("\x1b[K" if number == len(rows) - 1 else "\x1b[K\r\n")
        sys.stdout.write("\x1b[J")
        sys.stdout.flush()

    def _wrapped(self, line: str, width: int, style: str, indent: int = 0) -> list[Text]:
        """The line cut into rows; those after the first are indented."""
        text = Text(line.replace("\t", " "), style)
        rows = list(text.wrap(self._console, width - indent, overflow="fold"))
        return [row if not number else Text(" " * indent) + row for number, row in enumerate(rows)]
