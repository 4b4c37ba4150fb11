"""Frames and the page around them are read as one page."""

from crawler.documents import joined

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
