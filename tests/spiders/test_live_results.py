"""Search engines asked themselves: true addresses are leads, every refusal is a state."""

import gzip
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from crawler.clock import beijing_date, now, stamp
from crawler.errors import ProfileError
from seeds import queries_for
from spiders import open_profile
from spiders.live_results import LiveResultsOptions
from tests.spiders.engines import (
    HOSTS,
    ROOT,
    Engines,
    Reply,
    baidu,
    bing,
    engines,
    page,
    sent,
    so,
    sogou,
)

DAY = beijing_date(now())
CAPTCHA = "https://wappass.baidu.com/static/captcha/tuxing.html?ak=1"
SCRIPT = '<script>window.location.replace("http:\\/\\/m.test\\/?a=1\\u0026b=2")</script>'
REFRESH = """<meta content="always" name="referrer"><script>window.opener=null;</script>
<noscript><META http-equiv="refresh" content="0;URL='http://s.test/a?x=1&amp;y=2'"></noscript>"""


@pytest.fixture
def web() -> Iterator[Engines]:
    with engines() as own:
        yield own


def urls(found: dict[str, Any]) -> set[str]:
    return set(found["leads"])


def test_true_addresses_become_leads_one_question_at_a_time(web: Engines, tmp_path: Path) -> None:
    web.pages = {
        "baidu": lambda q: baidu(q, "http://a.test/", "/link?url=A", "https://www.mem.gov.cn/"),
        "sogou": lambda q: sogou(q, "/link?url=S"),
        "so": lambda q: so(q, "http://c.test/", "/link?m=q"),
        "bing": lambda q: bing(q, "https://www.bing.com/ck/a?u=a1aHR0cDovL2QudGVzdC8&ntb=1"),
    }
    web.links = {
        "/link?url=A": Reply(status=302, headers={"Location": "http://b.test/x"}),
        "/link?url=S": Reply(REFRESH),
        "/link?m=q": Reply(SCRIPT),
    }
    found = sent(web, tmp_path, *dict.fromkeys(HOSTS.values()), max_queries=2)
    assert urls(found) == {
        "http://a.test/",
        "http://b.test/x",
        "http://s.test/a?x=1&y=2",
        "http://c.test/",
        "http://m.test/?a=1&b=2",
        "http://d.test/",
    }
    assert found["state"]["status"] == "done"
    assert found["state"]["requests"] == sum(map(len, web.asked.values()))
    for engine in web.asked:
        assert web.queries(engine) == list(queries_for(DAY, 2))
        assert web.most_at_once[engine] == 1
        times = [at for at, _path in web.asked[engine]]
        assert all(later - earlier > 1.9 for earlier, later in pairwise(times))
    query = queries_for(DAY, 2)[-1]  # the printed list keeps the last reason
    assert any(told.startswith(f"{query}: ") for told in found["leads"].values())


def test_what_is_no_result_page_is_a_state_of_its_engine(web: Engines, tmp_path: Path) -> None:
    torn = bing("操作证", "http://left.test/")
    web.pages = {
        "baidu": lambda _q: Reply(page("百度安全验证", "<p>请完成下方验证</p>")),
        "sogou": lambda q: Reply(gzip.compress(str(sogou(q, "http://x.test/").body).encode())),
        "so": lambda q: Reply(so(q, "http://x.test/").body, drips=True),
        "bing": lambda q: Reply(bing(q, "http://left.test/").body, missing=len(torn.body)),
    }
    found = sent(web, tmp_path, "baidu", "sogou", "so", "bing")
    assert urls(found) == {"http://left.test/"}  # what came of a torn page counts, and is told
    state = found["state"]
    assert (state["status"], state["failures"]) == ("blind", 4)
    told = dict(part.split("：", 1) for part in state["detail"].split("；"))
    assert "要求验证" in told["baidu"]
    assert "没有解压" in told["sogou"]
    assert "没有应答" in told["so"]
    assert "断开" in told["bing"]


def test_refusals_by_redirect_status_and_decoy(web: Engines, tmp_path: Path) -> None:
    web.pages = {
        "baidu": lambda _q: Reply(status=302, headers={"Location": CAPTCHA}),
        "sogou": lambda _q: Reply("busy", 429, {"Retry-After": "3600"}),
        "so": lambda q: Reply(str(so(q, "http://decoy.test/").body).replace(q, "天气预报")),
        "bing": lambda q: baidu(q, "http://strange.test/"),
    }
    found = sent(web, tmp_path, "baidu", "sogou", "so", "bing", max_queries=2)
    assert urls(found) == set()
    assert found["state"]["status"] == "blind"
    for said in ("要求验证", "429", "假结果", "另一个搜索引擎"):
        assert said in found["state"]["detail"]
    # A refusal ends the day, or as long as was asked for; other trouble costs no more than itself.
    assert {engine: len(asked) for engine, asked in web.asked.items()} == {
        "baidu": 1,
        "sogou": 1,
        "so": 2,
        "bing": 2,
    }
    assert "1 次查询未问" in found["state"]["covered"]
    until = datetime.fromisoformat(found["marks"]["until:sogou"])
    assert timedelta(seconds=3500) < until - datetime.now(UTC) < timedelta(seconds=3600)
    web.asked.clear()
    web.pages["so"] = lambda q: so(q, "http://c.test/")
    again = sent(web, tmp_path, "baidu", "sogou", marks=found["marks"], max_queries=2)
    assert not web.asked
    assert again["state"]["status"] == "blind"
    assert "之前不再询问" in again["state"]["detail"]


