"""Lists of forums and markets: items where there are any, and blindness where there are none."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.errors import ProfileError
from spiders.listing_dates import read_moment
from spiders.listing_pages import ListingPage, ListingState, read_listing
from spiders.listing_sites import ListingSite, load_site, load_sites

AT = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
URL = "http://forum-yanlian.com/search?kw=1"
SITE = """
entries = ["http://forum-yanlian.com/search?kw=1"]
items = "ul.threads > li"
link = "a.subject::attr(href)"
title = "a.subject"
price = ".price"
seller = ".author"
seller_site = ".author a::attr(href)"
date = ".day"
next = "a.next::attr(href)"
nothing = "没有找到相关主题"
words = ["操作证"]
asked = true
"""
ITEM = (
    '<li><a class="subject" href="/t/{n}#top">操作证 {n} 天出证</a><b class="price">￥800</b>'
    '<i class="author">某店<a href="http://shop{n}-yanlian.com">网店</a></i>'
    '<span class="day">{n}小时前</span></li>'
)
LIST = (
    "<title>搜索</title><ul class=threads>"
    + "".join(ITEM.format(n=n) for n in (1, 2, 3))
    + '<li><a class="subject" href="javascript:void(0)">x</a></li></ul>'
    '<a class="next" href="?kw=1&page=2">下一页</a>'
)


def site(folder: Path, text: str = SITE) -> ListingSite:
    path = folder / "forum.toml"
    path.write_text(text, encoding="utf-8")
    found = load_site(path)
    assert found is not None
    return found


def read(folder: Path, html: str, status: int = 200, url: str = URL) -> ListingPage:
    return read_listing(site(folder), url, html.encode(), "text/html", AT, status)


def test_items_are_read_with_who_offers_for_how_much(tmp_path: Path) -> None:
    page = read(tmp_path, LIST)
    assert page.state is ListingState.ITEMS
    assert [item.url for item in page.items] == [
        f"http://forum-yanlian.com/t/{n}" for n in (1, 2, 3)
    ]
    first = page.items[0]
    assert first.told == "操作证 1 天出证｜￥800｜某店网店"
    assert first.seller_site == "http://shop1-yanlian.com/"
    assert first.made_at == datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
    assert page.next_url == "http://forum-yanlian.com/search?kw=1&page=2"
    assert "1 个条目" in page.detail


def test_an_undeclared_charset_is_read_as_the_file_says(tmp_path: Path) -> None:
    old = site(tmp_path, SITE + 'charset = "gb18030"\n')
    page = read_listing(old, URL, LIST.encode("gb18030"), "text/html; charset=iso-8859-1", AT)
    assert page.items[0].title == "操作证 1 天出证"


CAPTCHA = "<title>安全验证</title><body>访问过于频繁，请完成安全验证后继续访问</body>"
LOGIN = "<title>论坛</title><body>您需要登录后才可以继续浏览<a href=/reg>注册</a></body>"
PASSWORD = "<title>会员</title><form><input name=u><input type='password'></form>"
DECOY = "<ul class=threads>" + ITEM.format(n=1) * 5 + "</ul>"
OTHER = LIST.replace("操作证", "二手自行车")
REDESIGN = "<title>搜索</title><div class=card>操作证 一天出证</div>" + "内容" * 200


@pytest.mark.parametrize(
    ("html", "status", "state"),
    [
        (CAPTCHA, 200, ListingState.BLOCKED),
        (CAPTCHA, 403, ListingState.BLOCKED),
        (LOGIN, 200, ListingState.LOGIN),
        (PASSWORD, 200, ListingState.LOGIN),
        (DECOY, 200, ListingState.DECOY),
        (OTHER, 200, ListingState.DECOY),
        (REDESIGN, 200, ListingState.UNRECOGNISED),
        ("<title>404</title>Not found", 404, ListingState.ERROR),
        (LIST, 503, ListingState.ERROR),
        ("", 200, ListingState.ERROR),
        ("\x1f\x8b" + "\x00\x01" * 500, 200, ListingState.GARBLED),
        ("<div>" * 100_000, 200, ListingState.UNRECOGNISED),
        ("<title>搜索</title><p>没有找到相关主题，换个词试试</p>", 200, ListingState.NOTHING),
        # A wall that quotes the words of an empty list is a wall.
        (CAPTCHA.replace("继续", "没有找到相关主题"), 200, ListingState.BLOCKED),
    ],
)
def test_a_page_without_items_says_nothing_of_the_web(
    tmp_path: Path, html: str, status: int, state: ListingState
) -> None:
    page = read(tmp_path, html, status)
    assert (page.state, page.items) == (state, ())
    assert bool(page.detail) is (state is not ListingState.NOTHING)


def test_being_led_to_a_login_is_one(tmp_path: Path) -> None:
    page = read(tmp_path, "<title>欢迎</title><p>手机号</p>", url="http://forum-yanlian.com/login")
    assert page.state is ListingState.LOGIN


@pytest.mark.parametrize(
    "href", ["http://other-yanlian.com/2", "", "javascript:next()", URL, "ftp://forum-yanlian.com/"]
)
def test_the_next_page_is_of_the_same_site(tmp_path: Path, href: str) -> None:
    assert read(tmp_path, LIST.replace("?kw=1&page=2", href)).next_url == ""


def test_feeds_and_json_are_lists_too(tmp_path: Path) -> None:
    feed = site(
        tmp_path,
        'entries = ["http://a-yanlian.com/rss"]\nformat = "xml"\nitems = "item"\n'
        'link = "link"\ntitle = "title"\ndate = "pubDate"\n',
    )
    rss = (
        "<?xml version='1.0' encoding='utf-8'?><!DOCTYPE r [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>"
        "<rss><channel><item><title>电工证&x;</title><link>http://a-yanlian.com/1</link>"
        "<pubDate>Thu, 19 Nov 2026 10:00:00 +0800</pubDate></item></channel></rss>"
    )
    (item,) = read_listing(feed, "http://a-yanlian.com/rss", rss.encode(), "text/xml", AT).items
    assert (item.url, item.title) == ("http://a-yanlian.com/1", "电工证")
    assert item.made_at == datetime(2026, 11, 19, 2, 0, tzinfo=UTC)
    issues = site(
        tmp_path,
        'entries = ["http://a-yanlian.com/api"]\nformat = "json"\nitems = "items[*]"\n'
        'link = "html_url"\ntitle = "title"\nseller = "user.login"\n',
    )
    body = b'{"items": [{"html_url": "/i/1", "title": "\\ud800x", "user": {"login": "u"}}, {}, 3]}'
    (item,) = read_listing(issues, "http://a-yanlian.com/api", body, "", AT).items
    assert (item.url, item.told) == ("http://a-yanlian.com/i/1", "?x｜u")
    empty = read_listing(issues, "http://a-yanlian.com/api", b'{"items": []}', "", AT)
    assert empty.state is ListingState.UNRECOGNISED


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("items =", "item ="), "items"),
        (('"ul.threads > li"', '"ul..threads"'), "items"),
        (('"ul.threads > li"', '"xpath://li["'), "items"),
        (('words = ["操作证"]', ""), "words"),
        (("http://forum-yanlian.com/search?kw=1", "ftp://x"), "entries"),
        (("没有找到相关主题", "("), "nothing"),
        (("asked = true", 'charset = "klingon"'), "charset"),
        (("asked = true", "pages = 0"), "pages"),
        (("asked = true", 'format = "pdf"'), "format"),
        (("asked = true", "selller = 1"), "selller"),
    ],
)
def test_a_slip_of_the_pen_is_told_with_file_and_key(
    tmp_path: Path, change: tuple[str, str], said: str
) -> None:
    with pytest.raises(ProfileError, match=f"forum.toml：键 {said}"):
        site(tmp_path, SITE.replace(*change))


def test_the_examples_that_come_along_are_right_and_switched_off() -> None:
    root = Path(__file__).parents[2]
    files = sorted((root / "profiles" / "listings").glob("*.toml"))
    assert len(files) >= 3
    assert load_sites(root / "profiles" / "listings") == ()
    for path in files:
        assert ".example/" in path.read_text(encoding="utf-8")
    with pytest.raises(ProfileError, match="folder"):
        load_sites(root / "none")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-19T10:00:00Z", (2026, 11, 19, 10, 0)),
        ("发布于 2026年11月19日 18:00", (2026, 11, 19, 10, 0)),
        ("2026/11/19", (2026, 11, 18, 16, 0)),
        ("半小时前", (2026, 11, 20, 3, 30)),
        ("2天前", (2026, 11, 18, 4, 0)),
        ("昨天 18:00", (2026, 11, 19, 10, 0)),
        ("11-19 18:00", (2026, 11, 19, 10, 0)),
        ("12月1日", (2025, 11, 30, 16, 0)),
        ("刚刚", (2026, 11, 20, 4, 0)),
        ("2027-01-01", None),
        ("13800005678", None),
        ("3/4/2026", None),
        ("", None),
    ],
)
def test_dates_are_read_where_they_are_certain(text: str, moment: tuple[int, ...] | None) -> None:
    expected = datetime(*moment, tzinfo=UTC) if moment else None  # type: ignore[arg-type,misc]
    assert read_moment(text, AT) == expected


@given(st.binary(max_size=300), st.text(max_size=60))
def test_any_answer_is_read(body: bytes, text: str) -> None:
    own = ListingSite("x", (URL,), "li", "a::attr(href)", "a", date="i", next="a::attr(href)")
    assert read_listing(own, URL, body, "text/html", AT).detail
    html = f"<ul><li><a href='{text}'>{text}</a><i>{text}</i></ul>"
    read_listing(own, URL, html.encode("utf-8", "replace"), "text/html", AT)
    read_moment(text, AT)
