"""How many innocent 20 KB pages a second `assess --from` judges, against bs4 with expressions.

python benchmarks/judge_pages.py [--pages 10000] [--rounds 3]

Both read the same pages in one run: `bare` is the usual way (BeautifulSoup with html.parser, NFKC,
a few expressions over the text) and finds far less. Prints CPU ms a page of ours and the growth of
memory from the first tenth of the pages to the last, too.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import resource
import sys
import time
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

from bs4 import BeautifulSoup

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.report import report
from crawler.cli.handed import read_visit
from crawler.cli.judge import opinion_record
from detectors import load_detectors
from seeds import load_watchlist

BAR = 2.5
# Divided by blanks, so that no name of an authority is made by chance.
WORDS = tuple(
    "今天 市场 发展 企业 学习 社区 活动 举行 参加 代表 表示 工作 项目 建设 文化 旅游 经济 增长 "  # noqa: SIM905 - reads best so
    "健康 生活 服务 城市 交通 环境 科技 创新 教育 体育 比赛 球队 天气 温度 公园 游客 美食 音乐 "
    "监督 安全 会议 通知".split()
)
USUAL = re.compile(
    r"(?:操作证|资格证|办证|假证)[^。]{0,40}(?:微信|电话|qq)|\b1[3-9]\d{9}\b", re.IGNORECASE
)


def page(seed: int) -> str:
    """An innocent news page of about 20 KB, with menu, pictures, links, scripts and styles."""
    dice = random.Random(seed)  # noqa: S311 - repeatable, no secret
    paragraphs = "".join(
        "<p>" + "，".join(dice.choice(WORDS) for _ in range(45)) + "。</p>\n" for _ in range(34)
    )
    menu = "".join(f'<li><a href="/c{i}/" class="nav">栏目{i}</a></li>' for i in range(40))
    links = "".join(
        f'<li><a href="http://www.site{dice.randrange(10**6)}.com/">友情链接{i}</a></li>'
        for i in range(20)
    )
    pictures = "".join(f'<img src="/i/{dice.randrange(10**6)}.jpg" alt="图">' for _ in range(15))
    style = "<style>" + ".a{color:#333;margin:0 auto}" * 40 + "</style>"
    script = "<script>" + "function f(x){return document.getElementById(x)}" * 25 + "</script>"
    return (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>城市新闻{seed}</title>'
        f'{style}</head><body><div class="header"><ul>{menu}</ul></div><div class="main">'
        f"<h1>新闻{seed}</h1>{pictures}{paragraphs}</div>"
        f'<div class="footer"><ul>{links}</ul><p>版权所有 城市新闻 电话 010-12345678</p></div>'
        f"{script}</body></html>"
    )


def lines(count: int) -> Iterator[str]:
    """The pages as lines of JSON, made one at a time."""
    for number in range(count):
        url = f"http://www.news{number}.com/a/{number}.html"
        yield json.dumps({"id": number, "url": url, "html": page(number)}, ensure_ascii=False)


def usual(line: str) -> None:
    """What a keyword crawler does with a page."""
    soup = BeautifulSoup(json.loads(line)["html"], "html.parser")
    USUAL.findall(unicodedata.normalize("NFKC", soup.get_text()).lower())


def spent(work: Callable[[str], None], count: int) -> float:
    """CPU seconds for the pages, their making left out."""
    total = 0.0
    for line in lines(count):
        began = time.process_time()
        work(line)
        total += time.process_time() - began
    return total


def main() -> None:
    """Measure in rounds and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--pages", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    detectors = load_detectors(load_watchlist())

    def ours(line: str) -> None:
        record = opinion_record(detectors.assess(read_visit(line, 1)))
        json.dumps(record, ensure_ascii=False)

    spent(ours, 50)
    size = len(page(1).encode())
    rates: dict[str, list[float]] = {"bare": [], "ours": []}
    few = max(50, options.pages // 20)
    early = late = 0
    for _round in range(options.rounds):
        rates["bare"].append(few / spent(usual, few))
        spent(ours, options.pages // 10)
        early = early or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        rates["ours"].append(options.pages / spent(ours, options.pages))
    late = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    report(f"pages of {size} bytes judged", "bs4, NFKC, expressions", rates, BAR)
    best = 1000 / max(rates["ours"])
    print(f"  {best:.2f} ms CPU a page (best round); memory grew by {(late - early) / 1024:.1f} MB")


if __name__ == "__main__":
    main()
