"""Sends one source out through Scrapy, in a process of its own: its reactor starts only once.

Standard input is a JSON object with `source`, `options` (TOML), `at`, `marks`; standard output one
with `urls`, `details`, `marks` and the state.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from scrapy.crawler import AsyncCrawlerProcess

from crawler.config import RunOptions
from crawler.errors import ProfileError
from crawler.model import Lead
from crawler.reactor import in_reactor
from crawler.tables import parse_table
from seeds import load_watchlist
from spiders import sources
from spiders.base import Errand, SourceSpider
from spiders.settings import settings_for

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Sent:
    """What a source brought back."""

    urls: list[str]
    details: list[str]
    marks: dict[str, str]
    status: str
    detail: str
    covered: str
    newest: datetime | None
    requests: int
    failures: int


def send(
    source: str,
    options: str,
    marks: Mapping[str, str] | None = None,
    at: datetime | None = None,
    folder: Path = ROOT,
) -> Sent:
    at = at or datetime.now(UTC)
    asked = {"source": source, "options": options, "at": at.isoformat(), "marks": dict(marks or {})}
    done = subprocess.run(
        [sys.executable, "-m", "tests.spiders.sending", str(folder)],
        check=False,
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    newest = said.pop("newest")
    return Sent(newest=datetime.fromisoformat(newest) if newest else None, **said)


def main() -> None:
    asked = json.load(sys.stdin)
    kind = sources()[asked["source"]]
    table = parse_table("enabled = true\n" + asked["options"], "p.toml", ProfileError)
    options = kind.read_options(table, Path(sys.argv[1]))
    leads: list[Lead] = []
    errand = Errand(
        options,
        load_watchlist(),
        datetime.fromisoformat(asked["at"]),
        leads.append,
        marks=asked["marks"],
    )

    async def work(process: AsyncCrawlerProcess) -> SourceSpider:
        crawler = process.create_crawler(kind)
        crawler.settings.set("DOWNLOAD_DELAY", kind.pace(options) or 0, priority="cmdline")
        await process.crawl(crawler, errand)
        assert isinstance(crawler.spider, SourceSpider)
        return crawler.spider

    spider = in_reactor(settings_for(RunOptions()), work)
    state = spider.outcome()
    said = {
        "urls": [lead.url for lead in leads],
        "details": [lead.reasons[0].detail for lead in leads],
        "marks": {**asked["marks"], **spider.marks},
        "status": state.status.value,
        "detail": state.detail,
        "covered": state.covered,
        "newest": state.newest.isoformat() if state.newest else "",
        "requests": state.requests,
        "failures": state.failures,
    }
    print(json.dumps(said, ensure_ascii=False))  # noqa: T201 - it is what the parent reads


if __name__ == "__main__":
    main()