def test_a_short_wait_is_kept_and_asked_again(web: Engines, tmp_path: Path) -> None:
    first = [Reply("busy", 503, {"Retry-After": "4"})]
    web.pages = {"so": lambda q: first.pop() if first else so(q, "http://c.test/")}
    found = sent(web, tmp_path, "so", max_queries=2)
    assert urls(found) == {"http://c.test/"}
    assert found["state"]["status"] == "partial"
    (one, _), (two, _) = web.asked["so"]
    assert two - one > 3.9


@pytest.mark.parametrize(
    ("robots", "allowed"),
    [
        (Reply("User-agent: *\nDisallow: /\n"), False),
        (Reply("User-agent: *\nDisallow: /s\n", 500), False),
        (Reply("User-agent: *\nDisallow: /private\n"), True),
    ],
)
def test_robots_are_obeyed_unless_the_profile_says_otherwise(
    web: Engines, tmp_path: Path, robots: Reply, allowed: bool
) -> None:
    web.pages = {"so": lambda q: so(q, "http://c.test/")}
    web.robots = robots
    found = sent(web, tmp_path, "so", robots="obey")
    assert bool(web.queries("so")) is allowed
    assert found["state"]["status"] == ("done" if allowed else "blind")
    assert allowed or "robots.txt" in found["state"]["detail"]


def test_a_day_has_its_budget_and_links_wait_for_the_next(web: Engines, tmp_path: Path) -> None:
    web.pages = {"sogou": lambda q: sogou(q, "/link?url=1", "/link?url=2", "/link?url=3")}
    web.links = {
        f"/link?url={n}": Reply(status=302, headers={"Location": f"http://s{n}.test/"})
        for n in (1, 2)
    } | {"/link?url=3": Reply("<p>nothing</p>")}
    first = sent(web, tmp_path, "sogou", max_links=1)
    assert urls(first) == {"http://s1.test/"}
    assert "2 条结果只有跳转链接" in first["state"]["covered"]
    assert first["state"]["status"] == "done"
    again = sent(web, tmp_path, "sogou", marks=first["marks"], max_links=1)
    assert len(web.asked["sogou"]) == 2
    assert "今日的查询已用完" in again["state"]["covered"]
    yesterday = {**again["marks"], "day:sogou": "2000-01-01"}
    web.pages["sogou"] = lambda _q: Reply(status=500)
    third = sent(web, tmp_path, "sogou", marks=yesterday)
    assert urls(third) == {"http://s2.test/"}
    assert "1 条结果只有跳转链接" in third["state"]["covered"]  # 3 said nothing
    assert not third["marks"]["links:sogou"]
    assert not any("sogou" in url for url in urls(first) | urls(again) | urls(third))


def test_a_captcha_behind_a_link_keeps_the_link(web: Engines, tmp_path: Path) -> None:
    web.pages = {"sogou": lambda q: sogou(q, "/link?url=1", "/link?url=2")}
    web.links = {
        "/link?url=1": Reply(status=302, headers={"Location": "/antispider/?from=%2Flink"})
    }
    found = sent(web, tmp_path, "sogou", max_queries=2)
    assert urls(found) == set()
    assert found["state"]["status"] == "partial"
    assert "要求验证" in found["state"]["detail"]
    assert found["marks"]["links:sogou"].count("/link?url=") == 2
    assert len(web.asked["sogou"]) == 2


def test_a_question_follows_the_engine_to_its_other_host_alone(
    web: Engines, tmp_path: Path
) -> None:
    moved: list[str] = []

    def answer(query: str) -> Reply:
        moved.append(query)
        if len(moved) == 1:
            return Reply(
                status=302, headers={"Location": f"https://cn.bing.com/search?q={quote(query)}"}
            )
        return bing(query, "http://d.test/")

    web.pages = {"bing": answer, "so": lambda _q: Reply(status=302, headers={"Location": "/"})}
    found = sent(web, tmp_path, "bing", "so")
    assert urls(found) == {"http://d.test/"}
    (one, _), (two, _) = web.asked["bing"]
    assert two - one > 1.9
    assert "被转到别处" in found["state"]["detail"]
    assert len(web.asked["so"]) == 1


def test_silent_marks_of_another_engine_and_of_old_refusals(web: Engines, tmp_path: Path) -> None:
    web.pages = {
        "so": lambda _q: Reply(
            page("甲_360搜索", '<div id="no-result">抱歉，未找到和“甲”相关的网页。</div>')
        )
    }
    before = {
        "until:so": stamp(now() - timedelta(hours=1)),
        "until:bing": stamp(now() + timedelta(1)),
    }
    found = sent(web, tmp_path, "so", marks={**before, "links:so": "[torn", "queries:so": "x"})
    state = found["state"]
    assert (state["status"], state["requests"], state["leads"]) == ("done", 1, 0)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("", "engines"),
        ('engines = ["baidu_news"]', "engines"),
        ('engines = ["google"]', "engines"),
        ('engines = ["so"]\ndelay = 0.5', "delay"),
        ('engines = ["so"]\nrobots = "sometimes"', "robots"),
        ('engines = ["so"]\nmax_querys = 3', "max_querys"),
    ],
)
def test_a_wrong_profile_is_told(tmp_path: Path, line: str, said: str) -> None:
    path = tmp_path / "p.toml"
    path.write_text(f"[sources.live_results]\nenabled = true\n{line}\n", encoding="utf-8")
    with pytest.raises(ProfileError, match=said):
        open_profile(path)


def test_the_shipped_profile_leaves_it_off_and_obeys() -> None:
    path = ROOT / "profiles" / "live.toml"
    assert not tomllib.loads(path.read_text(encoding="utf-8"))["sources"]["live_results"]["enabled"]
    options = open_profile(path).sources["live_results"]
    assert isinstance(options, LiveResultsOptions)
    assert not options.enabled
    assert options.obeys_robots
