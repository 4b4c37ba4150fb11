"""Result pages that a person saved: true addresses are leads, engines' own redirects never."""

from pathlib import Path

from tests.spiders.engines import Reply, baidu, bing, so, sogou
from tests.spiders.sending import Sent, send

BING = "https://www.bing.com/ck/a?!&&p=0c&u=a1aHR0cDovL2QudGVzdC94P2E9MQ&ntb=1"
LINKS = ("/link?url=A", "/link?url=S", "/link?m=q", "https://www.bing.com/ck/a?p=0c")


def read(folder: Path, **pages: Reply) -> Sent:
    for name, reply in pages.items():
        (folder / f"{name}.html").write_text(str(reply.body), encoding="utf-8")
    files = ", ".join(f'"{folder / name}.html"' for name in pages)
    return send("saved_results", f"files = [{files}]\n")


def test_true_addresses_are_leads_and_redirects_are_counted(tmp_path: Path) -> None:
    baidus, sogous, sos, bings = LINKS
    found = read(
        tmp_path,
        baidu=baidu("焊工证", "http://a.test/", baidus),
        sogou=sogou("焊工证", "http://b.test/", sogous),
        so=so("焊工证", "http://c.test/", sos),
        bing=bing("焊工证", BING, bings),
    )
    assert found.urls == [
        "http://a.test/",
        "http://b.test/",
        "http://c.test/",
        "http://d.test/x?a=1",
    ]
    assert (found.status, found.failures) == ("done", 0)
    assert found.covered == "4 条结果只有跳转链接，真实网址未知"


def test_a_page_without_one_true_address_shows_nothing(tmp_path: Path) -> None:
    found = read(
        tmp_path, sogou=sogou("焊工证", *LINKS[1:2] * 2), so=so("焊工证", "http://c.test/")
    )
    assert (found.urls, found.status, found.failures) == (["http://c.test/"], "partial", 1)
    assert found.detail.startswith("sogou.html: 1 条")


def test_a_page_with_true_addresses_alone_leaves_nothing_open(tmp_path: Path) -> None:
    found = read(tmp_path, baidu=baidu("焊工证", "http://a.test/", "https://tieba.baidu.com/p/1"))
    assert found.urls == ["http://a.test/", "https://tieba.baidu.com/p/1"]
    assert (found.status, found.detail, found.covered) == ("done", "", "")
