import http.client
import json
from typing import Any
from urllib.parse import quote

import pytest

import rehearsal
from rehearsal.registry import Page, Registration, Registry, Site
from rehearsal.search import search
from rehearsal.server import Rehearsal


def ask(web: Rehearsal, query: str, more: str = "&format=json") -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", web.ports.search, timeout=5)
    try:
        connection.request("GET", f"/search?q={quote(query)}{more}")
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def results(web: Rehearsal, query: str, page: int = 1) -> list[dict[str, Any]]:
    status, body = ask(web, query, f"&format=json&pageno={page}")
    assert status == 200
    found: list[dict[str, Any]] = json.loads(body)["results"]
    return found


@pytest.mark.parametrize(
    ("query", "offender", "innocent"),
    [
        ("特种作业操作证 查询", "www.ahs-yjglt-zwfw.com.cn", "blog.anjian-zixun-biji0.com"),
        ("焊工证 办理 免考", "zs-tongdao-sx5517.top", "www.pingan-jiangwan-xuanchuan.cn"),
        ("电工证 包过", "baoguo-kaozheng-zhitongche.cn", "bbs.gongyou-jiaoliu-yanlian.com"),
    ],
)
def test_queries_bring_offenders_among_innocent(
    web: Rehearsal, query: str, offender: str, innocent: str
) -> None:
    found = [*results(web, query), *results(web, query, 2)]
    urls = " ".join(result["url"] for result in found)
    assert offender in urls
    assert innocent in urls
    assert {"url", "title", "content", "engine", "score", "category"} <= found[0].keys()


def test_second_page_goes_on(web: Rehearsal) -> None:
    first = {result["url"] for result in results(web, "特种作业操作证 查询")}
    second = {result["url"] for result in results(web, "特种作业操作证 查询", 2)}
    assert len(first) == 10
    assert second
    assert not first & second
    assert results(web, "特种作业操作证 查询", 9) == []


def test_only_json_is_allowed(web: Rehearsal) -> None:
    assert ask(web, "焊工证", "")[0] == 403
    assert ask(web, "焊工证", "&format=html")[0] == 403


def test_no_words_no_results(web: Rehearsal) -> None:
    assert results(web, "") == []
    assert results(web, "量子引力 讲义") == []


def test_site_operator_narrows(web: Rehearsal) -> None:
    found = results(web, "焊工证 site:lanshi-no.com")
    assert found == []
    found = results(web, "焊工证 site:bendi-xinxi-lanshi01.com")
    assert {result["url"].split("/")[2] for result in found} == {"fenlei.bendi-xinxi-lanshi01.com"}


def test_blind_search_says_so() -> None:
    with Rehearsal() as web:
        web.sites.search_blind = True
        body = json.loads(ask(web, "焊工证")[1])
    assert body["results"] == []
    assert body["unresponsive_engines"] == [["rehearsal", "timeout"]]


def test_search_reveals_no_more_than_the_truth_says(web: Rehearsal) -> None:
    hosts = {
        host
        for host, site in web.sites.by_host.items()
        if any(page.search is not None for page in site.pages)
    }
    assert hosts == {each.host for each in rehearsal.truth() if "search" in each.found_by}


def test_unindexed_page_stays_hidden() -> None:
    pages = (Page("/a", title="焊工证", search=()), Page("/b", title="焊工证"))
    site = Site("demo-yan.com", Registration("demo-yan.com"), pages)
    assert [each.url for each in search(Registry.of([site]), "焊工证")] == ["http://demo-yan.com/a"]
