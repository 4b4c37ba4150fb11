"""What `certhound doctor` asks the browser: that it starts, and that it can draw Chinese."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Error

from crawler.browser import find_browser
from crawler.capture.browser.engine import Engine, EngineLostError
from crawler.cli.checked import Check, Level
from crawler.language import _

SAMPLE = "特种作业操作证"
"""What every screenshot that counts shows."""
_SECONDS = 60.0
"""Founders' judgement: on a busy machine a browser takes seconds to start; then it is broken."""

# Each glyph as the coverage of its pixels. U+0378 and U+2FFFF are no characters and never will be
# (Unicode: a reserved code point, a noncharacter): what they look like is what is missing.
_DRAW = """letters => [...letters, "\\u0378", "\\u{2FFFF}"].map(letter => {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = 64;
    const pen = canvas.getContext("2d");
    pen.font = "48px sans-serif";
    pen.textBaseline = "top";
    pen.fillText(letter, 4, 4);
    const points = pen.getImageData(0, 0, 64, 64).data;
    return points.filter((_point, place) => place % 4 === 3).join(" ");
})"""


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a started browser showed."""

    version: str
    glyphs: Sequence[str]
    """The letters of the sample in order, then what two missing characters look like."""


def look_at_browser(environ: Mapping[str, str]) -> Iterator[Check]:
    """Whether the browser that a run would take starts, and whether it draws Chinese letters."""
    executable = find_browser(environ)
    if executable is None:
        remedy = _("安装 chromium，或用环境变量 CERTHOUND_BROWSER 指明浏览器程序")
        yield Check(_("浏览器"), Level.WARN, _("没有找到可用的浏览器"), remedy)
        remedy = _("装好浏览器后再检查；字体可先安装 fonts-noto-cjk")
        yield Check(_("中文字体"), Level.WARN, _("没有浏览器，未能渲染核对"), remedy)
        return
    try:
        seen = asyncio.run(asyncio.wait_for(_look(executable), _SECONDS))
    except (EngineLostError, Error, TimeoutError, OSError) as problem:
        said = _("{file} 不能启动（{problem}）")
        problem_said = str(problem).partition("\n")[0][:200] or type(problem).__name__
        remedy = _("单独执行该程序查看原因；重装 chromium，或用 CERTHOUND_BROWSER 另指一个")
        if os.geteuid() != 0:
            remedy += _("；在容器中请允许创建用户命名空间")
        said = said.format(file=executable, problem=problem_said)
        yield Check(_("浏览器"), Level.FAIL, said, remedy)
        yield Check(_("中文字体"), Level.WARN, _("浏览器不能启动，未能渲染核对"), remedy)
        return
    yield Check(_("浏览器"), Level.OK, f"{executable}（{seen.version}）")
    yield _font(seen.glyphs)


async def _look(executable: Path) -> _Seen:
    engine = await Engine.start(executable)
    try:
        context = await engine.browser.new_context()
        page = await context.new_page()
        glyphs = await page.evaluate(_DRAW, SAMPLE)
        return _Seen(engine.browser.version, [str(each) for each in glyphs])
    finally:
        await engine.stop()


def _font(glyphs: Sequence[str]) -> Check:
    boxes = missing_letters(SAMPLE, glyphs[: len(SAMPLE)], glyphs[len(SAMPLE) :])
    if not boxes:
        said = _("“{sample}”逐字渲染，字形完好").format(sample=SAMPLE)
        return Check(_("中文字体"), Level.OK, said)
    said = _("“{letters}”显示为方框或空白，截图将无法辨认").format(letters=boxes)
    remedy = _("安装 fonts-noto-cjk，然后重新检查")
    return Check(_("中文字体"), Level.WARN, said, remedy)


def missing_letters(letters: str, glyphs: Sequence[str], missing: Sequence[str]) -> str:
    """The letters that were not drawn: blank, like a missing one, or like another letter.

    `glyphs` are the pictures of `letters` in order, `missing` those of characters that no font has.
    """
    drawn: dict[str, set[str]] = {}
    for letter, glyph in zip(letters, glyphs, strict=True):
        drawn.setdefault(glyph, set()).add(letter)
    return "".join(
        dict.fromkeys(
            letter
            for letter, glyph in zip(letters, glyphs, strict=True)
            if set(glyph.split()) <= {"0"} or glyph in missing or len(drawn[glyph]) > 1
        )
    )
