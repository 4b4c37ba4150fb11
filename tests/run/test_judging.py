"""Judging in processes: what one page breaks stays with that page."""

import asyncio
from dataclasses import replace

import pytest

from crawler.health import Sight, degradations
from crawler.judging import UNJUDGED, JudgePool
from crawler.model import Assessment, Verdict, Visit
from tests.store.conftest import DAY, make_visit

PAGE = "<title>安全生产资讯</title><p>今天召开了一次关于安全生产的会议。</p>"


async def judged(*visits: Visit) -> list[Assessment]:
    with JudgePool(1) as pool:
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


def test_a_page_that_was_not_judged_degrades_the_run() -> None:
    assert list(degradations((), Sight(), None, has_browser=True)) == []
    (said,) = degradations((), Sight(unjudged=1), None, has_browser=True)
    assert said.startswith("1 个页面")
