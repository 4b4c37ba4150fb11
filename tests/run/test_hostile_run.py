"""A whole run over the misbehaving web: each behaviour contained and recorded, and it goes on."""

from __future__ import annotations

import json
import re
from collections import Counter

import pytest

from crawler.model import Capture, Failure, Knowledge, PageCondition, Vantage, Verdict
from tests.run.hostile import KNOWN, Watched, run_over
from tests.run.practice import certhound

MOST_MEMORY = 1_500_000_000
MOST_BODY = 5_000_000
MOST_REQUESTS = 200
FAILS = {
    Failure.REFUSED_ADDRESS: """redirect-loopback redirect-private redirect-metadata redirect-cgnat
        redirect-octal redirect-decimal redirect-hexadecimal redirect-short-address redirect-mapped
        redirect-nat64 redirect-6to4 redirect-userinfo redirect-full-width private-name
        mixed-addresses""",
    Failure.UNSUPPORTED: "redirect-file redirect-gopher redirect-data redirect-javascript",
    Failure.PROTECTED_HOST: "redirect-official",
    Failure.TOO_MANY_REDIRECTS: "redirect-loop redirect-endless frames-nested",
    Failure.NAME_UNKNOWN: "dns-timeout dns-servfail dns-malformed dns-cname-loop",
    Failure.TIMEOUT: "silence drip-body drip-headers tls-hang",
    Failure.BROKEN_ANSWER: """redirect-long many-encodings length-twice endless-headers
        endless-header-line endless-continue header-nul header-bytes status-absurd no-status-line
        huge-cookies tls-garbage tls-drop tls-plain tls-refused""",
}
EXPECTED = {name: failure for failure, names in FAILS.items() for name in names.split()}
"""What the desktop's capture ends with; everything that is not here is an answer that was kept."""

CUT = frozenset(
    re.findall(
        r"\S+",
        """gzip-bomb brotli-bomb deflate-zip endless-body length-too-long length-absurd chunk-absurd
    chunk-endless dom-huge download-header many-links""",
    )
)
NO_REGISTRATION = {name for name in KNOWN if name.startswith(("whois-", "rdap-"))}
SAMPLE = re.findall(
    r"\S+",
    """redirect-endless redirect-file redirect-decimal redirect-full-width redirect-official
    private-name mixed-addresses rebind-http dns-servfail gzip-bomb endless-headers status-absurd
    no-status-line charset-utf7 xml-outside dom-deep hot-link-official fetch-inside local-links
    script-loop download-blob form-submits-itself markup-injection tls-garbage tls-self-signed
    whois-garbage""",
)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Watched:
    return run_over(SAMPLE, tmp_path_factory.mktemp("hostile"), timeout=3, most_seconds=150)


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Watched:
    return run_over(KNOWN, tmp_path_factory.mktemp("hostile"), timeout=5, most_seconds=1_500)


def assert_ended_well(found: Watched) -> None:
    assert found.code == 0, found.said
    assert found.peak < MOST_MEMORY
    assert found.left_running == []
    assert found.left_files == []
    checked = certhound("verify", "--data", str(found.data))
    assert checked.returncode == 0, checked.stdout + checked.stderr


def assert_nothing_lost(found: Watched) -> None:
    assert set(found.visits) == {each.name for each in found.asked}
    for visit in found.visits.values():
        ids = [capture.id for capture in visit.captures]
        assert len(ids) == len(set(ids))
        assert visit.captures[0].vantage is Vantage.DESKTOP


def assert_recorded_as_expected(found: Watched) -> None:
    ends = {name: visit.captures[0].failure for name, visit in found.visits.items()}
    assert ends == {name: EXPECTED.get(name) for name in ends}
    cut = {name for name, visit in found.visits.items() if visit.captures[0].truncated}
    assert CUT & ends.keys() <= cut
    for name, visit in found.visits.items():
        if name in NO_REGISTRATION:
            assert visit.registration is not None
            assert visit.registration.state is Knowledge.UNKNOWN, name


def assert_within_budget(found: Watched) -> None:
    for name, visit in found.visits.items():
        for capture in visit.captures:
            assert capture.body is None or capture.body.size <= MOST_BODY, name
            assert hops(capture) <= 10, name
    asked = Counter(
        str(entry["target"]).strip("/").partition("/")[0].partition("?")[0]
        for entry in found.journal
        if entry["service"] == "http"
    )
    for name, visit in found.visits.items():
        # Each look through the browser may ask so often, each look over HTTP eleven times, twice.
        assert asked[name] <= 4 * (MOST_REQUESTS + 22), name
        assert len(visit.captures) <= 4


def hops(capture: Capture) -> int:
    ways = [exchange.via for exchange in capture.exchanges]
    first = ways[: ways.index("document")] if "document" in ways else ways
    return len(first) - 1


def assert_nothing_judged_unseen(found: Watched) -> None:
    for name, opinion in found.opinions.items():
        captures = found.visits[name].captures
        read = any(capture.failure is None and capture.html.strip() for capture in captures)
        if not read:
            assert opinion.verdict is not Verdict.CLEAR, name
            assert opinion.page_condition is not PageCondition.CONTENT, name
        if all(capture.failure is not None for capture in captures):
            assert opinion.page_condition in (PageCondition.UNKNOWN, PageCondition.ERROR), name


def assert_nobody_else_was_asked(found: Watched) -> None:
    for entry in found.journal:
        if entry["service"] == "http":
            assert str(entry["host"]).endswith("-yanlian.com"), entry
            assert entry["method"] in ("GET", "HEAD"), entry
        assert "gov.cn" not in str(entry.get("name", "")), entry


def assert_hit_list_is_plain(found: Watched) -> None:
    (path,) = found.data.glob("reports/*/hitlist.json")
    assert json.loads(path.read_text(encoding="utf-8"))["degraded"] is False
    page = path.with_suffix(".html").read_text(encoding="utf-8")
    assert "<script>alert" not in page


CHECKS = [
    assert_ended_well,
    assert_nothing_lost,
    assert_recorded_as_expected,
    assert_within_budget,
    assert_nothing_judged_unseen,
    assert_nobody_else_was_asked,
    assert_hit_list_is_plain,
]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_a_sample(sample: Watched, check: object) -> None:
    assert callable(check)
    check(sample)


@pytest.mark.long
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_every_behaviour(everything: Watched, check: object) -> None:
    assert callable(check)
    check(everything)
