"""Result pages: what each engine offers, and that a page we cannot read is never «nothing»."""

import base64
import gzip
import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.addresses import normalise
from spiders.result_engines import load_engines
from spiders.result_pages import PageState, ResultPage, SearchResult, read_result_page


def page(title: str, body: str) -> bytes:
    head = f'<head><meta charset="utf-8"><title>{title}</title></head>'
    return f"<!DOCTYPE html><html>{head}<body>{body}</body></html>".encode()


def read(title: str, body: str) -> ResultPage:
    return read_result_page(page(title, body), "text/html; charset=utf-8")


def baidu(*boxes: str) -> ResultPage:
    return read("焊工证_百度搜索", f'<div id="content_left">{"".join(boxes)}</div>')


def baidu_box(mu: str, href: str = "http://www.baidu.com/link?url=Qx7", inner: str = "") -> str:
    mark = f' mu="{mu}"' if mu else ""
    link = f'<h3 class="t"><a href="{href}"><em>焊工</em>证<em>办理</em></a></h3>'
    return f'<div class="result c-container new-pmd"{mark}>{link}<p>当天出证</p>{inner}</div>'


def urls(found: ResultPage) -> list[str]:
    return [result.url for result in found.results]


class TestBaidu:
    def test_true_address_stands_in_mu(self) -> None:
        found = baidu(baidu_box("http://Cert-Shop.test:80/a?b=1#c"))
        assert (found.engine, found.state, found.detail) == ("baidu", PageState.RESULTS, "")
        assert found.results == (
            SearchResult("http://cert-shop.test/a?b=1", "焊工证办理", "当天出证"),
        )

    def test_without_mu_the_redirect_is_kept_and_marked(self) -> None:
        (result,) = baidu(baidu_box("")).results
        assert result.redirect
        assert result.url == "http://www.baidu.com/link?url=Qx7"

    def test_own_services_are_left_out_and_strangers_pages_kept(self) -> None:
        found = baidu(
            baidu_box("http://image.baidu.com/search?word=x"),
            baidu_box("http://recommend_list.baidu.com", href="/s?wd=x"),
            baidu_box("https://tieba.baidu.com/p/100"),
            '<div class="result c-container">其他人还在搜</div>',
        )
        assert urls(found) == ["https://tieba.baidu.com/p/100"]
        assert "引擎自有 3" in found.detail

    def test_own_mu_with_a_foreign_link_gives_the_foreign_one(self) -> None:
        found = baidu(baidu_box("http://music.baidu.com/s", href="http://song.test/1"))
        assert urls(found) == ["http://song.test/1"]

    def test_advertisements_are_left_out_and_counted(self) -> None:
        labelled = baidu_box("http://ad.test/", inner="<div><span> 广告 </span></div>")
        paid = baidu_box("", href="http://www.baidu.com/baidu.php?url=K0")
        found = baidu(labelled, paid, baidu_box("http://organic.test/"))
        assert urls(found) == ["http://organic.test/"]
        assert "引擎自有 1、广告 1" in found.detail

    def test_a_title_that_says_advertisement_is_no_advertisement(self) -> None:
        box = '<div class="result c-container" mu="http://a.test/"><h3><a href="/link?url=1">'
        assert urls(baidu(box + "<span>广告</span></a></h3></div>")) == ["http://a.test/"]

    def test_bad_addresses_and_repeats_are_skipped_and_counted(self) -> None:
        found = baidu(
            baidu_box("http://a.test/"),
            baidu_box("http://a.test/#top"),
            baidu_box("javascript:void(0)", href="http://[::1"),
            baidu_box("http://nodots/", href="ftp://a.test/"),
        )
        assert urls(found) == ["http://a.test/"]
        assert found.detail.endswith("地址无法识别 2、重复 1")

    def test_nested_boxes_are_one_result(self) -> None:
        found = baidu(baidu_box("http://a.test/", inner=baidu_box("http://b.test/")))
        assert urls(found) == ["http://a.test/"]

    def test_gbk_pages_are_decoded(self) -> None:
        text = page("焊工证_百度搜索", baidu_box("http://a.test/")).decode()
        body = text.replace("utf-8", "gbk").encode("gbk")
        assert read_result_page(body, "text/html").results[0].title == "焊工证办理"

    def test_news(self) -> None:
        box = (
            '<div class="result-op c-container" mu="https://baijiahao.baidu.com/s?id=9">'
            '<h3><a href="https://baijiahao.baidu.com/s?id=9">打击假证</a></h3></div>'
        )
        found = read("百度资讯搜索_焊工证", f'<div id="content_left">{box}</div>')
        assert found.engine == "baidu_news"
        assert urls(found) == ["https://baijiahao.baidu.com/s?id=9"]

    def test_a_query_cannot_turn_one_engine_into_another(self) -> None:
        found = read("证 - Bing_百度搜索", baidu_box("http://a.test/"))
        assert (found.engine, len(found.results)) == ("baidu", 1)


