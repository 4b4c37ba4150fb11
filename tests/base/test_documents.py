"""Frames and the page around them are read as one page."""

from crawler.documents import joined
from detectors.pages import read_page

FRAMESET = "<html><head><title>外层</title></head><frameset><frame src=a></frameset></html>"
INNER = (
    "<html><head><title>内层标题</title></head><body><p>框架中的正文，说了很多。</p></body></html>"
)


def test_a_page_without_frames_stays_as_it_is() -> None:
    assert joined(FRAMESET, []) == FRAMESET


def test_the_document_that_says_most_comes_first() -> None:
    whole = joined(FRAMESET, ["<p>页脚</p>", INNER])
    assert whole.index("内层标题") < whole.index("外层")
    assert "页脚" in whole
    assert "<frame" not in whole


def frames_of(main: str, *frames: str) -> list[tuple[str, str]]:
    targets = read_page(joined(main, frames), "http://a.test/cx/").targets
    return [(target.kind.value, target.url) for target in targets]


def test_where_frames_lead_stays_known_whatever_is_read_in_them() -> None:
    for tag in (
        "<iframe src=in.html>",
        '<IFRAME width=1 SRC="in.html">',
        "<iframe src='in.html'/>",
    ):
        assert frames_of(f"<body>{tag}</iframe><p>页</p>", INNER) == [
            ("frame", "http://a.test/cx/in.html")
        ]
    sets = "<frameset><frame name=x src=//b.test/f></frameset>"
    assert frames_of(sets, INNER) == [("frame", "http://b.test/f")]
    for tag in ("<iframe>", "<iframe data-src=x.html>", '<iframe src="about:blank">'):
        assert frames_of(f"<body>{tag}</iframe>", INNER) == []


def test_a_relative_address_in_a_frame_is_not_taken_for_the_pages_own() -> None:
    inner = "<iframe src=deeper.html></iframe><iframe src=https://c.test/></iframe>"
    assert frames_of("<iframe src=http://b.test/></iframe>", inner) == [
        ("frame", "http://b.test/"),
        ("frame", "https://c.test/"),
    ]


def test_what_stands_behind_an_unclosed_frame_is_read() -> None:
    page = read_page(joined("<body><iframe src=x.html><p>后面的话</p>", [INNER]), "http://a.test/")
    assert "后面的话" in page.text
    assert "框架中的正文" in page.text
