"""Whole pages are judged: offenders found, innocent near-misses left in peace."""

import pickle
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from crawler.model import (
    Failure,
    Offence,
    PageCondition,
    TargetKind,
    TrustedHost,
    TrustKind,
    Verdict,
    Visit,
)
from detectors import Detectors, load_detectors
from detectors.explain import explain
from seeds import load_watchlist

MakeVisit = Callable[..., Visit]
PAGES = Path(__file__).parent / "pages"
OFFENCES = {
    "suspect_query_clone": Offence.IMITATION_QUERY,
    "suspect_query_plain": Offence.IMITATION_QUERY,
    "suspect_result_page": Offence.IMITATION_QUERY,
    "suspect_portal": Offence.IMITATION_PORTAL,
    "suspect_sale": Offence.SALE_FORGED,
    "suspect_mirrored_digits": Offence.SALE_FORGED,
    "doubtful_forger": Offence.FORGED_OTHER,
    "doubtful_mirror": Offence.PARASITE_MIRROR,
}


def page(name: str) -> str:
    return (PAGES / f"{name}.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(file.stem for file in PAGES.glob("*.html")))
def test_page(detectors: Detectors, make_visit: MakeVisit, name: str) -> None:
    opinion = detectors.assess(make_visit(page(name)))
    assert opinion.page_condition is PageCondition.CONTENT
    assert opinion.verdict is Verdict(name.partition("_")[0])
    assert opinion.offence is OFFENCES.get(name, Offence.NONE)
    assert "T110101199003070011" not in str(opinion.findings.signals)


@pytest.mark.parametrize(
    "host", ["cx.mem.gov.cn", "yjj.sub.gov.cn", "zscx.osta.org.cn", "cnse.e-cqs.cn"]
)
def test_trusted_hosts_are_never_accused(
    detectors: Detectors, make_visit: MakeVisit, host: str
) -> None:
    opinion = detectors.assess(make_visit(page("suspect_query_clone"), f"http://{host}/"))
    assert (opinion.verdict, opinion.score) == (Verdict.CLEAR, 0)


@pytest.mark.parametrize("host", ["erbgov.cn", "cx.mem.gov.cn.evil.top", "xmem.gov.cn.com"])
def test_trust_ends_at_label_boundaries(
    detectors: Detectors, make_visit: MakeVisit, host: str
) -> None:
    opinion = detectors.assess(make_visit(page("suspect_query_clone"), f"http://{host}/"))
    assert opinion.verdict is Verdict.SUSPECT


def test_trust_expires(make_visit: MakeVisit) -> None:
    watchlist = load_watchlist()

    def judged(expires: date) -> Verdict:
        entry = TrustedHost("qx7731.example", TrustKind.UNDER_REVIEW, "复核中", "某某", expires)
        more = replace(watchlist, trusted=(*watchlist.trusted, entry))
        return load_detectors(more).assess(make_visit(page("suspect_portal"))).verdict

    assert judged(date(2026, 11, 20)) is Verdict.CLEAR
    assert judged(date(2026, 11, 19)) is Verdict.SUSPECT


def test_our_failure_is_unknown(detectors: Detectors, make_visit: MakeVisit) -> None:
    opinion = detectors.assess(
        make_visit("", "http://cx-mem-gov.example/", failure=Failure.TIMEOUT)
    )
    assert opinion.verdict is Verdict.UNKNOWN
    assert opinion.page_condition is PageCondition.UNKNOWN


def test_a_visit_without_captures_is_unknown(detectors: Detectors, make_visit: MakeVisit) -> None:
    assert detectors.assess(replace(make_visit("x"), captures=())).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("html", "status", "condition"),
    [
        ("", 200, PageCondition.EMPTY),
        ("<html><body> </body></html>", 200, PageCondition.EMPTY),
        ("<h1>Forbidden</h1>", 403, PageCondition.ERROR),
        ("<title>甲</title><frameset><frame src='/in'></frameset>", 200, PageCondition.UNKNOWN),
        (
            "<title>查询平台</title><div id=app></div><script src=/a.js></script>",
            200,
            PageCondition.UNKNOWN,
        ),
    ],
)
def test_condition(
    detectors: Detectors, make_visit: MakeVisit, html: str, status: int, condition: PageCondition
) -> None:
    assert detectors.assess(make_visit(html, status=status)).page_condition is condition


