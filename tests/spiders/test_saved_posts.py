"""What a person saved behind a log-in: its addresses are leads, what cannot be read is told."""

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path

from crawler.model import Lead, SourceState, SourceStatus
from seeds import load_watchlist
from spiders.base import Errand
from spiders.files import FileOptions
from spiders.saved_posts import SavedPostsSpider

START = datetime(2026, 11, 20, tzinfo=UTC)
POST = (
    "<!-- saved from url=(0030)http://post.platform-yanlian.com/n/7 -->"
    "<title>电工证 三天</title><a href='/menu'>菜单</a><a href='http://www.platform-yanlian.com/x'>帮助</a>"
    "<a href='http://seller-yanlian.com/a'>详情</a><a href='http://cx.mem.gov.cn/'>官网</a>"
    "<p>也可到 http://other-yanlian.com/b 看，证号 11010119900307123X</p>"
    "<script>var u='http://hidden-yanlian.com/'</script>"
)


def read(*files: Path) -> tuple[dict[str, str], SourceState]:
    leads: list[Lead] = []
    options = FileOptions(enabled=True, files=files)
    spider = SavedPostsSpider(Errand(options, load_watchlist(), START, leads.append))

    async def work() -> None:
        async for _request in spider.start():
            raise AssertionError("nothing is asked over HTTP")

    asyncio.run(work())
    return {lead.url: lead.reasons[0].detail for lead in leads}, spider.outcome()


def test_a_saved_post_leads_to_itself_and_out_of_the_platform(tmp_path: Path) -> None:
    (tmp_path / "post.html").write_text(POST, encoding="utf-8")
    leads, state = read(tmp_path)
    assert list(leads) == [
        "http://post.platform-yanlian.com/n/7",
        "http://seller-yanlian.com/a",
        "http://other-yanlian.com/b",
    ]
    assert leads["http://post.platform-yanlian.com/n/7"] == "post.html：电工证 三天"
    assert state.status is SourceStatus.DONE


def test_tables_and_recordings_are_read_too(tmp_path: Path) -> None:
    table = tmp_path / "posts.csv"
    table.write_text(
        "url,text,received_at\nhttp://a-yanlian.com/1,办证,2026-11-18\n,见 http://b-yanlian.com/,\n",
        encoding="gb18030",
    )
    har = tmp_path / "posts.har"
    entry = {
        "startedDateTime": "2026-11-19T00:00:00Z",
        "request": {"url": "http://c-yanlian.com/"},
        "response": {"status": 200, "content": {"mimeType": "text/html", "text": "<p>x"}},
    }
    har.write_text(json.dumps({"log": {"entries": [entry]}}), encoding="utf-8")
    leads, state = read(table, har)
    assert list(leads) == [
        "http://a-yanlian.com/1", "http://b-yanlian.com/", "http://c-yanlian.com/",
    ]  # fmt: skip
    assert state.newest == datetime(2026, 11, 19, tzinfo=UTC)
    assert state.status is SourceStatus.DONE


def test_what_cannot_be_read_is_blindness(tmp_path: Path) -> None:
    torn = tmp_path / "a.har"
    torn.write_bytes(b"{")
    assert read(torn)[1].status is SourceStatus.BLIND
    assert read(tmp_path / "none.warc")[1].status is SourceStatus.BLIND
    assert read(tmp_path / "none.csv")[1].status is SourceStatus.BLIND
    (tmp_path / "post.html").write_text(POST, encoding="utf-8")
    leads, state = read(tmp_path)
    assert (len(leads), state.status) == (3, SourceStatus.PARTIAL)
    assert "a.har" in state.detail


def test_a_page_that_does_not_say_its_address_still_names_others(tmp_path: Path) -> None:
    page = tmp_path / "firefox.html"
    page.write_text("<title>x</title>" + POST.partition("</title>")[2], encoding="utf-8")
    leads, state = read(page)
    assert list(leads)[-1] == "http://other-yanlian.com/b"
    assert not any("unknown.invalid" in url for url in leads)
    assert state.status is SourceStatus.DONE
