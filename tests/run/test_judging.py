"""Judging in processes: what one page breaks stays with that page."""

import asyncio
import multiprocessing
import os
import signal
from dataclasses import replace

import pytest

from crawler.health import Sight, degradations
from crawler.judging import SECONDS, UNJUDGED, JudgePool
from crawler.model import Assessment, Verdict, Visit
from tests.store.conftest import DAY, make_visit

PAGE = "<title>安全生产资讯</title><p>今天召开了一次关于安全生产的会议。</p>"


async def judged(*visits: Visit, seconds: float = SECONDS) -> list[Assessment]:
    with JudgePool(1, seconds=seconds) as pool:
        return [assessment async for assessment in pool.judge(visits)]


def test_a_page_that_breaks_a_detector_is_unknown_and_the_next_is_judged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    sound = make_visit("r", "http://a.test/", html=PAGE)
    broken = replace(sound, id="broken", at=DAY.replace(tzinfo=None))  # no age can be reckoned
    first, second = asyncio.run(judged(broken, sound))
    assert (first.visit, first.verdict, first.policy) == ("broken", Verdict.UNKNOWN, UNJUDGED)
    assert "could not judge broken: TypeError" in caplog.text
    assert second.verdict is Verdict.CLEAR
    assert second.policy != UNJUDGED


def test_a_page_that_takes_too_long_is_unknown_and_the_next_is_judged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    sound = make_visit("r", "http://a.test/", html=PAGE)
    captures = tuple(
        replace(sound.captures[0], id=f"r.{number}", html=f"<p>{number}</p>" + "<i>证" * 80_000)
        for number in range(30)
    )
    slow = replace(sound, id="slow", captures=captures)
    first, second = asyncio.run(judged(slow, sound, seconds=2.0))
    assert (first.visit, first.verdict, first.policy) == ("slow", Verdict.UNKNOWN, UNJUDGED)
    assert "could not judge slow: _TooSlowError" in caplog.text
    assert second.verdict is Verdict.CLEAR


def test_a_long_page_is_judged_by_its_beginning() -> None:
    picture = "<img src='data:image/png;base64," + "QUJD" * 500_000 + "'>"
    offer = "<p>办理电工证、焊工证，不用考试，三天出证，微信 demo_bz7801，电话 13800007801</p>"
    padded = make_visit("r", "http://a.test/", html=f"{picture}{offer}" + "<p>安全</p>" * 200_000)
    (opinion,) = asyncio.run(judged(padded))
    assert opinion.policy != UNJUDGED
    assert opinion.verdict in (Verdict.SUSPECT, Verdict.DOUBTFUL)


def test_a_page_that_was_not_judged_degrades_the_run() -> None:
    assert list(degradations((), Sight(), None, 0, has_browser=True)) == []
    (said,) = degradations((), Sight(unjudged=1), None, 0, has_browser=True)
    assert said.startswith("1 个页面")


def test_an_interrupt_on_its_way_there_neither_ends_a_judge_nor_prints(
    capfd: pytest.CaptureFixture[str],
) -> None:
    """A terminal sends Ctrl+C to all processes, those that have just been started too."""
    with JudgePool(2) as pool:
        for child in multiprocessing.active_children():
            assert child.pid is not None
            os.kill(child.pid, signal.SIGINT)
        opinion = asyncio.run(pool.judge_one(make_visit("r", "http://a.test/", html=PAGE)))
    assert opinion.policy != UNJUDGED
    assert capfd.readouterr().err == ""