def test_the_gravest_capture_decides_and_contacts_are_gathered(
    detectors: Detectors,
    make_visit: MakeVisit,
) -> None:
    bland = make_visit("<p>欢迎光临本店，主营劳保用品，电话16500009999</p>")
    grave = make_visit(page("suspect_sale"))
    both = replace(bland, captures=(*bland.captures, *grave.captures))
    opinion = detectors.assess(both)
    assert opinion.verdict is Verdict.SUSPECT
    assert {"16500009999", "16500001234"} <= {c.value for c in opinion.findings.contacts}


def test_age_strengthens_and_softens(detectors: Detectors, make_visit: MakeVisit) -> None:
    html = "<title>应急管理部官网</title><p>欢迎访问，网站内容正在陆续更新，敬请关注。</p>"

    def score(days: int | None) -> float:
        return detectors.assess(make_visit(html, age_days=days)).score

    assert score(4000) < score(None) == score(700) < score(200) < score(10)


def test_likeness_adds_to_a_claim_and_names_whom_it_imitates(
    detectors: Detectors,
    make_visit: MakeVisit,
) -> None:
    html = "<title>应急管理部官网</title><p>欢迎访问，网站内容正在陆续更新，请关注。</p>"
    foreign = detectors.assess(make_visit(html))
    alike = detectors.assess(make_visit(html, "http://cx-mem-gov.top/"))
    assert alike.verdict is Verdict.SUSPECT
    assert alike.score > foreign.score
    assert alike.imitates == "cx.mem.gov.cn"


def test_a_likely_name_with_bland_content_is_not_accused(
    detectors: Detectors,
    make_visit: MakeVisit,
) -> None:
    opinion = detectors.assess(
        make_visit("<p>本店主营手工茶具，欢迎选购。</p>", "http://memgov.top/")
    )
    assert opinion.verdict is Verdict.CLEAR


def test_targets_and_traces(detectors: Detectors, make_visit: MakeVisit) -> None:
    counter = "hm.baidu.com/hm.js?0123456789abcdef0123456789abcdef"
    html = f"""<meta http-equiv="refresh" content="0;url=http://b.example/x">
    <iframe src="//c.example/"></iframe><a href="/own">甲</a><a href="http://d.example/">乙</a>
    <p>京ICP备00000000号-1 本店欢迎您</p>
    <script>var s="https://{counter}";location.href='http://e.example/'</script>"""
    findings = detectors.assess(make_visit(html)).findings
    assert {(t.kind, t.url) for t in findings.targets} == {
        (TargetKind.FRAME, "http://c.example/"),
        (TargetKind.REFRESH, "http://b.example/x"),
        (TargetKind.REFRESH, "http://e.example/"),
        (TargetKind.LINK, "http://d.example/"),
    }
    assert {(t.kind, t.value) for t in findings.traces} == {
        ("baidu_tongji", "0123456789abcdef0123456789abcdef"),
        ("icp", "京ICP备00000000号-1"),
    }


def test_a_bare_text_and_a_plain_text_answer_are_read_as_text(
    detectors: Detectors,
    make_visit: MakeVisit,
) -> None:
    words = "焊工证不用考，三天出证，扫码可查，加微信demo_abc1"
    bare: Visit = make_visit(words, "")
    served = make_visit(words)
    plain = replace(served.captures[0], headers=(("Content-Type", "text/plain; charset=utf-8"),))
    for visit in (bare, replace(served, captures=(plain,))):
        opinion = detectors.assess(visit)
        assert (opinion.verdict, opinion.offence) == (Verdict.SUSPECT, Offence.SALE_FORGED)


def test_detectors_travel_to_another_process(detectors: Detectors, make_visit: MakeVisit) -> None:
    visit = make_visit(page("suspect_portal"))
    assert pickle.loads(pickle.dumps(detectors)).assess(visit) == detectors.assess(visit)  # noqa: S301


def test_the_explanation_holds_every_step_and_the_sum(
    detectors: Detectors,
    make_visit: MakeVisit,
) -> None:
    opinion = detectors.assess(make_visit(page("clear_school")))
    told = "\n".join(explain(opinion))
    assert "正规培训" in told
    opinion = detectors.assess(make_visit(page("suspect_portal")))
    told = "\n".join(explain(opinion))
    assert all(f"{step.points:+g}" in told for step in opinion.steps)
    assert f"{opinion.score:g} 分" in told
