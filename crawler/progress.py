"""Shows how far a run has come: bars on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from crawler.language import _


@dataclass(slots=True)
class Stage:
    """One stage of a run as people see it."""

    title: str
    total: int | None
    """How much there is to do, or `None` where nobody knows."""
    bar: Progress | None
    task: int
    done: int = 0

    def step(self, count: int = 1) -> None:
        """Note that so much more is done."""
        self.done += count
        if self.bar is not None:
            self.bar.update(self.task, advance=count)  # type: ignore[arg-type]


class ProgressBoard:
    """Prints stages to standard error, so that standard output stays for the result."""

    def __init__(self) -> None:
        self._console = Console(stderr=True, highlight=False)

    def say(self, sentence: str) -> None:
        """Print one plain line."""
        self._console.print(sentence, markup=False)

    @contextmanager
    def stage(self, title: str, total: int | None = None) -> Iterator[Stage]:
        """Show a stage while it lasts, and one line when it is over."""
        if not sys.stderr.isatty():
            stage = Stage(title, total, None, 0)
            yield stage
            self.say(_("{title}：{done}").format(title=title, done=stage.done))
            return
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=self._console) as bar:
            yield Stage(title, total, bar, bar.add_task(title, total=total))