class TestFeed:
    @staticmethod
    def feed(entries: object) -> ResultPage:
        return read_result_page(json.dumps({"feed": {"entry": entries}}).encode())

    def test_entries(self) -> None:
        entry = {"title": "电工证", "url": "http://a.test", "abs": "代办", "time": 1}
        found = self.feed([entry, {}, {"title": "无地址"}])
        assert found.results == (SearchResult("http://a.test/", "电工证", "代办"),)
        assert (found.engine, found.state) == ("baidu", PageState.RESULTS)

    def test_lone_surrogates_can_be_stored(self) -> None:
        (result,) = self.feed([{"title": "\ud800", "url": "http://a.test/\ud800"}]).results
        assert (result.title + result.url).encode()

    @pytest.mark.parametrize("entries", [[], [{}], None, "x", {"url": "http://a.test"}])
    def test_no_entries_are_not_no_results(self, entries: object) -> None:
        assert self.feed(entries).state is PageState.UNRECOGNISED

    def test_refusal_and_broken_json(self) -> None:
        refused = b'{"antiFlag":1,"message":"Forbid spider access"}'
        assert read_result_page(refused).state is PageState.BLOCKED
        assert read_result_page(b'{"feed":{"entry":[').state is PageState.ERROR
        assert read_result_page(b'{"a":' + b"[" * 200_000).state is PageState.ERROR


class TestSogou:
    @staticmethod
    def box(inner: str, attributes: str = "") -> str:
        return f'<div class="vrwrap"{attributes}>{inner}</div>'

    def test_true_address_then_redirect(self) -> None:
        link = '<h3><a href="/link?url=Zk3">塔吊证</a></h3>'
        told = self.box(link + '<div class="r-sech" data-url="http://a.test/x"></div>')
        opaque = f'<div class="rb">{link}</div>'
        found = read("塔吊证 - 搜狗搜索", f'<div class="results">{told}{opaque}</div>')
        assert found.engine == "sogou"
        assert [(it.url, it.redirect) for it in found.results] == [
            ("http://a.test/x", False),
            ("https://www.sogou.com/link?url=Zk3", True),
        ]

    def test_own_dictionary_and_sponsors_are_left_out(self) -> None:
        own = self.box('<h3><a href="//hanyu.sogou.com/r?q=1">字典</a></h3>')
        paid = '<div class="sponsored"><div class="vrwrap"><h3><a href="http://ad.test">'
        body = f'{paid}办证</a></h3></div></div><div class="results">{own}</div>'
        found = read("证 - 搜狗搜索", body)
        assert (found.results, found.state) == ((), PageState.UNRECOGNISED)
        assert "引擎自有 1" in found.detail


def test_so_gives_data_mdurl() -> None:
    told = '<h3 class="res-title "><a href="https://www.so.com/link?m=aX" data-mdurl="http://a.test/">甲</a></h3>'
    opaque = '<h3 class="res-title"><a href="https://www.so.com/link?m=bY">乙</a></h3>'
    body = f'<ul><li class="res-list">{told}<p>包过</p></li><li class="res-list">{opaque}</li></ul>'
    found = read("叉车证_360搜索", body)
    assert found.results == (
        SearchResult("http://a.test/", "甲", "包过"),
        SearchResult("https://www.so.com/link?m=bY", "乙", "", redirect=True),
    )


