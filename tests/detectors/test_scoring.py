"""A verdict can be added up by hand, suspicion only raises it and innocence only lowers it."""

from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.errors import SeedError
from crawler.model import Family, Findings, Offence, PageCondition, Signal, Verdict
from crawler.tables import parse_table
from detectors.rules import load_rules
from detectors.scoring import load_policy, read_policy, weigh

POLICY = load_policy()
FAMILY = {rule.name: rule.family for rule in load_rules().rules} | {
    name: Family(family)
    for family, names in {
        "claim": (
            "claim_title",
            "claim_header",
            "claim_footer",
            "claim_route",
            "claim_issuer",
            "claim_columns",
            "claim_likeness",
        ),
        "cloaking": ("cloaked", "led_apart"),
        "query": (
            "query_form",
            "query_result",
            "query_by_parameter",
            "query_ownerless",
            "query_platform_named",
        ),
        "name": ("name_likeness",),
        "registration": ("young_registration",),
        "contact": ("contact_given",),
        "innocence": (
            "owner_named",
            "old_registration",
            "page_explains",
            "page_disclaims",
            "page_demo",
            "sends_elsewhere",
            "own_certificate",
        ),
        "mirror": ("mirror_official",),
    }.items()
    for name in names
}

signals = st.lists(
    st.builds(
        lambda rule, strength: Signal(rule, FAMILY[rule], strength, "字", "text"),
        st.sampled_from(sorted(FAMILY)),
        st.sampled_from([0.3, 0.7, 1.0]),
    ),
    max_size=8,
)


def weighed(found: list[Signal], **more: str) -> tuple[Verdict, Offence, float, float]:
    opinion = weigh("v", Findings(PageCondition.CONTENT, tuple(found)), POLICY, **more)
    return opinion.verdict, opinion.offence, opinion.score, sum(s.points for s in opinion.steps)


@given(signals)
def test_steps_add_up_to_the_score(found: list[Signal]) -> None:
    _verdict, _offence, score, total = weighed(found)
    assert score == pytest.approx(total, abs=0.005)
    assert 0 <= score <= 100


@given(signals, signals)
def test_suspicion_never_lowers_and_innocence_never_raises(
    found: list[Signal], added: list[Signal]
) -> None:
    before = weighed(found)[2]
    for signal in added:
        after = weighed([*found, signal])[2]
        assert after <= before if signal.family is Family.INNOCENCE else after >= before


@given(signals)
def test_order_does_not_matter(found: list[Signal]) -> None:
    assert weighed(found)[:3] == weighed(found[::-1])[:3]


@given(signals)
def test_other_papers_and_mirrors_are_never_suspect(found: list[Signal]) -> None:
    verdict, offence, _score, _total = weighed(found)
    if offence in (Offence.FORGED_OTHER, Offence.PARASITE_MIRROR):
        assert verdict is Verdict.DOUBTFUL


@given(signals)
def test_a_trusted_host_is_clear(found: list[Signal]) -> None:
    verdict, offence, score, _total = weighed(found, trusted="官方网站")
    assert (verdict, offence, score) == (Verdict.CLEAR, Offence.NONE, 0)


@given(signals, st.sampled_from([c for c in PageCondition if c is not PageCondition.CONTENT]))
def test_what_is_no_content_is_unknown(found: list[Signal], condition: PageCondition) -> None:
    opinion = weigh("v", Findings(condition, tuple(found)), POLICY)
    assert (opinion.verdict, opinion.offence, opinion.score) == (
        Verdict.UNKNOWN,
        Offence.NONE,
        0,
    )


def test_a_name_alone_is_not_suspect() -> None:
    name = Signal("name_likeness", Family.NAME, 0.9, "字", "url")
    young = Signal("young_registration", Family.REGISTRATION, 1.0, "字", "registration")
    assert weighed([name])[0] is Verdict.CLEAR
    assert weighed([name, young])[0] is Verdict.DOUBTFUL


def test_a_query_form_without_a_claim_accuses_nobody() -> None:
    form = Signal("query_form", Family.QUERY, 1.0, "字", "form")
    young = Signal("young_registration", Family.REGISTRATION, 1.0, "字", "registration")
    assert weighed([form, young])[0] is Verdict.CLEAR


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("suspect = 60.0", "suspect = 20.0"),
        ("suspect = 60.0", "suspects = 60.0"),
        ("default = [1.0, 0.3, 0.15]", "default = [0.3, 1.0]"),
        ("papers_trade = 40.0", "papers_trade = -40.0"),
        ('offence = "sale_forged"', 'offence = "sale"'),
        ("[innocence.school]\nsale_forged", "[innocence.school]\nsale"),
    ],
)
def test_a_malformed_policy_is_an_error(was: str, now: str) -> None:
    text = (files("detectors") / "policy.toml").read_text(encoding="utf-8")
    assert was in text
    with pytest.raises(SeedError):
        read_policy(parse_table(text.replace(was, now, 1), "policy.toml", SeedError))


@pytest.mark.parametrize(
    ("rules", "offence"),
    [
        (("sale_promise_contact",), Offence.SALE_FORGED),
        (("sale_promise_contact", "cheat_contact"), Offence.EXAM_CHEATING),
        (("sale_promise_contact", "sale_promise_offer", "cheat_offer"), Offence.EXAM_CHEATING),
        (("sale_promise_contact", "sale_forge_contact"), Offence.SALE_FORGED),
        (("sale_promise_contact", "learned_cheat"), Offence.EXAM_CHEATING),
        (("sale_promise_contact", "learned_sale"), Offence.SALE_FORGED),
        (("sale_forge_contact", "sale_piece_contact", "cheat_named"), Offence.SALE_FORGED),
    ],
)
def test_goods_or_examination_tell_the_offence(rules: tuple[str, ...], offence: Offence) -> None:
    contact = Signal("contact_given", Family.CONTACT, 1.0, "字", "text")
    found = [Signal(r, FAMILY.get(r, Family.LEARNED), 1.0, "字", "text") for r in rules]
    assert weighed(found)[1] is offence
    assert weighed([*found, contact])[1] is offence
