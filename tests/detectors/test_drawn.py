"""What a script would show is read from its literals, however they are written."""

import base64
from collections.abc import Callable

import pytest

from crawler.model import PageCondition, Verdict, Visit
from detectors import Detectors
from detectors.drawn import Drawn, read_drawn
from detectors.pages import read_page

MakeVisit = Callable[..., Visit]
SAID = "特种作业操作证查询平台"
ESCAPED = "".join(f"\\u{ord(character):04x}" for character in SAID)


@pytest.mark.parametrize(
    "script",
    [
        f'document.title = "x"; show("{SAID}")',
        f"show('{ESCAPED}')",
        f"show(unescape('{ESCAPED.replace(chr(92), '%')}'))",
        f"show(`<div><h1>{SAID}</h1></div>`)",
        f'{{"page": {{"title": "{ESCAPED}"}}}}',
        "show(decodeURIComponent('" + "".join(f"%{b:02X}" for b in SAID.encode()) + "'))",
        f"show(atob('{base64.b64encode(SAID.encode()).decode()}'))",
        "".join(f"&#{ord(character)};" for character in SAID).join(("'", "'")),
    ],
)
def test_words_are_read(script: str) -> None:
    assert SAID in read_drawn((script,)).lines


def test_data_bear_the_labels_that_the_page_would_show() -> None:
    drawn = read_drawn(('var d={xm:"张某","zylb":"电工作业",zt:"有效"}',))
    assert drawn.lines == ("姓名", "张某", "作业类别", "电工作业", "证书状态", "有效")


def test_hints_are_fields() -> None:
    drawn = read_drawn(("template:`<input placeholder='请输入证件号码'>`",))
    assert drawn.fields == ("请输入证件号码",)


@pytest.mark.parametrize("script", ["", "var a = 1;", "go('abc','1234');", "'" + "\\" * 9])
def test_code_says_nothing(script: str) -> None:
    assert read_drawn((script,)) == Drawn()


def test_a_page_with_words_of_its_own_is_not_read_from_its_scripts() -> None:
    page = read_page(f"<p>{'茶' * 400}</p><script>show('{SAID}')</script>", "http://a.example/")
    assert page.drawn == Drawn()


def test_waiting_for_a_script_is_neither_clear_nor_empty(
    detectors: Detectors, make_visit: MakeVisit
) -> None:
    html = "<title>加载中…</title><div id=s>正在加载，请稍候</div><script>fetch('/x')</script>"
    opinion = detectors.assess(make_visit(html))
    assert (opinion.verdict, opinion.page_condition) == (Verdict.UNKNOWN, PageCondition.UNKNOWN)


@pytest.mark.parametrize(
    ("html", "text", "hidden"),
    [
        ("<p>焊<i style='display:none'>茶</i>工</p>", "焊工", "茶"),
        ("<style>.h,.k{ display : none }</style><p>焊<b class=k>茶</b>工", "焊工", "茶"),
        ("<style>b{font-size:0}</style><p>焊<b>茶</b>工", "焊工", "茶"),
        ("<p>焊<b hidden>茶</b>工", "焊工", "茶"),
        ("<style>.h{color:red}</style><p>焊<b class=h>接</b>工", "焊接工", ""),
        ("<style>@media print{.h{display:none}}</style><p>焊工", "焊工", ""),
    ],
)
def test_hidden_words_stand_apart(html: str, text: str, hidden: str) -> None:
    page = read_page(html, "http://a.example/")
    assert (page.text, page.hidden) == (text, hidden)


def test_what_fields_and_buttons_show_is_text() -> None:
    page = read_page(
        "<p>姓名<input value=张某 readonly><input value=x><input type=submit value=查询>",
        "http://a/",
    )
    assert page.text.split() == ["姓名", "张某", "查询"]