class TestBing:
    @staticmethod
    def results(*hrefs: str) -> ResultPage:
        items = (f'<li class="b_algo"><h2><a href="{href}">甲</a></h2></li>' for href in hrefs)
        return read("证 - 搜索", f'<ol id="b_results">{"".join(items)}</ol>')

    @staticmethod
    def wrapped(target: str) -> str:
        packed = base64.urlsafe_b64encode(target.encode()).decode().rstrip("=")
        return f"https://cn.bing.com/ck/a?!&amp;&amp;p=0f&amp;u=a1{packed}&amp;ntb=1"

    @pytest.mark.parametrize(
        "target", ["http://a.test/", "http://a.test/?q=中", "http://a.test/xy"]
    )
    def test_unwraps(self, target: str) -> None:
        found = self.results(self.wrapped(target))
        assert urls(found) == [normalise(target)]
        assert not found.results[0].redirect

    def test_what_cannot_be_unwrapped_stays_a_redirect(self) -> None:
        (result,) = self.results("https://www.bing.com/ck/a?u=a1%FF%FF").results
        assert result.redirect

    def test_a_wrapped_trap_is_no_address(self) -> None:
        found = self.results(self.wrapped("http://bad host/"), "http://a.test/")
        assert urls(found) == ["http://a.test/"]
        assert "地址无法识别 1" in found.detail

    def test_advertisements_and_own_answers_are_left_out(self) -> None:
        body = (
            '<li class="b_ad"><h2><a href="http://ad.test/">办证</a></h2></li>'
            '<li class="b_algo"><h2><a href="/images/search?q=x">图片</a></h2></li>'
            '<li class="b_algo"><h2><a href="http://a.test/">甲</a></h2>'
            '<h3><a href="http://a.test/b">乙</a></h3></li>'
        )
        found = read("证 - Bing", f'<ol id="b_results">{body}</ol>')
        assert (found.engine, urls(found)) == ("bing", ["http://a.test/"])


NOTHING = {
    "baidu": (
        "甲_百度搜索",
        '<div id="content_left"><div class="content_none">{}</div></div>',
        "很抱歉，没有找到与“甲”相关的网页。",
    ),
    "sogou": ("甲 - 搜狗搜索", '<div class="no-result">{}</div>', "抱歉，没有找到与“甲”相关的网页"),
    "so": ("甲_360搜索", '<div id="no-result">{}</div>', "抱歉，未找到和“甲”相关的网页。"),
    "bing": (
        "甲 - Bing",
        '<ol id="b_results"><li class="b_no">{}</li></ol>',
        "<h1>There are no results for <strong>甲</strong></h1>",
    ),
}


@pytest.mark.parametrize("engine", NOTHING)
class TestNothing:
    def test_only_the_engines_own_words_say_nothing(self, engine: str) -> None:
        title, place, words = NOTHING[engine]
        found = read(title, place.format(words))
        assert (found.engine, found.state) == (engine, PageState.NO_RESULTS)

    def test_the_same_page_without_the_words_is_unrecognised(self, engine: str) -> None:
        title, place, _ = NOTHING[engine]
        assert read(title, place.format("")).state is PageState.UNRECOGNISED

    def test_the_words_elsewhere_or_hidden_say_nothing(self, engine: str) -> None:
        title, place, words = NOTHING[engine]
        assert read(title, f"<p>{words}</p>").state is PageState.UNRECOGNISED
        hidden = f'<div style="display: none">{place.format(words)}</div>'
        assert read(title, hidden).state is PageState.UNRECOGNISED

    def test_a_captcha_beside_the_words_wins(self, engine: str) -> None:
        title, place, words = NOTHING[engine]
        found = read(title, place.format(words) + "<form id='seccodeForm'></form>")
        assert found.state is PageState.BLOCKED


