"""Where a run goes on from suspects, by what the servers of the practice web were asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import segno

from crawler.addresses import lead_id
from crawler.store import Store
from rehearsal.server import Rehearsal
from rehearsal.site import Page, Registration, Site
from tests.run.month import QUERY, SCHOOL, page_of
from tests.run.practice import Practice, certhound

FAKE, LAWFUL = page_of(QUERY), page_of(SCHOOL)
OFFICIAL = ("cx.mem.gov.cn", "beian.miit.gov.cn")
PLATFORMS = ("www.zhihu.com", "weibo.com")


def picture(text: str) -> bytes:
    file = BytesIO()
    segno.make(text, error="m").save(file, kind="png", scale=6)
    return file.getvalue()


def pointing(page: Page, word: str) -> tuple[Page, Page]:
    """The page with a link, a code, a frame and a refresh-like jump to hosts named by a word."""
    links = [f"http://{word}-lianjie.top/", *(f"https://{host}/" for host in OFFICIAL + PLATFORMS)]
    anchors = "".join(f'<a href="{link}">友情链接</a>' for link in links)
    more = (
        f'{anchors}<iframe src="http://{word}-kuangjia.top/"></iframe>'
        f'<img src="/ewm.png" width=240 height=240>'
    )
    body = page.body.replace(b"</body>", f"{more}</body>".encode())
    assert more.encode() in body
    shown = replace(page, path="/", body=body, search=None)
    code = picture(f"http://{word}-duanlian.top/x7")
    return shown, Page("/ewm.png", code, content_type="image/png")


def site(host: str, *pages: Page, certified: tuple[str, ...] = ()) -> Site:
    return Site(host, Registration(host, 60), pages, certified=certified)


def around(word: str) -> Iterator[Site]:
    """The hosts that a page points to: each shows another fake."""
    for name in ("lianjie", "kuangjia", "zhongdian", "zhengshu"):
        yield site(f"{word}-{name}.top", replace(FAKE, path="/*", search=None))
    onward = (("Location", f"http://{word}-zhongdian.top/v?k=1"),)
    yield site(f"{word}-duanlian.top", Page("/x7", b"", status=302, headers=onward))


def chain(length: int) -> Iterator[Site]:
    """Fakes of which each links to the next one."""
    for number in range(length):
        link = f'<a href="http://huan{number + 1}-lianhuan.top/">下一页</a></body>'
        body = FAKE.body.replace(b"</body>", link.encode())
        yield site(f"huan{number}-lianhuan.top", replace(FAKE, body=body, search=None))


SITES = [
    site("jia-yuanqi.top", *pointing(FAKE, "jia"),
         certified=("jia-zhengshu.top", "cx.mem.gov.cn", "www.zhihu.com")),
    site("xuexiao-anpei.com.cn", *pointing(LAWFUL, "wugu"), certified=("wugu-zhengshu.top",)),
    *around("jia"), *around("wugu"), *chain(6),
]  # fmt: skip
TIPS = ("https://jia-yuanqi.top/", "https://xuexiao-anpei.com.cn/", "http://huan0-lianhuan.top/")


@dataclass(frozen=True)
class Seen:
    """What the run stored, and which hosts the servers were asked for."""

    data: Path
    opened: frozenset[str]
    resolved: frozenset[str]

    def reasons(self, url: str) -> set[str]:
        with Store.open(self.data, create=False) as store:
            return {reason.detail for reason in store.lead(lead_id(url)).reasons}


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    folder = tmp_path_factory.mktemp("led")
    with Rehearsal(sites=SITES) as server:
        profile = server.write_profile(folder)
        text = profile.read_text(encoding="utf-8")
        for source in ("searxng", "names"):
            text = text.replace(f"[sources.{source}]\nenabled = true", f"[sources.{source}]")
        profile.write_text(text, encoding="utf-8")
        rows = ["url,text,received_at,from", *(f"{url},,," for url in TIPS)]
        (folder / "tips.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
        done = Practice(server, profile).run(folder / "data")
        assert done.returncode == 0, done.stderr
        opened = {str(entry["host"]) for entry in server.journal.entries("http")}
        resolved = {str(entry["name"]) for entry in server.journal.entries("dns")}
        yield Seen(folder / "data", frozenset(opened), frozenset(resolved))


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://jia-lianjie.top/", "link: https://jia-yuanqi.top/"),
        ("http://jia-kuangjia.top/", "frame: https://jia-yuanqi.top/"),
        ("http://jia-duanlian.top/x7", "qr: https://jia-yuanqi.top/"),
        ("http://jia-zhongdian.top/v?k=1", "redirect: http://jia-duanlian.top/x7"),
        ("https://jia-zhengshu.top/", "certificate: https://jia-yuanqi.top/"),
    ],
)
def test_what_a_suspect_leads_to_is_opened_with_its_reason(
    seen: Seen, url: str, reason: str
) -> None:
    assert urlsplit(url).hostname in seen.opened
    assert reason in seen.reasons(url)


def test_what_an_innocent_points_to_is_not(seen: Seen) -> None:
    assert "xuexiao-anpei.com.cn" in seen.opened
    # Its frame is part of the page; nothing else that it names is asked for.
    wugu = {host for host in seen.opened | seen.resolved if host.startswith("wugu-")}
    assert wugu <= {"wugu-kuangjia.top"}
    assert not seen.reasons("https://xuexiao-anpei.com.cn/") & {"frame", "link"}


def test_official_hosts_and_platforms_are_neither_opened_nor_resolved(seen: Seen) -> None:
    assert not (seen.opened | seen.resolved) & {*OFFICIAL, *PLATFORMS}


def test_three_rounds_are_the_end(seen: Seen) -> None:
    with Store.open(seen.data, create=False) as store:
        urls = {store.lead(each).url for each in store.seen_leads()}
    assert {f"http://huan{n}-lianhuan.top/" for n in range(3)} <= urls
    assert not {f"http://huan{n}-lianhuan.top/" for n in range(3, 7)} & urls


def test_it_verifies(seen: Seen) -> None:
    assert certhound("verify", "--data", str(seen.data)).returncode == 0
