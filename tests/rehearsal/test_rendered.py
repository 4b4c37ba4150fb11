"""What people see: pages that need a browser or another vantage, opened in a real one."""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Error, Page, sync_playwright

import rehearsal
from crawler.browser import find_browser
from rehearsal.server import Rehearsal

CHROMIUM = find_browser(os.environ)
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148"
AGENTS = {
    "desktop": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0.0.0",
    "phone": PHONE,
    "wechat": f"{PHONE} MicroMessenger/8.0.50",
    "search": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0.0.0",
}
READ = """() => document.body.innerText + Array.from(
    document.querySelectorAll("[placeholder]"), (each) => each.placeholder).join(" ")"""
TRUTH = {each.host: each for each in rehearsal.truth()}
SHOWN = {
    "zhengshu-heyan-xhr21.cn": "本平台由应急管理部主办",
    "anquan-kaohe-chaxun-kj22.com": "特种作业人员证书查询系统",
    "sj-chazheng-mobile23.cn": "应急管理部证书查询平台",
    "wx.smcx-zhengjian24.top": "该证件信息真实有效",
    "ggcx-anquanzheng25.com": "官方唯一查询网站",
    "zs-jieguo-jiazai27.com": "四川省应急管理厅",
    "dwz-yl7k.cn": "查询结果仅供核对证书真伪",
    "tzzscx-js-tiao29.com": "请输入证件号码",
    "yjzs-dengdai-tiao30.top": "全国特种作业操作证信息查询系统",
    "xie-chulai-kuaizheng35.top": "不用本人到场，两天出证",
    "paixu-cuowei-kazheng37.cn": "不考试",
    "spa.qihang-jineng-xuexiao41.com": "熔化焊接与热切割作业",
    "h5.anquan-daka-xiaozhushou52.cn": "今日班前会已签到",
}


@pytest.fixture(scope="module")
def browser(web: Rehearsal) -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine")
    rules = f"MAP * 127.0.0.1:{web.ports.http}"
    with sync_playwright() as play:
        started = play.chromium.launch(
            executable_path=CHROMIUM, args=[f"--host-resolver-rules={rules}", "--no-sandbox"]
        )
        yield started
        started.close()


def _read(page: Page, words: str) -> bool:
    """Whether the words appear within eight seconds in any frame, forms included."""
    for _ in range(80):
        for frame in page.frames:
            try:
                if words in frame.evaluate(READ):
                    return True
            except Error:
                continue  # the frame went on to another page while it was read
        page.wait_for_timeout(100)
    return False


@pytest.mark.parametrize("host", SHOWN)
def test_a_person_sees_it(browser: Browser, host: str) -> None:
    site = TRUTH[host]
    vantage = site.vantages[0] if site.vantages else "desktop"
    context = browser.new_context(user_agent=AGENTS[vantage], service_workers="block")
    try:
        page = context.new_page()
        # Official pictures are hot-linked on purpose; here nobody asks for them.
        page.route("https://**", lambda route: route.abort())
        referer = "https://www.baidu.com/s?wd=x" if vantage == "search" else ""
        page.goto(site.url, referer=referer, wait_until="domcontentloaded")
        assert _read(page, SHOWN[host])
    finally:
        context.close()


@pytest.mark.parametrize("host", [h for h in SHOWN if TRUTH[h].plain])
def test_plain_http_does_not_show_it(web: Rehearsal, host: str) -> None:
    site = TRUTH[host]
    served = web.sites.by_host[host].page(site.url.removeprefix(f"http://{host}"))
    assert served is not None
    assert SHOWN[host] not in served.text
