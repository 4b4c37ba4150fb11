"""Where an answer sends its reader on to."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.addresses import AddressError
from crawler.capture.trail import next_hop

SITE = "http://a.example"
HERE = f"{SITE}/x"


@pytest.mark.parametrize(
    ("status", "location", "html", "hop"),
    [
        (301, "/y", "", ("http://a.example/y", "redirect")),
        (302, "//b.example", "", ("http://b.example/", "redirect")),
        (302, "", "", None),
        (200, "/ignored", "", None),
        (
            200,
            "",
            '<META content="0; URL=http://b.example/q?a=1&amp;b=2" HTTP-EQUIV=Refresh>',
            ("http://b.example/q?a=1&b=2", "refresh"),
        ),
        (
            200,
            "",
            "<meta http-equiv=refresh content='3;url=/z'>",
            ("http://a.example/z", "refresh"),
        ),
        (
            200,
            "",
            '<meta http-equiv="refresh" content="0;\'/q\'">',
            ("http://a.example/q", "refresh"),
        ),
        (200, "", '<meta http-equiv="refresh" content="60; url=/later">', None),
        (200, "", '<meta http-equiv="refresh" content="1; url=/x">', None),
        (200, "", '<meta http-equiv="refresh" content="5">', None),
        (200, "", '<meta name="description" content="0; url=/no">', None),
        (
            200,
            "",
            "<frameset><frame src=/blank.htm><frame src=http://b.example/q></frameset>",
            ("http://b.example/q", "frame"),
        ),
        (
            200,
            "",
            "<body><script>var a = 'long enough to be taken for text of the page itself, but';"
            "</script><iframe src='/inner' width=100%></iframe></body>",
            ("http://a.example/inner", "frame"),
        ),
        (200, "", "<body><iframe src=/x></iframe>" + "<div>" * 20_000, None),
        (200, "", "<body><iframe src='/pixel' width=1 height=1></iframe></body>", None),
        (200, "", "<body><iframe src='about:blank'></iframe></body>", None),
        (200, "", f"<body><p>{'本页自有正文。' * 20}</p><iframe src=/map></iframe></body>", None),
        (
            200,
            "",
            "<body><p>办焊工证加微信</p><p>demo_trail1</p><iframe src='/inner'></iframe></body>",
            None,
        ),
        (
            200,
            "",
            "<meta http-equiv=refresh content='0;url=/z'><p>办焊工证加微信 demo_t1</p>",
            None,
        ),
        (404, "", '<meta http-equiv="refresh" content="0; url=/y">', None),
    ],
)
def test_next_hop(status: int, location: str, html: str, hop: tuple[str, str] | None) -> None:
    assert next_hop(status, location, html, HERE) == hop


def test_a_target_that_is_no_address_is_an_error() -> None:
    with pytest.raises(AddressError):
        next_hop(302, "weixin://dl/chat", "", HERE)


@given(st.text(max_size=300), st.text(max_size=60))
def test_any_page_and_any_location(html: str, location: str) -> None:
    for status in (200, 302):
        with suppress(AddressError):
            next_hop(status, location, f"<meta http-equiv=refresh {html}>", HERE)