@pytest.mark.parametrize(
    ("engine", "title", "body"),
    [
        ("baidu", "百度安全验证", "<p>请完成下方验证</p>"),
        ("", "Found", '<a href="https://wappass.baidu.com/static/captcha/tuxing.html">Found</a>'),
        ("sogou", "搜狗搜索", "此验证码用于确认这些请求是您的正常行为而不是自动程序发出的"),
        ("", "302", '<a href="http://www.sogou.com/antispider/?from=x">here</a>'),
        ("so", "访问异常页面", "请输入验证码"),
        ("bing", "证 - 搜索", '<div class="captcha_header">Verify</div>'),
        ("", "403 Forbidden", "nginx"),
        ("", "429 Too Many Requests", ""),
    ],
)
def test_captchas_and_refusals_are_blocked(engine: str, title: str, body: str) -> None:
    found = read(title, body)
    assert found.state is PageState.BLOCKED
    assert not found.results
    assert found.engine == engine or not engine


def test_results_that_speak_of_captchas_are_results() -> None:
    box = baidu_box("http://a.test/", inner="百度安全验证 /antispider")
    assert baidu(box).state is PageState.RESULTS


@pytest.mark.parametrize(
    "title", ["502 Bad Gateway", "页面不存在_百度搜索", "504 Gateway Time-out"]
)
def test_error_pages_are_errors(title: str) -> None:
    assert read(title, "<h1>Error</h1>").state is PageState.ERROR


@pytest.mark.parametrize("body", [b"", b" \r\n\t"])
def test_an_empty_body_is_an_error(body: bytes) -> None:
    assert read_result_page(body).state is PageState.ERROR


class TestGarbled:
    source = page("甲_百度搜索", baidu_box("http://a.test/"))
    noise = random.Random(7).randbytes(4000)

    @pytest.mark.parametrize(
        "body",
        [
            gzip.compress(source, mtime=0),
            b"\x8b" + noise,
            (b"\x8b" + noise).decode("utf-8", "replace").encode(),
            b"\x89PNG\r\n\x1a\n" + bytes(200),
            bytes(500) + b"x",
        ],
        ids=["gzip", "brotli-like", "brotli decoded as text", "image", "zeros"],
    )
    def test_bytes_that_nobody_decoded(self, body: bytes) -> None:
        found = read_result_page(body, "text/html; charset=utf-8")
        assert (found.state, found.results) == (PageState.GARBLED, ())
        assert found.detail

    def test_one_broken_character_does_not_spoil_a_page(self) -> None:
        body = self.source.replace("当".encode(), b"\xe5")
        assert read_result_page(body, "text/html; charset=utf-8").state is PageState.RESULTS


def test_a_home_page_is_unrecognised() -> None:
    assert read("百度一下，你就知道", "<form></form>").state is PageState.UNRECOGNISED
    assert read("某网站", "<p>欢迎</p>").engine == ""


def test_an_unknown_title_is_told_by_the_results() -> None:
    found = read("新版", baidu_box("http://a.test/"))
    assert urls(found) == ["http://a.test/"]


def test_hostile_size_and_nesting_are_unrecognised() -> None:
    deep = page("甲_百度搜索", '<div class="result c-container" mu="http://a.test/">' * 3000)
    assert read_result_page(deep).state is PageState.UNRECOGNISED
    assert read_result_page(b"<p>" * 1_700_000).state is PageState.UNRECOGNISED


PIECES = [
    *(piece for engine in load_engines().engines for piece in engine.blocked),
    *(text for triple in NOTHING.values() for text in triple),
    baidu_box("http://a.test/"),
    '<div class="results"><div class="vrwrap"><h3><a href="',
    '<ol id="b_results"><li class="b_algo"><h2><a href="/ck/a?u=a1',
    '{"feed":{"entry":[{"url":"',
    "http://[",
    '"></a></h3></div>',
    "<title>",
    "</title>",
    "\x00",
    "<!--",
]


@settings(max_examples=150, deadline=None)
@given(
    body=st.one_of(
        st.binary(max_size=300),
        st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=8)), max_size=12).map(
            lambda parts: "".join(parts).encode()
        ),
    ),
    content_type=st.sampled_from(
        ["", "text/html; charset=gbk", "text/html; charset=nonsense", ";"]
    ),
)
def test_whatever_comes_is_read(body: bytes, content_type: str) -> None:
    found = read_result_page(body, content_type)
    assert bool(found.results) == (found.state is PageState.RESULTS)
    assert all(result.url.startswith(("http://", "https://")) for result in found.results)
    assert found.detail or found.state is PageState.RESULTS
