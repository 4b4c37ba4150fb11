"""The worse page of a pair ranks above the better one, whatever the exact weights are."""

import csv
import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.cli.handed import read_visit
from crawler.model import Assessment, Family, Findings
from detectors import Detectors
from detectors.scoring import Policy, load_policy, weigh

HERE = Path(__file__).parent
POLICY = load_policy()
RULES = sorted(POLICY.weights)
INNOCENT = sorted(POLICY.innocence)

# Worse first. Each pair shares its subject, so that the difference is what the page does.
PAIRS = [
    ("result_cards", "association_result"),
    ("result_phone_table", "intranet_card"),
    ("wechat_style", "health_card"),
    ("bare_table_on_ip", "worksite_card_company"),
    ("construction_result", "helmet_code"),
    ("equipment_person", "lift_code"),
    ("sentence_result", "old_forum_share"),
    ("sentence_two", "notice_of_receipt"),
    ("head_and_row", "own_list_table"),
    ("skill_result", "evaluation_body_result"),
    ("form_bare", "school_records"),
    ("form_bilingual", "tls_shop"),
    ("sms_shell_query", "product_antifake"),
    ("hacked_school_form", "school_official_form"),
    ("form_no_full_name", "brand_school_query"),
    ("local_bureau_query", "city_portal_private"),
    ("portal_city", "park_committee"),
    ("portal_ministry_notice", "newspaper_notice"),
    ("portal_emergency_news", "gov_news_reprint_portal"),
    ("zf_style_portal", "gov_subcontractor_case_page"),
    ("hotlinked_clone", "developer_blog"),
    ("script_vue_inline", "open_source_demo"),
    ("state_json", "vendor_demo"),
    ("hacked_folder", "antifraud_explainer"),
    ("tricky_school_owner_fake", "school_query_result_tzzy"),
    ("spaced_title", "wiki_entry"),
]


@cache
def urls() -> dict[str, str]:
    table = (HERE / "hands" / "truth.csv").read_text(encoding="utf-8").splitlines()
    return {row["file"].removesuffix(".html"): row["url"] for row in csv.DictReader(table)}


@pytest.fixture(scope="module")
def findings(detectors: Detectors) -> dict[str, Findings]:
    def found(name: str) -> Findings:
        html = (HERE / "hands" / f"{name}.html").read_text(encoding="utf-8")
        line = json.dumps({"id": name, "url": urls()[name], "html": html})
        return detectors.assess(read_visit(line, 1)).findings

    return {name: found(name) for pair in PAIRS for name in pair}


def weighed(found: Findings, policy: Policy = POLICY) -> Assessment:
    return weigh("v", found, policy)


factors = st.floats(0.8, 1.25)
policies = st.builds(
    lambda up, down: replace(
        POLICY,
        weights={rule: POLICY.weights[rule] * factor for rule, factor in up.items()},
        innocence={
            rule: {offence: points * down[rule] for offence, points in by.items()}
            for rule, by in POLICY.innocence.items()
        },
    ),
    st.fixed_dictionaries(dict.fromkeys(RULES, factors)),
    st.fixed_dictionaries(dict.fromkeys(INNOCENT, factors)),
)


@pytest.mark.parametrize(("worse", "better"), PAIRS)
def test_the_worse_page_ranks_higher(
    findings: dict[str, Findings], worse: str, better: str
) -> None:
    assert weighed(findings[worse]).score > weighed(findings[better]).score


@settings(max_examples=60, deadline=None)
@given(policy=policies)
def test_the_order_survives_other_weights(findings: dict[str, Findings], policy: Policy) -> None:
    """Every weight moved by up to a quarter, each on its own."""
    turned = [
        (worse, better)
        for worse, better in PAIRS
        if weighed(findings[worse], policy).score <= weighed(findings[better], policy).score
    ]
    assert not turned


@settings(max_examples=60, deadline=None)
@given(policy=policies, data=st.data())
def test_more_evidence_never_ranks_lower_under_any_weights(
    findings: dict[str, Findings], policy: Policy, data: st.DataObject
) -> None:
    """A page without some of its suspicious signals is never worse, without its innocence never
    better."""
    whole = findings[data.draw(st.sampled_from(sorted(findings)))]
    kept = tuple(each for each in whole.signals if data.draw(st.booleans()))
    guilty = tuple(s for s in whole.signals if s.family is not Family.INNOCENCE or s in kept)
    fewer = tuple(s for s in whole.signals if s.family is Family.INNOCENCE or s in kept)
    score = weighed(whole, policy).score
    assert weighed(replace(whole, signals=guilty), policy).score >= score
    assert weighed(replace(whole, signals=fewer), policy).score <= score
